//! Resources in their wire form (RFC 7643 §3).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::{Groups, Member, Projection, Resource, Revision, registry::TypeSchema};

/// What is told of a resource beside its attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// The members of a group, if they were loaded.
    pub members: Option<Vec<Member>>,
    /// The groups that it is in, if they were loaded.
    pub groups: Option<Groups>,
}

/// The wire form of a resource, with what `projection` asks for; `base_url` is without a slash at its end.
pub fn render(
    kind: &TypeSchema,
    resource: &Resource,
    related: &Related,
    base_url: &str,
    projection: &Projection,
) -> Value {
    let mut object = filterable(resource, related);
    if let Some(Value::Object(meta)) = object.get_mut("meta") {
        meta.insert("location".into(), location(kind, resource, base_url).into());
    }
    for list in ["members", "groups"] {
        for element in object.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            refer(element, base_url);
        }
    }
    projection.apply(kind, &mut object);
    object.insert("schemas".into(), schemas(kind, &object));
    Value::Object(object)
}

/// Where a resource is found.
pub fn location(kind: &TypeSchema, resource: &Resource, base_url: &str) -> String {
    format!("{base_url}{}/{}", kind.endpoint(), resource.id)
}

/// A resource's weak entity tag: a counter, and no hash of its content.
pub fn version(resource: &Resource) -> String {
    version_of(resource.revision)
}

pub(crate) fn version_of(revision: Revision) -> String {
    format!("W/\"{}\"", revision.0)
}

/// What filters are evaluated on.
pub fn filterable(resource: &Resource, related: &Related) -> Map<String, Value> {
    let mut object = resource.attributes.clone();
    object.insert("id".into(), resource.id.as_str().into());
    let meta = json!({
        "resourceType": &*resource.kind,
        "created": instant(resource.created_at),
        "lastModified": instant(resource.updated_at),
        "version": version(resource),
    });
    object.insert("meta".into(), meta);
    let members = related.members.iter().flatten().map(|member| element(member, None)).collect();
    // RFC 7643 §4.1.2.
    let groups = related.groups.iter().flat_map(|groups| {
        let direct = groups.direct.iter().map(|group| element(group, Some("direct")));
        direct.chain(groups.around.iter().map(|group| element(group, Some("indirect"))))
    });
    for (name, list) in [("members", members), ("groups", groups.collect::<Vec<_>>())] {
        if !list.is_empty() {
            object.insert(name.into(), list.into());
        }
    }
    object
}

/// A member, or a group of this kind of membership, as an answer has it.
pub(crate) fn element(member: &Member, kind: Option<&str>) -> Value {
    let mut element = json!({ "value": member.id.as_str(), "type": kind.unwrap_or(&*member.kind) });
    if let (Some(display), Value::Object(object)) = (&member.display, &mut element) {
        object.insert("display".into(), display.as_str().into());
    }
    element
}

fn refer(element: &mut Value, base_url: &str) {
    let Value::Object(object) = element else { return };
    let endpoint =
        if object.get("type").and_then(Value::as_str) == Some("User") { "Users" } else { "Groups" };
    if let Some(id) = object.get("value").and_then(Value::as_str) {
        let reference = format!("{base_url}/{endpoint}/{id}");
        object.insert("$ref".into(), reference.into());
    }
}

/// The type's own schema, and the extensions that are there.
fn schemas(kind: &TypeSchema, object: &Map<String, Value>) -> Value {
    let present = kind.extensions.iter().filter(|extension| object.contains_key(&*extension.id));
    std::iter::once(&kind.schema).chain(present).map(|schema| Value::from(&*schema.id)).collect()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
