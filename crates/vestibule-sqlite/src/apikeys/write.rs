//! What is written.

use std::sync::Arc;

use apikeys::{
    Commit, Creation, DELETED_PARENT, Idempotency, KeyChange, KeyId, KeyRecord, Month, Revision, Revocation,
    SealedSecret, StoredDigest, TenantId, UsageChange, UsageCounter, UsageKind, WriterId,
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, named_params, params};

use super::{audit, feed, lineage, number, read};
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
    let touched = match change {
        KeyChange::Create(creation) => create(tx, tenant, creation, now)?,
        KeyChange::Replace { records } => replace(tx, tenant, records)?,
        KeyChange::Revoke { record } => revoke(tx, tenant, record)?,
        KeyChange::Delete { id, expected, at } => delete(tx, tenant, *id, *expected, *at)?,
        KeyChange::Rehash { id, from, to } => rehash(tx, tenant, *id, from, to)?,
    };
    let Some(touched) = touched else { return Ok(Commit::Stale) };
    for id in touched {
        feed::push(tx, tenant, id)?;
    }
    audit::append(tx, tenant, &[change.event(now)])?;
    Ok(Commit::Applied)
}

/// The keys that a change has touched; `None` if it is stale, and then nothing was written.
type Touched = Option<Vec<KeyId>>;

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
    creation: &Creation,
    now: DateTime<Utc>,
) -> Result<Touched, SqliteError> {
    let Creation { record, idempotency, counts_in, predecessor, sealed } = creation;
    let repeated = match idempotency {
        Some(idempotency) => read::earlier_creation(tx, tenant, &idempotency.key, now)?.is_some(),
        None => false,
    };
    if repeated || is_taken(tx, tenant, record)? || !can_be_parent(tx, tenant, record.lineage.parent)? {
        return Ok(None);
    }
    let Some(mut touched) = replace(tx, tenant, predecessor.as_slice())? else { return Ok(None) };
    if let Some(predecessor) = predecessor {
        touched.extend(lineage::adopt(tx, tenant, predecessor.id, record.id)?);
    }
    write(tx, tenant, record, INSERT)?;
    touched.push(record.id);
    if let Some(idempotency) = idempotency {
        remember(tx, tenant, record.id, idempotency, now)?;
    }
    if let Some(sealed) = sealed {
        keep_secret(tx, tenant, record.id, sealed)?;
    }
    if let Some(month) = counts_in {
        count_creation(tx, tenant, *month)?;
    }
    Ok(Some(touched))
}

fn count_creation(tx: &Transaction<'_>, tenant: &TenantId, month: Month) -> Result<(), SqliteError> {
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
    Ok(())
}

fn keep_secret(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    sealed: &SealedSecret,
) -> Result<(), SqliteError> {
    tx.prepare_cached("INSERT INTO api_key_secrets (tenant, id, sealed) VALUES (?1, ?2, ?3)")?
        .execute(params![tenant.as_str(), id.as_bytes(), sealed.0])?;
    Ok(())
}

fn is_taken(tx: &Transaction<'_>, tenant: &TenantId, record: &KeyRecord) -> Result<bool, SqliteError> {
    let taken = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM api_keys WHERE tenant = ?1 AND id = ?2)
                 OR EXISTS (SELECT 1 FROM api_keys WHERE tenant = ?1 AND digest = ?3)
                 OR EXISTS (SELECT 1 FROM api_key_tombstones WHERE tenant = ?1 AND id = ?2)",
        )?
        .query_row(params![tenant.as_str(), record.id.as_bytes(), record.digest.digest.0], |row| {
            row.get(0)
        })?;
    Ok(taken)
}

fn can_be_parent(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    parent: Option<KeyId>,
) -> Result<bool, SqliteError> {
    let Some(parent) = parent else { return Ok(true) };
    let lives = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM api_keys WHERE tenant = ?1 AND id = ?2 AND revoked_at IS NULL)",
        )?
        .query_row(params![tenant.as_str(), parent.as_bytes()], |row| row.get(0))?;
    Ok(lives)
}

