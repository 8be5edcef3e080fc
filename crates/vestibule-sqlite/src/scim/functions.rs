//! What SQL asks of the domain: keys, and whether one term of a filter holds.

use std::{error::Error, fmt};

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::{Type, Value as SqlValue, ValueRef},
};
use scim_core::{Filter, Related, Resource, ResourceId, Revision, Sort, comparison_key, filterable};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{filter::looks_at, order::stored};

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("scim_key", 1, flags, key)?;
    connection.create_scalar_function("scim_holds", 2, flags, holds)?;
    connection.create_scalar_function("scim_record_holds", 6, flags, record_holds)?;
    connection.create_scalar_function("scim_sort_key", 7, flags, sort_key)
}

/// `scim_key(text)`: the form in which texts are compared whose case does not count.
fn key(context: &Context<'_>) -> rusqlite::Result<String> {
    Ok(comparison_key(false, context.get_raw(0).as_str()?).into_owned())
}

/// `scim_holds(term, object)`: whether a term of a filter holds of an object in JSON.
fn holds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let term = term(context)?;
    Ok(term.matches(&field(context, 1, looks_at(&term))?))
}

/// `scim_record_holds(term, id, kind, created_at, updated_at, revision)`: the same of what is kept in columns.
fn record_holds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let term = term(context)?;
    Ok(term.matches(&filterable(&record(context, Map::new())?, &Related::default())))
}

/// `scim_sort_key(sort, id, kind, created_at, updated_at, revision, attributes)`: by what a resource is sorted.
fn sort_key(context: &Context<'_>) -> rusqlite::Result<SqlValue> {
    let sort = context.get_or_create_aux(0, read::<Sort>)?;
    let name = sort.path.extension.as_deref().unwrap_or(&sort.path.attribute.name);
    let key = sort.key(&record(context, field(context, 6, name)?)?);
    Ok(key.as_ref().map_or(SqlValue::Null, stored))
}

/// The resource whose columns begin at the second argument.
fn record(context: &Context<'_>, attributes: Map<String, Value>) -> rusqlite::Result<Resource> {
    let time = |column| {
        let milliseconds = context.get(column)?;
        chrono::DateTime::from_timestamp_millis(milliseconds)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(column, milliseconds))
    };
    Ok(Resource {
        id: ResourceId::named(context.get_raw(1).as_str()?),
        kind: context.get_raw(2).as_str()?.into(),
        attributes,
        created_at: time(3)?,
        updated_at: time(4)?,
        revision: Revision(context.get(5)?),
    })
}

/// Read once for each statement, since it is the same for every row.
fn term(context: &Context<'_>) -> rusqlite::Result<std::sync::Arc<Filter>> {
    context.get_or_create_aux(0, read)
}

fn read<T: DeserializeOwned>(text: ValueRef<'_>) -> Result<T, Box<dyn Error + Send + Sync>> {
    Ok(serde_json::from_str(text.as_str()?)?)
}

/// Of the object that an argument is in JSON, one field and no other.
fn field(context: &Context<'_>, argument: usize, name: &str) -> rusqlite::Result<Map<String, Value>> {
    let mut object = serde_json::Deserializer::from_str(context.get_raw(argument).as_str()?);
    let unreadable = |error: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(argument, Type::Text, error.into())
    };
    let found = Field(name).deserialize(&mut object).map_err(unreadable)?;
    Ok(found.map(|value| (name.to_owned(), value)).into_iter().collect())
}

/// One field of an object; the others are passed over.
struct Field<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, object: D) -> Result<Option<Value>, D::Error> {
        object.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Option<Value>, A::Error> {
        let mut found = None;
        while let Some(name) = fields.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == self.0 {
                found = Some(fields.next_value()?);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
