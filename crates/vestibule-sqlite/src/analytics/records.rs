//! Walking through the records by id.

use analytics_filter::{Classification, TenantId, User, UserId, Version, WaitlistEntry, WaitlistEntryId};
use rusqlite::{Connection, Row, params};

use super::tables::{USERS, WAITLIST, class, contacts, parsed, reason, status, time};
use crate::SqliteError;

pub(super) fn users(
    db: &Connection,
    tenant: &TenantId,
    after: Option<&UserId>,
    limit: u32,
) -> Result<Vec<User>, SqliteError> {
    rows(db, tenant, USERS, after.map(UserId::as_str), limit, |row| {
        Ok(User {
            id: parsed(USERS, "id", UserId::new(&row.get::<_, String>("id")?))?,
            name: row.get("name")?,
            contacts: contacts(row)?,
            classification: classification(USERS, row)?,
            created_at: time(USERS, row, "created_at")?,
            as_of: time(USERS, row, "as_of")?,
        })
    })
}

pub(super) fn waitlist(
    db: &Connection,
    tenant: &TenantId,
    after: Option<&WaitlistEntryId>,
    limit: u32,
) -> Result<Vec<WaitlistEntry>, SqliteError> {
    rows(db, tenant, WAITLIST, after.map(WaitlistEntryId::as_str), limit, |row| {
        Ok(WaitlistEntry {
            id: parsed(WAITLIST, "id", WaitlistEntryId::new(&row.get::<_, String>("id")?))?,
            email: row.get("email")?,
            status: status(row)?,
            classification: classification(WAITLIST, row)?,
            created_at: time(WAITLIST, row, "created_at")?,
            as_of: time(WAITLIST, row, "as_of")?,
        })
    })
}

fn rows<T>(
    db: &Connection,
    tenant: &TenantId,
    table: &str,
    after: Option<&str>,
    limit: u32,
    read: impl Fn(&Row<'_>) -> Result<T, SqliteError>,
) -> Result<Vec<T>, SqliteError> {
    let sql = format!(
        "SELECT * FROM {table} WHERE tenant = ?1 AND id > ?2 AND deleted = 0 AND as_of IS NOT NULL ORDER BY id LIMIT ?3"
    );
    let mut select = db.prepare_cached(&sql)?;
    // No id is empty, so every id is behind the empty text.
    let mut found = select.query(params![tenant.as_str(), after.unwrap_or_default(), limit])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(read(row)?);
    }
    Ok(rows)
}

fn classification(table: &'static str, row: &Row<'_>) -> Result<Classification, SqliteError> {
    let version = Version { as_of: row.get("as_of")?, tie: row.get("tie")? };
    Ok(Classification {
        class: class(row)?,
        reason: reason(table, row)?,
        rule: parsed(table, "rule", row.get::<_, String>("rule")?.parse())?,
        revision: version.rule_revision(),
    })
}