fn remember(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    idempotency: &Idempotency,
    now: DateTime<Utc>,
) -> Result<(), SqliteError> {
    tx.prepare_cached("DELETE FROM api_key_creations WHERE tenant = ?1 AND expires_at <= ?2")?
        .execute(params![tenant.as_str(), now.timestamp_millis()])?;
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

const INSERT: &str = "INSERT INTO api_keys (tenant, id, subject, kind, name, description, scopes, claims, metadata,
        created_by, pepper, scheme, digest, created_at, updated_at, expires_at, disabled_at, revoked_at,
        revocation_reason, revoked_by, not_before, idle_ttl, networks, rate_limit, credits, family, predecessor,
        ends_on_use, successor, grace_until, parent, last_used_at, revision)
    VALUES (:tenant, :id, :subject, :kind, :name, :description, :scopes, :claims, :metadata,
        :created_by, :pepper, :scheme, :digest, :created_at, :updated_at, :expires_at, :disabled_at, :revoked_at,
        :reason, :revoked_by, :not_before, :idle_ttl, :networks, :rate_limit, :credits, :family, :predecessor,
        :ends_on_use, :successor, :grace_until, :parent, :last_used_at, :revision)";

/// The guard is the revision; the later use stays, and so does a digest that was made anew.
const REPLACE: &str = "UPDATE api_keys SET subject = :subject, kind = :kind, name = :name, description = :description,
        scopes = :scopes, claims = :claims, metadata = :metadata, created_by = :created_by,
        created_at = :created_at, updated_at = :updated_at, expires_at = :expires_at, disabled_at = :disabled_at,
        revoked_at = :revoked_at, revocation_reason = :reason, revoked_by = :revoked_by, not_before = :not_before,
        idle_ttl = :idle_ttl, networks = :networks, rate_limit = :rate_limit, credits = :credits, family = :family,
        predecessor = :predecessor, ends_on_use = :ends_on_use, successor = :successor, grace_until = :grace_until,
        parent = :parent, revision = :revision,
        last_used_at = nullif(max(coalesce(last_used_at, -1), coalesce(:last_used_at, -1)), -1)
    WHERE tenant = :tenant AND id = :id AND revision + 1 = :revision";

/// What only an insertion writes.
const DIGEST: [&str; 3] = [":pepper", ":scheme", ":digest"];

/// All or none: every revision is looked at before the first is written.
fn replace(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    records: &[Arc<KeyRecord>],
) -> Result<Touched, SqliteError> {
    let mut fits = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM api_keys WHERE tenant = ?1 AND id = ?2 AND revision + 1 = ?3)",
    )?;
    for record in records {
        let expected = params![tenant.as_str(), record.id.as_bytes(), number(record.revision.0)];
        if !fits.query_row(expected, |row| row.get::<_, bool>(0))? {
            return Ok(None);
        }
    }
    for record in records {
        write(tx, tenant, record, REPLACE)?;
    }
    Ok(Some(records.iter().map(|record| record.id).collect()))
}

fn revoke(tx: &Transaction<'_>, tenant: &TenantId, record: &Arc<KeyRecord>) -> Result<Touched, SqliteError> {
    let Some(mut touched) = replace(tx, tenant, std::slice::from_ref(record))? else { return Ok(None) };
    if let Some(revoked) = &record.revoked {
        touched.extend(lineage::revoke_descendants(tx, tenant, record.id, revoked)?);
    }
    Ok(Some(touched))
}

