//! One operation of a PATCH.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value};

use super::{
    Working,
    elements::{Named, append},
    members::{at_members, is_members},
    no_target,
    request::{Operation, Verb},
};
use crate::{
    AttributePath, Filter, Profile,
    canonical::{self, Wrong},
    error::{ScimError, ScimType, shortened},
    filter::{Comparison, Operator, element_matches, parse_within},
    path::{Target, resolve},
    registry::TypeSchema,
    schema::Schema,
};

/// A path with the filter of a value path.
pub(super) struct Place {
    pub(super) path: Arc<AttributePath>,
    pub(super) filter: Option<Filter>,
}

/// What is written at a place.
struct Write<'a> {
    verb: Verb,
    place: &'a Place,
    value: &'a Value,
    /// The path as it was sent.
    text: &'a str,
    profile: Profile,
}

impl Place {
    /// What is wrong with a value of the attribute.
    pub(super) fn refused(&self, wrong: Wrong) -> ScimError {
        match &self.path.extension {
            None => wrong.into(),
            Some(urn) => wrong.in_extension(urn).into(),
        }
    }
}

pub(super) fn apply(
    kind: &TypeSchema,
    working: &mut Working,
    operation: &Operation,
) -> Result<(), ScimError> {
    let sent = &operation.value;
    match &operation.path {
        Some(path) if working.profile.reads_json_in_texts && is_simple(kind, path) => {
            at_path(kind, working, operation.verb, path, sent)
        }
        Some(path) => at_path(kind, working, operation.verb, path, &read(working.profile, sent)),
        None => whole(kind, working, operation.verb, &read(working.profile, sent)),
    }
}

/// Whether a path leads to a single value without parts: a text there is a text, whatever it looks like.
fn is_simple(kind: &TypeSchema, path: &str) -> bool {
    place(kind, path).is_ok_and(|place| {
        let target = place.path.sub.as_ref().unwrap_or(&place.path.attribute);
        !target.is_complex() && !target.multi_valued
    })
}

/// The value of an operation: the object or the list that a text holds, if the profile says so.
pub(super) fn read(profile: Profile, value: &Value) -> Cow<'_, Value> {
    let text = value.as_str().filter(|_| profile.reads_json_in_texts);
    let held = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    match held.filter(|held| held.is_object() || held.is_array()) {
        Some(held) => Cow::Owned(held),
        None => Cow::Borrowed(value),
    }
}

/// Without a path the value is a partial resource; Entra ID writes paths into its names.
fn whole(kind: &TypeSchema, working: &mut Working, verb: Verb, value: &Value) -> Result<(), ScimError> {
    if verb == Verb::Remove {
        return Err(ScimError::bad(ScimType::NoTarget, "a `remove` must have a `path`"));
    }
    let value = value.as_object().ok_or_else(|| {
        ScimError::bad(
            ScimType::InvalidValue,
            "the `value` of an operation without a `path` must be an object",
        )
    })?;
    for (name, value) in value {
        // Okta echoes what it has read, read-only attributes too.
        if !resolve(kind, name).is_some_and(|target| is_read_only(&target)) {
            at_path(kind, working, verb, name, value)?;
        }
    }
    Ok(())
}

fn is_read_only(target: &Target) -> bool {
    matches!(target, Target::Attribute(path) if path.is_read_only() || is_schemas(&path.attribute.name))
}

/// It follows from the attributes, whatever a client says.
fn is_schemas(name: &str) -> bool {
    name.eq_ignore_ascii_case("schemas")
}

fn extension(kind: &TypeSchema, text: &str) -> Option<Arc<Schema>> {
    match resolve(kind, text) {
        Some(Target::Extension(schema)) => Some(schema),
        _ => None,
    }
}

fn at_path(
    kind: &TypeSchema,
    working: &mut Working,
    verb: Verb,
    path: &str,
    value: &Value,
) -> Result<(), ScimError> {
    if let Some(schema) = extension(kind, path) {
        return at_extension(kind, working, verb, &schema, value);
    }
    let place = place(kind, path)?;
    if place.path.is_read_only() {
        let detail = format!("`{}` is read-only", shortened(path));
        return Err(ScimError::bad(ScimType::Mutability, detail));
    }
    if is_members(kind, &place) {
        return at_members(working, verb, &place, value, path);
    }
    if !canonical::is_written(&place.path.attribute) {
        return Ok(());
    }
    working.spend_on(&place)?;
    let write = Write { verb, place: &place, value, text: path, profile: working.profile };
    match &place.path.extension {
        None => at_attribute(&mut working.attributes, &write),
        Some(urn) => in_object(&mut working.attributes, urn, |holder| at_attribute(holder, &write)),
    }
}

/// Changes the object of this name: made if it is not there, and left out if it is empty afterwards.
fn in_object<T>(
    holder: &mut Map<String, Value>,
    name: &str,
    change: impl FnOnce(&mut Map<String, Value>) -> T,
) -> T {
    let mut object = match holder.remove(name) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let changed = change(&mut object);
    if !object.is_empty() {
        holder.insert(name.to_owned(), Value::Object(object));
    }
    changed
}

