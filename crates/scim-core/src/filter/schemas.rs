//! Filters by `schemas`, which no resource stores: told by the attributes from which answers derive it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Comparison, Filter, Operator, evaluate::matches};
use crate::{
    AttributePath,
    registry::TypeSchema,
    schema::{Attribute, Schema},
};

/// Writes a filter without `schemas`.
///
/// A resource has the schema of its type, and each extension that it has an attribute of.
pub(super) fn spell_out(kind: &TypeSchema, filter: &mut Filter) {
    match filter {
        Filter::And(a, b) | Filter::Or(a, b) => {
            spell_out(kind, a);
            spell_out(kind, b);
        }
        Filter::Not(inner) => spell_out(kind, inner),
        Filter::Present(path) if is_schemas(path) => *filter = always(kind, path.clone()),
        Filter::Compare(comparison) if is_schemas(&comparison.path) => {
            *filter = has_one_that(kind, comparison.clone());
        }
        Filter::Present(_) | Filter::Compare(_) | Filter::Within(..) => {}
    }
}

fn is_schemas(path: &AttributePath) -> bool {
    path.extension.is_none() && &*path.attribute.name == "schemas"
}

fn has_one_that(kind: &TypeSchema, comparison: Comparison) -> Filter {
    if comparison.operator == Operator::NotEqual {
        let equal = Comparison { operator: Operator::Equal, ..comparison };
        return not(has_one_that(kind, equal));
    }
    let path = comparison.path.clone();
    let compared = Filter::Compare(comparison);
    let fits = |urn: &str| {
        let schemas = Value::Array(vec![urn.into()]);
        matches(&compared, &Map::from_iter([("schemas".to_owned(), schemas)]))
    };
    if fits(&kind.schema.id) {
        return always(kind, path);
    }
    let extensions = kind.own_extensions().iter().filter(|extension| fits(&extension.id));
    extensions.filter_map(has_extension).reduce(either).unwrap_or_else(|| not(always(kind, path)))
}

/// Every resource has an id.
fn always(kind: &TypeSchema, path: AttributePath) -> Filter {
    Filter::Present(AttributePath::parse(kind, "id").unwrap_or(path))
}

fn has_extension(extension: &Arc<Schema>) -> Option<Filter> {
    let present = |attribute: &Arc<Attribute>| {
        let (extension, attribute) = (Some(extension.id.clone()), attribute.clone());
        Filter::Present(AttributePath { extension, attribute, sub: None })
    };
    extension.attributes.iter().map(present).reduce(either)
}

fn either(a: Filter, b: Filter) -> Filter {
    Filter::Or(Box::new(a), Box::new(b))
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}
