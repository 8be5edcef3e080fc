//! Merging changes.

use std::{collections::BTreeMap, sync::Arc};

use analytics_filter::{
    Activity, Change, Commit, Organization, TenantId, User, UserClass, UserId, Version, WaitlistEntry,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rusqlite::{Transaction, params};

use crate::SqliteError;

/// Merges a change inside a transaction of the host's.
///
/// # Errors
/// [`SqliteError::Statement`]
pub fn apply(tx: &Transaction<'_>, tenant: &TenantId, change: &Change) -> Result<Commit, SqliteError> {
    match change {
        Change::User(user) => put_user(tx, tenant, user)?,
        Change::UserDeleted(id) => delete_user(tx, tenant, id)?,
        Change::Activity(activity) => put_activity(tx, tenant, activity)?,
        Change::Organization(organization) => put_organization(tx, tenant, organization)?,
        Change::OrganizationDeleted(id) => {
            let sql = "INSERT INTO overview_organizations (tenant, id, deleted) VALUES (?1, ?2, 1)
                       ON CONFLICT (tenant, id) DO UPDATE SET deleted = 1, name = NULL";
            tx.prepare_cached(sql)?.execute([tenant.as_str(), id.as_str()])?;
        }
        Change::WaitlistEntry(entry) => put_entry(tx, tenant, entry)?,
        Change::WaitlistEntryDeleted(id) => {
            let sql = "INSERT INTO overview_waitlist (tenant, id, deleted) VALUES (?1, ?2, 1)
                       ON CONFLICT (tenant, id) DO UPDATE SET deleted = 1, email = NULL";
            tx.prepare_cached(sql)?.execute([tenant.as_str(), id.as_str()])?;
        }
    }
    Ok(Commit::Applied)
}

fn put_user(tx: &Transaction<'_>, tenant: &TenantId, user: &User) -> Result<(), SqliteError> {
    let Version { as_of, tie } = user.version();
    let newer = tx
        .prepare_cached(
            "INSERT INTO overview_users AS old
                 (tenant, id, name, emails, phones, is_test, reason, rule, created_at, as_of, tie)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (tenant, id) DO UPDATE SET
                 name = iif(old.deleted, NULL, excluded.name),
                 emails = iif(old.deleted, '[]', excluded.emails),
                 phones = iif(old.deleted, '[]', excluded.phones),
                 is_test = excluded.is_test, reason = excluded.reason, rule = excluded.rule,
                 created_at = min(ifnull(old.created_at, excluded.created_at), excluded.created_at),
                 as_of = excluded.as_of, tie = excluded.tie
             WHERE old.as_of IS NULL OR (excluded.as_of, excluded.tie) > (old.as_of, old.tie)",
        )?
        .execute(params![
            tenant.as_str(),
            user.id.as_str(),
            user.name,
            list(&user.contacts.emails),
            list(&user.contacts.phones),
            is_test(user.classification.class),
            user.classification.reason.code(),
            user.classification.rule.to_string(),
            user.created_at.timestamp_millis(),
            as_of,
            tie,
        ])?;
    if newer == 0 {
        keep_earliest(tx, "overview_users", tenant, user.id.as_str(), user.created_at)?;
    }
    put_days(tx, tenant, &user.id, [user.created_at.date_naive()])
}

fn delete_user(tx: &Transaction<'_>, tenant: &TenantId, id: &UserId) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "INSERT INTO overview_users (tenant, id, deleted) VALUES (?1, ?2, 1)
         ON CONFLICT (tenant, id) DO UPDATE SET deleted = 1, name = NULL, emails = '[]', phones = '[]'",
    )?
    .execute([tenant.as_str(), id.as_str()])?;
    Ok(())
}

fn put_activity(tx: &Transaction<'_>, tenant: &TenantId, activity: &Activity) -> Result<(), SqliteError> {
    put_days(tx, tenant, &activity.user, activity.days.iter().copied())
}

