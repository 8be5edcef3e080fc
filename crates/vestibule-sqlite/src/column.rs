//! What columns hold, and back.

use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::{Serialize, de::DeserializeOwned};

use crate::SqliteError;

/// A row of a table, read column by column.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'r> {
    table: &'static str,
    row: &'r Row<'r>,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { table, row }
    }

    pub(crate) fn plain<T: rusqlite::types::FromSql>(self, column: &str) -> Result<T, SqliteError> {
        Ok(self.row.get(column)?)
    }

    /// A text or number that is well-formed if `read` says so.
    pub(crate) fn parsed<C, T, E>(
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

    pub(crate) fn json<T: DeserializeOwned>(self, column: &str) -> Result<T, SqliteError> {
        self.parsed(column, |text: String| serde_json::from_str(&text))
    }

    pub(crate) fn optional_json<T: DeserializeOwned>(self, column: &str) -> Result<Option<T>, SqliteError> {
        let read = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
        self.parsed(column, read)
    }

    pub(crate) fn time(self, column: &str) -> Result<DateTime<Utc>, SqliteError> {
        self.parsed(column, |milliseconds| DateTime::from_timestamp_millis(milliseconds).ok_or("no time"))
    }

    pub(crate) fn optional_time(self, column: &str) -> Result<Option<DateTime<Utc>>, SqliteError> {
        let read =
            |at: Option<i64>| at.map(|at| DateTime::from_timestamp_millis(at).ok_or("no time")).transpose();
        self.parsed(column, read)
    }

    /// A number that counts up; SQLite keeps it as a signed one.
    pub(crate) fn counter(self, column: &str) -> Result<u64, SqliteError> {
        self.parsed(column, |number: i64| u64::try_from(number))
    }

    fn corrupt(self, column: &str, error: impl std::fmt::Display) -> SqliteError {
        SqliteError::corrupt(self.table, format!("`{column}`: {error}"))
    }
}

pub(crate) fn json<T: Serialize + ?Sized>(table: &'static str, value: &T) -> Result<String, SqliteError> {
    serde_json::to_string(value).map_err(|error| SqliteError::corrupt(table, error.to_string()))
}
