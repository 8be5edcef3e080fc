//! The order of a list, and where a page of it begins and ends.

use rusqlite::types::Value;
use scim_core::{Lookup, Position, ResourceQuery, Sort, SortKey, Window};

use super::{
    filter::{Matching, column},
    read::RECORD,
};
use crate::{SqliteError, column::json};

/// A page of what matches, as a statement with its parameters; in the reverse order for a page before a position.
pub(super) struct Page {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
    pub(super) is_reversed: bool,
}

impl Page {
    pub(super) fn of(matching: &Matching, query: &ResourceQuery) -> Result<Self, SqliteError> {
        let is_reversed = matches!(query.window, Window::Before { .. });
        let mut page = Self { sql: String::new(), values: matching.values.clone(), is_reversed };
        let key = page.key(query.sort.as_ref())?;
        // A descending list is the reverse of the ascending one, and so is what comes before a position.
        let is_upwards = query.is_descending() == is_reversed;
        let bound = match &query.window {
            Window::After { position: Some(position), .. }
            | Window::Before { position: Some(position), .. } => page.bound(&key, position, is_upwards),
            _ => String::new(),
        };
        let skip = if let Window::Slice { skip, .. } = query.window { skip } else { 0 };
        let [count, skip] =
            [query.window.count(), skip].map(|number| page.bind(Value::Integer(clamped(number))));
        let order = key.order(is_upwards);
        page.sql =
            format!("SELECT {RECORD} {} {bound} ORDER BY {order} LIMIT {count} OFFSET {skip}", matching.sql);
        Ok(page)
    }

    fn key(&mut self, sort: Option<&Sort>) -> Result<Key, SqliteError> {
        let Some(sort) = sort else { return Ok(Key::time("r.created_at")) };
        let sub = sort.path.sub.as_deref().map(|sub| &*sub.name);
        let is_meta = sort.path.extension.is_none() && &*sort.path.attribute.name == "meta";
        Ok(match (sub, Lookup::of(&sort.path).and_then(column)) {
            (Some("created"), _) if is_meta => Key::time("r.created_at"),
            (Some("lastModified"), _) if is_meta => Key::time("r.updated_at"),
            (_, Some(column)) => Key { sql: format!("r.{column}"), is_nullable: true, is_time: false },
            _ => {
                let sort = self.bind(Value::Text(json("scim_resources", sort)?));
                let sql = format!(
                    "scim_sort_key({sort}, r.id, r.kind, r.created_at, r.updated_at, r.revision, r.attributes)"
                );
                Key { sql, is_nullable: true, is_time: false }
            }
        })
    }

    /// That a resource comes behind a position; who has no key is behind whoever has one.
    fn bound(&mut self, key: &Key, position: &Position, is_upwards: bool) -> String {
        let than = if is_upwards { ">" } else { "<" };
        let id = self.bind(Value::Text(position.id.to_string()));
        let Key { sql, is_nullable, .. } = key;
        match (key.value(position), is_upwards) {
            (Some(value), _) if !is_nullable => {
                format!("AND ({sql}, r.id) {than} ({}, {id})", self.bind(value))
            }
            (Some(value), _) => {
                let value = self.bind(value);
                let or_none = if is_upwards { format!("OR {sql} IS NULL") } else { String::new() };
                format!("AND ({sql} {than} {value} OR ({sql} = {value} AND r.id {than} {id}) {or_none})")
            }
            (None, true) => format!("AND {sql} IS NULL AND r.id > {id}"),
            (None, false) => format!("AND ({sql} IS NOT NULL OR r.id < {id})"),
        }
    }

    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }
}

/// What resources are ordered by before their ids.
struct Key {
    sql: String,
    is_nullable: bool,
    /// Whether it is kept in milliseconds.
    is_time: bool,
}

impl Key {
    fn time(column: &str) -> Self {
        Self { sql: column.to_owned(), is_nullable: false, is_time: true }
    }

    fn order(&self, is_upwards: bool) -> String {
        let nulls = match (self.is_nullable, is_upwards) {
            (false, _) => "",
            (true, true) => " NULLS LAST",
            (true, false) => " NULLS FIRST",
        };
        let way = if is_upwards { "ASC" } else { "DESC" };
        format!("{} {way}{nulls}, r.id {way}", self.sql)
    }

    fn value(&self, position: &Position) -> Option<Value> {
        match position.key.as_ref()? {
            SortKey::Instant(at) if self.is_time => Some(Value::Integer(at.timestamp_millis())),
            key => Some(stored(key)),
        }
    }
}

/// A key in a form that SQLite orders as the domain does.
pub(super) fn stored(key: &SortKey) -> Value {
    match key {
        SortKey::Truth(truth) => Value::Integer((*truth).into()),
        SortKey::Integer(number) => Value::Integer(*number),
        SortKey::Decimal(number) => Value::Real(*number),
        SortKey::Instant(at) => {
            let seconds = i128::from(at.timestamp()) - i128::from(i64::MIN);
            let mut bytes = seconds.to_be_bytes().to_vec();
            bytes.extend(at.timestamp_subsec_nanos().to_be_bytes());
            Value::Blob(bytes)
        }
        SortKey::Text(text) => Value::Text(text.clone()),
    }
}

fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