fn at_extension(
    kind: &TypeSchema,
    working: &mut Working,
    verb: Verb,
    schema: &Schema,
    value: &Value,
) -> Result<(), ScimError> {
    if verb == Verb::Remove || value.is_null() {
        working.attributes.remove(&*schema.id);
        return Ok(());
    }
    let wrong = || ScimError::bad(ScimType::InvalidValue, format!("`{}` must be an object", schema.id));
    // scim2-models says the URN once more within.
    let named = value.as_object().ok_or_else(wrong)?.iter().filter(|(name, _)| !is_schemas(name));
    for (name, value) in named {
        let path = format!("{}:{name}", schema.id);
        if !place(kind, &path)?.path.is_read_only() {
            at_path(kind, working, verb, &path, value)?;
        }
    }
    Ok(())
}

pub(super) fn place(kind: &TypeSchema, text: &str) -> Result<Place, ScimError> {
    let invalid = || {
        ScimError::bad(
            ScimType::InvalidPath,
            format!("`{}` is no path of a {}", shortened(text), kind.name()),
        )
    };
    let (head, rest) = match text.split_once('[') {
        Some((head, rest)) => (head, Some(rest)),
        None => (text, None),
    };
    let mut path = AttributePath::parse(kind, head).ok_or_else(invalid)?;
    let Some(rest) = rest else { return Ok(Place { path, filter: None }) };
    // The last bracket ends the filter: one inside of its texts comes before.
    let (filter, sub) = rest.rsplit_once(']').ok_or_else(invalid)?;
    if !path.attribute.is_complex() || path.sub.is_some() {
        return Err(invalid());
    }
    let filter = parse_within(kind, &path, filter).map_err(|error| {
        ScimError::bad(ScimType::InvalidFilter, format!("in the path `{}`: {error}", shortened(text)))
    })?;
    if !sub.is_empty() {
        let sub = sub.strip_prefix('.').and_then(|sub| path.attribute.sub(sub)).ok_or_else(invalid)?;
        Arc::make_mut(&mut path).sub = Some(sub.clone());
    }
    Ok(Place { path, filter: Some(filter) })
}

fn at_attribute(holder: &mut Map<String, Value>, write: &Write<'_>) -> Result<(), ScimError> {
    let Write { verb, place, value, .. } = *write;
    let attribute = &place.path.attribute;
    if attribute.multi_valued {
        return at_list(holder, write);
    }
    if place.filter.is_some() {
        return Err(ScimError::bad(ScimType::InvalidPath, format!("`{}` is no list", attribute.name)));
    }
    match (&place.path.sub, verb) {
        (None, Verb::Remove) => {
            holder.remove(&*attribute.name);
        }
        (None, _) if attribute.is_complex() && value.is_object() => {
            let parts = canonical::parts(attribute, value).map_err(|wrong| place.refused(wrong))?;
            in_object(holder, &attribute.name, |inner| set_parts(inner, parts));
        }
        (None, _) => match canonical::single(attribute, value).map_err(|wrong| place.refused(wrong))? {
            None => drop(holder.remove(&*attribute.name)),
            Some(value) => merge(holder, &attribute.name, value),
        },
        (Some(_), _) => in_object(holder, &attribute.name, |inner| set_sub(inner, verb, place, value))?,
    }
    Ok(())
}

/// Sub-attributes that are not named stay (RFC 7644 §3.5.2.3); null takes away what it names, and nothing else.
fn set_parts(object: &mut Map<String, Value>, parts: Vec<(String, Option<Value>)>) {
    for (name, value) in parts {
        match value {
            None => drop(object.remove(&name)),
            Some(value) => drop(object.insert(name, value)),
        }
    }
}

/// The sub-attributes that are not named stay (RFC 7644 §3.5.2.3).
fn merge(holder: &mut Map<String, Value>, name: &str, value: Value) {
    match (holder.get_mut(name), value) {
        (Some(Value::Object(stored)), Value::Object(sent)) => stored.extend(sent),
        (_, value) => drop(holder.insert(name.to_owned(), value)),
    }
}

fn set_sub(
    object: &mut Map<String, Value>,
    verb: Verb,
    place: &Place,
    value: &Value,
) -> Result<(), ScimError> {
    let Some(sub) = &place.path.sub else { return Ok(()) };
    let wrong = |wrong: Wrong| place.refused(wrong.in_attribute(&place.path.attribute.name));
    let value = if verb == Verb::Remove { None } else { canonical::value(sub, value).map_err(wrong)? };
    match value {
        None => drop(object.remove(&*sub.name)),
        Some(value) => drop(object.insert(sub.name.to_string(), value)),
    }
    Ok(())
}

