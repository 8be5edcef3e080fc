//! Rate limits and credits: every guard is inside of the write.

use apikeys::{
    Account, Admission, Balance, CreditPlan, DueAt, KeyId, RateLimit, Reservation, ReservationId, Reserved,
    Settlement, TenantId,
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};

use super::number;
use crate::{SqliteError, column::Columns};

/// How many expired reservations of an account one call gives back.
const SWEEP: u32 = 1_000;

/// One guarded statement, as [`RateLimit::admit`] says.
pub(super) fn admit(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    family: KeyId,
    limit: RateLimit,
    now: DateTime<Utc>,
) -> Result<Admission, SqliteError> {
    let now_micros = now.timestamp_micros();
    let admitted = tx
        .prepare_cached(
            "INSERT INTO api_key_rates (tenant, family, due_at) VALUES (:tenant, :family, :now + :step)
             ON CONFLICT DO UPDATE SET due_at = max(due_at, :now) + :step WHERE max(due_at, :now) - :now <= :tolerance",
        )?
        .execute(named_params! {
            ":tenant": tenant.as_str(), ":family": family.as_bytes(), ":now": now_micros,
            ":step": limit.step(), ":tolerance": limit.tolerance(),
        })?;
    if admitted == 1 {
        return Ok(Admission::Admitted);
    }
    let due_at = tx
        .prepare_cached("SELECT due_at FROM api_key_rates WHERE tenant = ?1 AND family = ?2")?
        .query_row(params![tenant.as_str(), family.as_bytes()], |row| row.get(0))?;
    Ok(limit.refusal(DueAt(due_at), now))
}

pub(super) fn reserve(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    asked: &Reservation,
    plan: &CreditPlan,
    now: DateTime<Utc>,
) -> Result<Reserved, SqliteError> {
    take(tx, tenant, asked, plan, now, true)
}

pub(super) fn spend(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    asked: &Reservation,
    plan: &CreditPlan,
    now: DateTime<Utc>,
) -> Result<Reserved, SqliteError> {
    take(tx, tenant, asked, plan, now, false)
}

pub(super) fn settle(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: ReservationId,
    settlement: Settlement,
    now: DateTime<Utc>,
) -> Result<bool, SqliteError> {
    let settled = tx
        .prepare_cached(
            "UPDATE api_key_reservations SET is_held = 0 WHERE tenant = ?1 AND id = ?2 AND is_held
             RETURNING account, cost, expires_at",
        )?
        .query_row(params![tenant.as_str(), id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((account, cost, expires_at)): Option<(String, i64, i64)> = settled else { return Ok(false) };
    if settlement == Settlement::Cancel || now.timestamp_millis() >= expires_at {
        give_back(tx, tenant, &account, cost)?;
    }
    Ok(true)
}

pub(super) fn balance(
    db: &Connection,
    tenant: &TenantId,
    account: Account,
) -> Result<Option<Balance>, SqliteError> {
    let mut found = db.prepare_cached("SELECT * FROM api_key_credits WHERE tenant = ?1 AND account = ?2")?;
    let mut rows = found.query(params![tenant.as_str(), name(account)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let columns = Columns::new("api_key_credits", row);
    Ok(Some(Balance {
        available: columns.counter("available")?,
        opened_at: columns.time("opened_at")?,
        refilled_at: columns.time("refilled_at")?,
    }))
}

fn take(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    asked: &Reservation,
    plan: &CreditPlan,
    now: DateTime<Utc>,
    is_held: bool,
) -> Result<Reserved, SqliteError> {
    let account = name(asked.account);
    sweep(tx, tenant, &account, now)?;
    let seen = open(tx, tenant, asked.account, plan, now)?;
    if is_known(tx, tenant, asked.id)? {
        return Ok(Reserved::Held { available: seen.available });
    }
    let refilled = plan.refill(seen, now);
    // The guard says it again, so that it holds wherever this statement is moved to.
    let taken = tx
        .prepare_cached(
            "UPDATE api_key_credits SET available = :available - :cost, refilled_at = :refilled_at
             WHERE tenant = :tenant AND account = :account AND available = :seen AND :available >= :cost",
        )?
        .execute(named_params! {
            ":tenant": tenant.as_str(), ":account": account, ":cost": number(asked.cost),
            ":available": number(refilled.available), ":seen": number(seen.available),
            ":refilled_at": refilled.refilled_at.timestamp_millis(),
        })?;
    if taken == 0 {
        return Ok(Reserved::Exhausted { available: refilled.available });
    }
    tx.prepare_cached(
        "INSERT INTO api_key_reservations (tenant, id, account, cost, expires_at, is_held)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        tenant.as_str(),
        asked.id.0,
        account,
        number(asked.cost),
        asked.expires_at.timestamp_millis(),
        is_held
    ])?;
    Ok(Reserved::Held { available: refilled.available.saturating_sub(asked.cost) })
}

/// The account, opened if it was not.
fn open(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    account: Account,
    plan: &CreditPlan,
    now: DateTime<Utc>,
) -> Result<Balance, SqliteError> {
    if let Some(balance) = balance(tx, tenant, account)? {
        return Ok(balance);
    }
    let opened = plan.open(now);
    tx.prepare_cached(
        "INSERT INTO api_key_credits (tenant, account, available, opened_at, refilled_at) VALUES (?1, ?2, ?3, ?4, ?4)",
    )?
    .execute(params![tenant.as_str(), name(account), number(opened.available), now.timestamp_millis()])?;
    Ok(opened)
}

fn is_known(tx: &Transaction<'_>, tenant: &TenantId, id: ReservationId) -> Result<bool, SqliteError> {
    let known = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM api_key_reservations WHERE tenant = ?1 AND id = ?2)")?
        .query_row(params![tenant.as_str(), id.0], |row| row.get(0))?;
    Ok(known)
}

/// Reservations whose time is over go back.
fn sweep(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    account: &str,
    now: DateTime<Utc>,
) -> Result<(), SqliteError> {
    let mut expired = tx.prepare_cached(
        "DELETE FROM api_key_reservations WHERE tenant = ?1 AND id IN (
             SELECT id FROM api_key_reservations
             WHERE tenant = ?1 AND account = ?2 AND expires_at <= ?3 ORDER BY expires_at LIMIT ?4)
         RETURNING iif(is_held, cost, 0)",
    )?;
    let params = params![tenant.as_str(), account, now.timestamp_millis(), SWEEP];
    let costs = expired.query_map(params, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let sum = costs.into_iter().fold(0, i64::saturating_add);
    if sum > 0 { give_back(tx, tenant, account, sum) } else { Ok(()) }
}

fn give_back(tx: &Transaction<'_>, tenant: &TenantId, account: &str, cost: i64) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "UPDATE api_key_credits SET available = available + ?3 WHERE tenant = ?1 AND account = ?2",
    )?
    .execute(params![tenant.as_str(), account, cost])?;
    Ok(())
}

/// As it is stored.
fn name(account: Account) -> String {
    match account {
        Account::Family(id) => format!("family:{id}"),
        Account::Allowance(month, kind) => format!("allowance:{month}:{}", super::write::kind_code(kind)),
    }
}
