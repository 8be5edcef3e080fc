//! The audit log.

use apikeys::{AuditAction, AuditEvent, KeyId, TenantId};
use rusqlite::{Connection, Row, Transaction, params};

use super::number;
use crate::{SqliteError, column::Columns};

/// Writes events; one that is there stays as it is.
pub(super) fn append(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    events: &[AuditEvent],
) -> Result<(), SqliteError> {
    let mut append = tx.prepare_cached(
        "INSERT INTO api_key_audit (tenant, id, at, key_id, actor, action, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO NOTHING",
    )?;
    for event in events {
        append.execute(params![
            tenant.as_str(),
            event.id,
            event.at.timestamp_millis(),
            event.key.as_ref().map(KeyId::as_bytes),
            event.by.as_ref().map(apikeys::Subject::as_str),
            event.action.name(),
            event.action.number().map(number),
        ])?;
    }
    Ok(())
}

pub(super) fn latest(
    db: &Connection,
    tenant: &TenantId,
    key: Option<KeyId>,
    limit: u32,
) -> Result<Vec<AuditEvent>, SqliteError> {
    let of_key = if key.is_some() { "AND key_id = ?2" } else { "AND ?2 IS NULL" };
    let mut found = db.prepare_cached(&format!(
        "SELECT * FROM api_key_audit WHERE tenant = ?1 {of_key} ORDER BY at DESC, id LIMIT ?3"
    ))?;
    let mut rows = found.query(params![tenant.as_str(), key.as_ref().map(KeyId::as_bytes), limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(event(row)?);
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> Result<AuditEvent, SqliteError> {
    let columns = Columns::new("api_key_audit", row);
    let number = columns.plain::<Option<i64>>("number")?.and_then(|number| u64::try_from(number).ok());
    let action = columns.parsed("action", |name: String| {
        AuditAction::from_parts(&name, number).ok_or_else(|| format!("`{name}` is no action"))
    })?;
    Ok(AuditEvent {
        id: columns.plain("id")?,
        at: columns.time("at")?,
        key: columns.plain::<Option<[u8; 16]>>("key_id")?.map(KeyId::from_bytes),
        by: columns.parsed("actor", |by: Option<String>| by.map(|by| by.parse()).transpose())?,
        action,
    })
}
