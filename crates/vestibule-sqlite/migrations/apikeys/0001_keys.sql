CREATE TABLE api_keys (
    tenant            TEXT NOT NULL,
    id                BLOB NOT NULL,
    subject           TEXT NOT NULL,
    kind              TEXT NOT NULL,
    name              TEXT NOT NULL,
    description       TEXT,
    scopes            TEXT NOT NULL,
    claims            TEXT,
    created_by        TEXT,
    pepper            INTEGER NOT NULL,
    digest            BLOB NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    expires_at        INTEGER,
    revoked_at        INTEGER,
    revocation_reason TEXT,
    last_used_at      INTEGER,
    revision          INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_by_age ON api_keys (tenant, created_at DESC, id DESC);
CREATE INDEX api_keys_by_subject ON api_keys (tenant, subject, created_at DESC, id DESC);

-- Ids of deleted keys: none of them is ever given again.
CREATE TABLE api_key_tombstones (
    tenant     TEXT NOT NULL,
    id         BLOB NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key_creations (
    tenant          TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    id              BLOB NOT NULL,
    request         BLOB NOT NULL,
    expires_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, idempotency_key)
) STRICT, WITHOUT ROWID;

-- Cumulative counters: of two totals of one writer the larger one counts.
CREATE TABLE api_key_usage (
    tenant TEXT NOT NULL,
    month  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    writer INTEGER NOT NULL,
    total  INTEGER NOT NULL,
    PRIMARY KEY (tenant, month, kind, writer)
) STRICT, WITHOUT ROWID;
