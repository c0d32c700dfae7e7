CREATE TABLE submission (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    invitation_id BIGINT NOT NULL,
    form_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    language TEXT NOT NULL, -- open
    state TEXT NOT NULL, -- open
    reason TEXT, -- open
    fingerprint /*bytes*/ NOT NULL,
    evidence TEXT NOT NULL, -- open
    submitted_at BIGINT NOT NULL,
    answered_on INTEGER NOT NULL,
    is_test INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE INDEX submission_invitation ON submission (tenant_id, invitation_id, id);
CREATE INDEX submission_form ON submission (tenant_id, form_id, submitted_at, id);
CREATE UNIQUE INDEX submission_counted ON submission (tenant_id, invitation_id) WHERE state = 'counted';

CREATE TABLE answer (
    tenant_id BIGINT NOT NULL,
    submission_id BIGINT NOT NULL,
    block TEXT NOT NULL, -- open
    field_id BIGINT,
    series INTEGER,
    number DOUBLE PRECISION,
    is_not_applicable INTEGER NOT NULL,
    content TEXT NOT NULL, -- personal
    PRIMARY KEY (tenant_id, submission_id, block)
) /*without rowid*/;
