//! Creating, replacing, patching: from a request and a stored resource to a change.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::{
    MemberDelta, PatchRequest, Resource, ResourceChange, ResourceId, Revision, StoredPassword, UniqueValue,
    canonical, declared,
    error::{ScimError, ScimType},
    filter::comparison_key,
    members,
    patch::{Patched, patch},
    registry::TypeSchema,
    schema::{Attribute, Mutability, Uniqueness},
};

/// A resource as it is to be, and what to write for that; `None` if it is stored like this already.
pub type Written = (Arc<Resource>, Option<ResourceChange>);

/// Decides how a POST creates a resource (RFC 7644 §3.3).
///
/// # Errors
/// [`ScimError`] 400, if the body has not the shape of the type.
pub fn create(
    kind: &TypeSchema,
    body: &Value,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<(Arc<Resource>, ResourceChange), ScimError> {
    let (attributes, members) = read(kind, body)?;
    let now = now.trunc_subsecs(3);
    let resource = Arc::new(Resource {
        kind: kind.name().clone(),
        id: ResourceId::generate(now, rng),
        attributes,
        created_at: now,
        updated_at: now,
        revision: Revision::FIRST,
    });
    let unique = unique_values(kind, &resource.attributes);
    let change = ResourceChange::Create {
        resource: resource.clone(),
        members: members.unwrap_or_default(),
        unique,
        password: None,
        event: None,
    };
    Ok((resource, change))
}

/// Decides how a PUT replaces a resource (RFC 7644 §3.5.1).
///
/// What the body leaves out is cleared, a group's members too; only `active` stays as it is.
///
/// # Errors
/// [`ScimError`] 400, if the body has not the shape of the type, or changes what is immutable.
pub fn replace(
    kind: &TypeSchema,
    stored: &Arc<Resource>,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<Written, ScimError> {
    let (mut attributes, members) = read(kind, body)?;
    if let (Some(active), false) = (stored.attributes.get("active"), attributes.contains_key("active")) {
        attributes.insert("active".to_owned(), active.clone());
    }
    // A client that replaces a group without members asserts that it has none.
    let members = match members {
        None if kind.has_members() => MemberDelta::replace(Vec::new()),
        named => named.unwrap_or_default(),
    };
    written(kind, stored, Patched { attributes, members }, now)
}

/// Decides how a PATCH changes a resource (RFC 7644 §3.5.2).
///
/// One that only changes members does not look at the resource's attributes, and does not depend on them.
///
/// # Errors
/// [`ScimError`] 400 of the first operation that can't be applied.
pub fn modify(
    kind: &TypeSchema,
    stored: &Arc<Resource>,
    request: &PatchRequest,
    now: DateTime<Utc>,
) -> Result<Written, ScimError> {
    let patched = patch(kind, &stored.attributes, request)?;
    written(kind, stored, patched, now)
}

fn written(
    kind: &TypeSchema,
    stored: &Arc<Resource>,
    next: Patched,
    now: DateTime<Utc>,
) -> Result<Written, ScimError> {
    check_immutable(kind, &stored.attributes, &next.attributes)?;
    let now = now.trunc_subsecs(3);
    if next.attributes == stored.attributes {
        let (kind, group) = (stored.kind.clone(), stored.id.clone());
        let members = ResourceChange::Members {
            kind,
            group,
            members: next.members.clone(),
            at: now,
            expected: None,
            event: None,
        };
        return Ok((stored.clone(), (!next.members.is_empty()).then_some(members)));
    }
    let unique = unique_values(kind, &next.attributes);
    let resource = Arc::new(Resource {
        attributes: next.attributes,
        updated_at: now,
        revision: stored.revision.next(),
        ..Resource::clone(stored)
    });
    Ok((
        resource.clone(),
        Some(ResourceChange::Replace {
            resource,
            members: next.members,
            unique,
            password: None,
            event: None,
        }),
    ))
}

/// The same change, or one of the resource as it is stored, which sets a password, too.
pub(crate) fn with_password(
    kind: &TypeSchema,
    (next, change): Written,
    password: StoredPassword,
    now: DateTime<Utc>,
) -> (Arc<Resource>, ResourceChange) {
    let members = match change {
        Some(change @ (ResourceChange::Create { .. } | ResourceChange::Replace { .. })) => {
            return (next, change.setting(password));
        }
        Some(ResourceChange::Members { members, .. }) => members,
        _ => MemberDelta::default(),
    };
    let (updated_at, revision) = (now.trunc_subsecs(3), next.revision.next());
    let resource = Arc::new(Resource { updated_at, revision, ..Resource::clone(&next) });
    let unique = unique_values(kind, &resource.attributes);
    let change = ResourceChange::Replace {
        resource: resource.clone(),
        members,
        unique,
        password: Some(password),
        event: None,
    };
    (resource, change)
}

/// The attributes of a body, and its members, if it names any.
fn read(kind: &TypeSchema, body: &Value) -> Result<(Map<String, Value>, Option<MemberDelta>), ScimError> {
    let body = body
        .as_object()
        .ok_or_else(|| ScimError::bad(ScimType::InvalidSyntax, "the body must be a JSON object"))?;
    declared::check_shape(body)?;
    let mut attributes = canonical::attributes(kind, body)?;
    canonical::check_required(kind, &attributes)?;
    if !kind.has_members() {
        return Ok((attributes, None));
    }
    attributes.remove("members");
    let named = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("members"));
    let members = named.map(|(_, sent)| members::named(sent)).transpose()?;
    Ok((attributes, members.map(MemberDelta::replace)))
}

/// Refuses to change or take away what is immutable and set, in extensions and in objects, too (RFC 7644 §3.5.1).
fn check_immutable(
    kind: &TypeSchema,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<(), ScimError> {
    let nothing = Map::new();
    let extension = |of: &Map<String, Value>, urn: &str| of.get(urn).and_then(Value::as_object).cloned();
    let own = changed(&kind.schema.attributes, before, after);
    let found = own.or_else(|| {
        kind.extensions.iter().find_map(|schema| {
            let before = extension(before, &schema.id)?;
            let after = extension(after, &schema.id);
            let name = changed(&schema.attributes, &before, after.as_ref().unwrap_or(&nothing))?;
            Some(format!("{}:{name}", schema.id))
        })
    });
    match found {
        None => Ok(()),
        Some(name) => {
            let detail = format!("`{name}` can't be changed once it is set");
            Err(ScimError::bad(ScimType::Mutability, detail))
        }
    }
}

/// The path of the first immutable attribute that is set, and another one afterwards.
///
/// Elements of a list are the same if their `value` is.
fn changed(
    attributes: &[Arc<Attribute>],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let (was, is) = (before.get(&*attribute.name)?, after.get(&*attribute.name));
        if attribute.mutability == Mutability::Immutable {
            return (Some(was) != is).then(|| attribute.name.to_string());
        }
        if !attribute.sub_attributes.iter().any(|sub| sub.mutability == Mutability::Immutable) {
            return None;
        }
        let within =
            |was: &Value, is: &Value| changed(&attribute.sub_attributes, was.as_object()?, is.as_object()?);
        let sub = match (was, is?) {
            (Value::Array(was), Value::Array(is)) => {
                let value = |element: &Value| element.get("value").map(Value::to_string);
                let by_value: HashMap<_, _> = is.iter().filter_map(|is| Some((value(is)?, is))).collect();
                was.iter().find_map(|was| within(was, by_value.get(&value(was)?)?))
            }
            (was, is) => within(was, is),
        }?;
        Some(format!("{}.{sub}", attribute.name))
    })
}

/// The values that no other resource of the type may have, in the form in which they are compared.
fn unique_values(kind: &TypeSchema, attributes: &Map<String, Value>) -> Vec<UniqueValue> {
    let mut unique: Vec<UniqueValue> = values_of(&kind.schema.attributes, attributes).collect();
    for extension in &kind.extensions {
        let Some(inner) = attributes.get(&*extension.id).and_then(Value::as_object) else { continue };
        unique.extend(values_of(&extension.attributes, inner).map(|value| UniqueValue {
            attribute: format!("{}:{}", extension.id, value.attribute).into(),
            key: value.key,
        }));
    }
    unique
}

fn values_of<'a>(
    attributes: &'a [Arc<Attribute>],
    object: &'a Map<String, Value>,
) -> impl Iterator<Item = UniqueValue> + 'a {
    let unique = attributes.iter().filter(|attribute| attribute.uniqueness != Uniqueness::None);
    unique.filter_map(|attribute| {
        let key = match object.get(&*attribute.name)? {
            Value::String(text) => comparison_key(attribute.case_exact, text).into_owned(),
            value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
            _ => return None,
        };
        Some(UniqueValue { attribute: attribute.name.clone(), key })
    })
}
