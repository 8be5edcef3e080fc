-- Times are milliseconds since 1970. Of two states of a record the one with the greater (as_of, tie) stays; a record
-- that was deleted before any state of it arrived has none. A deleted user keeps its class, so that no count changes.
CREATE TABLE overview_users (
    tenant     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    name       TEXT,
    emails     TEXT    NOT NULL DEFAULT '[]',
    phones     TEXT    NOT NULL DEFAULT '[]',
    is_test    INTEGER,
    reason     TEXT,
    rule       TEXT,
    created_at INTEGER,
    as_of      INTEGER,
    tie        INTEGER,
    deleted    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX overview_users_by_age ON overview_users (tenant, deleted, created_at, id);
CREATE INDEX overview_users_by_class ON overview_users (tenant, deleted, is_test, created_at, id);

-- month: months since year 0; days: one bit a day, the lowest is the first of the month.
CREATE TABLE overview_activity (
    tenant  TEXT    NOT NULL,
    month   INTEGER NOT NULL,
    user_id TEXT    NOT NULL,
    days    INTEGER NOT NULL,
    PRIMARY KEY (tenant, month, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE overview_organizations (
    tenant     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    name       TEXT,
    members    INTEGER,
    created_at INTEGER,
    as_of      INTEGER,
    tie        INTEGER,
    deleted    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX overview_organizations_by_age ON overview_organizations (tenant, deleted, created_at, id);

CREATE TABLE overview_waitlist (
    tenant     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    email      TEXT,
    status     TEXT,
    is_test    INTEGER,
    reason     TEXT,
    rule       TEXT,
    created_at INTEGER,
    as_of      INTEGER,
    tie        INTEGER,
    deleted    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX overview_waitlist_by_age ON overview_waitlist (tenant, deleted, created_at, id);
CREATE INDEX overview_waitlist_by_class ON overview_waitlist (tenant, deleted, is_test, created_at, id);
