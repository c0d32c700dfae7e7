CREATE TABLE service (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    name_folded TEXT NOT NULL, -- open
    type TEXT NOT NULL, -- open
    uses_dispositions INTEGER NOT NULL,
    requires_disposition INTEGER NOT NULL,
    language TEXT, -- open
    team_id BIGINT,
    is_enabled INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name_folded)
) /*without rowid*/;

CREATE TABLE disposition_folder (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    service_id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE INDEX disposition_folder_service ON disposition_folder (tenant_id, service_id, position);

CREATE TABLE disposition (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    service_id BIGINT NOT NULL,
    folder_id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    name_folded TEXT NOT NULL, -- open
    description TEXT NOT NULL, -- open
    code TEXT, -- open
    type TEXT NOT NULL, -- open
    system_type TEXT, -- open
    agent_selects INTEGER NOT NULL,
    do_not_ask INTEGER NOT NULL,
    is_inbound INTEGER NOT NULL,
    is_outbound INTEGER NOT NULL,
    is_preview INTEGER NOT NULL,
    position INTEGER NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX disposition_name ON disposition (tenant_id, service_id, name_folded) WHERE retired_at IS NULL;
CREATE UNIQUE INDEX disposition_code ON disposition (tenant_id, service_id, code)
    WHERE retired_at IS NULL AND code IS NOT NULL;
CREATE INDEX disposition_service ON disposition (tenant_id, service_id);
