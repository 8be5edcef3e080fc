ALTER TABLE api_keys ADD COLUMN scheme INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN metadata TEXT;
ALTER TABLE api_keys ADD COLUMN disabled_at INTEGER;
ALTER TABLE api_keys ADD COLUMN revoked_by TEXT;
ALTER TABLE api_keys ADD COLUMN not_before INTEGER;
ALTER TABLE api_keys ADD COLUMN idle_ttl INTEGER;
ALTER TABLE api_keys ADD COLUMN networks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN rate_limit TEXT;
ALTER TABLE api_keys ADD COLUMN credits TEXT;
ALTER TABLE api_keys ADD COLUMN family BLOB NOT NULL DEFAULT x'';
ALTER TABLE api_keys ADD COLUMN predecessor BLOB;
ALTER TABLE api_keys ADD COLUMN ends_on_use INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN successor BLOB;
ALTER TABLE api_keys ADD COLUMN grace_until INTEGER;
ALTER TABLE api_keys ADD COLUMN parent BLOB;

UPDATE api_keys SET family = id;

CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (tenant, digest);
CREATE INDEX api_keys_by_parent ON api_keys (tenant, parent) WHERE parent IS NOT NULL;

-- Keys that were deleted before this version left no digest.
ALTER TABLE api_key_tombstones ADD COLUMN pepper INTEGER;
ALTER TABLE api_key_tombstones ADD COLUMN scheme INTEGER;
ALTER TABLE api_key_tombstones ADD COLUMN digest BLOB;

CREATE INDEX api_key_creations_by_expiry ON api_key_creations (tenant, expires_at);

CREATE TABLE api_key_secrets (
    tenant TEXT NOT NULL,
    id     BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Each key once, at the place of its latest change: one writer at a time leaves no gaps.
CREATE TABLE api_key_feed (
    tenant TEXT NOT NULL,
    place  INTEGER NOT NULL,
    id     BLOB NOT NULL,
    PRIMARY KEY (tenant, place),
    UNIQUE (tenant, id)
) STRICT, WITHOUT ROWID;

INSERT INTO api_key_feed (tenant, place, id)
SELECT tenant, row_number() OVER (PARTITION BY tenant ORDER BY created_at, id), id FROM api_keys;

-- Microseconds since 1970.
CREATE TABLE api_key_rates (
    tenant TEXT NOT NULL,
    family BLOB NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key_credits (
    tenant      TEXT NOT NULL,
    account     TEXT NOT NULL,
    available   INTEGER NOT NULL CHECK (available >= 0),
    opened_at   INTEGER NOT NULL,
    refilled_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;

-- Settled ones stay until they expire, so that a repeated request takes nothing again.
CREATE TABLE api_key_reservations (
    tenant     TEXT NOT NULL,
    id         BLOB NOT NULL,
    account    TEXT NOT NULL,
    cost       INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    is_held    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_key_reservations_by_expiry ON api_key_reservations (tenant, account, expires_at);

CREATE TABLE api_key_audit (
    tenant TEXT NOT NULL,
    id     BLOB NOT NULL,
    at     INTEGER NOT NULL,
    key_id BLOB,
    actor  TEXT,
    action TEXT NOT NULL,
    number INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_key_audit_by_time ON api_key_audit (tenant, at DESC, id);
CREATE INDEX api_key_audit_by_key ON api_key_audit (tenant, key_id, at DESC, id);
