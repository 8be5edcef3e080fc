//! Defects that were found, each as the request that showed it.

mod acme;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AttributeDefinition, Call, DirectoryId, Filter, MemoryStore, PatchRequest, Patched, Place, Precondition,
    Projection, Read, Registry, ResourceId, Scim, ScimError, ScimType, TenantId, TypeSchema, create, patch,
    public_metadata,
};
use serde_json::{Map, Value, json};
use store_contract::block_on;

fn users() -> Arc<TypeSchema> {
    Registry::standard().resource_type("User").unwrap().clone()
}

fn groups() -> Arc<TypeSchema> {
    Registry::standard().resource_type("Group").unwrap().clone()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn patched(kind: &TypeSchema, stored: &Value, operations: &Value) -> Result<Patched, ScimError> {
    let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
    patch(kind, &object(stored), &request)
}

fn ada() -> Value {
    json!({ "userName": "ada", "emails": [{ "value": "a@work", "type": "work" }] })
}

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap()
}

/// RFC 7643 §4.1.1: a `userName` is not empty.
#[test]
fn a_required_text_is_not_blank() {
    let created = create(&users(), &json!({ "userName": " " }), at(0), &mut UnwrapErr(SysRng));
    assert_eq!(created.unwrap_err().kind, Some(ScimType::InvalidValue));
    let cleared = patched(&users(), &ada(), &json!([{ "op": "replace", "path": "userName", "value": "" }]));
    assert_eq!(cleared.unwrap_err().kind, Some(ScimType::InvalidValue));
}

/// A PUT kept both and a PATCH of the same list one, so that an echo was a change.
#[test]
fn a_list_with_equal_elements_is_replaced_as_a_put_stores_it() {
    let email = json!({ "value": "a@work", "type": "work" });
    let stored = json!({ "userName": "ada", "emails": [email, email] });
    let echo = json!([{ "op": "replace", "path": "emails", "value": [email, email] }]);
    assert_eq!(patched(&users(), &stored, &echo).unwrap().attributes, object(&stored));
}

/// What is not part of what filters are evaluated on answered "absent", and `not (…)` of it every resource.
#[test]
fn a_filter_that_could_only_be_wrong_is_refused() {
    for filter in ["not (meta.location pr)", "password eq \"x\"", "groups.$ref pr", "groups[$ref pr]"] {
        assert!(Filter::parse(&users(), filter).is_err(), "{filter}");
    }
    assert!(Filter::parse(&groups(), "members[$ref sw \"http\"]").is_err());
    for filter in ["meta.created pr", "meta.resourceType eq \"User\"", "groups.value eq \"g\""] {
        assert!(Filter::parse(&users(), filter).is_ok(), "{filter}");
    }
}

#[test]
fn an_element_is_not_made_from_a_null() {
    let path = "emails[type eq null].value";
    let refused = patched(&users(), &ada(), &json!([{ "op": "add", "path": path, "value": "b" }]));
    assert_eq!(refused.unwrap_err().kind, Some(ScimType::NoTarget));
}

#[test]
fn an_element_is_not_made_from_terms_that_it_can_not_fulfil() {
    let path = "emails[type eq \"a\" and type eq \"b\"].value";
    let refused = patched(&users(), &ada(), &json!([{ "op": "add", "path": path, "value": "b" }]));
    assert_eq!(refused.unwrap_err().kind, Some(ScimType::NoTarget));
}

/// RFC 7643 §2.5: null unassigns.
#[test]
fn an_element_that_is_replaced_by_null_is_gone() {
    let replace = json!([{ "op": "replace", "path": "emails[type eq \"work\"]", "value": null }]);
    let patched = patched(&users(), &ada(), &replace).unwrap();
    assert_eq!(patched.attributes.get("emails"), None);
}

/// Entra ID leaves the URN out.
#[test]
fn an_attribute_of_an_extension_is_found_without_its_urn() {
    let urn = scim_core::ENTERPRISE_USER;
    let patched =
        patched(&users(), &ada(), &json!([{ "op": "Add", "path": "manager", "value": "m" }])).unwrap();
    assert_eq!(patched.attributes[urn], json!({ "manager": { "value": "m" } }));
    let filter = Filter::parse(&users(), "id eq \"u\" and manager eq \"m\"").unwrap();
    assert!(filter.matches(&object(&json!({ "id": "u", urn: { "manager": { "value": "m" } } }))));
}

