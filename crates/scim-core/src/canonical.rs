//! Bringing what a client sends into the form that is stored: names as the schema writes them, values of its types.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    error::{ScimError, ScimType},
    registry::TypeSchema,
    schema::{Attribute, AttributeType, Mutability, Schema, find},
};

/// The attributes of a request's body: read-only ones are left out, unknown ones too, null and empty are absent.
///
/// `members` is kept apart by whoever calls this.
pub(crate) fn attributes(
    kind: &TypeSchema,
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, ScimError> {
    let mut attributes = Map::new();
    for (name, value) in body {
        if let Some(extension) = kind.extension(name) {
            let inner = of_extension(extension, value).map_err(|wrong| wrong.in_extension(&extension.id))?;
            if !inner.is_empty() {
                attributes.insert(extension.id.to_string(), Value::Object(inner));
            }
        } else if let Some(attribute) = kind.attribute(name).filter(|attribute| is_written(attribute)) {
            if let Some(value) = self::value(attribute, value)? {
                attributes.insert(attribute.name.to_string(), value);
            }
        }
    }
    Ok(attributes)
}

/// Whether a client's value of it is stored in the resource.
pub(crate) fn is_written(attribute: &Attribute) -> bool {
    // A password goes to the host and nowhere else; `schemas` follows from the attributes.
    !matches!(attribute.mutability, Mutability::ReadOnly | Mutability::WriteOnly)
        && &*attribute.name != "schemas"
}

/// Refuses a resource without what its schemas require: attributes, sub-attributes of what is there, extensions.
pub(crate) fn check_required(kind: &TypeSchema, attributes: &Map<String, Value>) -> Result<(), ScimError> {
    match missing_required(kind, attributes) {
        None => Ok(()),
        Some(name) => Err(ScimError::bad(ScimType::InvalidValue, format!("`{name}` is required"))),
    }
}

/// The path of what is required and not there, or the URN of an extension.
pub(crate) fn missing_required(kind: &TypeSchema, attributes: &Map<String, Value>) -> Option<String> {
    let own = missing(&kind.schema.attributes, attributes);
    let absent = || kind.required_extensions().find(|urn| !attributes.contains_key(*urn)).map(str::to_owned);
    let within = || {
        kind.extensions.iter().find_map(|extension| {
            let inner = attributes.get(&*extension.id)?.as_object()?;
            missing(&extension.attributes, inner).map(|name| format!("{}:{name}", extension.id))
        })
    };
    own.or_else(absent).or_else(within)
}

/// The path of the first attribute that is required and not there.
fn missing(attributes: &[Arc<Attribute>], object: &Map<String, Value>) -> Option<String> {
    attributes.iter().filter(|attribute| is_written(attribute)).find_map(|attribute| {
        let value = object.get(&*attribute.name);
        if attribute.required && value.is_none_or(is_blank) {
            return Some(attribute.name.to_string());
        }
        let elements = match value? {
            Value::Array(elements) => elements.as_slice(),
            value => std::slice::from_ref(value),
        };
        let inner = elements.iter().filter_map(Value::as_object);
        let sub = inner
            .filter(|_| attribute.is_complex())
            .find_map(|inner| missing(&attribute.sub_attributes, inner))?;
        Some(format!("{}.{sub}", attribute.name))
    })
}

/// A text that says nothing does not fulfil what is required (RFC 7643 §4.1.1).
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// What an open extension does not name comes after what it names.
fn of_extension(extension: &Schema, value: &Value) -> Result<Map<String, Value>, Wrong> {
    let mut inner = object(&extension.attributes, value)?;
    for (name, value) in value.as_object().into_iter().flatten() {
        let named = find(&extension.attributes, name).is_some();
        if let Some(attribute) = extension.unnamed(name).filter(|_| !named) {
            inner.extend(single(&attribute, value)?.map(|value| (name.clone(), value)));
        }
    }
    Ok(inner)
}

fn object(attributes: &[Arc<Attribute>], value: &Value) -> Result<Map<String, Value>, Wrong> {
    let sent = match value {
        Value::Null => return Ok(Map::new()),
        Value::Object(sent) => sent,
        _ => return Err(Wrong::new("an object")),
    };
    let mut object = Map::new();
    for (name, value) in sent {
        if let Some(attribute) = find(attributes, name).filter(|attribute| is_written(attribute)) {
            if let Some(value) = self::value(attribute, value)? {
                object.insert(attribute.name.to_string(), value);
            }
        }
    }
    Ok(object)
}

/// A value of an attribute; `None` if it says that there is none.
pub(crate) fn value(attribute: &Attribute, value: &Value) -> Result<Option<Value>, Wrong> {
    if !attribute.multi_valued {
        return single(attribute, value);
    }
    let sent = match value {
        Value::Null => return Ok(None),
        Value::Array(elements) => elements.as_slice(),
        element => std::slice::from_ref(element),
    };
    let mut elements = Vec::new();
    for element in sent {
        elements.extend(single(attribute, element)?);
    }
    keep_last_primary(&mut elements);
    Ok((!elements.is_empty()).then_some(Value::Array(elements)))
}

/// One element of a list, or the value of an attribute that is no list.
pub(crate) fn single(attribute: &Attribute, value: &Value) -> Result<Option<Value>, Wrong> {
    typed(attribute, value).map_err(|wrong| wrong.in_attribute(&attribute.name))
}

fn typed(attribute: &Attribute, value: &Value) -> Result<Option<Value>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    let kept = |fits: bool, expected| if fits { Ok(Some(value.clone())) } else { Err(Wrong::new(expected)) };
    match attribute.kind {
        AttributeType::Complex => complex(attribute, value),
        AttributeType::Boolean => match truth(value) {
            Some(truth) => Ok(Some(truth.into())),
            None => Err(Wrong::new("true or false")),
        },
        AttributeType::Integer => kept(value.is_i64() || value.is_u64(), "a whole number"),
        AttributeType::Decimal => kept(value.is_number(), "a number"),
        AttributeType::DateTime => kept(value.as_str().is_some_and(is_instant), "a date and time"),
        AttributeType::String | AttributeType::Reference => kept(value.is_string(), "a text"),
        AttributeType::Binary => kept(value.as_str().is_some_and(is_base64), "bytes in base64"),
        AttributeType::Any => match value {
            Value::Array(elements) if elements.is_empty() => Ok(None),
            Value::Array(elements) => {
                kept(elements.iter().all(is_plain), "a list of texts, numbers or truth values")
            }
            value => kept(is_plain(value), "a text, a number, a truth value, or a list of them"),
        },
    }
}

