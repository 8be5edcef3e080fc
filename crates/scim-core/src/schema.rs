//! Schemas as data (RFC 7643 §7).

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

/// A schema: what a part of a resource is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// Its URN.
    pub id: Arc<str>,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Its attributes.
    pub attributes: Vec<Arc<Attribute>>,
    /// Whether a resource may have attributes in it that it does not name: of an extension only.
    ///
    /// They are of the type [`AttributeType::Any`]. No schema gives their names a case, so they match as they are written,
    /// and only behind the extension's URN.
    #[serde(default, skip_serializing)]
    pub open: bool,
}

/// An attribute of a schema, or a sub-attribute of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Its name, in the case that answers have; requests may have any.
    pub name: Arc<str>,
    /// Its type.
    #[serde(rename = "type", default)]
    pub kind: AttributeType,
    /// Whether it is a list.
    #[serde(default)]
    pub multi_valued: bool,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
    /// Whether the case of its text counts when it is compared.
    #[serde(default)]
    pub case_exact: bool,
    /// Who may write it, and when.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is in an answer.
    #[serde(default)]
    pub returned: Returned,
    /// Whether two resources may have the same.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// Values that are known to occur; others may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// What a reference may lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// What a complex attribute is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Arc<Attribute>>,
}

/// The type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An instant, as XML Schema writes it.
    DateTime,
    /// Bytes in base64.
    Binary,
    /// A URI.
    Reference,
    /// An object with sub-attributes.
    Complex,
    /// What no schema tells: a text, a number, a truth value, or a list of them. Compared with a literal of its own type.
    Any,
}

/// Who may write an attribute, and when (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Nobody but the service provider.
    ReadOnly,
    /// Anybody, at any time.
    #[default]
    ReadWrite,
    /// Whoever creates the resource.
    Immutable,
    /// Anybody, but nobody reads it.
    WriteOnly,
}

/// When an attribute is in an answer (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// Whatever is asked for.
    Always,
    /// Whatever is asked for, never.
    Never,
    /// Unless others are asked for, or it is excluded.
    #[default]
    Default,
    /// Only when asked for.
    Request,
}

/// Whether two resources may have the same value (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// They may.
    #[default]
    None,
    /// Not within one directory.
    Server,
    /// Nowhere; treated as [`Server`](Self::Server).
    Global,
}

/// A type of resource (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceType {
    /// Its id; its name, if it has none.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name: `User`.
    pub name: Arc<str>,
    /// Its path below the base URL: `/Users`.
    pub endpoint: Arc<str>,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The URN of its schema.
    pub schema: Arc<str>,
    /// Schemas that extend it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_extensions: Vec<SchemaExtension>,
}

/// A schema that extends a type of resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaExtension {
    /// Its URN.
    pub schema: Arc<str>,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
}

impl Schema {
    /// The first attribute that no schema can have, and why.
    pub(crate) fn wrong_attribute(&self) -> Option<(Arc<str>, &'static str)> {
        let mut all = self.attributes.iter();
        let wrong =
            all.find_map(|attribute| wrong(attribute, is_name(&attribute.name)).map(|why| (attribute, why)));
        wrong.or_else(|| twice(&self.attributes)).map(|(attribute, why)| (attribute.name.clone(), why))
    }

    /// The attribute of this name that the schema does not name, but lets a resource have.
    pub(crate) fn unnamed(&self, name: &str) -> Option<Attribute> {
        (self.open && is_name(name)).then(|| Attribute {
            name: name.into(),
            kind: AttributeType::Any,
            multi_valued: false,
            description: String::new(),
            required: false,
            case_exact: false,
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            canonical_values: Vec::new(),
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        })
    }
}

fn wrong(attribute: &Attribute, is_named: bool) -> Option<&'static str> {
    let subs = &attribute.sub_attributes;
    if !is_named {
        return Some("an attribute is named with letters, digits, `$`, `-` and `_`, a letter first");
    }
    if subs.iter().any(|sub| sub.is_complex()) {
        return Some("what is within a complex attribute can't be complex");
    }
    if !attribute.is_complex() && !subs.is_empty() {
        return Some("an attribute that is not complex has nothing within it");
    }
    // `$ref` is the name that the RFC itself gives.
    let sub = |sub: &Arc<Attribute>| wrong(sub, is_name(sub.name.strip_prefix('$').unwrap_or(&sub.name)));
    subs.iter().find_map(sub).or_else(|| twice(subs).map(|(_, why)| why))
}

fn twice(attributes: &[Arc<Attribute>]) -> Option<(&Arc<Attribute>, &'static str)> {
    let mut names = HashSet::new();
    let again = attributes.iter().find(|attribute| !names.insert(attribute.name.to_ascii_lowercase()));
    again.map(|attribute| (attribute, "a name is given once, in whatever case"))
}

/// RFC 7643 §2.1, `ATTRNAME`.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_'))
}

impl Attribute {
    /// The sub-attribute of this name, in any case.
    pub fn sub(&self, name: &str) -> Option<&Arc<Attribute>> {
        find(&self.sub_attributes, name)
    }

    /// Whether this is its name, in any case: most write it as the schema does, and to compare bytes is much less work.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.len() == name.len() && (&*self.name == name || self.name.eq_ignore_ascii_case(name))
    }

    /// Whether it is an object.
    pub fn is_complex(&self) -> bool {
        self.kind == AttributeType::Complex
    }
}

/// The attribute of this name, in any case.
pub(crate) fn find<'a>(attributes: &'a [Arc<Attribute>], name: &str) -> Option<&'a Arc<Attribute>> {
    attributes.iter().find(|attribute| attribute.is_named(name))
}
