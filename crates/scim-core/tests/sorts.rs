//! Orders, example by example (RFC 7644 §3.4.2.3).

use chrono::DateTime;
use scim_core::{Position, Registry, Resource, ResourceId, Revision, Sort, SortError, TypeSchema};
use serde_json::{Value, json};

fn users() -> std::sync::Arc<TypeSchema> {
    Registry::standard().resource_type("User").unwrap().clone()
}

fn user(id: &str, attributes: &Value) -> Resource {
    Resource {
        kind: "User".into(),
        id: ResourceId::named(id),
        attributes: attributes.as_object().unwrap().clone(),
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        revision: Revision::FIRST,
    }
}

/// The ids in the order of `by`, given users `a`, `b` and so on.
fn sorted(by: &str, users_as: &[Value]) -> String {
    let sort = Sort::parse(&users(), by, None).unwrap();
    let ids = "abcdefghij".split("").skip(1);
    let mut stored: Vec<_> = ids.zip(users_as).map(|(id, attributes)| user(id, attributes)).collect();
    stored.sort_by_cached_key(|user| Position::of(Some(&sort), user));
    stored.iter().map(|user| user.id.as_str()).collect()
}

#[test]
fn case_counts_where_the_schema_says_so() {
    let named = |attribute: &str| ["b", "A", "B", "a"].map(|text| json!({ attribute: text }));
    assert_eq!(sorted("userName", &named("userName")), "bdac");
    assert_eq!(sorted("externalId", &named("externalId")), "bcda");
}

#[test]
fn who_has_no_value_comes_last() {
    let none = [json!({}), json!({ "title": "z" }), json!({ "title": null }), json!({ "title": "" })];
    assert_eq!(sorted("title", &none), "dbac");
}

#[test]
fn of_a_list_the_primary_element_counts_or_else_the_first() {
    let emails = |list: Value| json!({ "emails": list });
    let lists = [
        emails(json!([{ "value": "a" }, { "value": "z", "primary": true }])),
        emails(json!([{ "value": "m" }, { "value": "a" }])),
        emails(json!([{ "value": "c", "primary": false }])),
        emails(json!([{ "value": "a" }, { "type": "work", "primary": true }])),
    ];
    for by in ["emails", "emails.value", "urn:ietf:params:scim:schemas:core:2.0:User:emails.value"] {
        assert_eq!(sorted(by, &lists), "cbad", "{by}");
    }
    assert_eq!(sorted("emails.type", &lists), "dabc");
}

#[test]
fn an_extension_is_sorted_by_like_anything_else() {
    let of = |department: &str| json!({ scim_core::ENTERPRISE_USER: { "department": department } });
    let by = format!("{}:department", scim_core::ENTERPRISE_USER);
    assert_eq!(sorted(&by, &[of("Sales"), of("engineering"), json!({})]), "bac");
    assert_eq!(
        sorted("manager", &[json!({ scim_core::ENTERPRISE_USER: { "manager": { "value": "x" } } })]),
        "a"
    );
}

#[test]
fn truth_values_instants_and_versions_have_their_own_order() {
    assert_eq!(sorted("active", &[json!({ "active": true }), json!({ "active": false })]), "ba");
    let sort = Sort::parse(&users(), "meta.lastModified", None).unwrap();
    let [early, late] = [0, 1].map(|seconds| Resource {
        updated_at: DateTime::from_timestamp(seconds, 0).unwrap(),
        ..user("a", &json!({}))
    });
    assert!(sort.key(&early) < sort.key(&late));
    let by_id = Sort::parse(&users(), "id", None).unwrap();
    assert!(by_id.key(&user("A", &json!({}))) < by_id.key(&user("a", &json!({}))));
}

#[test]
fn what_has_no_order_is_refused() {
    let parse = |by, order| Sort::parse(&users(), by, order).unwrap_err();
    for by in ["nope", "", "password", "schemas", "groups", "groups.display", "name.nope", "userName.x"] {
        assert_eq!(parse(by, None), SortError::UnknownAttribute(by.to_owned()));
    }
    assert_eq!(parse("name", None), SortError::Complex("name".to_owned()));
    assert_eq!(parse("userName", Some("up")), SortError::UnknownOrder("up".to_owned()));
}
