CREATE TABLE invitation (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    scope_form_id BIGINT NOT NULL,
    form_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    configuration_id BIGINT,
    contact_id BIGINT,
    address_folded TEXT NOT NULL, -- personal
    language TEXT, -- open
    agent_id BIGINT,
    team_id BIGINT,
    service_id BIGINT NOT NULL,
    disposition_id BIGINT,
    channel TEXT NOT NULL, -- open
    completed_on INTEGER NOT NULL,
    state TEXT NOT NULL, -- open
    state_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    first_sent_at BIGINT,
    expires_at BIGINT,
    answered_at BIGINT,
    scores TEXT NOT NULL, -- open
    fetches INTEGER NOT NULL,
    is_test INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX invitation_once ON invitation (tenant_id, interaction_id, scope_form_id);
CREATE INDEX invitation_address ON invitation (tenant_id, address_folded, created_at);

-- Recipients beside the one in the invitation's row, where a mail has several: what limits per address count.
CREATE TABLE invitation_recipient (
    tenant_id BIGINT NOT NULL,
    address_folded TEXT NOT NULL, -- personal
    invitation_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, address_folded, invitation_id)
) /*without rowid*/;

CREATE TABLE link (
    period BIGINT NOT NULL,
    token_hash /*bytes*/ NOT NULL,
    tenant_id BIGINT NOT NULL,
    invitation_id BIGINT NOT NULL,
    key_id INTEGER NOT NULL,
    PRIMARY KEY (period, token_hash)
) /*without rowid*/;
