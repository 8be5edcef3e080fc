//! Attribute paths, bound to the schema of a resource type (RFC 7644 §3.10).

mod known;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use self::known::KnownPaths;
use crate::{
    registry::TypeSchema,
    schema::{Attribute, Mutability, Returned, Schema},
};

/// A path to an attribute or a sub-attribute of a type of resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributePath {
    /// The URN of the extension that the attribute is in; `None` for the type's own schema.
    pub extension: Option<Arc<str>>,
    /// The attribute.
    pub attribute: Arc<Attribute>,
    /// The sub-attribute.
    pub sub: Option<Arc<Attribute>>,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An attribute.
    Attribute(Arc<AttributePath>),
    /// All of an extension, named by its URN alone.
    Extension(Arc<Schema>),
}

impl AttributePath {
    /// The path that `text` writes: `userName`, `name.givenName`, or either behind the URN of a schema.
    ///
    /// Names and URNs match in any case; `None` if there is no such attribute.
    pub fn parse(kind: &TypeSchema, text: &str) -> Option<Arc<Self>> {
        match resolve(kind, text)? {
            Target::Attribute(path) => Some(path),
            Target::Extension(_) => None,
        }
    }

    /// What decides how values are compared: the sub-attribute, or `value` of a list of objects, or the attribute.
    pub fn compared(&self) -> &Attribute {
        let value = || self.attribute.is_complex().then(|| self.attribute.sub("value")).flatten();
        self.sub.as_ref().or_else(value).unwrap_or(&self.attribute)
    }

    /// The value in an element that is compared: that of the sub-attribute, of `value` without one, or a plain one.
    pub(crate) fn value_in<'a>(&self, element: &'a Value) -> Option<&'a Value> {
        match (element, &self.sub) {
            (Value::Object(inner), Some(sub)) => inner.get(&*sub.name),
            (Value::Object(inner), None) => Some(inner.get("value").unwrap_or(element)),
            (plain, None) => Some(plain),
            (_, Some(_)) => None,
        }
    }

    /// Whether filters can look at it: not at what is made up for each answer, nor at what nobody reads.
    pub(crate) fn is_filterable(&self) -> bool {
        is_filterable(&self.attribute, self.sub.as_deref())
    }

    /// Whether a client may write what it leads to.
    pub fn is_read_only(&self) -> bool {
        let read_only = |attribute: &Attribute| attribute.mutability == Mutability::ReadOnly;
        read_only(&self.attribute) || self.sub.as_deref().is_some_and(read_only)
    }
}

/// Whether filters can look at it: not at what is made up for each answer, nor at what nobody reads.
fn is_filterable(attribute: &Attribute, sub: Option<&Attribute>) -> bool {
    let readable = |attribute: &Attribute| {
        attribute.returned != Returned::Never && attribute.mutability != Mutability::WriteOnly
    };
    let made_up = |sub: &Attribute| match &*sub.name {
        "location" => &*attribute.name == "meta",
        "$ref" => matches!(&*attribute.name, "members" | "groups"),
        _ => false,
    };
    readable(attribute) && sub.is_none_or(|sub| readable(sub) && !made_up(sub))
}

/// What `text` leads to; a version in a URN has dots, so the longest known URN is taken off first.
pub(crate) fn resolve(kind: &TypeSchema, text: &str) -> Option<Target> {
    if let Some(path) = kind.paths().path(text) {
        return Some(Target::Attribute(path.clone()));
    }
    let own = std::iter::once((&kind.schema, kind.paths()));
    let named = own.chain(kind.extension_paths());
    let named = named.filter_map(|(schema, paths)| Some((schema, paths, after_urn(text, &schema.id)?)));
    let path = match named.max_by_key(|(schema, ..)| schema.id.len()) {
        None => in_one_extension(kind, text),
        Some((schema, _, "")) => return Some(Target::Extension(schema.clone())),
        Some((schema, paths, rest)) => paths.path(rest).cloned().or_else(|| unnamed(schema, rest)),
    };
    path.map(Target::Attribute)
}

/// The paths that the elements of an attribute have for the filter of a value path.
pub(crate) fn elements_of<'k>(kind: &'k TypeSchema, path: &AttributePath) -> &'k [Arc<AttributePath>] {
    let is_of = |schema: &Schema| path.extension.as_ref() == Some(&schema.id);
    let paths = match &path.extension {
        None => Some(kind.paths()),
        Some(_) => kind.extension_paths().find(|(schema, _)| is_of(schema)).map(|(_, paths)| paths),
    };
    paths.map_or(&[], |paths| paths.elements(&path.attribute.name))
}

/// An attribute that an open extension does not name.
fn unnamed(schema: &Schema, name: &str) -> Option<Arc<AttributePath>> {
    let attribute = Arc::new(schema.unnamed(name)?);
    Some(Arc::new(AttributePath { extension: Some(schema.id.clone()), attribute, sub: None }))
}

/// Entra ID leaves the URN out: understood, if only one extension has such an attribute.
fn in_one_extension(kind: &TypeSchema, text: &str) -> Option<Arc<AttributePath>> {
    let mut found = kind.extension_paths().filter_map(|(_, paths)| paths.path(text));
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

/// What follows a URN and its `:`, or the `.` that some clients write.
fn after_urn<'a>(text: &'a str, urn: &str) -> Option<&'a str> {
    let head = text.get(..urn.len())?;
    let rest = text.get(urn.len()..)?;
    if !head.eq_ignore_ascii_case(urn) {
        return None;
    }
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix([':', '.']) }
}

/// What stands at a path: the elements of a list one by one.
pub(crate) fn elements<'a>(object: &'a Map<String, Value>, path: &AttributePath) -> &'a [Value] {
    let holder = match &path.extension {
        None => Some(object),
        Some(urn) => object.get(&**urn).and_then(Value::as_object),
    };
    match holder.and_then(|holder| holder.get(&*path.attribute.name)) {
        None => &[],
        Some(Value::Array(elements)) => elements,
        Some(value) => std::slice::from_ref(value),
    }
}
