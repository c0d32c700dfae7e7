CREATE TABLE survey_field (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    key TEXT NOT NULL, -- open
    name TEXT NOT NULL, -- open
    kind TEXT NOT NULL, -- open
    minimum DOUBLE PRECISION NOT NULL,
    maximum DOUBLE PRECISION NOT NULL,
    satisfied_from DOUBLE PRECISION,
    promoter_from DOUBLE PRECISION,
    detractor_to DOUBLE PRECISION,
    series INTEGER NOT NULL,
    is_built_in INTEGER NOT NULL,
    retired_at BIGINT,
    -- Of the first answer that it counted: from then on it is retired, not deleted.
    answered_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
) /*without rowid*/;

-- What a field's scale was before it changed: older series stay what they were.
CREATE TABLE survey_field_series (
    tenant_id BIGINT NOT NULL,
    field_id BIGINT NOT NULL,
    series INTEGER NOT NULL,
    kind TEXT NOT NULL, -- open
    minimum DOUBLE PRECISION NOT NULL,
    maximum DOUBLE PRECISION NOT NULL,
    satisfied_from DOUBLE PRECISION,
    promoter_from DOUBLE PRECISION,
    detractor_to DOUBLE PRECISION,
    PRIMARY KEY (tenant_id, field_id, series)
) /*without rowid*/;

CREATE TABLE survey_form (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    name_folded TEXT NOT NULL, -- open
    version_id BIGINT NOT NULL,
    valid_days INTEGER NOT NULL,
    edit_hours INTEGER NOT NULL,
    closed_at BIGINT,
    archived_at BIGINT,
    revision INTEGER NOT NULL,
    changed_by BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX survey_form_name ON survey_form (tenant_id, name_folded) WHERE archived_at IS NULL;

CREATE TABLE survey_version (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    form_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    content TEXT NOT NULL, -- open
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, form_id, number)
) /*without rowid*/;
