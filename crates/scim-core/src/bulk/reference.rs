//! `bulkId:qwerty` in place of an id that is not given yet (RFC 7644 §3.7.2).

use serde_json::{Map, Value};

use crate::{TypeSchema, canonical, error::ScimError};

pub(super) const PREFIX: &str = "bulkId:";

/// What a `bulkId` stands for.
pub(crate) enum Reference<'a> {
    /// A resource that is there.
    Known(&'a str),
    /// A resource of the same circle, whose id is given later.
    Later,
}

/// The `bulkId` that a text is; only a whole text is one.
fn bulk_id(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(PREFIX)
}

/// The path of an operation, whose filter may name a member by its `bulkId`.
fn path<'a>(name: &str, value: &'a Value) -> Option<&'a str> {
    // A quote that does not end a text is not told apart here, so such a path is taken as it is.
    value
        .as_str()
        .filter(|text| name.eq_ignore_ascii_case("path") && text.contains('[') && !text.contains('\\'))
}

/// What of a path stands between quotes, with whether it does.
fn quoted(path: &str) -> impl Iterator<Item = (bool, &str)> {
    path.split('"').enumerate().map(|(at, part)| (at % 2 == 1, part))
}

/// Tells `found` of every `bulkId` in a value.
pub(super) fn visit<'a>(value: &'a Value, found: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(_) => bulk_id(value).into_iter().for_each(found),
        Value::Array(elements) => elements.iter().for_each(|element| visit(element, found)),
        Value::Object(object) => object.iter().for_each(|(name, value)| match path(name, value) {
            Some(path) => {
                let texts = quoted(path).filter(|(is_text, _)| *is_text).map(|(_, text)| text);
                texts.filter_map(|text| text.strip_prefix(PREFIX)).for_each(&mut *found);
            }
            None => visit(value, found),
        }),
        _ => {}
    }
}

/// Writes ids in place of every `bulkId`.
///
/// # Errors
/// What `look_up` refuses a `bulkId` with.
pub(crate) fn resolve<'a, E>(
    value: &Value,
    look_up: &impl Fn(&str) -> Result<Reference<'a>, E>,
) -> Result<Value, E> {
    Ok(match (value, bulk_id(value)) {
        (_, Some(id)) => match look_up(id)? {
            Reference::Known(id) => id.into(),
            Reference::Later => value.clone(),
        },
        (Value::Array(elements), _) => {
            elements.iter().map(|element| resolve(element, look_up)).collect::<Result<_, _>>()?
        }
        (Value::Object(object), _) => {
            let resolved = |(name, value): (&String, &Value)| {
                let value = match path(name, value) {
                    Some(path) => resolve_path(path, look_up)?.into(),
                    None => resolve(value, look_up)?,
                };
                Ok((name.clone(), value))
            };
            Value::Object(object.iter().map(resolved).collect::<Result<_, E>>()?)
        }
        (plain, None) => plain.clone(),
    })
}

fn resolve_path<'a, E>(path: &str, look_up: &impl Fn(&str) -> Result<Reference<'a>, E>) -> Result<String, E> {
    let resolved = |(is_text, part)| -> Result<String, E> {
        let id = Some(part).filter(|_| is_text).and_then(|text: &str| text.strip_prefix(PREFIX));
        Ok(match id.map(look_up).transpose()? {
            Some(Reference::Known(id)) => id.to_owned(),
            Some(Reference::Later) | None => part.to_owned(),
        })
    };
    Ok(quoted(path).map(resolved).collect::<Result<Vec<_>, E>>()?.join("\""))
}

/// The same without what refers to resources of the same circle: whole elements of lists, and else attributes.
///
/// # Errors
/// What `look_up` refuses a `bulkId` with.
pub(crate) fn resolve_without<'a, E>(
    value: &Value,
    look_up: &impl Fn(&str) -> Result<Reference<'a>, E>,
) -> Result<Value, E> {
    Ok(strip(resolve(value, look_up)?).unwrap_or_default())
}

/// What is left of a value in which only references of the circle are left.
fn strip(value: Value) -> Option<Value> {
    match value {
        Value::Array(elements) => Some(elements.into_iter().filter(|element| !refers(element)).collect()),
        Value::Object(object) => {
            let kept = object.into_iter().filter_map(|(name, value)| Some((name, strip(value)?)));
            Some(Value::Object(kept.collect()))
        }
        value => bulk_id(&value).is_none().then_some(value),
    }
}

fn refers(value: &Value) -> bool {
    let mut refers = false;
    visit(value, &mut |_| refers = true);
    refers
}

/// The attributes of a resource that refer to others of the circle, as a PATCH adds them.
///
/// What a POST leaves out, since it is unknown or read-only, is left out here, too.
pub(crate) fn link(
    kind: &TypeSchema,
    data: &Value,
    is_of_circle: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, ScimError> {
    let refers = |value: &Value| {
        let mut refers = false;
        visit(value, &mut |id| refers |= is_of_circle(id));
        refers
    };
    let linked = data.as_object().into_iter().flatten().filter(|(_, value)| refers(value));
    let linked = linked.map(|(name, value)| (name.clone(), value.clone())).collect();
    canonical::attributes(kind, &linked)
}
