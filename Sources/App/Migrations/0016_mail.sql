-- What a message's row said before it said what it says now: its attempts, and what people did to it.
CREATE TABLE message_event (
    tenant_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL, -- open
    reply TEXT, -- open
    PRIMARY KEY (tenant_id, message_id, at, state)
) /*without rowid*/;
