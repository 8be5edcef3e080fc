//! Filters (RFC 7644 §3.4.2.2), bound to the schema of a resource type.

mod absent;
mod evaluate;
mod lexer;
mod literal;
mod lookup;
mod parse;
mod schemas;

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::{
    absent::{Among, Named},
    evaluate::{element_matches, instant},
    parse::parse_within,
};
pub use self::{
    evaluate::comparison_key,
    literal::Literal,
    lookup::{Lookup, LookupKey},
    parse::{FilterError, MAX_DEPTH, MAX_LEN, MAX_TERMS},
};
use crate::{AttributePath, registry::TypeSchema};

/// A filter that is understood: every attribute is known, every operator fits its type.
///
/// ```
/// use scim_core::{Filter, Registry};
///
/// let registry = Registry::standard();
/// let users = registry.resource_type("User").unwrap();
/// let filter = Filter::parse(users, r#"userName eq "ada" and emails[type eq "work"]"#)?;
/// assert!(Filter::parse(users, "userName like \"a%\"").is_err());
/// # Ok::<_, scim_core::FilterError>(())
/// ```
///
/// Its serialized form is for a store that hands it to its database; clients write [`parse`](Self::parse)'s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One holds, or both.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The attribute has a value.
    Present(Arc<AttributePath>),
    /// A value of the attribute compares with a literal.
    Compare(Comparison),
    /// One element of the list fulfils all of it.
    Within(Arc<AttributePath>, Box<Filter>),
}

/// A comparison with a literal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared.
    pub path: Arc<AttributePath>,
    /// How.
    pub operator: Operator,
    /// With what.
    pub literal: Literal,
}

/// How a value compares with a literal (RFC 7644 table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// `eq`.
    Equal,
    /// `ne`: there is no value that is equal.
    NotEqual,
    /// `co`.
    Contains,
    /// `sw`.
    StartsWith,
    /// `ew`.
    EndsWith,
    /// `gt`.
    Greater,
    /// `ge`.
    GreaterOrEqual,
    /// `lt`.
    Less,
    /// `le`.
    LessOrEqual,
}

impl Filter {
    /// The filter that `text` writes.
    ///
    /// # Errors
    /// [`FilterError`], with the position; the wire's 400 `invalidFilter`, or `tooMany` above a budget.
    pub fn parse(kind: &TypeSchema, text: &str) -> Result<Self, FilterError> {
        parse::parse(kind, text)
    }

    /// Whether a resource fulfils it, given as the JSON object of its wire form.
    pub fn matches(&self, resource: &serde_json::Map<String, Value>) -> bool {
        evaluate::matches(self, resource)
    }

    /// How many comparisons it has.
    pub(crate) fn terms(&self) -> usize {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.terms().saturating_add(b.terms()),
            Self::Not(inner) | Self::Within(_, inner) => inner.terms(),
            Self::Present(_) | Self::Compare(_) => 1,
        }
    }

    /// Whether it looks at an attribute of the type's own schema.
    pub fn mentions(&self, attribute: &str) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.mentions(attribute) || b.mentions(attribute),
            Self::Not(inner) => inner.mentions(attribute),
            Self::Present(path) | Self::Within(path, _) => is(path, attribute),
            Self::Compare(comparison) => is(&comparison.path, attribute),
        }
    }

    /// A value that every match has in this attribute, as `userName eq "ada"` and whatever is joined to it by `and` say.
    ///
    /// A store looks it up in an index, and evaluates the whole filter on what it finds.
    pub fn required_value(&self, attribute: &str, sub: Option<&str>) -> Option<&str> {
        match self {
            Self::And(a, b) => a.required_value(attribute, sub).or_else(|| b.required_value(attribute, sub)),
            Self::Compare(Comparison { path, operator: Operator::Equal, literal }) if is(path, attribute) => {
                let same = path.sub.as_deref().map(|sub| &*sub.name) == sub;
                literal.as_str().filter(|_| same)
            }
            Self::Within(path, inner) if is(path, attribute) => {
                sub.and_then(|sub| inner.required_value(sub, None))
            }
            _ => None,
        }
    }
}

fn is(path: &AttributePath, attribute: &str) -> bool {
    path.extension.is_none() && &*path.attribute.name == attribute
}

impl Operator {
    /// `eq` and `ne`, which fit each type.
    fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Whether it looks for a part of a text.
    fn is_textual(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }

    fn is_ordering(self) -> bool {
        !self.is_equality() && !self.is_textual()
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OPERATORS.iter().find(|(_, operator)| operator == self).map_or("", |(text, _)| text);
        f.write_str(text)
    }
}

const OPERATORS: [(&str, Operator); 9] = [
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("co", Operator::Contains),
    ("sw", Operator::StartsWith),
    ("ew", Operator::EndsWith),
    ("gt", Operator::Greater),
    ("ge", Operator::GreaterOrEqual),
    ("lt", Operator::Less),
    ("le", Operator::LessOrEqual),
];
