//! Schemas and types of resources are documents, as many as a host has (RFC 7643 §6, §7).

mod acme;

use std::sync::Arc;

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    DirectoryId, DocumentError, ENTERPRISE_USER, ListRequest, MemoryStore, PatchRequest, Place, Projection,
    Registry, ResourceId, Scim, ServiceError, TenantId, TypeSchema, discovery,
};
use serde_json::{Value, json};
use store_contract::block_on;

const TYPES: usize = 60;

fn schema(id: &str, attributes: &Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": id, "name": id, "attributes": attributes,
        "meta": { "resourceType": "Schema", "location": format!("/Schemas/{id}") },
    })
}

fn kind(name: &str, endpoint: &str, schema: &str, extensions: &[&str]) -> Value {
    let extensions: Vec<_> =
        extensions.iter().map(|urn| json!({ "schema": urn, "required": false })).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name,
        "endpoint": endpoint, "schema": schema, "schemaExtensions": extensions,
    })
}

fn urn(at: usize) -> String {
    format!("urn:example:scim:schemas:things:{at}:Thing")
}

/// Types of which each has a schema of its own, and extensions that it shares with others.
fn things() -> Vec<Value> {
    let own = |at: usize| {
        let serial = json!({ "name": format!("serial{at}"), "type": "string", "uniqueness": "server", "required": true });
        schema(&urn(at), &json!([serial, { "name": "weight", "type": "decimal" }]))
    };
    let extension =
        |at: usize| schema(&format!("{}:Extra", urn(at)), &json!([{ "name": format!("extra{at}") }]));
    let thing = |at: usize| {
        let shared = [(at / 2).to_string(), at.to_string()];
        let shared = shared.map(|at| format!("{}:Extra", urn(at.parse().unwrap())));
        let extensions: Vec<_> =
            if at < 2 { vec![&*shared[1]] } else { shared.iter().map(|urn| &**urn).collect() };
        kind(&format!("Thing{at}"), &format!("/Things{at}"), &urn(at), &extensions)
    };
    (0..TYPES).map(thing).chain((0..TYPES).map(own)).chain((0..TYPES).map(extension)).collect()
}

struct Provider {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: DirectoryId,
}

impl Provider {
    fn of(registry: Registry) -> Self {
        let (scim, tenant) = (Scim::new(MemoryStore::new(), registry), TenantId::new("acme").unwrap());
        let directory = acme::directory(&scim, &tenant, DateTime::UNIX_EPOCH).id.clone();
        Self { scim, tenant, directory }
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "https://example.com/scim/v2" }
    }

    fn create(&self, kind: &TypeSchema, body: &Value) -> Result<Value, String> {
        let (now, mut rng) = (DateTime::UNIX_EPOCH, UnwrapErr(SysRng));
        let created = block_on(self.scim.create(self.place(), kind, body, now, &mut rng));
        created.map(|answer| answer.body).map_err(|error| error.to_string())
    }

    fn patch(&self, kind: &TypeSchema, id: &str, operations: &Value) -> Result<Value, String> {
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        let id = ResourceId::named(id);
        let patched = block_on(self.scim.modify(self.place(), kind, &id, &request, DateTime::UNIX_EPOCH));
        patched.map(|patched| patched.attributes.clone().into()).map_err(|error| error.to_string())
    }

    fn found(&self, kind: &Arc<TypeSchema>, filter: &str) -> u64 {
        let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
        let listed = block_on(self.scim.list(
            self.place(),
            std::slice::from_ref(kind),
            &request,
            DateTime::UNIX_EPOCH,
        ));
        listed.unwrap()["totalResults"].as_u64().unwrap()
    }
}