/// The sub-attributes that an object names, in the order in which it names them; `None` where it says that there is none.
pub(crate) fn parts(attribute: &Attribute, value: &Value) -> Result<Vec<(String, Option<Value>)>, Wrong> {
    let sent = value.as_object().into_iter().flatten();
    let known = sent.filter_map(|(name, value)| Some((attribute.sub(name)?, value)));
    let written = known.filter(|(sub, _)| is_written(sub));
    let part = |(sub, value): (&Arc<Attribute>, &Value)| Ok((sub.name.to_string(), self::value(sub, value)?));
    written.map(part).collect::<Result<_, Wrong>>().map_err(|wrong| wrong.in_attribute(&attribute.name))
}

fn complex(attribute: &Attribute, value: &Value) -> Result<Option<Value>, Wrong> {
    let object = match value {
        Value::Object(_) => object(&attribute.sub_attributes, value)?,
        Value::Array(elements) if elements.len() <= 1 && !attribute.multi_valued => {
            return elements.first().map_or(Ok(None), |element| complex(attribute, element));
        }
        Value::String(text) if text.is_empty() => return Ok(None),
        // A bare value stands for the sub-attribute `value`: Entra ID sends a manager like this.
        plain => match attribute.sub("value") {
            Some(sub) => single(sub, plain)?.into_iter().map(|value| (sub.name.to_string(), value)).collect(),
            None => return Err(Wrong::new("an object")),
        },
    };
    Ok((!object.is_empty()).then_some(Value::Object(object)))
}

fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

/// A truth value; Entra ID writes it as text, too.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// RFC 7643 §2.3.6; the alphabet of URLs and line ends, as certificates come, are understood, too.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end().trim_end_matches('=');
    let padding = text.trim_end().len().saturating_sub(digits.len());
    let is_digit =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'\r' | b'\n');
    let digits_alone = digits.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).count();
    let is_whole = match padding {
        0 => digits_alone % 4 != 1,
        1 | 2 => digits_alone.saturating_add(padding) % 4 == 0,
        _ => false,
    };
    is_whole && digits.bytes().all(is_digit)
}

fn is_instant(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok() || text.parse::<chrono::NaiveDateTime>().is_ok()
}

/// At most one element is primary (RFC 7643 §2.4): of several, the last one stays.
pub(crate) fn keep_last_primary(elements: &mut [Value]) {
    let mut found = false;
    for element in elements.iter_mut().rev().filter_map(Value::as_object_mut) {
        if element.get("primary") == Some(&Value::Bool(true)) {
            if found {
                element.insert("primary".to_owned(), Value::Bool(false));
            }
            found = true;
        }
    }
}

/// That a value has not the type of its attribute; the path is put together on the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    path: String,
    expected: &'static str,
}

impl Wrong {
    fn new(expected: &'static str) -> Self {
        Self { path: String::new(), expected }
    }

    pub(crate) fn in_attribute(self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{name}.{}", self.path) };
        Self { path, ..self }
    }

    pub(crate) fn in_extension(self, urn: &str) -> Self {
        let path = if self.path.is_empty() { urn.to_owned() } else { format!("{urn}:{}", self.path) };
        Self { path, ..self }
    }
}

impl From<Wrong> for ScimError {
    fn from(Wrong { path, expected }: Wrong) -> Self {
        ScimError::bad(ScimType::InvalidValue, format!("`{path}` must be {expected}"))
    }
}
