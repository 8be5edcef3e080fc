CREATE TABLE IF NOT EXISTS host_accounts (
    tenant          TEXT NOT NULL,
    id              TEXT NOT NULL,
    external_id     TEXT,
    username        TEXT,
    email           TEXT,
    first_name      TEXT,
    last_name       TEXT,
    active          INTEGER NOT NULL,
    public_metadata TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS host_accounts_by_age ON host_accounts (tenant, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS host_accounts_by_email ON host_accounts (tenant, email);
CREATE INDEX IF NOT EXISTS host_accounts_by_external_id ON host_accounts (tenant, external_id);

CREATE TABLE IF NOT EXISTS host_organizations (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS host_memberships (
    tenant          TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    role            TEXT NOT NULL,
    from_directory  INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, organization_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS host_memberships_by_user ON host_memberships (tenant, user_id);

CREATE TABLE IF NOT EXISTS host_waitlist (
    tenant        TEXT NOT NULL,
    id            TEXT NOT NULL,
    email_address TEXT NOT NULL,
    status        TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    invited_at    INTEGER,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, email_address)
) STRICT, WITHOUT ROWID;
