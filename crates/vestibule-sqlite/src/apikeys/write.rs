//! What is written.

use apikeys::{
    Commit, Idempotency, KeyChange, KeyId, KeyRecord, Month, Revision, TenantId, UsageChange, UsageCounter,
    UsageKind, WriterId,
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, named_params, params};

use super::read;
use crate::{SqliteError, column::json};

/// Applies a change of a key within a host's own transaction.
///
/// # Errors
/// [`SqliteError`], and then the transaction should be rolled back.
pub fn apply(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    change: &KeyChange,
    now: DateTime<Utc>,
) -> Result<Commit, SqliteError> {
    match change {
        KeyChange::Create { record, idempotency, counts_in } => {
            create(tx, tenant, record, idempotency.as_ref(), *counts_in, now)
        }
        KeyChange::Replace { record } => replace(tx, tenant, record),
        KeyChange::Delete { id, expected, at } => delete(tx, tenant, *id, *expected, *at),
    }
}

/// Merges counters and last uses within a host's own transaction.
///
/// # Errors
/// [`SqliteError`], and then the transaction should be rolled back.
pub fn apply_usage(tx: &Transaction<'_>, tenant: &TenantId, change: &UsageChange) -> Result<(), SqliteError> {
    for counter in &change.counters {
        count(tx, tenant, *counter)?;
    }
    let mut later = tx.prepare_cached(
        "UPDATE api_keys SET last_used_at = ?3
         WHERE tenant = ?1 AND id = ?2 AND (last_used_at IS NULL OR last_used_at < ?3)",
    )?;
    for (id, at) in &change.last_used {
        later.execute(params![tenant.as_str(), id.as_bytes(), at.timestamp_millis()])?;
    }
    Ok(())
}

/// As it is stored.
pub(super) fn kind_code(kind: UsageKind) -> &'static str {
    match kind {
        UsageKind::Creation => "creation",
        UsageKind::Verification => "verification",
    }
}

fn create(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    record: &KeyRecord,
    idempotency: Option<&Idempotency>,
    counts_in: Option<Month>,
    now: DateTime<Utc>,
) -> Result<Commit, SqliteError> {
    let repeated = match idempotency {
        Some(idempotency) => read::earlier_creation(tx, tenant, &idempotency.key, now)?.is_some(),
        None => false,
    };
    if repeated || is_taken(tx, tenant, record.id)? {
        return Ok(Commit::Stale);
    }
    write(tx, tenant, record, INSERT)?;
    if let Some(idempotency) = idempotency {
        remember(tx, tenant, record.id, idempotency)?;
    }
    if let Some(month) = counts_in {
        tx.prepare_cached(
            "INSERT INTO api_key_usage (tenant, month, kind, writer, total) VALUES (?1, ?2, ?3, ?4, 1)
             ON CONFLICT DO UPDATE SET total = total + 1",
        )?
        .execute(params![
            tenant.as_str(),
            month.to_string(),
            kind_code(UsageKind::Creation),
            writer(WriterId::STORE)
        ])?;
    }
    Ok(Commit::Applied)
}

fn is_taken(tx: &Transaction<'_>, tenant: &TenantId, id: KeyId) -> Result<bool, SqliteError> {
    let taken = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM api_keys WHERE tenant = ?1 AND id = ?2)
                 OR EXISTS (SELECT 1 FROM api_key_tombstones WHERE tenant = ?1 AND id = ?2)",
        )?
        .query_row(params![tenant.as_str(), id.as_bytes()], |row| row.get(0))?;
    Ok(taken)
}

fn remember(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    idempotency: &Idempotency,
) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO api_key_creations (tenant, idempotency_key, id, request, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        tenant.as_str(),
        idempotency.key.as_str(),
        id.as_bytes(),
        idempotency.request,
        idempotency.expires_at.timestamp_millis(),
    ])?;
    Ok(())
}

