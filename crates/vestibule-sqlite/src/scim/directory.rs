//! Directories.

use std::sync::Arc;

use rusqlite::{Connection, Row, Transaction, params};
use scim_core::{AccountEffect, Commit, Directory, DirectoryChange, DirectoryId, TenantId};

use super::{Place, effects, read};
use crate::{
    SqliteError,
    column::{Columns, json},
};

const TABLE: &str = "scim_directories";

/// Applies a change of a directory within a host's own transaction, and says what it means for accounts.
///
/// # Errors
/// [`SqliteError`], and then the transaction should be rolled back.
pub fn apply_directory(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    change: &DirectoryChange,
) -> Result<(Commit, Vec<AccountEffect>), SqliteError> {
    match change {
        DirectoryChange::Create(new) => {
            let written = tx
                .prepare_cached(
                    "INSERT INTO scim_directories (tenant, id, enterprise_connection_id, document, created_at, revision)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                )?
                .execute(params![
                    tenant.as_str(),
                    new.id.as_str(),
                    &*new.enterprise_connection_id,
                    json(TABLE, &**new)?,
                    new.created_at.timestamp_millis(),
                    new.revision.0,
                ])?;
            Ok((outcome(written), Vec::new()))
        }
        DirectoryChange::Replace(next) => replace(tx, tenant, next),
        DirectoryChange::Delete(id) => delete(tx, tenant, id),
    }
}

fn replace(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    next: &Directory,
) -> Result<(Commit, Vec<AccountEffect>), SqliteError> {
    let written = tx
        .prepare_cached(
            "UPDATE scim_directories SET document = ?3, revision = ?4
             WHERE tenant = ?1 AND id = ?2 AND revision + 1 = ?4",
        )?
        .execute(params![tenant.as_str(), next.id.as_str(), json(TABLE, next)?, next.revision.0])?;
    if written == 0 {
        return Ok((Commit::Stale, Vec::new()));
    }
    let place = Place::new(tenant, &next.id);
    let mut effects = Vec::new();
    for user in read::all(tx, &place, "User")? {
        effects.push(effects::of_user(tx, &place, next, Some(&user.attributes), &user)?);
    }
    Ok((Commit::Applied, effects))
}

fn delete(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    id: &DirectoryId,
) -> Result<(Commit, Vec<AccountEffect>), SqliteError> {
    let Some(directory) = find(tx, tenant, id)? else { return Ok((Commit::Stale, Vec::new())) };
    let users = read::all(tx, &Place::new(tenant, id), "User")?;
    let effects = users.iter().map(|user| effects::removal(&directory, &user.id)).collect();
    for table in ["scim_memberships", "scim_unique_values", "scim_emails", "scim_resources"] {
        let sql = format!("DELETE FROM {table} WHERE tenant = ?1 AND directory = ?2");
        tx.execute(&sql, [tenant.as_str(), id.as_str()])?;
    }
    tx.execute("DELETE FROM scim_directories WHERE tenant = ?1 AND id = ?2", [tenant.as_str(), id.as_str()])?;
    Ok((Commit::Applied, effects))
}

pub(super) fn find(
    db: &Connection,
    tenant: &TenantId,
    id: &DirectoryId,
) -> Result<Option<Arc<Directory>>, SqliteError> {
    let mut found =
        db.prepare_cached("SELECT document FROM scim_directories WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = found.query([tenant.as_str(), id.as_str()])?;
    rows.next()?.map(directory).transpose()
}

pub(super) fn all(db: &Connection, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, SqliteError> {
    let mut found =
        db.prepare_cached("SELECT document FROM scim_directories WHERE tenant = ?1 ORDER BY created_at, id")?;
    let mut rows = found.query([tenant.as_str()])?;
    let mut directories = Vec::new();
    while let Some(row) = rows.next()? {
        directories.push(directory(row)?);
    }
    Ok(directories)
}

fn directory(row: &Row<'_>) -> Result<Arc<Directory>, SqliteError> {
    Columns::new(TABLE, row).json("document").map(Arc::new)
}

fn outcome(written: usize) -> Commit {
    if written == 0 { Commit::Stale } else { Commit::Applied }
}
