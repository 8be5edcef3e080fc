//! What columns hold, and back.

use billing_plans::{PayerType, Revision};
use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::{Serialize, de::DeserializeOwned};

use crate::SqliteError;

/// A row of a table, read column by column.
#[derive(Clone, Copy)]
pub(super) struct Columns<'r> {
    table: &'static str,
    row: &'r Row<'r>,
}

impl<'r> Columns<'r> {
    pub(super) fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { table, row }
    }

    pub(super) fn plain<T: rusqlite::types::FromSql>(self, column: &str) -> Result<T, SqliteError> {
        Ok(self.row.get(column)?)
    }

    /// A text or number that is well-formed if `read` says so.
    pub(super) fn parsed<C, T, E>(
        self,
        column: &str,
        read: impl FnOnce(C) -> Result<T, E>,
    ) -> Result<T, SqliteError>
    where
        C: rusqlite::types::FromSql,
        E: std::fmt::Display,
    {
        read(self.row.get(column)?).map_err(|error| self.corrupt(column, error))
    }

    pub(super) fn json<T: DeserializeOwned>(self, column: &str) -> Result<T, SqliteError> {
        self.parsed(column, |text: String| serde_json::from_str(&text))
    }

    pub(super) fn time(self, column: &str) -> Result<DateTime<Utc>, SqliteError> {
        self.parsed(column, |milliseconds| DateTime::from_timestamp_millis(milliseconds).ok_or("no time"))
    }

    pub(super) fn payer_type(self, column: &str) -> Result<PayerType, SqliteError> {
        self.parsed(column, |text: String| PayerType::parse(&text).ok_or("no payer type"))
    }

    pub(super) fn revision(self) -> Result<Revision, SqliteError> {
        self.parsed("revision", |number: i64| u64::try_from(number).map(Revision::new))
    }

    fn corrupt(self, column: &str, error: impl std::fmt::Display) -> SqliteError {
        SqliteError::corrupt(self.table, format!("`{column}`: {error}"))
    }
}

pub(super) fn json<T: Serialize + ?Sized>(table: &'static str, value: &T) -> Result<String, SqliteError> {
    serde_json::to_string(value).map_err(|error| SqliteError::corrupt(table, error.to_string()))
}

/// The column of a revision; none that is stored, if it is larger than a column can hold.
pub(super) fn revision(revision: Revision) -> i64 {
    i64::try_from(revision.get()).unwrap_or(-1)
}