const INSERT: &str = "INSERT INTO api_keys (tenant, id, subject, kind, name, description, scopes, claims, created_by,
        pepper, digest, created_at, updated_at, expires_at, revoked_at, revocation_reason, last_used_at, revision)
    VALUES (:tenant, :id, :subject, :kind, :name, :description, :scopes, :claims, :created_by,
        :pepper, :digest, :created_at, :updated_at, :expires_at, :revoked_at, :reason, :last_used_at, :revision)";

/// The guard is the revision; the later use stays.
const REPLACE: &str = "UPDATE api_keys SET subject = :subject, kind = :kind, name = :name, description = :description,
        scopes = :scopes, claims = :claims, created_by = :created_by, pepper = :pepper, digest = :digest,
        created_at = :created_at, updated_at = :updated_at, expires_at = :expires_at, revoked_at = :revoked_at,
        revocation_reason = :reason, revision = :revision,
        last_used_at = nullif(max(coalesce(last_used_at, -1), coalesce(:last_used_at, -1)), -1)
    WHERE tenant = :tenant AND id = :id AND revision + 1 = :revision";

fn replace(tx: &Transaction<'_>, tenant: &TenantId, record: &KeyRecord) -> Result<Commit, SqliteError> {
    Ok(if write(tx, tenant, record, REPLACE)? == 1 { Commit::Applied } else { Commit::Stale })
}

/// How many rows were written.
fn write(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    record: &KeyRecord,
    sql: &str,
) -> Result<usize, SqliteError> {
    let millis = |at: DateTime<Utc>| at.timestamp_millis();
    let claims = record.claims.as_deref().map(|claims| json("api_keys", claims)).transpose()?;
    let revoked = record.revoked.as_ref();
    let written = tx.prepare_cached(sql)?.execute(named_params! {
        ":tenant": tenant.as_str(),
        ":id": record.id.as_bytes(),
        ":subject": record.subject.as_str(),
        ":kind": &*record.kind,
        ":name": &*record.name,
        ":description": record.description.as_deref(),
        ":scopes": json("api_keys", &record.scopes)?,
        ":claims": claims,
        ":created_by": record.created_by.as_ref().map(apikeys::Subject::as_str),
        ":pepper": record.digest.pepper.0,
        ":digest": record.digest.digest.0,
        ":created_at": millis(record.created_at),
        ":updated_at": millis(record.updated_at),
        ":expires_at": record.expires_at.map(millis),
        ":revoked_at": revoked.map(|revoked| millis(revoked.at)),
        ":reason": revoked.and_then(|revoked| revoked.reason.as_deref()),
        ":last_used_at": record.last_used_at.map(millis),
        ":revision": number(record.revision.0),
    })?;
    Ok(written)
}

fn delete(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    expected: Revision,
    at: DateTime<Utc>,
) -> Result<Commit, SqliteError> {
    let deleted = tx
        .prepare_cached("DELETE FROM api_keys WHERE tenant = ?1 AND id = ?2 AND revision = ?3")?
        .execute(params![tenant.as_str(), id.as_bytes(), number(expected.0)])?;
    if deleted == 0 {
        return Ok(Commit::Stale);
    }
    tx.prepare_cached("INSERT INTO api_key_tombstones (tenant, id, deleted_at) VALUES (?1, ?2, ?3)")?
        .execute(params![tenant.as_str(), id.as_bytes(), at.timestamp_millis()])?;
    Ok(Commit::Applied)
}

fn count(tx: &Transaction<'_>, tenant: &TenantId, counter: UsageCounter) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "INSERT INTO api_key_usage (tenant, month, kind, writer, total) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET total = max(total, excluded.total)",
    )?
    .execute(params![
        tenant.as_str(),
        counter.month.to_string(),
        kind_code(counter.kind),
        writer(counter.writer),
        number(counter.total),
    ])?;
    Ok(())
}

/// SQLite has signed integers only: the same 64 bits.
fn writer(writer: WriterId) -> i64 {
    i64::from_ne_bytes(writer.0.to_ne_bytes())
}

/// None that is ever reached is larger than a column can hold.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
