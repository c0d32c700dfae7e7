CREATE TABLE statistic_delta (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    completed_on INTEGER NOT NULL,
    answered_on INTEGER NOT NULL,
    agent_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    service_id BIGINT NOT NULL,
    disposition_id BIGINT NOT NULL,
    channel TEXT NOT NULL, -- open
    form_id BIGINT NOT NULL,
    language TEXT NOT NULL, -- open
    measures TEXT NOT NULL, -- open
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;

CREATE TABLE statistic_cell (
    tenant_id BIGINT NOT NULL,
    grain TEXT NOT NULL, -- open
    day INTEGER NOT NULL,
    service_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    disposition_id BIGINT NOT NULL,
    channel TEXT NOT NULL, -- open
    form_id BIGINT NOT NULL,
    language TEXT NOT NULL, -- open
    measure TEXT NOT NULL, -- open
    n BIGINT NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    squares DOUBLE PRECISION NOT NULL,
    top BIGINT NOT NULL,
    low BIGINT NOT NULL,
    PRIMARY KEY (
        tenant_id, grain, day, service_id, team_id, agent_id, disposition_id, channel, form_id, language, measure)
) /*without rowid*/;

CREATE TABLE statistic_pause (
    tenant_id BIGINT PRIMARY KEY,
    until BIGINT NOT NULL
) /*without rowid*/;
