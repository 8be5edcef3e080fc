//! PATCH, example by example (RFC 7644 §3.5.2), and in the shapes that identity providers send.

use std::sync::Arc;

use chrono::DateTime;
use scim_core::{
    PatchRequest, Patched, Registry, Resource, ResourceId, Revision, ScimError, ScimType, modify, patch,
};
use serde_json::{Map, Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn apply(kind: &str, stored: &Value, operations: &Value) -> Result<Patched, ScimError> {
    let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
    patch(Registry::standard().resource_type(kind).unwrap(), &object(stored), &request)
}

fn user(operations: &Value) -> Value {
    apply("User", &ada(), operations).unwrap().attributes.into()
}

fn members(operations: &Value) -> (bool, Vec<String>, Vec<String>) {
    let delta = apply("Group", &json!({ "displayName": "Staff" }), operations).unwrap().members;
    let texts = |ids: &[ResourceId]| ids.iter().map(ToString::to_string).collect();
    (delta.clear, texts(&delta.add), texts(&delta.remove))
}

fn ada() -> Value {
    json!({
        "userName": "ada", "active": true, "name": { "givenName": "Ada", "familyName": "King" },
        "emails": [{ "type": "work", "value": "ada@example.com", "primary": true }],
    })
}

#[test]
fn the_operation_may_be_capitalized_and_truth_a_text() {
    let patched = user(&json!([{ "op": "Replace", "path": "active", "value": "False" }]));
    assert_eq!(patched["active"], false);
}

#[test]
fn names_with_dots_and_urns_are_paths() {
    let urn = format!("{ENTERPRISE}:department");
    let patched =
        user(&json!([{ "op": "replace", "value": { "name.givenName": "Augusta", urn: "Engines" } }]));
    assert_eq!(patched["name"], json!({ "givenName": "Augusta", "familyName": "King" }));
    assert_eq!(patched[ENTERPRISE]["department"], "Engines");
}

#[test]
fn a_value_path_writes_into_the_element_or_makes_it() {
    let set = |kind: &str| {
        let path = format!("emails[type eq \"{kind}\"].value");
        user(&json!([{ "op": "Add", "path": path, "value": "new@example.com" }]))["emails"].clone()
    };
    assert_eq!(set("work"), json!([{ "type": "work", "value": "new@example.com", "primary": true }]));
    assert_eq!(set("home")[1], json!({ "type": "home", "value": "new@example.com" }));
}

#[test]
fn a_new_primary_takes_it_from_the_old_one() {
    let added = json!([{ "value": "b@example.com", "primary": true }]);
    let emails = user(&json!([{ "op": "add", "path": "emails", "value": added }]))["emails"].clone();
    assert_eq!((&emails[0]["primary"], &emails[1]["primary"]), (&json!(false), &json!(true)));
}

#[test]
fn a_manager_is_a_text_or_an_object() {
    let path = format!("{ENTERPRISE}:manager");
    for value in [json!("m1"), json!({ "value": "m1" }), json!([{ "value": "m1" }])] {
        let patched = user(&json!([{ "op": "Add", "path": path, "value": value }]));
        assert_eq!(patched[ENTERPRISE]["manager"]["value"], "m1", "{value}");
    }
}

#[test]
fn members_change_by_list_by_filter_and_all_at_once() {
    let list = json!([{ "value": "a" }, { "value": "b" }]);
    let (a, b) = ("a".to_owned(), "b".to_owned());
    let one = |op: &str, value: &Value| members(&json!([{ "op": op, "path": "members", "value": value }]));
    assert_eq!(one("Add", &list), (false, vec![a.clone(), b.clone()], vec![]));
    assert_eq!(one("Remove", &list), (false, vec![], vec![a.clone(), b.clone()]));
    assert_eq!(one("replace", &list), (true, vec![a.clone(), b], vec![]));
    assert_eq!(one("replace", &Value::Null), (true, vec![], vec![]));
    assert_eq!(members(&json!([{ "op": "remove", "path": "members" }])), (true, vec![], vec![]));
    let by_filter = json!([{ "op": "remove", "path": "members[value eq \"a\"]" }]);
    assert_eq!(members(&by_filter), (false, vec![], vec![a]));
}

#[test]
fn what_can_not_be_applied_is_named() {
    let refused = |operation: Value| apply("User", &ada(), &json!([operation])).unwrap_err().kind;
    assert_eq!(refused(json!({ "op": "remove" })), Some(ScimType::NoTarget));
    assert_eq!(refused(json!({ "op": "add", "path": "nope", "value": 1 })), Some(ScimType::InvalidPath));
    assert_eq!(refused(json!({ "op": "replace", "path": "id", "value": "x" })), Some(ScimType::Mutability));
    assert_eq!(
        refused(json!({ "op": "replace", "path": "active", "value": "x" })),
        Some(ScimType::InvalidValue)
    );
    // RFC 7644 §3.5.2.2: what is required is removed, by whatever operation.
    for taken in [
        json!({ "op": "remove", "path": "userName" }),
        json!({ "op": "replace", "path": "userName", "value": null }),
        json!({ "op": "replace", "value": { "userName": null } }),
    ] {
        assert_eq!(refused(taken.clone()), Some(ScimType::Mutability), "{taken}");
    }
    assert_eq!(
        refused(json!({ "op": "replace", "path": "userName", "value": " " })),
        Some(ScimType::InvalidValue)
    );
}

#[test]
fn what_is_so_already_is_no_change() {
    let kind = Registry::standard();
    let at = DateTime::UNIX_EPOCH;
    let stored = Resource {
        kind: "User".into(),
        id: ResourceId::named("ada"),
        attributes: object(&ada()),
        created_at: at,
        updated_at: at,
        revision: Revision::FIRST,
    };
    let operations =
        json!([{ "op": "replace", "value": { "id": "ada", "active": "True", "userName": "ada" } }]);
    let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
    let (_, change) = modify(kind.resource_type("User").unwrap(), &Arc::new(stored), &request, at).unwrap();
    assert_eq!(change, None);
}
