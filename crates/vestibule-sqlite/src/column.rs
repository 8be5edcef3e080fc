//! What columns hold, and back.

use chrono::{DateTime, Utc};
use rusqlite::{Row, RowIndex, types::FromSql};
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

    pub(crate) fn plain<T: FromSql>(self, column: impl RowIndex) -> Result<T, SqliteError> {
        Ok(self.row.get(column)?)
    }

    /// A text or number that is well-formed if `read` says so.
    pub(crate) fn parsed<C, T, E>(
        self,
        column: impl RowIndex,
        read: impl FnOnce(C) -> Result<T, E>,
    ) -> Result<T, SqliteError>
    where
        C: FromSql,
        E: std::fmt::Display,
    {
        let at = column.idx(self.row.as_ref())?;
        read(self.row.get(at)?).map_err(|error| self.corrupt(at, error))
    }

    pub(crate) fn json<T: DeserializeOwned>(self, column: impl RowIndex) -> Result<T, SqliteError> {
        let at = column.idx(self.row.as_ref())?;
        let text = self.row.get_ref(at)?.as_str().map_err(|error| self.corrupt(at, error))?;
        serde_json::from_str(text).map_err(|error| self.corrupt(at, error))
    }

    pub(crate) fn optional_json<T: DeserializeOwned>(
        self,
        column: impl RowIndex,
    ) -> Result<Option<T>, SqliteError> {
        let read = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
        self.parsed(column, read)
    }

    pub(crate) fn time(self, column: impl RowIndex) -> Result<DateTime<Utc>, SqliteError> {
        self.parsed(column, |milliseconds| DateTime::from_timestamp_millis(milliseconds).ok_or("no time"))
    }

    pub(crate) fn optional_time(self, column: impl RowIndex) -> Result<Option<DateTime<Utc>>, SqliteError> {
        let read =
            |at: Option<i64>| at.map(|at| DateTime::from_timestamp_millis(at).ok_or("no time")).transpose();
        self.parsed(column, read)
    }

    /// A number that counts up; SQLite keeps it as a signed one.
    pub(crate) fn counter(self, column: impl RowIndex) -> Result<u64, SqliteError> {
        self.parsed(column, |number: i64| u64::try_from(number))
    }

    fn corrupt(self, column: usize, error: impl std::fmt::Display) -> SqliteError {
        let name = self.row.as_ref().column_name(column).unwrap_or_default();
        SqliteError::corrupt(self.table, format!("`{name}`: {error}"))
    }
}

pub(crate) fn json<T: Serialize + ?Sized>(table: &'static str, value: &T) -> Result<String, SqliteError> {
    serde_json::to_string(value).map_err(|error| SqliteError::corrupt(table, error.to_string()))
}
