-- A tenant's settings, and the revision of its whole catalog.
CREATE TABLE billing_catalogs (
    tenant            TEXT    NOT NULL,
    revision          INTEGER NOT NULL,
    annual_only_plans INTEGER NOT NULL,
    free_trials       INTEGER NOT NULL,
    max_plans         INTEGER NOT NULL,
    PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;

-- Fees are minor units; one that is NULL isn't sold, and one of 0 is free. Times are milliseconds.
CREATE TABLE billing_plans (
    tenant             TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    slug               TEXT    NOT NULL,
    description        TEXT,
    avatar_url         TEXT,
    payer_type         TEXT    NOT NULL CHECK (payer_type IN ('org', 'user')),
    currency           TEXT    NOT NULL,
    month_fee          INTEGER CHECK (month_fee >= 0),
    year_fee           INTEGER CHECK (year_fee >= 0),
    is_default         INTEGER NOT NULL,
    is_recurring       INTEGER NOT NULL,
    publicly_visible   INTEGER NOT NULL,
    has_base_fee       INTEGER NOT NULL,
    features           TEXT    NOT NULL,
    unit_prices        TEXT    NOT NULL,
    free_trial_enabled INTEGER NOT NULL,
    free_trial_days    INTEGER,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK (month_fee IS NOT NULL OR year_fee IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- The revision of all statements of a payer.
CREATE TABLE billing_ledgers (
    tenant     TEXT    NOT NULL,
    payer_type TEXT    NOT NULL CHECK (payer_type IN ('org', 'user')),
    payer      TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    PRIMARY KEY (tenant, payer_type, payer)
) STRICT, WITHOUT ROWID;

-- The month is YYYY-MM; the total is minor units; lines and adjustments are JSON, never queried by.
CREATE TABLE billing_statements (
    tenant      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    payer_type  TEXT    NOT NULL,
    payer       TEXT    NOT NULL,
    month       TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('open', 'closed')),
    usage_lines TEXT    NOT NULL,
    adjustments TEXT    NOT NULL,
    total       INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, payer_type, payer, month),
    FOREIGN KEY (tenant, payer_type, payer) REFERENCES billing_ledgers
) STRICT, WITHOUT ROWID;

CREATE INDEX billing_statements_newest ON billing_statements (tenant, created_at DESC, id DESC);

CREATE TRIGGER billing_statements_closed_means_closed
BEFORE UPDATE ON billing_statements WHEN old.status = 'closed'
BEGIN
    SELECT RAISE(ABORT, 'a closed statement can not be changed');
END;
