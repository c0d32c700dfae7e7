CREATE TABLE interaction (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    source TEXT NOT NULL, -- open
    external_id TEXT NOT NULL, -- open
    channel TEXT NOT NULL, -- open
    direction TEXT NOT NULL, -- open
    service_id BIGINT NOT NULL,
    contact_id BIGINT,
    case_id BIGINT,
    customer_name TEXT, -- personal
    customer_email TEXT, -- personal
    customer_phone TEXT, -- personal
    customer_language TEXT, -- open
    started_at BIGINT,
    ended_at BIGINT,
    reopened_at BIGINT,
    last_disposition_id BIGINT,
    sentiment DOUBLE PRECISION,
    data TEXT NOT NULL, -- personal
    completed_on INTEGER,
    is_test INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source, external_id)
) /*without rowid*/;
CREATE INDEX interaction_changed ON interaction (tenant_id, changed_at);

CREATE TABLE interaction_part (
    tenant_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    part TEXT NOT NULL, -- open
    id BIGINT NOT NULL,
    agent_id BIGINT,
    team_id BIGINT,
    disposition_id BIGINT,
    disposition_text TEXT, -- open
    note TEXT NOT NULL, -- personal
    started_at BIGINT,
    completed_at BIGINT NOT NULL,
    fingerprint /*bytes*/ NOT NULL,
    PRIMARY KEY (tenant_id, interaction_id, part)
) /*without rowid*/;
CREATE INDEX interaction_part_unknown ON interaction_part (tenant_id, completed_at)
    WHERE disposition_text IS NOT NULL;
CREATE INDEX interaction_part_agent ON interaction_part (tenant_id, agent_id, completed_at);
