CREATE TABLE smtp_settings (
    tenant_id BIGINT PRIMARY KEY,
    sender_name TEXT NOT NULL, -- open
    sender_email TEXT NOT NULL, -- open
    bounce_email TEXT, -- open
    bounce_limit INTEGER NOT NULL,
    host TEXT, -- open
    port INTEGER NOT NULL,
    size_limit_mb INTEGER,
    secure TEXT NOT NULL, -- open
    requires_authentication INTEGER NOT NULL,
    user_name TEXT, -- open
    password_sealed /*bytes*/,
    unknown_policy TEXT NOT NULL, -- open
    connections INTEGER NOT NULL,
    messages_per_second INTEGER,
    changed_at BIGINT NOT NULL
) /*without rowid*/;

CREATE TABLE dkim_key (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    domain TEXT NOT NULL, -- open
    selector TEXT NOT NULL, -- open
    algorithm TEXT NOT NULL, -- open
    record TEXT NOT NULL, -- open
    secret_sealed /*bytes*/,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, domain, selector)
) /*without rowid*/;
