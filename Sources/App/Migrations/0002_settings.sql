CREATE TABLE smtp_settings (
    tenant_id BIGINT PRIMARY KEY,
    sender_name TEXT NOT NULL, -- open
    sender_email TEXT NOT NULL, -- open
    host TEXT, -- open
    port INTEGER NOT NULL,
    size_limit_mb INTEGER,
    secure TEXT NOT NULL, -- open
    requires_authentication INTEGER NOT NULL,
    user_name TEXT, -- open
    password_sealed /*bytes*/,
    unknown_policy TEXT NOT NULL, -- open
    connections INTEGER NOT NULL,
    changed_at BIGINT NOT NULL
) /*without rowid*/;
