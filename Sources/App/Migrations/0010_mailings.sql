CREATE TABLE message (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL, -- open
    run_id BIGINT,
    block TEXT, -- open
    invitation_id BIGINT,
    interaction_id BIGINT,
    person_id BIGINT,
    recipient TEXT NOT NULL, -- personal
    recipient_folded TEXT NOT NULL, -- personal
    subject_folded TEXT, -- personal
    sender_name TEXT NOT NULL, -- open
    sender_email TEXT NOT NULL, -- open
    reply_to TEXT, -- open
    message_id TEXT NOT NULL, -- open
    state TEXT NOT NULL, -- open
    attempt INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    reply TEXT, -- open
    window_ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    state_at BIGINT NOT NULL,
    is_test INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE INDEX message_state ON message (tenant_id, state, id);
CREATE INDEX message_run ON message (tenant_id, run_id, block);
CREATE INDEX message_recipient ON message (tenant_id, recipient_folded /*by bytes*/, id);
CREATE INDEX message_subject ON message (tenant_id, subject_folded /*by bytes*/, id);

CREATE TABLE message_content (
    tenant_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    content /*bytes*/ NOT NULL,
    erase_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
) /*without rowid*/;

CREATE TABLE smtp_hold (
    tenant_id BIGINT NOT NULL,
    sender_email TEXT NOT NULL, -- open
    held_since BIGINT NOT NULL,
    reason TEXT NOT NULL, -- open
    probed_message_id BIGINT,
    PRIMARY KEY (tenant_id, sender_email)
) /*without rowid*/;

CREATE TABLE delivery_report (
    tenant_id BIGINT NOT NULL,
    digest /*bytes*/ NOT NULL,
    id BIGINT NOT NULL,
    message_id BIGINT,
    kind TEXT NOT NULL, -- open
    status TEXT, -- open
    diagnostic TEXT, -- personal
    recipient TEXT, -- personal
    blames_address INTEGER NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, digest)
) /*without rowid*/;
CREATE INDEX delivery_report_id ON delivery_report (tenant_id, id);
CREATE INDEX delivery_report_message ON delivery_report (tenant_id, message_id);
