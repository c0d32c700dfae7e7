CREATE TABLE business_hours (
    tenant_id BIGINT PRIMARY KEY,
    content TEXT NOT NULL, -- open
    changed_at BIGINT NOT NULL
) /*without rowid*/;

CREATE TABLE retention (
    tenant_id BIGINT PRIMARY KEY,
    customer_days INTEGER,
    inbox_days INTEGER,
    audit_days INTEGER,
    customers_erased_to BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
) /*without rowid*/;
