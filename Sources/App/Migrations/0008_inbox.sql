CREATE TABLE internal_message (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    run_id BIGINT,
    block TEXT, -- open
    title TEXT NOT NULL, -- personal
    body TEXT NOT NULL, -- personal
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (tenant_id, person_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX internal_message_once ON internal_message (tenant_id, run_id, block, person_id)
    WHERE run_id IS NOT NULL;

-- What waits to be copied to a person's mail.
CREATE TABLE inbox_uncopied (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    workflow_id BIGINT NOT NULL,
    block TEXT NOT NULL, -- open
    message_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, workflow_id, block, message_id)
) /*without rowid*/;

-- When a block's messages were last copied to a person's mail.
CREATE TABLE inbox_copy (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    workflow_id BIGINT NOT NULL,
    block TEXT NOT NULL, -- open
    copied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, workflow_id, block)
) /*without rowid*/;
