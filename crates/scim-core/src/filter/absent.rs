//! Filters over several types: an attribute that a type does not have has no value (RFC 7644 §3.4.2.1).

use std::{collections::HashSet, sync::Arc};

use serde_json::Map;

use super::{Comparison, Filter, FilterError};
use crate::{
    AttributePath,
    registry::TypeSchema,
    schema::{Attribute, Schema},
};

/// What a filter may name of several types, each once; of most types that is little, however many there are.
#[derive(Debug)]
pub(crate) struct Named {
    attributes: Vec<Arc<Attribute>>,
    schemas: Vec<Arc<Schema>>,
}

impl Named {
    pub(crate) fn of(kinds: &[Arc<TypeSchema>], text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_');
        let mut words: HashSet<&str> = text.split(|c| !is_of_name(c)).collect();
        let mut named = Self { attributes: Vec::new(), schemas: Vec::new() };
        let mut urns = HashSet::new();
        let own = kinds.iter().map(|kind| &kind.schema);
        for schema in own.chain(kinds.iter().flat_map(|kind| &kind.extensions)) {
            let urn = schema.id.to_ascii_lowercase();
            if text.contains(&urn) && urns.insert(urn) {
                named.schemas.push(schema.clone());
            }
            let attributes = schema.attributes.iter();
            let mentioned = attributes.filter(|found| words.remove(&*found.name.to_ascii_lowercase()));
            named.attributes.extend(mentioned.cloned());
        }
        named
    }
}

/// What of a filter is left for the resources of one type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Among {
    /// All of them match.
    All,
    /// None of them does.
    None,
    /// Those match that this one matches, which looks at the type's own attributes alone.
    Those(Filter),
}

impl Filter {
    /// The filter that `text` writes over several types, as it is for the resources of one.
    ///
    /// # Errors
    /// [`FilterError`], `UnknownAttribute` only of what none of the types has.
    pub(crate) fn parse_among(kind: &TypeSchema, named: &Named, text: &str) -> Result<Among, FilterError> {
        Ok(among(kind, Self::parse(&kind.beside(&named.attributes, &named.schemas), text)?))
    }
}

fn among(kind: &TypeSchema, filter: Filter) -> Among {
    use Among::{All, None, Those};
    match filter {
        Filter::And(a, b) => match (among(kind, *a), among(kind, *b)) {
            (None, _) | (_, None) => None,
            (All, rest) | (rest, All) => rest,
            (Those(a), Those(b)) => Those(Filter::And(a.into(), b.into())),
        },
        Filter::Or(a, b) => match (among(kind, *a), among(kind, *b)) {
            (All, _) | (_, All) => All,
            (None, rest) | (rest, None) => rest,
            (Those(a), Those(b)) => Those(Filter::Or(a.into(), b.into())),
        },
        Filter::Not(inner) => match among(kind, *inner) {
            All => None,
            None => All,
            Those(filter) => Those(Filter::Not(filter.into())),
        },
        Filter::Present(ref path)
        | Filter::Within(ref path, _)
        | Filter::Compare(Comparison { ref path, .. }) => {
            if has(kind, path) {
                Those(filter)
            } else if filter.matches(&Map::new()) {
                All
            } else {
                None
            }
        }
    }
}

fn has(kind: &TypeSchema, path: &AttributePath) -> bool {
    match &path.extension {
        Some(urn) => kind.extension(urn).is_some(),
        None => kind.attribute(&path.attribute.name).is_some(),
    }
}
