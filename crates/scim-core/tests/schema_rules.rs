//! What a schema says of an attribute holds wherever the attribute stands: in extensions, in objects, in lists.

mod acme;

use std::sync::Arc;

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    Directory, MemoryStore, PatchRequest, Place, Projection, Registry, ResourceId, Scim, TenantId, TypeSchema,
};
use serde_json::{Map, Value, json};
use store_contract::block_on;

const URN: &str = "urn:example:schemas:badge:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

struct House {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: Arc<Directory>,
}

/// Users with an extension whose attributes are unique, immutable and required in every place.
fn house(is_required: bool) -> House {
    let schema = json!({ "id": URN, "name": "Badge", "attributes": [
        { "name": "number", "type": "integer", "uniqueness": "server" },
        { "name": "code", "type": "string", "uniqueness": "server" },
        { "name": "issuer", "type": "string", "mutability": "immutable" },
        { "name": "door", "type": "complex", "subAttributes": [
            { "name": "value", "type": "string", "required": true },
            { "name": "side", "type": "string", "mutability": "immutable" },
        ] },
        { "name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value", "type": "string", "required": true },
            { "name": "cut", "type": "string", "mutability": "immutable" },
        ] },
    ] });
    let user = json!({
        "name": "User",
        "endpoint": "/Users",
        "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions": [{ "schema": ENTERPRISE, "required": false }, { "schema": URN, "required": is_required }],
    });
    let registry = Registry::standard().with([schema, user]).unwrap();
    let (scim, tenant) = (Scim::new(MemoryStore::new(), registry), TenantId::new("acme").unwrap());
    let directory = acme::directory(&scim, &tenant, DateTime::UNIX_EPOCH);
    House { scim, tenant, directory }
}

/// Status and `scimType`, or the resource.
type Told = Result<Value, (u16, String)>;

impl House {
    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory.id, base_url: "https://example.com/scim/v2" }
    }

    fn users(&self) -> Arc<TypeSchema> {
        self.scim.registry().resource_type("User").unwrap().clone()
    }

    fn create(&self, name: &str, rest: &Value) -> Told {
        let mut body = Map::from_iter([("userName".to_owned(), json!(name))]);
        body.extend(rest.as_object().unwrap().clone());
        let (users, mut rng) = (self.users(), UnwrapErr(SysRng));
        let body = Value::Object(body);
        let created = block_on(self.scim.create(self.place(), &users, &body, DateTime::UNIX_EPOCH, &mut rng));
        created.map(|answer| answer.body).map_err(|error| told(&error))
    }

    fn patch(&self, user: &Value, operation: &Value) -> Told {
        let request = PatchRequest::parse(&json!({ "Operations": [operation] }));
        let request = request.map_err(|error| (error.status, format!("{:?}", error.kind)))?;
        let (id, users) = (ResourceId::named(user["id"].as_str().unwrap()), self.users());
        block_on(self.scim.modify(self.place(), &users, &id, &request, DateTime::UNIX_EPOCH))
            .map_err(|error| told(&error))?;
        let all = Projection::default();
        Ok(block_on(self.scim.read(self.place(), &users, &id, &all)).unwrap().body)
    }

    fn put(&self, user: &Value, body: &Value) -> Told {
        let (id, users) = (ResourceId::named(user["id"].as_str().unwrap()), self.users());
        let put = block_on(self.scim.replace(self.place(), &users, &id, body, DateTime::UNIX_EPOCH));
        put.map(|answer| answer.body).map_err(|error| told(&error))
    }
}

fn told(error: &scim_core::ServiceError<scim_core::ScimError, std::convert::Infallible>) -> (u16, String) {
    match error {
        scim_core::ServiceError::Refused(refused) => (refused.status, format!("{:?}", refused.kind)),
        other => panic!("{other}"),
    }
}

fn refused(status: u16, kind: &str) -> Told {
    Err((status, format!("Some({kind})")))
}

#[test]
fn unique_values_of_extensions_are_unique() {
    let house = house(false);
    house.create("a", &json!({ URN: { "number": 7, "code": "x" } })).unwrap();
    assert_eq!(house.create("b", &json!({ URN: { "number": 7 } })), refused(409, "Uniqueness"));
    assert_eq!(house.create("c", &json!({ URN: { "code": "X" } })), refused(409, "Uniqueness"));
    assert!(house.create("d", &json!({ URN: { "number": 8, "code": "y" } })).is_ok());
}

#[test]
fn what_is_immutable_stays_wherever_it_is() {
    let house = house(false);
    let badge = json!({
        "issuer": "I",
        "door": { "value": "north", "side": "left" },
        "keys": [{ "value": "k1", "cut": "flat" }],
    });
    let user = house.create("a", &json!({ URN: badge })).unwrap();
    let path = |path: &str| format!("{URN}:{path}");
    for operation in [
        json!({ "op": "replace", "path": path("issuer"), "value": "J" }),
        json!({ "op": "remove", "path": path("issuer") }),
        json!({ "op": "remove", "path": URN }),
        json!({ "op": "replace", "path": path("door.side"), "value": "right" }),
        json!({ "op": "replace", "path": path("keys[value eq \"k1\"].cut"), "value": "round" }),
    ] {
        assert_eq!(house.patch(&user, &operation), refused(400, "Mutability"), "{operation}");
    }
    let body = json!({ "userName": "a", URN: { "issuer": "K" } });
    assert_eq!(house.put(&user, &body), refused(400, "Mutability"));
    assert_eq!(house.put(&user, &json!({ "userName": "a" })), refused(400, "Mutability"));
    let rename = json!({ "op": "replace", "path": path("door.value"), "value": "south" });
    assert_eq!(
        house.patch(&user, &rename).unwrap()[URN]["door"],
        json!({ "value": "south", "side": "left" })
    );
    let late = house.create("b", &json!({})).unwrap();
    let set = json!({ "op": "add", "path": path("issuer"), "value": "I" });
    assert_eq!(house.patch(&late, &set).unwrap()[URN]["issuer"], "I", "what is not set can be set once");
}

