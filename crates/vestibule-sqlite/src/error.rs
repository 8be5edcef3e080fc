//! What can go wrong with the database.

use std::{error::Error, sync::Arc};

/// A failure of the store; a refusal of the domain is never one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// SQLite refused a statement: nothing of the change was written.
    #[error("SQLite refused a statement")]
    Statement(#[from] rusqlite::Error),
    /// The transaction could not be committed; it may be retried, since changes are safe to repeat.
    #[error("the transaction could not be committed")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// A row holds what this version can't read.
    #[error("a row of `{table}` can't be read: {reason}")]
    Corrupt {
        /// The table that holds the row.
        table: &'static str,
        /// What is wrong with it, without its content.
        reason: String,
    },
    /// The host's hook refused the change: nothing of it was written.
    #[error("the host's hook refused the change")]
    Hook(#[source] Box<dyn Error + Send + Sync>),
    /// The database was written by a newer version: it has a migration that this version doesn't know.
    #[error("the database has the migration `{0}`, which this version doesn't know")]
    Newer(String),
    /// A thread of the store could not be started.
    #[error("a thread of the store could not be started")]
    Thread(#[source] std::io::Error),
    /// The thread that works on the database is gone: the store was closed, or a job of it panicked.
    #[error("the database is closed, or its worker gave up this call")]
    Closed,
}

impl SqliteError {
    /// A row of `table` that can't be read, because of `reason`.
    pub(crate) fn corrupt(table: &'static str, reason: impl Into<String>) -> Self {
        Self::Corrupt { table, reason: reason.into() }
    }
}
