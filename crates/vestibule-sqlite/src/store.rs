//! The store that the domain modules implement their traits on.

use std::{error::Error, fmt, path::Path, sync::Arc};

use rusqlite::Transaction;
use scim_core::{AccountEffect, DirectoryId, Event, ResourceId, StoredPassword, TenantId};

use crate::{Database, SqliteError};

/// Every vestibule store, on one SQLite database.
///
/// Cloning is cheap: clones share the database, its writer and its readers.
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) database: Database,
    pub(crate) accounts: Option<AccountHook>,
    pub(crate) passwords: Option<PasswordHook>,
    pub(crate) events: Option<EventHook>,
}

pub(crate) type AccountHook =
    Arc<dyn Fn(&Transaction<'_>, &TenantId, &AccountEffect) -> HookResult + Send + Sync>;

pub(crate) type PasswordHook =
    Arc<dyn Fn(&Transaction<'_>, &TenantId, &ResourceId, &StoredPassword) -> HookResult + Send + Sync>;

pub(crate) type EventHook =
    Arc<dyn Fn(&Transaction<'_>, &TenantId, &DirectoryId, &Event) -> HookResult + Send + Sync>;

/// What a host's hook answers.
pub type HookResult = Result<(), Box<dyn Error + Send + Sync>>;

impl SqliteStore {
    /// Opens the database in `path`, creating file and tables if they are missing.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        Ok(Self::new(Database::open(path)?))
    }

    /// An empty database in memory, gone with its last clone.
    ///
    /// # Errors
    /// As [`Database::in_memory`].
    pub fn in_memory() -> Result<Self, SqliteError> {
        Ok(Self::new(Database::in_memory()?))
    }

    /// A store on an open database.
    pub fn new(database: Database) -> Self {
        Self { database, accounts: None, passwords: None, events: None }
    }

    /// The same, which hands every account effect of a directory to `hook` before the change is committed.
    ///
    /// The hook writes the host's own tables in the same transaction; if it fails, the directory's change is taken back
    /// with it, and the caller sees [`SqliteError::Hook`].
    #[must_use]
    pub fn with_accounts(
        mut self,
        hook: impl Fn(&Transaction<'_>, &TenantId, &AccountEffect) -> HookResult + Send + Sync + 'static,
    ) -> Self {
        self.accounts = Some(Arc::new(hook));
        self
    }

    /// The same, which hands what the host keeps of every password to `hook`, after the account effects of its change and
    /// before that is committed.
    ///
    /// The hook writes the host's own tables in the same transaction; if it fails, the change is taken back with it, and
    /// the caller sees [`SqliteError::Hook`].
    #[must_use]
    pub fn with_passwords(
        mut self,
        hook: impl Fn(&Transaction<'_>, &TenantId, &ResourceId, &StoredPassword) -> HookResult
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.passwords = Some(Arc::new(hook));
        self
    }

    /// The same, which hands the event of every change of a resource to `outbox` before the change is committed.
    ///
    /// The hook writes the host's outbox in the same transaction; if it fails, the change is taken back with it, and the
    /// caller sees [`SqliteError::Hook`].
    #[must_use]
    pub fn with_events(
        mut self,
        outbox: impl Fn(&Transaction<'_>, &TenantId, &DirectoryId, &Event) -> HookResult + Send + Sync + 'static,
    ) -> Self {
        self.events = Some(Arc::new(outbox));
        self
    }

    /// The database, for a host's own statements beside those of the store.
    pub fn database(&self) -> &Database {
        &self.database
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("database", &self.database)
            .field("accounts", &self.accounts.is_some())
            .field("passwords", &self.passwords.is_some())
            .field("events", &self.events.is_some())
            .finish()
    }
}
