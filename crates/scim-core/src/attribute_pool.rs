//! The attribute pool: what of a directory's user lands in `public_metadata`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::registry::ENTERPRISE_USER;

/// The URN of the users' own schema.
const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A custom attribute of an enterprise connection, shared by its directory and its single sign-on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDefinition {
    /// Where it lands in `public_metadata`.
    pub key: Arc<str>,
    /// Its name, to be shown.
    pub name: Arc<str>,
    /// Whether it has a list of values.
    pub multi_valued: bool,
    /// Where single sign-on has it: the name of a SAML assertion or of an OIDC claim.
    pub sso_path: Option<Arc<str>>,
    /// Where the directory has it: `title`, `name.givenName`, or a name behind the URN of an extension.
    pub directory_path: Option<Arc<str>>,
}

/// What becomes of one key of `public_metadata`.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataEffect {
    /// The key.
    pub key: Arc<str>,
    /// Its value; `None` if the directory has cleared it.
    pub value: Option<Value>,
}

/// What of a user lands in `public_metadata`, given the attributes before and after a write.
///
/// What the directory never sent is left alone; what it sent once and sends no more is cleared.
pub fn public_metadata(
    definitions: &[AttributeDefinition],
    before: Option<&Map<String, Value>>,
    after: &Map<String, Value>,
) -> Vec<MetadataEffect> {
    let effect = |definition: &AttributeDefinition| {
        let current = value(definition, after);
        let cleared = current.is_none() && before.and_then(|before| value(definition, before)).is_some();
        (current.is_some() || cleared).then(|| MetadataEffect { key: definition.key.clone(), value: current })
    };
    definitions.iter().filter_map(effect).collect()
}

/// The value of a definition in a user's attributes: a text, or a list of them if it has several values.
pub fn value(definition: &AttributeDefinition, attributes: &Map<String, Value>) -> Option<Value> {
    let found = lookup(attributes, definition.directory_path.as_deref()?);
    let sent = !found.is_empty();
    if definition.multi_valued {
        let texts: Vec<Value> =
            found.into_iter().flat_map(flatten).filter(|value| !is_blank(value)).collect();
        return sent.then_some(Value::Array(texts));
    }
    found.into_iter().next().filter(|value| !is_blank(value)).cloned()
}

/// Every value at a path; one that crosses a list is taken from every entry.
fn lookup<'a>(attributes: &'a Map<String, Value>, path: &str) -> Vec<&'a Value> {
    let (holder, rest) = match split_urn(attributes, path) {
        Some((extension, rest)) => (extension, rest),
        None => (Some(attributes), path),
    };
    let mut names = rest.split('.');
    let first = names.next().and_then(|name| field(holder?, name));
    let first: Vec<&Value> = first.into_iter().collect();
    names.fold(first, |values, name| values.into_iter().flat_map(|value| step(value, name)).collect())
}

/// An extension's URN holds dots itself, and what follows it comes behind `:` or `.`.
fn split_urn<'a, 'p>(
    attributes: &'a Map<String, Value>,
    path: &'p str,
) -> Option<(Option<&'a Map<String, Value>>, &'p str)> {
    if let Some(rest) = after(CORE_USER, path) {
        return Some((Some(attributes), rest));
    }
    let urns =
        attributes.keys().map(String::as_str).chain([ENTERPRISE_USER]).filter(|key| key.starts_with("urn:"));
    let (urn, rest) =
        urns.filter_map(|urn| Some((urn, after(urn, path)?))).max_by_key(|(urn, _)| urn.len())?;
    Some((attributes.get(urn).and_then(Value::as_object), rest))
}

/// What follows a URN in `path`.
fn after<'p>(urn: &str, path: &'p str) -> Option<&'p str> {
    let head = path.get(..urn.len())?;
    path.get(urn.len()..)?.strip_prefix([':', '.']).filter(|_| head.eq_ignore_ascii_case(urn))
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn step<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(object) => field(object, name).into_iter().collect(),
        Value::Array(elements) => elements.iter().flat_map(|element| step(element, name)).collect(),
        _ => Vec::new(),
    }
}

fn flatten(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements.clone(),
        value => vec![value.clone()],
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}
