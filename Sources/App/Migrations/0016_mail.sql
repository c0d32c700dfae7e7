-- What a message's row said before it said what it says now: its attempts, and what people did to it.
CREATE TABLE message_event (
    tenant_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL, -- open
    reply TEXT, -- open
    PRIMARY KEY (tenant_id, message_id, at, state)
) /*without rowid*/;

-- The mailbox that undeliverable mail comes back to, and how far it was read.
CREATE TABLE return_mailbox (
    tenant_id BIGINT PRIMARY KEY,
    host TEXT NOT NULL, -- open
    port INTEGER NOT NULL,
    secure TEXT NOT NULL, -- open
    user_name TEXT NOT NULL, -- open
    password_sealed /*bytes*/ NOT NULL,
    folder TEXT NOT NULL, -- open
    uid_validity BIGINT,
    last_uid BIGINT NOT NULL,
    checked_at BIGINT,
    problem TEXT, -- open
    changed_at BIGINT NOT NULL
) /*without rowid*/;