fn at_list(holder: &mut Map<String, Value>, write: &Write<'_>) -> Result<(), ScimError> {
    let Write { verb, place, value, .. } = *write;
    let name = place.path.attribute.name.to_string();
    let mut elements = match holder.remove(&name) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    };
    match (verb, &place.filter) {
        (Verb::Remove, _) => remove_elements(&mut elements, place, value)?,
        (_, None) if place.path.sub.is_none() => write_list(&mut elements, verb, place, value)?,
        _ => write_elements(&mut elements, write)?,
    }
    elements.retain(|element| element.as_object().is_none_or(|object| !object.is_empty()));
    if !elements.is_empty() {
        holder.insert(name, Value::Array(elements));
    }
    Ok(())
}

fn remove_elements(elements: &mut Vec<Value>, place: &Place, value: &Value) -> Result<(), ScimError> {
    let selected =
        |element: &Value| place.filter.as_ref().is_none_or(|filter| element_matches(filter, element));
    if place.path.sub.is_some() {
        for element in elements.iter_mut().filter(|element| selected(element)) {
            if let Value::Object(object) = element {
                set_sub(object, Verb::Remove, place, value)?;
            }
        }
        return Ok(());
    }
    // Entra ID names what is to go in the value.
    let named = match &place.filter {
        None => canonical::value(&place.path.attribute, value).map_err(|wrong| place.refused(wrong))?,
        Some(_) => None,
    };
    match named {
        None => elements.retain(|element| !selected(element)),
        Some(named) => {
            let named = named.as_array().cloned().unwrap_or_default();
            let named = Named::new(&named);
            elements.retain(|element| !named.covers(element));
        }
    }
    Ok(())
}

fn write_list(elements: &mut Vec<Value>, verb: Verb, place: &Place, value: &Value) -> Result<(), ScimError> {
    let sent = match canonical::value(&place.path.attribute, value).map_err(|wrong| place.refused(wrong))? {
        Some(Value::Array(sent)) => sent,
        _ => Vec::new(),
    };
    match verb {
        // As a PUT stores it, so that a client that echoes a list changes nothing.
        Verb::Replace => *elements = sent,
        _ => append(elements, &sent),
    }
    canonical::keep_last_primary(elements);
    Ok(())
}

/// Writes into the elements that the filter selects; into a new one made from its `eq` terms, if there is none.
fn write_elements(elements: &mut Vec<Value>, write: &Write<'_>) -> Result<(), ScimError> {
    let Write { verb, place, value, text, profile } = *write;
    let selected =
        |element: &Value| place.filter.as_ref().is_none_or(|filter| element_matches(filter, element));
    let mut chosen: Vec<usize> =
        elements.iter().enumerate().filter(|(_, element)| selected(element)).map(|(at, _)| at).collect();
    if chosen.is_empty() {
        if verb == Verb::Replace && place.filter.is_some() && profile.refuses_unmatched_replace {
            return Err(no_target(text));
        }
        let terms = place.filter.as_ref().map_or(Some(Map::new()), terms);
        let element = Value::Object(terms.ok_or_else(|| no_target(text))?);
        if !selected(&element) {
            return Err(no_target(text));
        }
        chosen.push(elements.len());
        elements.push(element);
    }
    for at in &chosen {
        if let Some(Value::Object(object)) = elements.get_mut(*at) {
            write_element(object, verb, place, value)?;
        }
    }
    if let Some(last) = chosen.last() {
        primary_moves_to(elements, *last);
    }
    Ok(())
}

fn write_element(
    object: &mut Map<String, Value>,
    verb: Verb,
    place: &Place,
    value: &Value,
) -> Result<(), ScimError> {
    if place.path.sub.is_some() {
        return set_sub(object, verb, place, value);
    }
    if value.is_null() && verb == Verb::Replace {
        object.clear();
    }
    if place.path.attribute.is_complex() && value.is_object() {
        let parts = canonical::parts(&place.path.attribute, value).map_err(|wrong| place.refused(wrong))?;
        set_parts(object, parts);
        return Ok(());
    }
    let sent = canonical::single(&place.path.attribute, value).map_err(|wrong| place.refused(wrong))?;
    if let Some(Value::Object(sent)) = sent {
        object.extend(sent);
    }
    Ok(())
}

/// If the element that was written is primary, no other one is.
fn primary_moves_to(elements: &mut [Value], written: usize) {
    let primary = |element: &Value| element.get("primary") == Some(&Value::Bool(true));
    if !elements.get(written).is_some_and(primary) {
        return;
    }
    for (_, element) in
        elements.iter_mut().enumerate().filter(|(at, element)| *at != written && primary(element))
    {
        if let Value::Object(object) = element {
            object.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

/// The element that `eq` terms joined by `and` describe.
fn terms(filter: &Filter) -> Option<Map<String, Value>> {
    match filter {
        Filter::And(a, b) => {
            let mut both = terms(a)?;
            both.extend(terms(b)?);
            Some(both)
        }
        Filter::Compare(Comparison { path, operator: Operator::Equal, literal })
            if path.sub.is_none() && !literal.is_null() =>
        {
            Some(Map::from_iter([(path.attribute.name.to_string(), Value::from(literal))]))
        }
        _ => None,
    }
}
