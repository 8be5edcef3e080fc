//! The store in memory: what the traits mean, a test double, and a real choice for small hosts.

mod directory;
mod lookups;
mod page;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use self::directory::Rows;
use crate::{
    AccountEffect, Commit, Directory, DirectoryChange, DirectoryId, DirectoryStore, ErrorType, Event, Groups,
    Member, Resource, ResourceChange, ResourceCommit, ResourceId, ResourcePage, ResourceQuery,
    ResourceReader, ResourceWriter, StoredPassword, TenantId,
};

/// Directories and resources in memory, gone with the process.
#[derive(Default)]
pub struct MemoryStore {
    rows: Mutex<BTreeMap<TenantId, BTreeMap<DirectoryId, Rows>>>,
    accounts: Option<Accounts>,
    passwords: Option<PasswordHook>,
    events: Option<Events>,
}

type Accounts = Box<dyn Fn(&TenantId, &AccountEffect) + Send + Sync>;
type PasswordHook = Box<dyn Fn(&TenantId, &ResourceId, &StoredPassword) + Send + Sync>;
type Events = Box<dyn Fn(&TenantId, &DirectoryId, &Event) + Send + Sync>;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, which tells `accounts` of every account effect, while the commit that it belongs to is made.
    #[must_use]
    pub fn with_accounts(
        mut self,
        accounts: impl Fn(&TenantId, &AccountEffect) + Send + Sync + 'static,
    ) -> Self {
        self.accounts = Some(Box::new(accounts));
        self
    }

    /// The same, which hands every password to `passwords`, while the commit that it belongs to is made.
    #[must_use]
    pub fn with_passwords(
        mut self,
        passwords: impl Fn(&TenantId, &ResourceId, &StoredPassword) + Send + Sync + 'static,
    ) -> Self {
        self.passwords = Some(Box::new(passwords));
        self
    }

    /// The same, which hands every event to `outbox`, while the commit that it belongs to is made.
    #[must_use]
    pub fn with_events(
        mut self,
        outbox: impl Fn(&TenantId, &DirectoryId, &Event) + Send + Sync + 'static,
    ) -> Self {
        self.events = Some(Box::new(outbox));
        self
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantId, BTreeMap<DirectoryId, Rows>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default>(&self, tenant: &TenantId, id: &DirectoryId, read: impl FnOnce(&Rows) -> T) -> T {
        self.lock().get(tenant).and_then(|directories| directories.get(id)).map(read).unwrap_or_default()
    }

    fn tell(&self, tenant: &TenantId, effects: &[AccountEffect]) {
        if let Some(accounts) = &self.accounts {
            effects.iter().for_each(|effect| accounts(tenant, effect));
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl ErrorType for MemoryStore {
    type Error = Infallible;
}

impl DirectoryStore for MemoryStore {
    async fn directory(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
    ) -> Result<Option<Arc<Directory>>, Infallible> {
        Ok(self.read(tenant, id, |rows| Some(rows.directory.clone())))
    }

    async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, Infallible> {
        let mut found: Vec<_> = self
            .lock()
            .get(tenant)
            .into_iter()
            .flat_map(BTreeMap::values)
            .map(|rows| rows.directory.clone())
            .collect();
        found.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(found)
    }

    async fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> Result<Commit, Infallible> {
        let mut tenants = self.lock();
        let directories = tenants.entry(tenant.clone()).or_default();
        let effects = match change {
            DirectoryChange::Create(new) => directory::create(directories, new),
            DirectoryChange::Replace(next) => {
                directories.get_mut(&next.id).and_then(|rows| rows.reconfigure(next))
            }
            DirectoryChange::Delete(id) => directories.remove(id).map(|rows| rows.removals()),
        };
        let Some(effects) = effects else { return Ok(Commit::Stale) };
        self.tell(tenant, &effects);
        Ok(Commit::Applied)
    }
}

impl ResourceReader for MemoryStore {
    async fn resource(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        id: &ResourceId,
    ) -> Result<Option<Arc<Resource>>, Infallible> {
        Ok(self.read(tenant, directory, |rows| rows.resource(kind, id).cloned()))
    }

    async fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> Result<ResourcePage, Infallible> {
        let matching = self.read(tenant, directory, |rows| rows.matching(kind, query.filter.as_ref()));
        Ok(page::of(matching, query))
    }

    async fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> Result<Vec<Member>, Infallible> {
        Ok(self.read(tenant, directory, |rows| rows.members(group)))
    }

    async fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> Result<Vec<Groups>, Infallible> {
        let of_each = |rows: &Rows| members.iter().map(|member| rows.groups_of(member)).collect();
        let mut groups: Vec<_> = self.read(tenant, directory, of_each);
        groups.resize(members.len(), Groups::default());
        Ok(groups)
    }
}

impl ResourceWriter for MemoryStore {
    async fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> Result<ResourceCommit, Infallible> {
        let mut tenants = self.lock();
        let rows = tenants.get_mut(tenant).and_then(|directories| directories.get_mut(directory));
        let Some(rows) = rows else { return Ok(ResourceCommit::Stale) };
        let (commit, effects) = rows.commit(change);
        self.tell(tenant, &effects);
        if let (Some(passwords), Some((id, password))) = (&self.passwords, change.password(&commit)) {
            passwords(tenant, id, password);
        }
        if let (Some(outbox), Some(event)) = (&self.events, change.event(&commit)) {
            outbox(tenant, directory, &event);
        }
        Ok(commit)
    }
}
