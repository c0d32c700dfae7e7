CREATE TABLE installation (
    key TEXT PRIMARY KEY, -- open
    value TEXT NOT NULL -- open
) /*without rowid*/;

CREATE TABLE tenant (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE, -- open
    name TEXT NOT NULL, -- open
    kind TEXT NOT NULL, -- open
    language TEXT NOT NULL, -- open
    time_zone TEXT NOT NULL, -- open
    surveys_enabled INTEGER NOT NULL,
    one_survey_per_interaction INTEGER NOT NULL,
    ask_within_hours INTEGER NOT NULL,
    ask_once_in_days INTEGER NOT NULL,
    ask_per_year INTEGER NOT NULL,
    ask_share_percent INTEGER NOT NULL,
    minimum_n INTEGER NOT NULL,
    message_megabytes INTEGER,
    messages_per_second INTEGER,
    mail_connections INTEGER,
    logo TEXT, -- open
    storage_megabytes INTEGER,
    stored_bytes BIGINT,
    measured_at BIGINT,
    created_at BIGINT NOT NULL,
    archived_at BIGINT
);

CREATE TABLE team (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL, -- open
    name_folded TEXT NOT NULL, -- open
    archived_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name_folded)
) /*without rowid*/;

CREATE TABLE person (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    login TEXT NOT NULL, -- personal
    login_folded TEXT NOT NULL, -- personal
    first_name TEXT NOT NULL, -- personal
    last_name TEXT NOT NULL, -- personal
    name_folded TEXT NOT NULL DEFAULT '', -- personal
    email TEXT, -- personal
    email_folded TEXT, -- personal
    team_id BIGINT,
    language TEXT NOT NULL, -- open
    time_zone TEXT, -- open
    theme TEXT, -- open
    password_hash TEXT, -- open
    is_active INTEGER NOT NULL,
    needs_review INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, login_folded)
) /*without rowid*/;
CREATE INDEX person_email ON person (tenant_id, email_folded);
CREATE INDEX person_team ON person (tenant_id, team_id);
CREATE INDEX person_review ON person (tenant_id) WHERE needs_review = 1;

CREATE TABLE person_role (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL, -- open
    PRIMARY KEY (tenant_id, person_id, role)
) /*without rowid*/;

CREATE TABLE supervised_team (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, team_id)
) /*without rowid*/;
CREATE INDEX supervised_team_team ON supervised_team (tenant_id, team_id);

CREATE TABLE session (
    token_hash /*bytes*/ PRIMARY KEY,
    id BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    address TEXT NOT NULL, -- personal
    device TEXT NOT NULL, -- open
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) /*without rowid*/;
CREATE INDEX session_person ON session (tenant_id, person_id);

CREATE TABLE sign_in_link (
    token_hash /*bytes*/ PRIMARY KEY,
    id BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose TEXT NOT NULL, -- open
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
) /*without rowid*/;
CREATE INDEX sign_in_link_person ON sign_in_link (tenant_id, person_id);

CREATE TABLE login_attempt (
    subject TEXT PRIMARY KEY, -- personal
    failures INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    last_at BIGINT NOT NULL
) /*without rowid*/;

CREATE TABLE api_key (
    id BIGINT PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    hash /*bytes*/ NOT NULL UNIQUE,
    name TEXT NOT NULL, -- open
    source TEXT NOT NULL, -- open
    scopes TEXT NOT NULL, -- open
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_key_tenant ON api_key (tenant_id);

CREATE TABLE audit (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    person_id BIGINT,
    actor TEXT NOT NULL, -- personal
    address TEXT, -- personal
    action TEXT NOT NULL, -- open
    subject_id BIGINT,
    details TEXT NOT NULL, -- personal
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE INDEX audit_at ON audit (tenant_id, at, id);
CREATE INDEX audit_person ON audit (tenant_id, person_id, id);
CREATE INDEX audit_action ON audit (tenant_id, action, id);
CREATE INDEX audit_subject ON audit (tenant_id, subject_id, id);
