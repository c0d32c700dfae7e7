CREATE TABLE workflow (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    name_folded TEXT NOT NULL, -- open
    version_id BIGINT,
    revision INTEGER NOT NULL,
    changed_by BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name_folded)
) /*without rowid*/;

CREATE TABLE workflow_version (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    workflow_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    scenario TEXT NOT NULL, -- open
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, workflow_id, number)
) /*without rowid*/;

CREATE TABLE workflow_configuration (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    workflow_id BIGINT NOT NULL,
    service_id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    is_enabled INTEGER NOT NULL,
    limits TEXT NOT NULL, -- open
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE INDEX workflow_configuration_service ON workflow_configuration (tenant_id, service_id);

CREATE TABLE workflow_trigger (
    tenant_id BIGINT NOT NULL,
    configuration_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    id BIGINT NOT NULL,
    event TEXT NOT NULL, -- open
    disposition_id BIGINT,
    any_disposition TEXT, -- open
    comparison TEXT, -- open
    threshold DOUBLE PRECISION,
    PRIMARY KEY (tenant_id, configuration_id, position)
) /*without rowid*/;

CREATE TABLE run (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    workflow_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    configuration_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    part TEXT NOT NULL, -- open
    event TEXT NOT NULL, -- open
    agent_id BIGINT,
    team_id BIGINT,
    service_id BIGINT NOT NULL,
    disposition_id BIGINT,
    completed_on INTEGER NOT NULL,
    state TEXT NOT NULL, -- open
    reason TEXT, -- open
    block TEXT, -- open
    late_block TEXT, -- open
    signal TEXT, -- open
    variables TEXT NOT NULL, -- personal
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    is_test INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX run_once ON run (tenant_id, interaction_id, configuration_id, part);

CREATE TABLE run_step (
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    block TEXT NOT NULL, -- open
    outcome TEXT NOT NULL, -- open
    details TEXT NOT NULL, -- personal
    PRIMARY KEY (tenant_id, run_id, id)
) /*without rowid*/;