#[test]
fn any_number_of_types_is_served() {
    let registry = Registry::standard().with([Value::Array(things())]).unwrap();
    assert_eq!((registry.schemas().len(), registry.resource_types().len()), (3 + 2 * TYPES, 2 + TYPES));
    let provider = Provider::of(registry.clone());
    for at in 0..TYPES {
        let kind = registry.at_endpoint(&format!("Things{at}")).unwrap();
        assert_eq!(registry.schema(&urn(at).to_uppercase()), Some(&kind.schema));
        let extra = format!("{}:Extra", urn(at));
        let (serial, name) = (format!("serial{at}"), format!("extra{at}"));
        let body = json!({ &*serial: "S", "WEIGHT": 1.5, &*extra: { &*name: "e" }, "other": 1 });
        let created = provider.create(kind, &body).unwrap();
        assert_eq!(created["schemas"], json!([urn(at), extra]), "{at}");
        assert_eq!((&created["weight"], &created[&extra][&name]), (&json!(1.5), &json!("e")));
        let again = provider.create(kind, &json!({ &*serial: "s" })).unwrap_err();
        assert!(again.contains(&serial), "{again}");
        assert!(provider.create(kind, &json!({ "weight": 1 })).unwrap_err().contains(&serial));
        let operations = json!([{ "op": "replace", "path": format!("{extra}:{name}"), "value": "f" }]);
        let patched = provider.patch(kind, created["id"].as_str().unwrap(), &operations).unwrap();
        assert_eq!(patched[&extra][&name], "f");
        assert_eq!(provider.found(kind, &format!("weight gt 1 and {extra}:{name} eq \"F\"")), 1);
        assert_eq!(provider.found(kind, &format!("{serial} eq \"T\"")), 0);
    }
}

#[test]
fn every_type_of_attribute_is_held_to() {
    let id = "urn:example:scim:schemas:all:Device";
    let attributes = json!([
        { "name": "text", "type": "string", "caseExact": true },
        { "name": "truth", "type": "boolean" },
        { "name": "fraction", "type": "decimal" },
        { "name": "whole", "type": "integer" },
        { "name": "time", "type": "dateTime" },
        { "name": "bytes", "type": "binary" },
        { "name": "link", "type": "reference", "referenceTypes": ["external"] },
        { "name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value", "type": "integer" }, { "name": "type", "canonicalValues": ["a", "b"] },
        ] },
        { "name": "tags", "type": "string", "multiValued": true },
        { "name": "once", "mutability": "immutable" },
        { "name": "told", "mutability": "readOnly" },
        { "name": "hidden", "returned": "never" },
        { "name": "rare", "returned": "request" },
    ]);
    let documents = [schema(id, &attributes), kind("Device", "/Devices", id, &[])];
    let registry = Registry::standard().with(documents).unwrap();
    let (provider, devices) = (Provider::of(registry.clone()), registry.at_endpoint("Devices").unwrap());
    let body = json!({
        "text": "Ab", "truth": "True", "fraction": 0.5, "whole": 3, "time": "2026-01-02T03:04:05Z", "bytes": "AQI=",
        "link": "https://example.com", "parts": [{ "value": 1, "type": "a" }, { "value": 2 }], "tags": ["x", "y"],
        "once": "1", "told": "no", "hidden": "h", "rare": "r",
    });
    let created = provider.create(devices, &body).unwrap();
    assert_eq!((&created["truth"], &created["parts"][1]["value"]), (&json!(true), &json!(2)));
    let id = ResourceId::named(created["id"].as_str().unwrap());
    let read =
        block_on(provider.scim.read(provider.place(), devices, &id, &Projection::default())).unwrap().body;
    for absent in ["told", "hidden", "rare"] {
        assert_eq!(read.get(absent), None, "{absent}");
    }
    // RFC 7643 §7: whoever sends what is returned on request is answered it.
    assert_eq!((created.get("told"), created.get("hidden"), &created["rare"]), (None, None, &json!("r")));
    for (filter, found) in [
        ("text eq \"Ab\"", 1),
        ("text eq \"ab\"", 0),
        ("truth eq true and whole ge 3 and fraction lt 0.75", 1),
        ("time gt \"2026-01-02T04:04:04+01:00\"", 1),
        ("parts[value eq 2 and not (type pr)]", 1),
        ("tags eq \"Y\" and link sw \"HTTPS\"", 1),
        ("rare eq \"r\"", 1),
    ] {
        assert_eq!(provider.found(devices, filter), found, "{filter}");
    }
    for (name, wrong) in [
        ("text", json!(1)),
        ("truth", json!("maybe")),
        ("fraction", json!("0.5")),
        ("whole", json!(0.5)),
        ("time", json!("yesterday")),
        ("bytes", json!(1)),
        ("link", json!({})),
        ("parts", json!([{ "value": "one" }])),
        ("tags", json!([1])),
    ] {
        let refused = provider.create(devices, &json!({ name: wrong })).unwrap_err();
        assert!(refused.contains(name), "{refused}");
    }
    let id = created["id"].as_str().unwrap();
    let changed = json!([{ "op": "replace", "path": "once", "value": "2" }]);
    assert!(provider.patch(devices, id, &changed).unwrap_err().contains("once"));
}