fn write(tx: &Transaction<'_>, tenant: &TenantId, record: &KeyRecord, sql: &str) -> Result<(), SqliteError> {
    const TABLE: &str = "api_keys";
    let millis = |at: DateTime<Utc>| at.timestamp_millis();
    let (rules, lineage, revoked) = (&record.rules, &record.lineage, record.revoked.as_ref());
    let (claims, metadata) =
        (optional_json(TABLE, record.claims.as_deref())?, optional_json(TABLE, record.metadata.as_deref())?);
    let columns: &[(&str, &dyn rusqlite::ToSql)] = named_params! {
        ":tenant": tenant.as_str(),
        ":id": record.id.as_bytes(),
        ":subject": record.subject.as_str(),
        ":kind": &*record.kind,
        ":name": &*record.name,
        ":description": record.description.as_deref(),
        ":scopes": json(TABLE, &record.scopes)?,
        ":claims": claims,
        ":metadata": metadata,
        ":created_by": record.created_by.as_ref().map(apikeys::Subject::as_str),
        ":pepper": record.digest.pepper.0,
        ":scheme": record.digest.scheme.0,
        ":digest": record.digest.digest.0,
        ":created_at": millis(record.created_at),
        ":updated_at": millis(record.updated_at),
        ":expires_at": record.expires_at.map(millis),
        ":disabled_at": record.disabled_at.map(millis),
        ":revoked_at": revoked.map(|revoked| millis(revoked.at)),
        ":reason": revoked.and_then(|revoked| revoked.reason.as_deref()),
        ":revoked_by": revoked.and_then(|revoked| revoked.by.as_ref()).map(apikeys::Subject::as_str),
        ":not_before": rules.not_before.map(millis),
        ":idle_ttl": rules.idle_ttl.map(|idle| idle.num_milliseconds()),
        ":networks": json(TABLE, &rules.networks)?,
        ":rate_limit": optional_json(TABLE, rules.rate_limit.as_ref())?,
        ":credits": optional_json(TABLE, rules.credits.as_ref())?,
        ":family": lineage.family.as_bytes(),
        ":predecessor": lineage.predecessor.as_ref().map(|before| before.id.as_bytes()),
        ":ends_on_use": lineage.predecessor.is_some_and(|before| before.ends_on_use),
        ":successor": lineage.successor.as_ref().map(|after| after.id.as_bytes()),
        ":grace_until": lineage.successor.map(|after| millis(after.grace_until)),
        ":parent": lineage.parent.as_ref().map(KeyId::as_bytes),
        ":last_used_at": record.last_used_at.map(millis),
        ":revision": number(record.revision.0),
    };
    let written: Vec<_> =
        columns.iter().filter(|(name, _)| sql == INSERT || !DIGEST.contains(name)).copied().collect();
    tx.prepare_cached(sql)?.execute(written.as_slice())?;
    Ok(())
}

fn rehash(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    from: &StoredDigest,
    to: &StoredDigest,
) -> Result<Touched, SqliteError> {
    // A digest that another key has is left to it.
    let written = tx
        .prepare_cached(
            "UPDATE OR IGNORE api_keys SET pepper = ?6, scheme = ?7, digest = ?8
             WHERE tenant = ?1 AND id = ?2 AND pepper = ?3 AND scheme = ?4 AND digest = ?5",
        )?
        .execute(params![
            tenant.as_str(),
            id.as_bytes(),
            from.pepper.0,
            from.scheme.0,
            from.digest.0,
            to.pepper.0,
            to.scheme.0,
            to.digest.0,
        ])?;
    Ok((written == 1).then(|| vec![id]))
}

fn delete(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: KeyId,
    expected: Revision,
    at: DateTime<Utc>,
) -> Result<Touched, SqliteError> {
    let buried = tx
        .prepare_cached(
            "INSERT INTO api_key_tombstones (tenant, id, pepper, scheme, digest, deleted_at)
             SELECT tenant, id, pepper, scheme, digest, ?4 FROM api_keys WHERE tenant = ?1 AND id = ?2 AND revision = ?3",
        )?
        .execute(params![tenant.as_str(), id.as_bytes(), number(expected.0), at.timestamp_millis()])?;
    if buried == 0 {
        return Ok(None);
    }
    for table in ["api_keys", "api_key_secrets"] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE tenant = ?1 AND id = ?2"))?
            .execute(params![tenant.as_str(), id.as_bytes()])?;
    }
    let revoked = Revocation { at, reason: Some(DELETED_PARENT.into()), by: None };
    let mut touched = lineage::revoke_descendants(tx, tenant, id, &revoked)?;
    touched.push(id);
    Ok(Some(touched))
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

fn optional_json<T: serde::Serialize>(
    table: &'static str,
    value: Option<&T>,
) -> Result<Option<String>, SqliteError> {
    value.map(|value| json(table, value)).transpose()
}
