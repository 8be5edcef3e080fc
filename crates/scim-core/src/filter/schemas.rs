//! Filters by `schemas`, which no resource stores: told by the attributes from which answers derive it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Comparison, Filter, Operator, evaluate::matches};
use crate::{
    AttributePath,
    registry::TypeSchema,
    schema::{Attribute, Schema},
};

/// Writes a term about `schemas` without it.
///
/// A resource has the schema of its type, and each extension that it has an attribute of.
pub(super) fn spelled_out(kind: &TypeSchema, term: Filter) -> Filter {
    match term {
        Filter::Present(path) => always(kind, path),
        Filter::Compare(comparison) => has_one_that(kind, comparison),
        other => other,
    }
}

pub(super) fn is_led_to(path: &AttributePath) -> bool {
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
fn always(kind: &TypeSchema, path: Arc<AttributePath>) -> Filter {
    Filter::Present(AttributePath::parse(kind, "id").unwrap_or(path))
}

fn has_extension(extension: &Arc<Schema>) -> Option<Filter> {
    let present = |attribute: &Arc<Attribute>| {
        let (extension, attribute) = (Some(extension.id.clone()), attribute.clone());
        Filter::Present(Arc::new(AttributePath { extension, attribute, sub: None }))
    };
    extension.attributes.iter().map(present).reduce(either)
}

fn either(a: Filter, b: Filter) -> Filter {
    Filter::Or(Box::new(a), Box::new(b))
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}
