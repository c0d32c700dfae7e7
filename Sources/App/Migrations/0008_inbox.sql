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
    copied_at BIGINT,
    PRIMARY KEY (tenant_id, person_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX internal_message_once ON internal_message (tenant_id, run_id, block, person_id)
    WHERE run_id IS NOT NULL;
