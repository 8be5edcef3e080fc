//! Keys that change along with another one.

use apikeys::{KeyId, Revocation, TenantId};
use rusqlite::{Row, Transaction, params};

use crate::SqliteError;

/// Revokes every key that descends from `parent` and is not revoked; answers which.
pub(super) fn revoke_descendants(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    parent: KeyId,
    revoked: &Revocation,
) -> Result<Vec<KeyId>, SqliteError> {
    let mut revoke = tx.prepare_cached(
        "WITH RECURSIVE descendants (id) AS (
             SELECT id FROM api_keys WHERE tenant = ?1 AND parent = ?2
             UNION
             SELECT child.id FROM descendants JOIN api_keys child ON child.tenant = ?1 AND child.parent = descendants.id
         )
         UPDATE api_keys SET revoked_at = ?3, revocation_reason = ?4, revoked_by = ?5, updated_at = ?3,
             revision = revision + 1
         WHERE tenant = ?1 AND revoked_at IS NULL AND id IN (SELECT id FROM descendants)
         RETURNING id",
    )?;
    let by = revoked.by.as_ref().map(apikeys::Subject::as_str);
    let params = params![
        tenant.as_str(),
        parent.as_bytes(),
        revoked.at.timestamp_millis(),
        revoked.reason.as_deref(),
        by
    ];
    Ok(revoke.query_map(params, id)?.collect::<Result<_, _>>()?)
}

/// The children of `from` become those of `to`; answers which.
pub(super) fn adopt(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    from: KeyId,
    to: KeyId,
) -> Result<Vec<KeyId>, SqliteError> {
    let mut adopt = tx.prepare_cached(
        "UPDATE api_keys SET parent = ?3, revision = revision + 1 WHERE tenant = ?1 AND parent = ?2 RETURNING id",
    )?;
    let params = params![tenant.as_str(), from.as_bytes(), to.as_bytes()];
    Ok(adopt.query_map(params, id)?.collect::<Result<_, _>>()?)
}

fn id(row: &Row<'_>) -> rusqlite::Result<KeyId> {
    Ok(KeyId::from_bytes(row.get(0)?))
}
