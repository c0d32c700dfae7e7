-- The second factor of those who have one.
CREATE TABLE second_factor (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    secret_sealed /*bytes*/ NOT NULL,
    enabled_at BIGINT,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
) /*without rowid*/;

-- For the day on which the authenticator is lost.
CREATE TABLE recovery_code (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    hash /*bytes*/ NOT NULL,
    PRIMARY KEY (tenant_id, person_id, hash)
) /*without rowid*/;

-- Wishes for a new password between the page and the mail.
CREATE TABLE password_request (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    wanted TEXT NOT NULL, -- personal
    address TEXT NOT NULL, -- personal
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