fn put_days(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    user: &UserId,
    days: impl IntoIterator<Item = NaiveDate>,
) -> Result<(), SqliteError> {
    let mut months = BTreeMap::new();
    for day in days {
        *months.entry(month(day)).or_insert(0) |= bit(day);
    }
    let mut put = tx.prepare_cached(
        "INSERT INTO overview_activity AS old (tenant, month, user_id, days) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, month, user_id) DO UPDATE SET days = old.days | excluded.days
         WHERE old.days | excluded.days <> old.days",
    )?;
    for (month, days) in months {
        put.execute(params![tenant.as_str(), month, user.as_str(), days])?;
    }
    Ok(())
}

fn put_organization(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    organization: &Organization,
) -> Result<(), SqliteError> {
    let Version { as_of, tie } = organization.version();
    let newer = tx
        .prepare_cached(
            "INSERT INTO overview_organizations AS old (tenant, id, name, members, created_at, as_of, tie)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (tenant, id) DO UPDATE SET
                 name = iif(old.deleted, NULL, excluded.name), members = excluded.members,
                 created_at = min(ifnull(old.created_at, excluded.created_at), excluded.created_at),
                 as_of = excluded.as_of, tie = excluded.tie
             WHERE old.as_of IS NULL OR (excluded.as_of, excluded.tie) > (old.as_of, old.tie)",
        )?
        .execute(params![
            tenant.as_str(),
            organization.id.as_str(),
            organization.name,
            organization.members,
            organization.created_at.timestamp_millis(),
            as_of,
            tie,
        ])?;
    if newer == 0 {
        let (id, created_at) = (organization.id.as_str(), organization.created_at);
        keep_earliest(tx, "overview_organizations", tenant, id, created_at)?;
    }
    Ok(())
}

fn put_entry(tx: &Transaction<'_>, tenant: &TenantId, entry: &WaitlistEntry) -> Result<(), SqliteError> {
    let Version { as_of, tie } = entry.version();
    let newer = tx
        .prepare_cached(
            "INSERT INTO overview_waitlist AS old
                 (tenant, id, email, status, is_test, reason, rule, created_at, as_of, tie)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (tenant, id) DO UPDATE SET
                 email = iif(old.deleted, NULL, excluded.email), status = excluded.status,
                 is_test = excluded.is_test, reason = excluded.reason, rule = excluded.rule,
                 created_at = min(ifnull(old.created_at, excluded.created_at), excluded.created_at),
                 as_of = excluded.as_of, tie = excluded.tie
             WHERE old.as_of IS NULL OR (excluded.as_of, excluded.tie) > (old.as_of, old.tie)",
        )?
        .execute(params![
            tenant.as_str(),
            entry.id.as_str(),
            entry.email,
            entry.status.code(),
            is_test(entry.classification.class),
            entry.classification.reason.code(),
            entry.classification.rule.to_string(),
            entry.created_at.timestamp_millis(),
            as_of,
            tie,
        ])?;
    if newer == 0 {
        keep_earliest(tx, "overview_waitlist", tenant, entry.id.as_str(), entry.created_at)?;
    }
    Ok(())
}

fn keep_earliest(
    tx: &Transaction<'_>,
    table: &'static str,
    tenant: &TenantId,
    id: &str,
    created_at: DateTime<Utc>,
) -> Result<(), SqliteError> {
    let sql = format!("UPDATE {table} SET created_at = ?3 WHERE tenant = ?1 AND id = ?2 AND created_at > ?3");
    tx.prepare_cached(&sql)?.execute(params![tenant.as_str(), id, created_at.timestamp_millis()])?;
    Ok(())
}

fn list(addresses: &[Arc<str>]) -> serde_json::Value {
    addresses.iter().map(|address| serde_json::Value::from(&**address)).collect()
}

pub(super) fn is_test(class: UserClass) -> bool {
    class == UserClass::Test
}

/// Months since year 0.
pub(super) fn month(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The bit of a day in its month.
pub(super) fn bit(day: NaiveDate) -> i64 {
    1 << day.day0()
}