#[test]
fn what_a_provider_tells_of_itself_makes_another_one() {
    let registry = Registry::standard().with(things()).unwrap();
    let told = |entries: Vec<Value>| discovery::list(&entries, entries.len() as u64, 1);
    let schemas = told(discovery::schemas(&registry, "https://example.com"));
    let types = told(discovery::resource_types(&registry, "https://example.com"));
    let again = Registry::standard().with([types, schemas]).unwrap();
    for kind in registry.resource_types() {
        let other = again.resource_type(kind.name()).unwrap();
        assert_eq!((&other.schema, &other.extensions), (&kind.schema, &kind.extensions));
    }
    assert_eq!(again.schemas().len(), registry.schemas().len());
    assert_eq!(again.resource_types().len(), registry.resource_types().len());
}

/// A name that two extensions of a type have says nothing of either, also beside types that don't have it.
#[test]
fn a_name_that_a_type_has_twice_is_refused_over_all_types() {
    let serial = json!([{ "name": "serial" }]);
    let documents = [
        schema(&urn(0), &json!([{ "name": "label" }])),
        schema(&urn(1), &serial),
        schema(&urn(2), &serial),
        kind("Device", "/Devices", &urn(0), &[&urn(1), &urn(2)]),
    ];
    let provider = Provider::of(Registry::standard().with(documents).unwrap());
    let kinds = provider.scim.registry().resource_types();
    for filter in ["serial eq \"e\"", "not (serial eq \"e\")", "serial pr or userName pr"] {
        let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
        let listed = block_on(provider.scim.list(provider.place(), kinds, &request, DateTime::UNIX_EPOCH));
        assert!(matches!(listed, Err(ServiceError::Refused(error)) if error.status == 400), "{filter}");
    }
}

/// RFC 7644 §3.4.2.1, over more types than anybody has: in a time and on a stack that do not grow with their attributes.
#[test]
fn a_filter_over_any_number_of_types_is_understood() {
    let many = |at: usize| {
        let own = (0..40).map(|n| json!({ "name": format!("a{at}x{n}") }));
        [
            schema(&urn(at), &own.chain([json!({ "name": "shared" })]).collect()),
            kind(&format!("Thing{at}"), &format!("/Things{at}"), &urn(at), &[]),
        ]
    };
    let registry = Registry::standard().with((0..400).flat_map(many)).unwrap();
    let provider = Provider::of(registry);
    let thing = provider.scim.registry().resource_type("Thing7").unwrap().clone();
    provider.create(&thing, &json!({ "a7x1": "v", "shared": "s" })).unwrap();
    let found = |filter: &str| {
        let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
        let kinds = provider.scim.registry().resource_types();
        let listed = block_on(provider.scim.list(provider.place(), kinds, &request, DateTime::UNIX_EPOCH));
        listed.unwrap()["totalResults"].as_u64().unwrap()
    };
    let all_schemas = ["schemas sw \"urn:\""; 60].join(" and ");
    for (filter, total) in [
        ("a7x1 eq \"v\" or a8x1 eq \"v\"".to_owned(), 1),
        ("a7x1 eq \"v\" and a8x1 eq \"v\"".to_owned(), 0),
        ("shared eq \"s\" and not (a399x39 pr)".to_owned(), 1),
        (format!("{}:a7x1 pr or {}:a8x1 pr", urn(7), urn(8)), 1),
        (format!("{all_schemas} and not (a8x1 pr)"), 1),
        (format!("schemas eq \"{}\" and not ({}:a8x1 pr)", urn(7), urn(8)), 1),
        (format!("schemas eq \"{}\" or a8x1 pr", urn(9)), 0),
    ] {
        assert_eq!(found(&filter), total, "{}", filter.get(..200).unwrap_or(&filter));
    }
}

