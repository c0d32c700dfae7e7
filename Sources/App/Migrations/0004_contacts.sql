CREATE TABLE contact (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    external_id TEXT, -- personal
    first_name TEXT NOT NULL, -- personal
    last_name TEXT NOT NULL, -- personal
    language TEXT, -- open
    custom TEXT NOT NULL, -- personal
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX contact_external ON contact (tenant_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE contact_email (
    tenant_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    address TEXT NOT NULL, -- personal
    address_folded TEXT NOT NULL, -- personal
    PRIMARY KEY (tenant_id, contact_id, position)
) /*without rowid*/;
CREATE UNIQUE INDEX contact_email_address ON contact_email (tenant_id, address_folded);

CREATE TABLE contact_phone (
    tenant_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    number TEXT NOT NULL, -- personal
    PRIMARY KEY (tenant_id, contact_id, position)
) /*without rowid*/;
CREATE INDEX contact_phone_number ON contact_phone (tenant_id, number);

CREATE TABLE customer_case (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    number TEXT NOT NULL, -- open
    title TEXT NOT NULL, -- personal
    contact_id BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number)
) /*without rowid*/;

CREATE TABLE suppression (
    tenant_id BIGINT NOT NULL,
    address_folded TEXT NOT NULL, -- personal
    reason TEXT NOT NULL, -- open
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, address_folded)
) /*without rowid*/;
