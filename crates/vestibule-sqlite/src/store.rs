//! The store that the domain modules implement their traits on.

use std::path::Path;

use crate::{Database, SqliteError};

/// Every vestibule store, on one SQLite database.
///
/// Cloning is cheap: clones share the database, its writer and its readers.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pub(crate) database: Database,
}

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
        Self { database }
    }

    /// The database, for a host's own statements beside those of the store.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