#[test]
fn what_is_required_is_required_wherever_it_is() {
    assert_eq!(house(true).create("a", &json!({})), refused(400, "InvalidValue"));
    let house = house(true);
    for badge in
        [json!({ "door": { "side": "left" } }), json!({ "keys": [{ "value": "k" }, { "cut": "flat" }] })]
    {
        assert_eq!(house.create("a", &json!({ URN: badge })), refused(400, "InvalidValue"), "{badge}");
    }
    let user =
        house.create("a", &json!({ URN: { "number": 1, "door": { "value": "n", "side": "l" } } })).unwrap();
    for path in [URN.to_owned(), format!("{URN}:door.value")] {
        let removed = house.patch(&user, &json!({ "op": "remove", "path": path }));
        // RFC 7644 §3.5.2.2.
        assert_eq!(removed, refused(400, "Mutability"), "{path}");
    }
}

/// RFC 7644 §3.5.2.1, §3.5.2.3; RFC 7643 §2.5.
#[test]
fn a_part_of_an_object_changes_that_part_alone() {
    let house = house(false);
    let start = json!({
        "name": { "givenName": "G", "familyName": "F" },
        ENTERPRISE: { "manager": { "value": "m" } },
    });
    let path = format!("{ENTERPRISE}:manager");
    for (operation, name, manager) in [
        (
            json!({ "op": "replace", "path": "name", "value": { "givenName": null } }),
            json!({ "familyName": "F" }),
            true,
        ),
        (
            json!({ "op": "replace", "value": { "name": { "givenName": null } } }),
            json!({ "familyName": "F" }),
            true,
        ),
        (json!({ "op": "add", "path": "name", "value": {} }), start["name"].clone(), true),
        (json!({ "op": "replace", "value": { "name": {} } }), start["name"].clone(), true),
        (
            json!({ "op": "replace", "path": "name", "value": { "unknown": "x" } }),
            start["name"].clone(),
            true,
        ),
        (
            json!({ "op": "replace", "path": path, "value": { "displayName": "x" } }),
            start["name"].clone(),
            true,
        ),
        (
            json!({ "op": "replace", "value": { "name": { "givenName": null, "middleName": "M" } } }),
            json!({ "familyName": "F", "middleName": "M" }),
            true,
        ),
        (json!({ "op": "replace", "path": "name", "value": null }), Value::Null, true),
        (json!({ "op": "remove", "path": path }), start["name"].clone(), false),
    ] {
        let user = house.create(&operation.to_string(), &start).unwrap();
        let after = house.patch(&user, &operation).unwrap();
        assert_eq!(after.get("name").cloned().unwrap_or_default(), name, "{operation}");
        assert_eq!(after.get(ENTERPRISE).is_some(), manager, "{operation}");
    }
}

#[test]
fn what_is_left_out_is_no_null() {
    let house = house(false);
    let user = house
        .create("a", &json!({ "displayName": "A", "emails": [{ "value": "a@x", "type": "work" }] }))
        .unwrap();
    for operation in [
        json!({ "op": "replace", "path": "displayName" }),
        json!({ "op": "add", "path": "displayName" }),
        json!({ "op": "replace", "path": "emails" }),
        json!({ "op": "replace", "path": "emails[type eq \"work\"].value" }),
        json!({ "op": "add" }),
    ] {
        assert_eq!(house.patch(&user, &operation), refused(400, "InvalidValue"), "{operation}");
    }
}

#[test]
fn bytes_are_base64_and_names_have_one_form() {
    let house = house(false);
    let certificate = |text: &str| json!({ "x509Certificates": [{ "value": text }] });
    // RFC 7643 §2.3.6.
    for wrong in ["not base64!", "A", "AAAAA", "AA=", "AAA==", "AAAA=", "A===", "=", "AA=A"] {
        assert_eq!(house.create("a", &certificate(wrong)), refused(400, "InvalidValue"), "{wrong}");
    }
    let fitting = ["TUlJQw==\n", "AA", "AAA", "AAA=", "AAAA", "TUlJ\r\nQw==", "-_-_"];
    for (n, text) in fitting.into_iter().enumerate() {
        assert!(house.create(&format!("a{n}"), &certificate(text)).is_ok(), "{text}");
    }
    house.create("\u{e9}mile", &json!({})).unwrap();
    assert_eq!(house.create("e\u{301}mile", &json!({})), refused(409, "Uniqueness"), "one name, typed twice");
    assert_eq!(house.create("E\u{301}MILE", &json!({})), refused(409, "Uniqueness"));
}
