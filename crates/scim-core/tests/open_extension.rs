//! An extension that is open takes attributes that it does not name.

mod acme;

use std::sync::Arc;

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    ListRequest, MemoryStore, PatchRequest, Place, Projection, Registry, ResourceId, Scim, TenantId,
    TypeSchema,
};
use serde_json::{Value, json};
use store_contract::block_on;

const URN: &str = "urn:example:params:scim:schemas:extension:open:2.0:User";

struct House {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: Arc<scim_core::Directory>,
}

impl House {
    fn new() -> Self {
        let schema = json!({
            "id": URN,
            "name": "Open",
            "open": true,
            "attributes": [{ "name": "costCenter", "type": "string" }],
        });
        let user = json!({
            "name": "User",
            "endpoint": "/Users",
            "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
            "schemaExtensions": [{ "schema": URN, "required": false }],
        });
        let registry = Registry::standard().with([schema, user]).unwrap();
        let (scim, tenant) = (Scim::new(MemoryStore::new(), registry), TenantId::new("acme").unwrap());
        let directory = acme::directory(&scim, &tenant, DateTime::UNIX_EPOCH);
        Self { scim, tenant, directory }
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory.id, base_url: "https://example.com/scim/v2" }
    }

    fn users(&self) -> Arc<TypeSchema> {
        self.scim.registry().resource_type("User").unwrap().clone()
    }

    fn create(&self, open: &Value) -> Result<Value, String> {
        let body = json!({ "userName": format!("user{open}"), URN: open });
        let now = DateTime::UNIX_EPOCH;
        let (users, mut rng) = (self.users(), UnwrapErr(SysRng));
        block_on(self.scim.create(self.place(), &users, &body, now, &mut rng))
            .map(|answer| answer.body)
            .map_err(|error| error.to_string())
    }

    fn patch(&self, user: &Value, operation: &Value) -> Result<Value, String> {
        let request = PatchRequest::parse(&json!({ "Operations": [operation] })).unwrap();
        let id = ResourceId::named(user["id"].as_str().unwrap());
        let now = DateTime::UNIX_EPOCH;
        block_on(self.scim.modify(self.place(), &self.users(), &id, &request, now))
            .map_err(|error| error.to_string())?;
        let (users, all) = (self.users(), Projection::default());
        Ok(block_on(self.scim.read(self.place(), &users, &id, &all)).unwrap().body[URN].clone())
    }

    fn count(&self, filter: &str) -> Value {
        let request = ListRequest { filter: Some(filter.to_owned()), ..ListRequest::default() };
        let users = [self.users()];
        let listed = block_on(self.scim.list(self.place(), &users, &request, DateTime::UNIX_EPOCH));
        listed.unwrap_or_else(|error| panic!("{filter}: {error}"))["totalResults"].clone()
    }
}

#[test]
fn any_name_is_kept_with_its_plain_value() {
    let house = House::new();
    let open = json!({ "costCenter": "7", "badge_no": 12, "remote": true, "skills": ["rust", "sql"] });
    let user = house.create(&open).unwrap();
    assert_eq!(user[URN], open);
    assert!(user["schemas"].as_array().unwrap().contains(&URN.into()));
    for (name, value) in [("a", json!({ "b": 1 })), ("a", json!([["b"]])), ("costCenter", json!(7))] {
        let refused = house.create(&json!({ name: value })).unwrap_err();
        assert!(refused.contains(&format!("`{URN}:{name}` must be")), "{refused}");
    }
    let odd = house
        .create(&json!({ "costCenter": "8", "no name": 1, "1st": 2, "empty": [], "null": null }))
        .unwrap();
    assert_eq!(odd[URN], json!({ "costCenter": "8" }), "what is no attribute name is no attribute");
}

#[test]
fn what_it_does_not_name_is_patched_and_found() {
    let house = House::new();
    let user = house.create(&json!({ "badge": "A1", "level": 3 })).unwrap();
    house.create(&json!({ "badge": "b2", "level": 10, "remote": false })).unwrap();
    for (filter, expected) in [
        (format!("{URN}:badge eq \"a1\""), 1),
        (format!("{URN}:badge pr and not ({URN}:remote pr)"), 1),
        (format!("{URN}:level gt 3"), 1),
        (format!("{URN}:level eq \"3\""), 0),
        (format!("{URN}:remote eq false"), 1),
        (format!("{URN}:nobodyHas pr"), 0),
    ] {
        assert_eq!(house.count(&filter), expected, "{filter}");
    }
    let path = format!("{URN}:badge");
    let after = house.patch(&user, &json!({ "op": "replace", "path": path, "value": "C3" })).unwrap();
    assert_eq!(after, json!({ "badge": "C3", "level": 3 }));
    let value = json!({ URN: { "team": ["x", "y"] } });
    assert_eq!(
        house.patch(&user, &json!({ "op": "add", "value": value })).unwrap()["team"],
        json!(["x", "y"])
    );
    let after = house.patch(&user, &json!({ "op": "remove", "path": format!("{URN}:level") })).unwrap();
    assert_eq!(after.get("level"), None);
}

#[test]
fn without_its_urn_a_name_is_unknown_as_ever() {
    let house = House::new();
    let user = house.create(&json!({ "badge": "A1" })).unwrap();
    assert!(house.patch(&user, &json!({ "op": "replace", "path": "badge", "value": "C3" })).is_err());
    assert!(scim_core::Filter::parse(&house.users(), "badge eq \"A1\"").is_err());
}
