//! What a change makes different in a resource.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{MemberDelta, Resource, TypeSchema, projection::Projection};

/// The paths of the attributes that differ: `title`, or a name behind an extension's URN.
pub(super) fn paths(
    kind: &TypeSchema,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<String> {
    let empty = Map::new();
    let mut paths = Vec::new();
    for name in names(before, after) {
        match kind.extension(name) {
            None if before.get(name) != after.get(name) => paths.push(name.to_owned()),
            None => {}
            Some(extension) => {
                let inner = |of: &Map<String, Value>| of.get(name).and_then(Value::as_object).cloned();
                let before = inner(before).unwrap_or_else(|| empty.clone());
                let after = inner(after).unwrap_or_else(|| empty.clone());
                let differing =
                    names(&before, &after).into_iter().filter(|name| before.get(*name) != after.get(*name));
                paths.extend(differing.map(|name| format!("{}:{name}", extension.id)));
            }
        }
    }
    paths
}

fn names<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    a.keys().chain(b.keys()).map(String::as_str).collect()
}

/// The operations of a PATCH that make these paths as they are afterwards, without what no answer has.
pub(super) fn operations(kind: &TypeSchema, paths: &[String], after: &Resource) -> Vec<Value> {
    let mut shown = after.attributes.clone();
    Projection::default().apply(kind, &mut shown);
    let operation = |path: &String| match (value(kind, &shown, path), value(kind, &after.attributes, path)) {
        (Some(value), _) => Some(json!({ "op": "replace", "path": path, "value": value })),
        (None, None) => Some(json!({ "op": "remove", "path": path })),
        (None, Some(_)) => None,
    };
    paths.iter().filter_map(operation).collect()
}

fn value<'a>(kind: &TypeSchema, attributes: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let of = |urn: &str| path.strip_prefix(urn)?.strip_prefix(':').map(str::to_owned);
    let extended = kind.extensions.iter().find_map(|extension| Some((extension, of(&extension.id)?)));
    match extended {
        Some((extension, name)) => attributes.get(&*extension.id)?.get(&name),
        None => attributes.get(path),
    }
}

/// The operations of a PATCH that change members like this.
pub(super) fn member_operations(delta: &MemberDelta) -> Vec<Value> {
    if delta.clear {
        return vec![match delta.add.is_empty() {
            true => json!({ "op": "remove", "path": "members" }),
            false => json!({ "op": "replace", "path": "members", "value": members(delta) }),
        }];
    }
    let leave = |id: &crate::ResourceId| json!({ "op": "remove", "path": format!("members[value eq {}]", Value::from(id.as_str())) });
    let mut operations: Vec<Value> = delta.remove.iter().map(leave).collect();
    if !delta.add.is_empty() {
        operations.push(json!({ "op": "add", "path": "members", "value": members(delta) }));
    }
    operations
}

/// Who joins.
pub(super) fn members(delta: &MemberDelta) -> Vec<Value> {
    let member = |id: &crate::ResourceId| match delta.displays.get(id) {
        Some(display) => json!({ "value": id.as_str(), "display": display }),
        None => json!({ "value": id.as_str() }),
    };
    delta.add.iter().map(member).collect()
}
