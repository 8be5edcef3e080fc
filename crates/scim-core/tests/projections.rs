//! Which attributes an answer has, and what becomes of an element of which none is left (RFC 7644 §3.9).

use chrono::DateTime;
use scim_core::{
    ENTERPRISE_USER, Groups, Member, Projection, Registry, Related, Resource, ResourceId, Revision, render,
};
use serde_json::{Value, json};

fn rendered(kind: &str, attributes: &Value, members: Vec<Member>, asked: &str, excluded: &str) -> Value {
    let registry = Registry::standard();
    let kind = registry.resource_type(kind).unwrap();
    let resource = Resource {
        kind: kind.name().clone(),
        id: ResourceId::named("x"),
        attributes: attributes.as_object().unwrap().clone(),
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        revision: Revision::FIRST,
    };
    let related = Related { members: Some(members), ..Related::default() };
    let projection = Projection::parse(kind, Some(asked), Some(excluded));
    let mut body = render(kind, &resource, &related, "https://example.com/v2", &projection);
    for always in ["id", "meta"] {
        body.as_object_mut().unwrap().remove(always);
    }
    body
}

fn group(displays: &[Option<&str>], asked: &str, excluded: &str) -> Value {
    let member = |(n, display): (usize, &Option<&str>)| Member {
        id: ResourceId::named(&format!("u{n}")),
        kind: "User".into(),
        display: display.map(str::to_owned),
    };
    let members = displays.iter().enumerate().map(member).collect();
    rendered("Group", &json!({ "displayName": "G" }), members, asked, excluded)["members"].clone()
}

#[test]
fn an_element_of_which_nothing_is_asked_for_is_not_answered() {
    let some = [None, Some("Ada"), None];
    assert_eq!(group(&some, "members.display", ""), json!([{ "display": "Ada" }]));
    assert_eq!(group(&[None, None], "members.display", ""), Value::Null, "nor is the list of none");
    assert_eq!(
        group(&some, "members.display,members.value", ""),
        json!([{ "value": "u0" }, { "value": "u1", "display": "Ada" }, { "value": "u2" }])
    );
    assert_eq!(group(&some, "members.display,members", "").as_array().unwrap().len(), 3);
    assert_eq!(
        group(&some[..2], "", "members.value,members.type,members.$ref"),
        json!([{ "display": "Ada" }])
    );
}

/// RFC 7643 §4.1.2.
#[test]
fn groups_are_told_direct_or_indirect() {
    let registry = Registry::standard();
    let kind = registry.resource_type("User").unwrap();
    let ada = Resource {
        kind: "User".into(),
        id: ResourceId::named("ada"),
        attributes: json!({ "userName": "ada" }).as_object().unwrap().clone(),
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        revision: Revision::FIRST,
    };
    let group = |name: &str| Member {
        id: ResourceId::named(name),
        kind: "Group".into(),
        display: Some(name.to_uppercase()),
    };
    let groups = Groups { direct: vec![group("staff")], around: vec![group("all"), group("people")] };
    let related = Related { groups: Some(groups), ..Related::default() };
    let body = render(kind, &ada, &related, "https://example.com/v2", &Projection::default());
    let element = |name: &str, how: &str| {
        let reference = format!("https://example.com/v2/Groups/{name}");
        json!({ "value": name, "$ref": reference, "display": name.to_uppercase(), "type": how })
    };
    let expected = [element("staff", "direct"), element("all", "indirect"), element("people", "indirect")];
    assert_eq!(body["groups"], json!(expected));
}

#[test]
fn an_object_of_which_nothing_is_asked_for_is_not_answered() {
    let user = json!({
        "userName": "ada", "name": { "familyName": "King" },
        "emails": [{ "value": "ada@example.com" }, { "value": "a@b", "type": "work" }],
        ENTERPRISE_USER: { "manager": { "value": "eve" } },
    });
    let of = |asked: &str| rendered("User", &user, Vec::new(), asked, "");
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let only = |name: &str, value: Value| json!({ "schemas": [core], name: value });
    assert_eq!(of("name.givenName"), json!({ "schemas": [core] }));
    assert_eq!(of("name.familyName"), only("name", json!({ "familyName": "King" })));
    assert_eq!(of("emails.type"), only("emails", json!([{ "type": "work" }])));
    assert_eq!(of("emails.display"), json!({ "schemas": [core] }));
    assert_eq!(of(&format!("{ENTERPRISE_USER}:manager.displayName")), json!({ "schemas": [core] }));
    let manager = of(&format!("{ENTERPRISE_USER}:manager.value"));
    assert_eq!(manager["schemas"], json!([core, ENTERPRISE_USER]));
    assert_eq!(manager[ENTERPRISE_USER], json!({ "manager": { "value": "eve" } }));
}
