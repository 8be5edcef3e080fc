//! What a PATCH must leave assigned (RFC 7644 §3.5.2.2).

use serde_json::{Map, Value};

use crate::{
    canonical,
    error::{ScimError, ScimType},
    path::{Target, elements, resolve},
    registry::TypeSchema,
};

/// Refuses a result that lacks what is required: with `mutability`, if the request took it away.
pub(super) fn check(
    kind: &TypeSchema,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<(), ScimError> {
    let Some(name) = canonical::missing_required(kind, after) else { return Ok(()) };
    let wrong = match is_taken_away(kind, &name, before, after) {
        true => ScimType::Mutability,
        false => ScimType::InvalidValue,
    };
    Err(ScimError::bad(wrong, format!("`{name}` is required")))
}

fn is_taken_away(
    kind: &TypeSchema,
    name: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> bool {
    let path = match resolve(kind, name) {
        Some(Target::Attribute(path)) => path,
        Some(Target::Extension(schema)) => return before.contains_key(&*schema.id),
        None => return false,
    };
    let (was, is) = (elements(before, &path), elements(after, &path));
    match &path.sub {
        None => !was.is_empty() && is.is_empty(),
        Some(sub) => {
            let has = |element: &Value| element.get(&*sub.name).is_some();
            // An element more is one that was added without it.
            is.len() <= was.len() && was.iter().any(has) && !is.iter().all(has)
        }
    }
}
