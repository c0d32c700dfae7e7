CREATE TABLE picture (
    tenant_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL, -- open
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    png /*bytes*/ NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, sha256)
);
CREATE INDEX picture_content ON picture (sha256);
