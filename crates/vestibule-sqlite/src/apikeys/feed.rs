//! The feed of changes.

use apikeys::{ChangedKeys, FeedCursor, KeyId, TenantId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, params};

use super::number;
use crate::SqliteError;

/// Puts a key at the end of the feed, and nowhere else.
pub(super) fn push(tx: &Transaction<'_>, tenant: &TenantId, id: KeyId) -> Result<(), SqliteError> {
    // The statement sees the last place before it replaces the key's own row, also if that is the last one.
    tx.prepare_cached(
        "INSERT OR REPLACE INTO api_key_feed (tenant, place, id)
         SELECT ?1, coalesce(max(place), 0) + 1, ?2 FROM api_key_feed WHERE tenant = ?1",
    )?
    .execute(params![tenant.as_str(), id.as_bytes()])?;
    Ok(())
}

pub(super) fn page(
    db: &Connection,
    tenant: &TenantId,
    cursor: Option<FeedCursor>,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<ChangedKeys, SqliteError> {
    let Some(FeedCursor(after)) = cursor else {
        let last: i64 = db
            .prepare_cached("SELECT coalesce(max(place), 0) FROM api_key_feed WHERE tenant = ?1")?
            .query_row([tenant.as_str()], |row| row.get(0))?;
        return Ok(ChangedKeys { ids: Vec::new(), next: place(last), more: false, as_of: now });
    };
    let mut found = db.prepare_cached(
        "SELECT place, id FROM api_key_feed WHERE tenant = ?1 AND place > ?2 ORDER BY place LIMIT ?3",
    )?;
    let one_more = i64::from(limit).saturating_add(1);
    let rows = found.query_map(params![tenant.as_str(), number(after), one_more], |row| {
        Ok((row.get(0)?, KeyId::from_bytes(row.get(1)?)))
    })?;
    let mut rows = rows.collect::<Result<Vec<(i64, KeyId)>, _>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().map_or(FeedCursor(after), |(last, _)| place(*last));
    Ok(ChangedKeys { ids: rows.into_iter().map(|(_, id)| id).collect(), next, more, as_of: now })
}

fn place(place: i64) -> FeedCursor {
    FeedCursor(u64::try_from(place).unwrap_or(0))
}
