//! What SQL asks of the domain: keys, and whether one term of a filter holds.

use std::fmt;

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::Type,
};
use scim_core::{Filter, Related, Resource, ResourceId, Revision, comparison_key, filterable};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::filter::looks_at;

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("scim_key", 1, flags, key)?;
    connection.create_scalar_function("scim_holds", 2, flags, holds)?;
    connection.create_scalar_function("scim_record_holds", 6, flags, record_holds)
}

/// `scim_key(text)`: the form in which texts are compared whose case does not count.
fn key(context: &Context<'_>) -> rusqlite::Result<String> {
    Ok(comparison_key(false, context.get_raw(0).as_str()?).into_owned())
}

/// `scim_holds(term, object)`: whether a term of a filter holds of an object in JSON.
fn holds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let term = term(context)?;
    let name = looks_at(&term);
    let mut object = serde_json::Deserializer::from_str(context.get_raw(1).as_str()?);
    let found = Field(name).deserialize(&mut object).map_err(unreadable)?;
    Ok(term.matches(&found.map(|value| (name.to_owned(), value)).into_iter().collect::<Map<_, _>>()))
}

/// `scim_record_holds(term, id, kind, created_at, updated_at, revision)`: the same of what is kept in columns.
fn record_holds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let term = term(context)?;
    let time = |column| {
        let milliseconds = context.get(column)?;
        chrono::DateTime::from_timestamp_millis(milliseconds)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(column, milliseconds))
    };
    let resource = Resource {
        id: ResourceId::named(context.get_raw(1).as_str()?),
        kind: context.get_raw(2).as_str()?.into(),
        attributes: Map::new(),
        created_at: time(3)?,
        updated_at: time(4)?,
        revision: Revision(context.get(5)?),
    };
    Ok(term.matches(&filterable(&resource, &Related::default())))
}

/// Read once for each statement, since it is the same for every row.
fn term(context: &Context<'_>) -> rusqlite::Result<std::sync::Arc<Filter>> {
    context.get_or_create_aux(0, |term| serde_json::from_str::<Filter>(term.as_str().unwrap_or_default()))
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(1, Type::Text, error.into())
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
