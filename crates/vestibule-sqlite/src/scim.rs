//! Directories, their resources and memberships.

mod directory;
mod effects;
mod filter;
mod functions;
mod members;
mod order;
mod read;
mod write;

use std::sync::Arc;

use rusqlite::{Connection, Transaction};
use scim_core::{
    AccountEffect, Commit, Directory, DirectoryChange, DirectoryId, DirectoryStore, ErrorType, Groups,
    Member, Resource, ResourceChange, ResourceCommit, ResourceId, ResourcePage, ResourceQuery,
    ResourceReader, ResourceWriter, TenantId,
};

pub(crate) use self::functions::register;
pub use self::{directory::apply_directory, write::apply};
use crate::{SqliteError, SqliteStore, store::AccountHook};

impl ErrorType for SqliteStore {
    type Error = SqliteError;
}

impl DirectoryStore for SqliteStore {
    async fn directory(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
    ) -> Result<Option<Arc<Directory>>, SqliteError> {
        let (tenant, id) = (tenant.clone(), id.clone());
        self.database.read(move |db| directory::find(db, &tenant, &id)).await
    }

    async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| directory::all(db, &tenant)).await
    }

    async fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> Result<Commit, SqliteError> {
        let (tenant, change, hook) = (tenant.clone(), change.clone(), self.accounts.clone());
        self.database
            .write(move |tx| {
                let (commit, effects) = apply_directory(tx, &tenant, &change)?;
                tell(hook.as_ref(), tx, &tenant, &effects)?;
                Ok(commit)
            })
            .await
    }
}

impl ResourceReader for SqliteStore {
    async fn resource(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        id: &ResourceId,
    ) -> Result<Option<Arc<Resource>>, SqliteError> {
        let (place, kind, id) = (Place::new(tenant, directory), kind.to_owned(), id.clone());
        self.database.read(move |db| read::resource(db, &place, &kind, &id)).await
    }

    async fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> Result<ResourcePage, SqliteError> {
        let (place, kind, query) = (Place::new(tenant, directory), kind.to_owned(), query.clone());
        self.database.read(move |db| read::resources(db, &place, &kind, &query)).await
    }

    async fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> Result<Vec<Member>, SqliteError> {
        let (place, group) = (Place::new(tenant, directory), group.clone());
        self.database.read(move |db| members::of_group(db, &place, &group)).await
    }

    async fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> Result<Vec<Groups>, SqliteError> {
        let (place, members) = (Place::new(tenant, directory), members.to_vec());
        self.database
            .read(move |db| members.iter().map(|member| members::groups_of(db, &place, member)).collect())
            .await
    }
}

impl ResourceWriter for SqliteStore {
    async fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> Result<ResourceCommit, SqliteError> {
        let (tenant, directory, change) = (tenant.clone(), directory.clone(), change.clone());
        let (hook, passwords, outbox) = (self.accounts.clone(), self.passwords.clone(), self.events.clone());
        self.database
            .write(move |tx| {
                let (commit, effects) = apply(tx, &tenant, &directory, &change)?;
                tell(hook.as_ref(), tx, &tenant, &effects)?;
                if let (Some(passwords), Some((id, password))) = (passwords, change.password(&commit)) {
                    passwords(tx, &tenant, id, password).map_err(SqliteError::Hook)?;
                }
                if let (Some(outbox), Some(event)) = (outbox, change.event(&commit)) {
                    outbox(tx, &tenant, &directory, &event).map_err(SqliteError::Hook)?;
                }
                Ok(commit)
            })
            .await
    }
}

/// The host's hook sees every effect before the commit, in the same transaction.
fn tell(
    hook: Option<&AccountHook>,
    tx: &Transaction<'_>,
    tenant: &TenantId,
    effects: &[AccountEffect],
) -> Result<(), SqliteError> {
    let Some(hook) = hook else { return Ok(()) };
    effects.iter().try_for_each(|effect| hook(tx, tenant, effect).map_err(SqliteError::Hook))
}

/// A directory of a tenant: the first columns of every key.
#[derive(Debug, Clone)]
struct Place {
    tenant: TenantId,
    directory: DirectoryId,
}

impl Place {
    fn new(tenant: &TenantId, directory: &DirectoryId) -> Self {
        Self { tenant: tenant.clone(), directory: directory.clone() }
    }

    fn keys(&self) -> (&str, &str) {
        (self.tenant.as_str(), self.directory.as_str())
    }

    fn exists(&self, db: &Connection) -> Result<Option<Arc<Directory>>, SqliteError> {
        directory::find(db, &self.tenant, &self.directory)
    }
}
