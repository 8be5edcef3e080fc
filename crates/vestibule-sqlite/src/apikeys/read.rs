//! What is read.

use std::sync::Arc;

use apikeys::{
    Digest, EarlierCreation, IdempotencyKey, KeyFilter, KeyId, KeyPage, KeyRecord, Month, PepperId, Revision,
    Revocation, Start, StoredDigest, TenantId, UsageKind, UsageTotals,
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::write::kind_code;
use crate::{SqliteError, column::Columns};

pub(super) fn key(
    db: &Connection,
    tenant: &TenantId,
    id: KeyId,
) -> Result<Option<Arc<KeyRecord>>, SqliteError> {
    let mut found = db.prepare_cached("SELECT * FROM api_keys WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = found.query(params![tenant.as_str(), id.as_bytes()])?;
    rows.next()?.map(record).transpose()
}

/// Revoked and expired keys count only if they are asked for; a name is sought as plain text, in either case of ASCII.
const MATCHES: &str = "tenant = :tenant AND (:subject IS NULL OR subject = :subject)
    AND (:kind IS NULL OR kind = :kind)
    AND (:name IS NULL OR instr(lower(name), lower(:name)) > 0)
    AND (:invalid OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)))";

pub(super) fn keys(
    db: &Connection,
    tenant: &TenantId,
    filter: &KeyFilter,
    start: Start,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<KeyPage, SqliteError> {
    let (after, skip) = match start {
        Start::After(position) => {
            (Some((position.created_at.timestamp_millis(), *position.id.as_bytes())), 0)
        }
        Start::Offset(offset) => (None, offset),
    };
    let subject = filter.subject.as_ref().map(apikeys::Subject::as_str);
    let filters = named_params! {
        ":tenant": tenant.as_str(), ":subject": subject, ":kind": filter.kind.as_deref(),
        ":name": filter.name.as_deref(), ":invalid": filter.include_invalid, ":now": now.timestamp_millis(),
    };
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM api_keys WHERE {MATCHES}"))?
        .query_row(filters, |row| row.get(0))?;
    let behind = if after.is_some() { "AND (created_at, id) < (:created_at, :id)" } else { "" };
    let mut page = db.prepare_cached(&format!(
        "SELECT * FROM api_keys WHERE {MATCHES} {behind} ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :skip"
    ))?;
    let (limit, skip) = (i64::from(limit), i64::from(skip));
    let mut params: Vec<(&str, &dyn rusqlite::ToSql)> = filters.to_vec();
    params.extend([(":limit", &limit as &dyn rusqlite::ToSql), (":skip", &skip)]);
    if let Some((created_at, id)) = &after {
        params.extend([(":created_at", created_at as &dyn rusqlite::ToSql), (":id", id)]);
    }
    let mut rows = page.query(params.as_slice())?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(record(row)?);
    }
    Ok(KeyPage { keys, total })
}

pub(super) fn earlier_creation(
    db: &Connection,
    tenant: &TenantId,
    key: &IdempotencyKey,
    now: DateTime<Utc>,
) -> Result<Option<EarlierCreation>, SqliteError> {
    let found = db
        .prepare_cached(
            "SELECT id, request FROM api_key_creations
             WHERE tenant = ?1 AND idempotency_key = ?2 AND expires_at > ?3",
        )?
        .query_row(params![tenant.as_str(), key.as_str(), now.timestamp_millis()], |row| {
            Ok(EarlierCreation { id: KeyId::from_bytes(row.get(0)?), request: row.get(1)? })
        })
        .optional()?;
    Ok(found)
}

pub(super) fn usage(db: &Connection, tenant: &TenantId, month: Month) -> Result<UsageTotals, SqliteError> {
    let sum = |kind: UsageKind| -> Result<u64, SqliteError> {
        let total = db
            .prepare_cached("SELECT coalesce(sum(total), 0) FROM api_key_usage WHERE tenant = ?1 AND month = ?2 AND kind = ?3")?
            .query_row(params![tenant.as_str(), month.to_string(), kind_code(kind)], |row| row.get(0))?;
        Ok(total)
    };
    Ok(UsageTotals { creations: sum(UsageKind::Creation)?, verifications: sum(UsageKind::Verification)? })
}

fn record(row: &Row<'_>) -> Result<Arc<KeyRecord>, SqliteError> {
    let columns = Columns::new("api_keys", row);
    let text = |column| columns.plain::<Option<String>>(column);
    let digest =
        StoredDigest { pepper: PepperId(columns.plain("pepper")?), digest: Digest(columns.plain("digest")?) };
    let revoked = columns.optional_time("revoked_at")?;
    let reason = text("revocation_reason")?.map(Into::into);
    let claims =
        columns.plain::<Option<String>>("claims")?.is_some().then(|| columns.json("claims")).transpose()?;
    let created_by =
        columns.parsed("created_by", |by: Option<String>| by.map(|by| by.parse()).transpose())?;
    Ok(Arc::new(KeyRecord {
        id: KeyId::from_bytes(columns.plain("id")?),
        subject: columns.parsed("subject", |subject: String| subject.parse())?,
        kind: columns.plain::<String>("kind")?.into(),
        name: columns.plain::<String>("name")?.into(),
        description: text("description")?.map(Into::into),
        scopes: columns.json("scopes")?,
        claims: claims.map(Arc::new),
        created_by,
        digest,
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
        expires_at: columns.optional_time("expires_at")?,
        revoked: revoked.map(|at| Revocation { at, reason }),
        last_used_at: columns.optional_time("last_used_at")?,
        revision: Revision(columns.counter("revision")?),
    }))
}