#[test]
fn blanks_that_were_sent_are_an_empty_list() {
    let definition = |path: &str, multi_valued| AttributeDefinition {
        key: "k".into(),
        name: "K".into(),
        multi_valued,
        sso_path: None,
        directory_path: Some(path.into()),
    };
    let value = |path: &str, multi, user: Value| {
        public_metadata(&[definition(path, multi)], None, &object(&user))
            .pop()
            .and_then(|effect| effect.value)
    };
    assert_eq!(value("title", true, json!({ "title": " " })), Some(json!([])));
    assert_eq!(value("title", true, json!({})), None);
    let core = "urn:ietf:params:scim:schemas:core:2.0:User:title";
    assert_eq!(value(core, false, json!({ "title": "Dr" })), Some(json!("Dr")));
}

#[test]
fn the_answer_to_a_change_of_members_has_the_time_of_the_change() {
    let scim = Scim::new(MemoryStore::new(), Registry::standard());
    let tenant = TenantId::new("t").unwrap();
    let directory = directory(&scim, &tenant);
    let place = Place { tenant: &tenant, directory: &directory, base_url: "http://x" };
    let mut rng = UnwrapErr(SysRng);
    let user = block_on(scim.create(place, &users(), &ada(), at(1), &mut rng)).unwrap().body;
    let group = json!({ "displayName": "G", "members": [{ "value": user["id"] }] });
    let group = block_on(scim.create(place, &groups(), &group, at(1), &mut rng)).unwrap().body;
    let id = ResourceId::named(group["id"].as_str().unwrap());
    let clear =
        PatchRequest::parse(&json!({ "Operations": [{ "op": "remove", "path": "members" }] })).unwrap();
    let modified = |now| block_on(scim.modify(place, &groups(), &id, &clear, now)).unwrap();
    assert_eq!(modified(at(7)).updated_at, at(7));
    assert_eq!(modified(at(9)).updated_at, at(7), "nobody left");
    let read = block_on(scim.read(place, &groups(), &id, &Projection::default())).unwrap().body;
    assert_eq!(read["meta"]["lastModified"], "1970-01-01T00:00:00.007Z");
}

/// It was answered 304, though a member was gone.
#[test]
fn a_group_is_read_anew_when_a_member_was_deleted() {
    let scim = Scim::new(MemoryStore::new(), Registry::standard());
    let tenant = TenantId::new("t").unwrap();
    let directory = directory(&scim, &tenant);
    let place = Place { tenant: &tenant, directory: &directory, base_url: "http://x" };
    let mut rng = UnwrapErr(SysRng);
    let user = block_on(scim.create(place, &users(), &ada(), at(1), &mut rng)).unwrap().body;
    let group = json!({ "displayName": "G", "members": [{ "value": user["id"] }] });
    let group = block_on(scim.create(place, &groups(), &group, at(1), &mut rng)).unwrap();
    let id = |body: &Value| ResourceId::named(body["id"].as_str().unwrap());
    let known = Precondition::parse(None, Some(&group.head.version));
    let call = Call { precondition: known, ..place.into() };
    let read = || block_on(scim.read_if(&call, &groups(), &id(&group.body), &Projection::default())).unwrap();
    assert!(matches!(read(), Read::Unchanged(_)));
    block_on(scim.delete(place, &users(), &id(&user), at(7))).unwrap();
    let Read::Changed(answer) = read() else { panic!("a member is gone") };
    assert_eq!(answer.body["members"], Value::Null);
    assert_eq!(answer.body["meta"]["lastModified"], "1970-01-01T00:00:00.007Z");
}

fn directory(scim: &Scim<MemoryStore>, tenant: &TenantId) -> DirectoryId {
    acme::directory(scim, tenant, at(0)).id.clone()
}

