//! What is read.

use std::sync::Arc;

use apikeys::{
    Digest, DigestScheme, EarlierCreation, IdempotencyKey, KeyFilter, KeyId, KeyPage, KeyRecord, KeyStatus,
    Lineage, Month, PepperId, Predecessor, Revision, Revocation, Rules, SealedSecret, Start, StoredDigest,
    Successor, TenantId, Tombstone, UsageKind, UsageTotals,
};
use chrono::{DateTime, TimeDelta, Utc};
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

pub(super) fn key_by_digest(
    db: &Connection,
    tenant: &TenantId,
    digests: &[Digest],
) -> Result<Option<Arc<KeyRecord>>, SqliteError> {
    let mut found = db.prepare_cached("SELECT * FROM api_keys WHERE tenant = ?1 AND digest = ?2")?;
    for digest in digests {
        if let Some(row) = found.query(params![tenant.as_str(), digest.0])?.next()? {
            return record(row).map(Some);
        }
    }
    Ok(None)
}

pub(super) fn tombstone(
    db: &Connection,
    tenant: &TenantId,
    id: KeyId,
) -> Result<Option<Tombstone>, SqliteError> {
    let mut found = db.prepare_cached(
        "SELECT * FROM api_key_tombstones WHERE tenant = ?1 AND id = ?2 AND digest IS NOT NULL",
    )?;
    let mut rows = found.query(params![tenant.as_str(), id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let columns = Columns::new("api_key_tombstones", row);
    Ok(Some(Tombstone { id, digest: digest(columns)?, deleted_at: columns.time("deleted_at")? }))
}

pub(super) fn sealed_secret(
    db: &Connection,
    tenant: &TenantId,
    id: KeyId,
) -> Result<Option<SealedSecret>, SqliteError> {
    let found = db
        .prepare_cached("SELECT sealed FROM api_key_secrets WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.as_str(), id.as_bytes()], |row| row.get(0).map(SealedSecret))
        .optional()?;
    Ok(found)
}

/// What [`KeyRecord::status`] says, as a word.
const STATUS: &str = "CASE
    WHEN revoked_at IS NOT NULL THEN 'revoked'
    WHEN grace_until <= :now THEN 'grace_ended'
    WHEN disabled_at IS NOT NULL THEN 'disabled'
    WHEN expires_at <= :now OR max(coalesce(last_used_at, created_at), created_at) + idle_ttl <= :now THEN 'expired'
    WHEN not_before > :now THEN 'not_yet_valid'
    ELSE 'active' END";

fn status_code(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Revoked => "revoked",
        KeyStatus::GraceEnded => "grace_ended",
        KeyStatus::Disabled => "disabled",
        KeyStatus::Expired => "expired",
        KeyStatus::NotYetValid => "not_yet_valid",
        KeyStatus::Active => "active",
    }
}

/// Keys that are not valid count only if they are asked for; a name is sought as plain text, in either case of ASCII.
fn matches() -> String {
    format!(
        "tenant = :tenant AND (:subject IS NULL OR subject = :subject)
         AND (:kind IS NULL OR kind = :kind)
         AND (:name IS NULL OR instr(lower(name), lower(:name)) > 0)
         AND (:expires_before IS NULL OR expires_at < :expires_before)
         AND (:used_before IS NULL OR last_used_at IS NULL OR last_used_at < :used_before)
         AND iif(:status IS NULL, :invalid OR {STATUS} IN ('active', 'not_yet_valid'), {STATUS} = :status)"
    )
}

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
    let matches = matches();
    let filters = named_params! {
        ":tenant": tenant.as_str(), ":subject": subject, ":kind": filter.kind.as_deref(),
        ":name": filter.name.as_deref(), ":invalid": filter.include_invalid, ":now": now.timestamp_millis(),
        ":status": filter.status.map(status_code),
        ":expires_before": filter.expires_before.map(|end| end.timestamp_millis()),
        ":used_before": filter.last_used_before.map(|end| end.timestamp_millis()),
    };
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM api_keys WHERE {matches}"))?
        .query_row(filters, |row| row.get(0))?;
    let behind = if after.is_some() { "AND (created_at, id) < (:created_at, :id)" } else { "" };
    let mut page = db.prepare_cached(&format!(
        "SELECT * FROM api_keys WHERE {matches} {behind} ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :skip"
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
    let subject =
        |column| columns.parsed(column, |text: Option<String>| text.map(|text| text.parse()).transpose());
    let revoked = match columns.optional_time("revoked_at")? {
        None => None,
        Some(at) => {
            let reason = text("revocation_reason")?.map(Into::into);
            Some(Revocation { at, reason, by: subject("revoked_by")? })
        }
    };
    Ok(Arc::new(KeyRecord {
        id: KeyId::from_bytes(columns.plain("id")?),
        subject: columns.parsed("subject", |subject: String| subject.parse())?,
        kind: columns.plain::<String>("kind")?.into(),
        name: columns.plain::<String>("name")?.into(),
        description: text("description")?.map(Into::into),
        scopes: columns.json("scopes")?,
        claims: columns.optional_json("claims")?.map(Arc::new),
        metadata: columns.optional_json("metadata")?.map(Arc::new),
        created_by: subject("created_by")?,
        digest: digest(columns)?,
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
        expires_at: columns.optional_time("expires_at")?,
        disabled_at: columns.optional_time("disabled_at")?,
        revoked,
        rules: rules(columns)?,
        lineage: lineage(columns)?,
        last_used_at: columns.optional_time("last_used_at")?,
        revision: Revision(columns.counter("revision")?),
    }))
}

fn digest(columns: Columns<'_>) -> Result<StoredDigest, SqliteError> {
    Ok(StoredDigest {
        pepper: PepperId(columns.plain("pepper")?),
        scheme: DigestScheme(columns.plain("scheme")?),
        digest: Digest(columns.plain("digest")?),
    })
}

fn rules(columns: Columns<'_>) -> Result<Rules, SqliteError> {
    Ok(Rules {
        not_before: columns.optional_time("not_before")?,
        idle_ttl: columns.plain::<Option<i64>>("idle_ttl")?.and_then(TimeDelta::try_milliseconds),
        networks: columns.json("networks")?,
        rate_limit: columns.optional_json("rate_limit")?,
        credits: columns.optional_json("credits")?,
    })
}

fn lineage(columns: Columns<'_>) -> Result<Lineage, SqliteError> {
    let id = |column| Ok::<_, SqliteError>(columns.plain::<Option<[u8; 16]>>(column)?.map(KeyId::from_bytes));
    let ends_on_use = columns.plain("ends_on_use")?;
    let grace_until = columns.optional_time("grace_until")?;
    Ok(Lineage {
        family: KeyId::from_bytes(columns.plain("family")?),
        predecessor: id("predecessor")?.map(|id| Predecessor { id, ends_on_use }),
        successor: id("successor")?.zip(grace_until).map(|(id, grace_until)| Successor { id, grace_until }),
        parent: id("parent")?,
    })
}
