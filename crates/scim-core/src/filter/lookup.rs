//! What of a filter an index answers: the equalities that identity providers send.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Comparison, Filter, Operator, comparison_key};
use crate::{
    AttributePath,
    schema::{Attribute, AttributeType},
};

/// An attribute that a store keeps an index of; the fewer resources are likely to have the same value, the less it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lookup {
    /// `id`.
    Id,
    /// `userName`.
    UserName,
    /// `externalId`.
    ExternalId,
    /// `emails.value`.
    Email,
    /// `members.value`, of a resource whose members are kept apart.
    Member,
    /// `displayName`.
    DisplayName,
}

/// An index, and a key in it in the form in which values are compared.
pub type LookupKey = (Lookup, String);

impl Lookup {
    /// The index of what a path leads to.
    ///
    /// By the attribute's definition and not by its name alone: a host's own types may mean something else by it.
    pub fn of(path: &AttributePath) -> Option<Self> {
        let AttributePath { extension: None, attribute, sub } = path else { return None };
        let is = |compared: &Attribute, case_exact| {
            compared.kind == AttributeType::String && compared.case_exact == case_exact
        };
        let is_single = |case_exact| is(attribute, case_exact) && !attribute.multi_valued && sub.is_none();
        let is_list = |case_exact| {
            attribute.is_complex() && &*path.compared().name == "value" && is(path.compared(), case_exact)
        };
        match &*attribute.name {
            "id" if is_single(true) => Some(Self::Id),
            "userName" if is_single(false) => Some(Self::UserName),
            "externalId" if is_single(true) => Some(Self::ExternalId),
            "displayName" if is_single(false) => Some(Self::DisplayName),
            "emails" if is_list(false) => Some(Self::Email),
            "members" if is_list(false) && attribute.multi_valued => Some(Self::Member),
            _ => None,
        }
    }

    /// The keys of a resource in the indexes of its attributes.
    pub fn keys(attributes: &Map<String, Value>) -> Vec<LookupKey> {
        let text = |name: &str| attributes.get(name).and_then(Value::as_str);
        let single = [
            (Self::UserName, text("userName"), false),
            (Self::ExternalId, text("externalId"), true),
            (Self::DisplayName, text("displayName"), false),
        ];
        let emails = attributes.get("emails").map_or(&[][..], |emails| match emails {
            Value::Array(emails) => emails,
            email => std::slice::from_ref(email),
        });
        let emails =
            emails.iter().map(|email| (Self::Email, email.get("value").and_then(Value::as_str), false));
        let key = |(lookup, text, case_exact): (Self, Option<&str>, bool)| {
            Some((lookup, comparison_key(case_exact, text?).into_owned()))
        };
        single.into_iter().chain(emails).filter_map(key).collect()
    }
}

impl Filter {
    /// Keys of which every match has at least one; `None` if there are others.
    ///
    /// Whoever looks them up still has to see whether the whole filter holds of what is found.
    pub fn lookups(&self) -> Option<Vec<LookupKey>> {
        match self {
            Self::And(a, b) => match (a.lookups(), b.lookups()) {
                (Some(a), Some(b)) => Some(if worst(&b) < worst(&a) { b } else { a }),
                (a, b) => a.or(b),
            },
            Self::Or(a, b) => Some([a.lookups()?, b.lookups()?].concat()),
            _ => self.lookup().map(|key| vec![key]),
        }
    }

    /// The key that a term demands.
    pub fn lookup(&self) -> Option<LookupKey> {
        let (path, literal) = match self {
            Self::Compare(Comparison { path, operator: Operator::Equal, literal }) => {
                (path.clone(), literal.as_str()?)
            }
            Self::Within(path, inner) => {
                let value = path.attribute.sub("value")?.clone();
                let whole = AttributePath { sub: Some(value), ..AttributePath::clone(path) };
                (Arc::new(whole), inner.required_value("value", None)?)
            }
            _ => return None,
        };
        Some((Lookup::of(&path)?, comparison_key(path.compared().case_exact, literal).into_owned()))
    }
}

fn worst(keys: &[LookupKey]) -> Option<Lookup> {
    keys.iter().map(|(lookup, _)| *lookup).max()
}