#[test]
fn a_document_replaces_one_of_the_same_name() {
    let other = schema(&ENTERPRISE_USER.to_uppercase(), &json!([{ "name": "badge" }]));
    let registry = Registry::standard().with([other]).unwrap();
    assert_eq!(registry.schemas().len(), 3);
    let users = registry.resource_type("User").unwrap();
    assert_eq!(users.extensions[0].attributes.len(), 1);
    assert_eq!(&*users.extensions[0].attributes[0].name, "badge");
}

#[test]
fn a_document_that_can_not_be_served_is_refused() {
    let with = |documents: Vec<Value>| Registry::standard().with(documents).map(drop).unwrap_err();
    assert!(matches!(with(vec![json!({ "name": "Thing" })]), DocumentError::Neither));
    assert!(matches!(with(vec![json!("Thing")]), DocumentError::Neither));
    assert!(matches!(
        with(vec![schema("urn:x", &json!([{ "type": "string" }]))]),
        DocumentError::Unreadable(_)
    ));
    assert!(matches!(
        with(vec![schema("urn:x", &json!([{ "name": "a", "type": "text" }]))]),
        DocumentError::Unreadable(_)
    ));
    // RFC 7643 §1.2, §2.1, §2.3.8, and erratum 8415.
    for attribute in [
        json!({ "name": "" }),
        json!({ "name": "1st" }),
        json!({ "name": "a.b" }),
        json!({ "name": "a:b" }),
        json!({ "name": "a b" }),
        json!({ "name": "$ref", "type": "reference" }),
        json!({ "name": "a", "subAttributes": [{ "name": "b" }] }),
        json!({ "name": "a", "type": "complex", "subAttributes": [{ "name": "b", "type": "complex" }] }),
        json!({ "name": "a", "type": "complex", "subAttributes": [{ "name": "b", "subAttributes": [{ "name": "c" }] }] }),
        json!({ "name": "a", "type": "complex", "subAttributes": [{ "name": "b.c" }] }),
        json!({ "name": "a", "type": "complex", "subAttributes": [{ "name": "b" }, { "name": "B" }] }),
    ] {
        let refused = with(vec![schema("urn:x", &json!([attribute]))]);
        assert!(matches!(refused, DocumentError::Attribute { .. }), "{attribute}: {refused}");
    }
    let twice = with(vec![schema("urn:x", &json!([{ "name": "a" }, { "name": "A" }]))]);
    assert!(matches!(twice, DocumentError::Attribute { .. }), "{twice}");
    let reference = json!({ "name": "a-b_2$", "type": "complex", "subAttributes": [{ "name": "$ref", "type": "reference" }] });
    assert!(Registry::standard().with([schema("urn:x", &json!([reference]))]).is_ok());
    let unknown = with(vec![kind("Thing", "/Things", "urn:nobody", &[])]);
    assert!(unknown.to_string().contains("`urn:nobody`"), "{unknown}");
    for endpoint in ["/Users", "Groups", "/Me", "/Bulk", "/Schemas", "/", "", "/a/b", "/.search"] {
        let refused = with(vec![schema("urn:x", &json!([])), kind("Thing", endpoint, "urn:x", &[])]);
        assert!(matches!(refused, DocumentError::Endpoint { .. }), "{endpoint}: {refused}");
    }
}