/// A wrong type was told by the last name of its path, and a member's was not seen.
#[test]
fn what_is_of_the_wrong_type_is_refused_with_its_path() {
    let urn = scim_core::ENTERPRISE_USER;
    let department = format!("{urn}:department");
    let manager = format!("{urn}:manager.value");
    let refused = |error: ScimError, path: &str, sent: &Value| {
        assert_eq!((error.status, error.kind), (400, Some(ScimType::InvalidValue)), "{sent}: {error}");
        assert!(error.detail.starts_with(&format!("`{path}` must be ")), "{sent}: {error}");
    };
    for (body, path) in [
        (json!({ "active": "maybe" }), "active"),
        (json!({ "title": ["Dr"] }), "title"),
        (json!({ "name": "Ada" }), "name"),
        (json!({ "name": { "givenName": 5 } }), "name.givenName"),
        (json!({ "emails": [{ "value": true }] }), "emails.value"),
        (json!({ "emails": [{ "value": "a", "primary": "maybe" }] }), "emails.primary"),
        (json!({ urn: "Engines" }), urn),
        (json!({ urn: { "department": 5 } }), &department),
        (json!({ urn: { "manager": { "value": 5 } } }), &manager),
    ] {
        let mut user = ada();
        user.as_object_mut().unwrap().extend(object(&body));
        refused(create(&users(), &user, at(0), &mut UnwrapErr(SysRng)).unwrap_err(), path, &body);
        let pathless = json!([{ "op": "replace", "value": body }]);
        refused(patched(&users(), &ada(), &pathless).unwrap_err(), path, &pathless);
    }
    for (path, value, named) in [
        ("name.givenName", json!(5), "name.givenName"),
        ("emails", json!([{ "value": 5 }]), "emails.value"),
        ("emails[type eq \"work\"]", json!({ "value": 5 }), "emails.value"),
        ("emails[type eq \"work\"].value", json!(5), "emails.value"),
        ("emails[type eq \"new\"].primary", json!("maybe"), "emails.primary"),
        (department.as_str(), json!(5), department.as_str()),
        ("department", json!(5), &department),
        ("manager.value", json!(5), &manager),
        (urn, json!({ "department": 5 }), &department),
    ] {
        let operations = json!([{ "op": "add", "path": path, "value": value }]);
        refused(patched(&users(), &ada(), &operations).unwrap_err(), named, &operations);
    }
    let remove = json!([{ "op": "remove", "path": "emails", "value": [{ "value": 5 }] }]);
    refused(patched(&users(), &ada(), &remove).unwrap_err(), "emails.value", &remove);
    for (member, path) in
        [(json!({ "value": "m", "display": 5 }), "members.display"), (json!({ "value": 5 }), "members.value")]
    {
        let add = json!([{ "op": "add", "path": "members", "value": [member] }]);
        refused(patched(&groups(), &json!({ "displayName": "G" }), &add).unwrap_err(), path, &add);
    }
}

/// It was dropped, and the answer said that all went well.
#[test]
fn an_unknown_attribute_of_a_patch_without_a_path_is_refused() {
    let urn = scim_core::ENTERPRISE_USER;
    for (value, unknown) in [
        (json!({ "nope": 1 }), "nope"),
        (json!({ "nope": null }), "nope"),
        (json!({ "displayName": "Ada", "name.nope": "x" }), "name.nope"),
        (json!({ "urn:example:Unknown": { "a": 1 } }), "urn:example:Unknown"),
        (json!({ format!("{urn}:nope"): "x" }), "nope"),
        (json!({ urn: { "department": "Engines", "nope": "x" } }), "nope"),
    ] {
        for op in ["add", "replace"] {
            let refused = patched(&users(), &ada(), &json!([{ "op": op, "value": value }])).unwrap_err();
            assert_eq!((refused.status, refused.kind), (400, Some(ScimType::InvalidPath)), "{value}");
            assert!(refused.detail.contains(unknown), "{refused}");
        }
    }
    // What a client has read it may send back; what it names in objects is left out as in a POST.
    let echo = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "x", "meta": { "version": "1" }, "groups": [],
        "password": "secret", urn: { "schemas": [urn] }, "roles": [{ "value": "admin", "id": "1", "displayName": "Admin" }],
    });
    let patched = patched(&users(), &ada(), &json!([{ "op": "replace", "value": echo }])).unwrap();
    let mut expected = object(&ada());
    expected.insert("roles".into(), json!([{ "value": "admin" }]));
    assert_eq!(patched.attributes, expected);
}

/// A value path is no attribute: it has nothing to compare.
#[test]
fn a_comparison_behind_a_value_path_is_refused() {
    for filter in
        ["emails[type eq \"work\"] eq \"x\"", "emails[type eq \"work\"] pr", "not (emails[type pr] co \"x\")"]
    {
        assert!(Filter::parse(&users(), filter).is_err(), "{filter}");
    }
    assert!(Filter::parse(&users(), "emails[type eq \"work\"].value eq \"x\"").is_ok());
}
