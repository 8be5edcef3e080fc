//! Filters over several types: an attribute that a type does not have has no value (RFC 7644 §3.4.2.1).

use std::sync::Arc;

use serde_json::Map;

use super::{Comparison, Filter, FilterError};
use crate::{AttributePath, registry::TypeSchema};

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
    /// The filter that `text` writes over `kinds`, as it is for the resources of `kind`.
    ///
    /// # Errors
    /// [`FilterError`], `UnknownAttribute` only of what none of the types has.
    pub(crate) fn parse_among(
        kind: &TypeSchema,
        kinds: &[Arc<TypeSchema>],
        text: &str,
    ) -> Result<Among, FilterError> {
        Ok(among(kind, Self::parse(&kind.beside(kinds), text)?))
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
