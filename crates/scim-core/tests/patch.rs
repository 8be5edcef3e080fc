//! PATCH, example by example (RFC 7644 §3.5.2), and in the shapes that identity providers send.

use std::sync::Arc;

use chrono::DateTime;
use scim_core::{
    Member, MemberDelta, PatchRequest, Patched, Registry, Resource, ResourceId, Revision, ScimError,
    ScimType, modify, patch,
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

fn staff() -> Vec<Member> {
    let member = |id: &str, kind: &str, display: Option<&str>| Member {
        id: ResourceId::named(id),
        kind: kind.into(),
        display: display.map(str::to_owned),
    };
    vec![
        member("a", "User", Some("Ada")),
        member("b", "User", Some("Bob")),
        member("g", "Group", Some("All")),
        member("n", "User", None),
    ]
}

fn on_staff(operations: &Value) -> Result<MemberDelta, ScimError> {
    let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
    let registry = Registry::standard();
    let kind = registry.resource_type("Group").unwrap();
    let request = if request.selects_members(kind) { request.on_members(staff()) } else { request };
    patch(kind, &object(&json!({ "displayName": "Staff" })), &request).map(|patched| patched.members)
}

fn leaving(operations: &Value) -> Vec<String> {
    let delta = on_staff(operations).unwrap();
    assert!(!delta.clear && delta.add.is_empty(), "{delta:?}");
    delta.remove.iter().map(ToString::to_string).collect()
}

#[test]
fn members_are_selected_by_any_filter() {
    for (filter, expected) in [
        ("type eq \"User\"", vec!["a", "b", "n"]),
        ("type eq \"user\" and display pr", vec!["a", "b"]),
        ("display sw \"A\"", vec!["a", "g"]),
        ("display sw \"A\" and type ne \"Group\"", vec!["a"]),
        ("value eq \"a\" and type eq \"User\"", vec!["a"]),
        ("value eq \"a\" and type eq \"Group\"", vec![]),
        ("value eq \"a\" or type eq \"Group\"", vec!["a", "g"]),
        ("not (value eq \"a\")", vec!["b", "g", "n"]),
        ("not (display pr)", vec!["n"]),
        ("value gt \"a\" and value lt \"n\"", vec!["b", "g"]),
        ("type eq \"Robot\"", vec![]),
    ] {
        let operations = json!([{ "op": "Remove", "path": format!("members[{filter}]") }]);
        assert_eq!(leaving(&operations), expected, "`{filter}`");
    }
}

#[test]
fn members_are_selected_as_the_operations_before_leave_them() {
    let remove = |filter: &str| json!({ "op": "remove", "path": format!("members[{filter}]") });
    let add = |value: Value| json!({ "op": "add", "path": "members", "value": [value] });
    let ids = |delta: &[ResourceId]| delta.iter().map(ToString::to_string).collect::<Vec<_>>();
    let twice = json!([remove("value eq \"a\""), remove("display sw \"A\"")]);
    assert_eq!(leaving(&twice), ["a", "g"]);
    let renamed = json!([add(json!({ "value": "n", "display": "Ann" })), remove("display sw \"A\"")]);
    assert_eq!(leaving(&renamed), ["n", "a", "g"]);
    let joined = json!([add(json!({ "value": "x", "display": "Axel" })), remove("display sw \"A\"")]);
    assert_eq!(leaving(&joined), ["x", "a", "g"]);
    let set = json!({ "op": "replace", "path": "members", "value": [{ "value": "b" }, { "value": "n" }] });
    let delta = on_staff(&json!([set, remove("display pr")])).unwrap();
    assert_eq!((delta.clear, ids(&delta.add), ids(&delta.remove)), (true, vec!["n".to_owned()], vec![]));
    let unknown = on_staff(&json!([add(json!({ "value": "x" })), remove("type eq \"User\"")])).unwrap_err();
    assert_eq!(unknown.kind, Some(ScimType::InvalidFilter), "{unknown}");
    assert!(unknown.detail.contains("on its own"), "{unknown}");
    let known = json!([add(json!({ "value": "a" })), remove("type eq \"User\"")]);
    assert_eq!(leaving(&known), ["a", "b", "n"]);
}

/// RFC 7644 §3.5.2.3 replaces what is selected, and RFC 7643 §4.2 has the parts of a member immutable.
#[test]
fn a_member_that_is_selected_is_replaced_by_itself_alone() {
    let replace = |filter: &str, value: Value| {
        on_staff(&json!([{ "op": "replace", "path": format!("members[{filter}]"), "value": value }]))
    };
    let same = replace("value eq \"a\"", json!({ "value": "a", "display": "Ada King" })).unwrap();
    assert_eq!((same.add.len(), same.remove.len(), same.clear), (1, 0, false));
    assert_eq!(same.displays[&ResourceId::named("a")], "Ada King");
    let gone = replace("display sw \"A\"", Value::Null).unwrap();
    assert_eq!(gone.remove, [ResourceId::named("a"), ResourceId::named("g")]);
    for (filter, value, kind) in [
        ("value eq \"a\"", json!({ "value": "x" }), ScimType::Mutability),
        ("type eq \"User\"", json!({ "value": "a" }), ScimType::Mutability),
        ("value eq \"a\"", json!([{ "value": "a" }, { "value": "b" }]), ScimType::Mutability),
        ("value eq \"a\"", json!({ "display": "Ada" }), ScimType::InvalidValue),
        ("value eq \"x\"", json!({ "value": "x" }), ScimType::NoTarget),
        ("type eq \"Robot\"", Value::Null, ScimType::NoTarget),
        ("nope eq \"x\"", json!({ "value": "x" }), ScimType::InvalidFilter),
    ] {
        let refused = replace(filter, value.clone()).unwrap_err();
        assert_eq!((refused.status, refused.kind), (400, Some(kind)), "`{filter}` by {value}: {refused}");
    }
    for part in ["display", "type", "value"] {
        let path = format!("members[value eq \"a\"].{part}");
        let refused = on_staff(&json!([{ "op": "replace", "path": path, "value": "x" }])).unwrap_err();
        assert_eq!(refused.kind, Some(ScimType::Mutability), "{part}");
    }
}

#[test]
fn a_member_is_added_by_its_id_alone() {
    let add =
        |filter: &str| on_staff(&json!([{ "op": "add", "path": format!("members[{filter}]"), "value": {} }]));
    assert_eq!(add("value eq \"x\"").unwrap().add, [ResourceId::named("x")]);
    assert_eq!(add("type eq \"User\"").unwrap_err().kind, Some(ScimType::InvalidFilter));
    let add =
        |value: Value| on_staff(&json!([{ "op": "add", "path": "members[value eq \"x\"]", "value": value }]));
    for value in [json!({ "display": "X" }), json!({ "value": "x", "display": "X" })] {
        let named = add(value).unwrap();
        assert_eq!(
            (named.add, named.displays[&ResourceId::named("x")].as_str()),
            (vec![ResourceId::named("x")], "X")
        );
    }
    assert_eq!(add(json!({ "value": "y" })).unwrap_err().kind, Some(ScimType::Mutability));
}

/// A decision without a store can't know them.
#[test]
fn members_are_not_selected_where_nobody_says_who_they_are() {
    let operations = json!([{ "op": "remove", "path": "members[type eq \"User\"]" }]);
    let refused = apply("Group", &json!({ "displayName": "Staff" }), &operations).unwrap_err();
    assert_eq!(refused.kind, Some(ScimType::InvalidFilter));
}

/// The product of members, operations and terms is bounded, and a million members can be looked at once.
#[test]
fn many_filters_of_many_members_are_refused_before_they_are_evaluated() {
    let member =
        |n: usize| Member { id: ResourceId::named(&format!("u{n}")), kind: "User".into(), display: None };
    let crowd: Vec<_> = (0..100_000).map(member).collect();
    let registry = Registry::standard();
    let kind = registry.resource_type("Group").unwrap();
    let removing = |terms: usize| {
        let filter = vec!["value eq \"u7\""; terms].join(" and ");
        let body = json!({ "Operations": [{ "op": "remove", "path": format!("members[{filter}]") }] });
        let request = PatchRequest::parse(&body).unwrap().on_members(crowd.clone());
        patch(kind, &object(&json!({ "displayName": "All" })), &request)
    };
    assert_eq!(removing(2).unwrap().members.remove, [ResourceId::named("u7")]);
    let refused = removing(11).unwrap_err();
    assert_eq!((refused.status, refused.kind), (413, Some(ScimType::TooMany)));
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
