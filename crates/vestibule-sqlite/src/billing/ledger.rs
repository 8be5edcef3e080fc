//! Statements.

use billing_plans::{
    Commit, Currency, Ledger, LedgerChange, Money, Month, Page, Payer, Revision, Statement, StatementId,
    StatementStatus, TenantId,
};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};

use super::column;
use crate::{
    SqliteError,
    column::{Columns, json},
};

const LEDGERS: &str = "billing_ledgers";
const STATEMENTS: &str = "billing_statements";

pub(super) fn read(
    db: &Connection,
    tenant: &TenantId,
    payer: &Payer,
    from: Month,
) -> Result<Ledger, SqliteError> {
    let Some(revision) = read_revision(db, tenant, payer)? else { return Ok(Ledger::default()) };
    let mut query = db.prepare_cached(
        "SELECT * FROM billing_statements WHERE tenant = ?1 AND payer_type = ?2 AND payer = ?3 AND month >= ?4
         ORDER BY month",
    )?;
    let of_payer = params![tenant.as_str(), payer.kind().as_str(), payer.id(), from.to_string()];
    let rows = query.query_and_then(of_payer, |row| read_statement(Columns::new(STATEMENTS, row)))?;
    Ok(Ledger { revision: Some(revision), statements: rows.collect::<Result<_, _>>()? })
}

pub(super) fn statement(
    db: &Connection,
    tenant: &TenantId,
    id: &StatementId,
) -> Result<Option<Statement>, SqliteError> {
    let mut query = db.prepare_cached("SELECT * FROM billing_statements WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = query.query([tenant.as_str(), id.as_str()])?;
    rows.next()?.map(|row| read_statement(Columns::new(STATEMENTS, row))).transpose()
}

pub(super) fn statements(
    db: &Connection,
    tenant: &TenantId,
    limit: u32,
    offset: u32,
) -> Result<Page<Statement>, SqliteError> {
    let mut query = db.prepare_cached(
        "SELECT * FROM billing_statements WHERE tenant = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2 OFFSET ?3",
    )?;
    let page = params![tenant.as_str(), limit, offset];
    let rows = query.query_and_then(page, |row| read_statement(Columns::new(STATEMENTS, row)))?;
    let items = rows.collect::<Result<_, _>>()?;
    let mut count = db.prepare_cached("SELECT count(*) FROM billing_statements WHERE tenant = ?1")?;
    let total: i64 = count.query_row([tenant.as_str()], |row| row.get(0))?;
    Ok(Page { items, total: total.unsigned_abs() })
}

fn read_revision(db: &Connection, tenant: &TenantId, payer: &Payer) -> Result<Option<Revision>, SqliteError> {
    let mut query = db.prepare_cached(
        "SELECT revision FROM billing_ledgers WHERE tenant = ?1 AND payer_type = ?2 AND payer = ?3",
    )?;
    let mut rows = query.query([tenant.as_str(), payer.kind().as_str(), payer.id()])?;
    rows.next()?.map(|row| Columns::new(LEDGERS, row).revision()).transpose()
}

fn read_statement(columns: Columns<'_>) -> Result<Statement, SqliteError> {
    let kind = columns.payer_type("payer_type")?;
    let currency = columns.parsed("currency", |code: String| Currency::parse(&code))?;
    Ok(Statement {
        id: StatementId::new(&columns.plain::<String>("id")?),
        payer: columns.parsed("payer", |id: String| Payer::new(kind, &id))?,
        month: columns.parsed("month", |text: String| Month::parse(&text))?,
        status: columns.parsed("status", |text: String| read_status(&text))?,
        usage: columns.json("usage_lines")?,
        adjustments: columns.json("adjustments")?,
        total: Money::new(columns.plain("total")?, currency),
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
    })
}

fn read_status(text: &str) -> Result<StatementStatus, &'static str> {
    match text {
        "open" => Ok(StatementStatus::Open),
        "closed" => Ok(StatementStatus::Closed),
        _ => Err("no status"),
    }
}

fn status(statement: &Statement) -> &'static str {
    if statement.is_closed() { "closed" } else { "open" }
}

pub(super) fn apply(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    change: &LedgerChange,
) -> Result<Commit, SqliteError> {
    for statement in &change.statements {
        if collides(tx, tenant, statement)? {
            return Ok(Commit::Stale);
        }
    }
    if !advance(tx, tenant, &change.payer, change.expected)? {
        return Ok(Commit::Stale);
    }
    for statement in &change.statements {
        write(tx, tenant, statement)?;
    }
    Ok(Commit::Applied)
}

/// Whether the statement is stored as closed or elsewhere, or another one is stored for its month.
///
/// Looking first is safe: the change writes in the same transaction, which SQLite refuses if another one came between.
fn collides(tx: &Transaction<'_>, tenant: &TenantId, statement: &Statement) -> Result<bool, SqliteError> {
    let mut query = tx.prepare_cached(
        "SELECT 1 FROM billing_statements
         WHERE tenant = ?1 AND id = ?2 AND (status = 'closed' OR (payer_type, payer, month) IS NOT (?3, ?4, ?5))
         UNION ALL
         SELECT 1 FROM billing_statements
         WHERE tenant = ?1 AND payer_type = ?3 AND payer = ?4 AND month = ?5 AND id <> ?2",
    )?;
    let Statement { id, payer, month, .. } = statement;
    let of_statement =
        params![tenant.as_str(), id.as_str(), payer.kind().as_str(), payer.id(), month.to_string()];
    Ok(query.query_row(of_statement, |_| Ok(())).optional()?.is_some())
}

/// Takes the ledger from `expected` to the next revision, if it is there.
fn advance(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    payer: &Payer,
    expected: Option<Revision>,
) -> Result<bool, SqliteError> {
    let key = (tenant.as_str(), payer.kind().as_str(), payer.id());
    let changed = match expected {
        Some(expected) => tx
            .prepare_cached(
                "UPDATE billing_ledgers SET revision = revision + 1
                 WHERE tenant = ?1 AND payer_type = ?2 AND payer = ?3 AND revision = ?4",
            )?
            .execute(params![key.0, key.1, key.2, column::revision(expected)])?,
        None => tx
            .prepare_cached("INSERT INTO billing_ledgers VALUES (?1, ?2, ?3, 1) ON CONFLICT DO NOTHING")?
            .execute(key)?,
    };
    Ok(changed == 1)
}

fn write(tx: &Transaction<'_>, tenant: &TenantId, statement: &Statement) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "INSERT INTO billing_statements VALUES (
            :tenant, :id, :payer_type, :payer, :month, :status, :usage_lines, :adjustments, :total, :currency,
            :created_at, :updated_at)
         ON CONFLICT (tenant, id) DO UPDATE SET
            status = excluded.status, usage_lines = excluded.usage_lines, adjustments = excluded.adjustments,
            total = excluded.total, currency = excluded.currency,
            created_at = excluded.created_at, updated_at = excluded.updated_at",
    )?
    .execute(named_params! {
        ":tenant": tenant.as_str(),
        ":id": statement.id.as_str(),
        ":payer_type": statement.payer.kind().as_str(),
        ":payer": statement.payer.id(),
        ":month": statement.month.to_string(),
        ":status": status(statement),
        ":usage_lines": json(STATEMENTS, &statement.usage)?,
        ":adjustments": json(STATEMENTS, &statement.adjustments)?,
        ":total": statement.total.amount(),
        ":currency": statement.currency().code(),
        ":created_at": statement.created_at.timestamp_millis(),
        ":updated_at": statement.updated_at.timestamp_millis(),
    })?;
    Ok(())
}
