//! What RFC 7643 and RFC 7644 demand of every answer, clause by clause.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Body,
    http::{HeaderMap, Request},
};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use scim_core::{ENTERPRISE_USER, MemoryStore, NewDirectory, Registry, Scim, TenantId};
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{Clock, Tenant, scim};

const BASE: &str = "https://example.com/scim/v2";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const EXTRA: &str = "urn:example:Extra";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

struct Provider {
    app: Router,
    token: String,
}

#[derive(Debug)]
struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Value,
    length: usize,
}

impl Answered {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn kind(&self) -> Option<&str> {
        self.body["scimType"].as_str()
    }

    fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }
}

fn provider() -> Provider {
    let scim = Arc::new(Scim::new(MemoryStore::new(), registry()));
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let tenant = TenantId::new("acme").unwrap();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let (_, token) = block_on(scim.create_directory(&tenant, new, now(), &mut rng)).unwrap().unwrap();
    let api = scim::router(scim, BASE, Clock::fixed(now())).layer(Extension(Tenant::new("acme").unwrap()));
    Provider { app: Router::new().nest("/scim/v2", api), token: token.reveal().to_string() }
}

/// Devices have an attribute of each mutability, and each way to be returned.
fn registry() -> Registry {
    let attribute = |name: &str, more: Value| {
        let mut attribute = json!({ "name": name });
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        attribute
    };
    let devices = json!([
        { "id": "urn:example:Device", "name": "Device", "description": "A device", "attributes": [
            attribute("label", json!({ "required": true, "caseExact": true, "returned": "always" })),
            attribute("serial", json!({ "mutability": "immutable" })),
            attribute("state", json!({ "mutability": "readOnly" })),
            attribute("pin", json!({ "mutability": "writeOnly", "returned": "never" })),
            attribute("log", json!({ "returned": "request" })),
            attribute("rank", json!({ "type": "integer" })),
            attribute("on", json!({ "type": "boolean" })),
            attribute("since", json!({ "type": "dateTime" })),
            attribute("tags", json!({ "multiValued": true })),
            attribute("key", json!({ "type": "binary", "caseExact": true })),
        ] },
        { "id": EXTRA, "name": "Extra", "description": "More", "attributes": [
            attribute("trace", json!({ "returned": "request" })), attribute("rest", json!({})),
        ] },
        { "name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device",
            "schemaExtensions": [{ "schema": EXTRA, "required": false }] },
    ]);
    Registry::standard().with([devices]).unwrap()
}

impl Provider {
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answered {
        let mut request = Request::builder().method(method).uri(format!("/scim/v2{path}"));
        if headers.iter().all(|(name, _)| *name != "authorization") {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = block_on(self.app.clone().oneshot(request.body(body.into()).unwrap())).unwrap();
        let (parts, body) = response.into_parts();
        let bytes = block_on(body.collect()).unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answered { status: parts.status.as_u16(), headers: parts.headers, body, length: bytes.len() }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Answered {
        self.send(method, path, &[], body.to_string())
    }

    fn get(&self, path: &str) -> Answered {
        self.send("GET", path, &[], Body::empty())
    }

    fn created(&self, path: &str, body: &Value) -> Answered {
        let answered = self.call("POST", path, body);
        assert_eq!(answered.status, 201, "{}", answered.body);
        answered
    }

    fn patch(&self, path: &str, operations: &Value) -> Answered {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        self.call("PATCH", path, &json!({ "schemas": schemas, "Operations": operations }))
    }
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// RFC 7644 §2 and RFC 9110 §11.6.1.
#[test]
fn who_is_not_known_is_told_how_to_be() {
    let provider = provider();
    for (method, path) in [
        ("GET", "/Users"),
        ("GET", "/Users/1"),
        ("POST", "/Users"),
        ("PUT", "/Users/1"),
        ("PATCH", "/Users/1"),
        ("DELETE", "/Users/1"),
        ("POST", "/.search"),
        ("POST", "/Users/.search"),
        ("POST", "/Bulk"),
        ("GET", "/Me"),
        ("GET", ""),
    ] {
        let refused = provider.send(method, path, &[("authorization", "Bearer nonsense")], "{}");
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"), "{method} {path}");
        assert_eq!((&refused.body["schemas"], &refused.body["status"]), (&json!([ERROR]), &json!("401")));
        assert_eq!(refused.header("content-type"), "application/scim+json");
    }
}

/// RFC 7644 §3.1, §3.8 and §8.1.
#[test]
fn both_media_types_are_taken_and_scims_own_is_answered() {
    let provider = provider();
    let types = [
        "application/scim+json",
        "application/json",
        "application/scim+json; charset=utf-8",
        "Application/JSON",
    ];
    for (n, (kind, accept)) in
        types.iter().zip(["application/scim+json", "application/json", "*/*", ""]).enumerate()
    {
        let body = json!({ "schemas": [USER], "userName": format!("ädä{n}") }).to_string();
        let headers = [("content-type", *kind), ("accept", accept)];
        let created = provider.send("POST", "/Users", &headers, body);
        assert_eq!(
            (created.status, created.header("content-type")),
            (201, "application/scim+json"),
            "{kind}"
        );
        assert_eq!(created.body["userName"], format!("ädä{n}"));
        for path in [
            "/Users",
            "/Schemas",
            "/ServiceProviderConfig",
            "/ResourceTypes/User",
            "/Users/nobody",
            "/Nowhere",
        ] {
            let read = provider.send("GET", path, &headers, Body::empty());
            assert_eq!(read.header("content-type"), "application/scim+json", "{path}");
        }
    }
    let latin = [b"{\"userName\":\"\xe4\"}".as_slice(), b"\xff\xfe{\0}\0"];
    for body in latin {
        let refused = provider.send("POST", "/Users", &[], body.to_vec());
        assert_eq!((refused.status, refused.kind()), (400, Some("invalidSyntax")), "only UTF-8 is read");
    }
}

/// RFC 7644 §3.3, RFC 7643 §3.1 and §2.5.
#[test]
fn what_the_service_provider_says_of_a_resource_no_client_says() {
    let provider = provider();
    let claimed = json!({
        "schemas": [USER], "id": "mine", "userName": "ada", "nickName": null, "emails": [],
        "groups": [{ "value": "admins" }],
        "meta": { "resourceType": "Group", "created": "1999-01-01T00:00:00Z", "lastModified": "1999-01-01T00:00:00Z",
            "location": "https://evil.example", "version": "W/\"99\"" },
    });
    let created = provider.created("/Users", &claimed);
    let id = created.id().to_owned();
    assert!(!id.is_empty() && id != "mine" && !id.contains("bulkId"));
    let location = format!("{BASE}/Users/{id}");
    let meta = json!({ "resourceType": "User", "created": "2026-05-10T12:00:00.000Z",
        "lastModified": "2026-05-10T12:00:00.000Z", "location": location, "version": "W/\"1\"" });
    assert_eq!(created.body["meta"], meta, "created is lastModified, too");
    assert_eq!((created.header("location"), created.header("etag")), (location.as_str(), "W/\"1\""));
    assert_eq!(names(&created.body), ["id", "meta", "schemas", "userName"], "nor is an externalId made up");
    let path = format!("/Users/{id}");
    let put = provider.call(
        "PUT",
        &path,
        &json!({ "id": "other", "userName": "ada", "title": "T", "meta": claimed["meta"] }),
    );
    assert_eq!((put.status, put.id(), &put.body["meta"]["created"]), (200, id.as_str(), &meta["created"]));
    assert_eq!(
        (&put.body["meta"]["location"], &put.body["meta"]["version"]),
        (&meta["location"], &json!("W/\"2\""))
    );
    for path in ["id", "meta", "meta.created", "meta.location", "groups", "groups.value"] {
        for op in ["add", "replace", "remove"] {
            let refused =
                provider.patch(&format!("/Users/{id}"), &json!([{ "op": op, "path": path, "value": "x" }]));
            assert_eq!((refused.status, refused.kind()), (400, Some("mutability")), "{op} {path}");
        }
    }
}

/// RFC 7643 §2.5: null and an empty list are as good as nothing.
#[test]
fn what_is_null_or_empty_is_not_assigned() {
    let provider = provider();
    let full = json!({ "userName": "ada", "title": "T", "emails": [{ "value": "a@example.com" }], "name": { "givenName": "A" } });
    let created = provider.created("/Users", &full);
    let path = format!("/Users/{}", created.id());
    let cleared =
        provider.call("PUT", &path, &json!({ "userName": "ada", "title": null, "emails": [], "name": {} }));
    assert_eq!(names(&cleared.body), ["id", "meta", "schemas", "userName"]);
    for filter in ["title%20pr", "emails%20pr", "name%20pr"] {
        assert_eq!(provider.get(&format!("/Users?filter={filter}")).body["totalResults"], 0, "{filter}");
    }
}

/// RFC 7644 §3.2 and §3.5.1: a PUT creates nothing. §3.6: what is deleted is gone for every method, and its name is free.
#[test]
fn what_is_not_there_is_not_found() {
    let provider = provider();
    let ada = json!({ "userName": "ada" });
    let path = format!("/Users/{}", provider.created("/Users", &ada).id());
    let deleted = provider.send("DELETE", &path, &[], Body::empty());
    assert_eq!((deleted.status, deleted.length), (204, 0));
    let operations = json!({ "Operations": [{ "op": "add", "path": "title", "value": "T" }] });
    for path in [path.as_str(), "/Users/never", "/Groups/never", "/Devices/never"] {
        for (method, body) in [
            ("GET", &Value::Null),
            ("PUT", &json!({ "userName": "eve", "displayName": "D", "label": "L" })),
            ("PATCH", &operations),
            ("DELETE", &Value::Null),
            ("DELETE", &Value::Null),
        ] {
            let gone = provider.call(method, path, body);
            assert_eq!((gone.status, &gone.body["schemas"]), (404, &json!([ERROR])), "{method} {path}");
            assert_eq!(gone.body["status"], "404");
            assert!(!gone.body["detail"].as_str().unwrap().is_empty());
        }
    }
    assert_eq!(provider.get("/Users").body["totalResults"], 0);
    let id = path.trim_start_matches("/Users/");
    assert_eq!(provider.get(&format!("/Users?filter=id%20eq%20%22{id}%22")).body["totalResults"], 0);
    assert_ne!(provider.created("/Users", &ada).id(), id, "an id is never given again");
    let taken = provider.call("POST", "/Users", &json!({ "userName": "ADA" }));
    assert_eq!((taken.status, taken.kind(), &taken.body["status"]), (409, Some("uniqueness"), &json!("409")));
}

/// RFC 7644 §3.4.2 and §3.4.2.4.
#[test]
fn lists_are_counted_from_one_and_never_longer_than_asked() {
    let provider = provider();
    let empty = provider.get("/Users?filter=userName%20eq%20%22nobody%22");
    assert_eq!((empty.status, &empty.body["totalResults"]), (200, &json!(0)));
    for name in ["a", "b", "c"] {
        provider.created("/Users", &json!({ "userName": name }));
    }
    for (start, count, answered, length) in [
        (None, None, 1, 3),
        (Some(1), Some(2), 1, 2),
        (Some(3), Some(2), 3, 1),
        (Some(4), Some(2), 4, 0),
        (Some(0), None, 1, 3),
        (Some(-7), Some(1), 1, 1),
        (Some(i64::MIN), Some(i64::MAX), 1, 3),
        (Some(i64::MAX), Some(1), i64::MAX, 0),
        (None, Some(0), 1, 0),
        (None, Some(-1), 1, 0),
        (None, Some(i64::MIN), 1, 0),
    ] {
        let mut body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] });
        let mut query = String::new();
        for (name, value) in [("startIndex", start), ("count", count)] {
            if let Some(value) = value {
                body[name] = value.into();
                query += &format!("&{name}={value}");
            }
        }
        for list in [
            provider.get(&format!("/Users?{query}")),
            provider.call("POST", "/Users/.search", &body),
            provider.get(&format!("?{query}")),
            provider.call("POST", "/.search", &body),
        ] {
            assert_eq!(list.status, 200, "{query}");
            let expected = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 3, "startIndex": answered, "itemsPerPage": length, "Resources": list.body["Resources"] });
            assert_eq!(list.body, expected, "{query}");
            assert_eq!(list.body["Resources"].as_array().unwrap().len(), length, "{query}");
        }
    }
    for query in ["startIndex=x", "count=", "count=1.0", "startIndex=1e3"] {
        let refused = provider.get(&format!("/Users?{query}"));
        assert_eq!((refused.status, refused.kind()), (400, Some("invalidValue")), "{query}");
    }
}

/// RFC 7644 §3.4.2.1.
#[test]
fn the_root_lists_every_type() {
    let provider = provider();
    provider.created("/Users", &json!({ "userName": "ada", "displayName": "A" }));
    provider.created("/Groups", &json!({ "displayName": "G" }));
    provider.created("/Devices", &json!({ "label": "D" }));
    for root in ["", "?"] {
        assert_eq!(provider.get(root).body["totalResults"], 3, "{root:?}");
        for (filter, total) in [("displayName%20pr", 2), ("label%20eq%20%22D%22%20or%20userName%20pr", 2)] {
            let list = provider.get(&format!("?filter={filter}&attributes=displayName"));
            assert_eq!((list.status, &list.body["totalResults"]), (200, &json!(total)), "{root:?} {filter}");
        }
    }
}

/// RFC 7644 §3.4.2.5 and §3.9, RFC 7643 §7 (`returned`).
#[test]
fn an_answer_has_what_is_asked_for_and_what_it_always_has() {
    let provider = provider();
    let ada = json!({ "schemas": [USER, ENTERPRISE_USER], "userName": "ada", "title": "T",
        "name": { "givenName": "A", "familyName": "L" }, "emails": [{ "value": "a@example.com", "type": "work" }],
        ENTERPRISE_USER: { "department": "D", "manager": { "value": "26" } } });
    let id = provider.created("/Users", &ada).id().to_owned();
    let schemas = json!([USER]);
    let both = json!([USER, ENTERPRISE_USER]);
    for (query, expected) in [
        ("attributes=userName", json!({ "userName": "ada", "schemas": schemas })),
        ("attributes=USERNAME,%20title", json!({ "userName": "ada", "title": "T", "schemas": schemas })),
        ("attributes=name.givenName", json!({ "name": { "givenName": "A" }, "schemas": schemas })),
        ("attributes=emails.value", json!({ "emails": [{ "value": "a@example.com" }], "schemas": schemas })),
        ("attributes=meta.version", json!({ "meta": { "version": "W/\"1\"" }, "schemas": schemas })),
        ("attributes=id", json!({ "schemas": schemas })),
        ("attributes=nothing", json!({ "schemas": schemas })),
        (
            &format!("attributes={USER}:name.familyName"),
            json!({ "name": { "familyName": "L" }, "schemas": schemas }),
        ),
        (
            &format!("attributes={ENTERPRISE_USER}:department"),
            json!({ ENTERPRISE_USER: { "department": "D" }, "schemas": both }),
        ),
        (
            &format!("attributes={ENTERPRISE_USER}:manager.value,userName"),
            json!({ ENTERPRISE_USER: { "manager": { "value": "26" } }, "userName": "ada", "schemas": both }),
        ),
        (
            &format!("attributes={ENTERPRISE_USER}"),
            json!({ ENTERPRISE_USER: ada[ENTERPRISE_USER], "schemas": both }),
        ),
        // They are alternatives: who sends both gets what it asks for.
        ("attributes=title&excludedAttributes=title", json!({ "title": "T", "schemas": schemas })),
        (
            &format!("excludedAttributes=id,schemas,meta,emails,name,title,{ENTERPRISE_USER}"),
            json!({ "userName": "ada", "schemas": schemas }),
        ),
        (
            &format!("excludedAttributes=meta,emails.type,name.familyName,{ENTERPRISE_USER}:manager"),
            json!({ "userName": "ada", "title": "T", "name": { "givenName": "A" }, "schemas": both,
                "emails": [{ "value": "a@example.com" }], ENTERPRISE_USER: { "department": "D" } }),
        ),
    ] {
        let mut expected = expected;
        expected["id"] = id.as_str().into();
        let one = provider.get(&format!("/Users/{id}?{query}"));
        assert_eq!((one.status, &one.body), (200, &expected), "{query}");
        assert_eq!(provider.get(&format!("/Users?{query}")).body["Resources"][0], expected, "{query}");
        let pair = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            found.map(|list| list.replace("%20", "").split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        let search =
            json!({ "attributes": pair("attributes"), "excludedAttributes": pair("excludedAttributes") });
        assert_eq!(
            provider.call("POST", "/Users/.search", &search).body["Resources"][0],
            expected,
            "{search}"
        );
    }
    let device = json!({ "label": "L", "pin": "1234", "log": "x", "state": "ok", EXTRA: { "trace": "y", "rest": "z" } });
    let created = provider.created("/Devices", &device);
    let path = format!("/Devices/{}", created.id());
    // RFC 7643 §7: what is returned on request is, where the request that is answered says it.
    let all = ["id", "label", "log", "meta", "schemas", EXTRA];
    assert_eq!(names(&created.body), all, "nothing secret or read-only");
    assert_eq!(created.body[EXTRA], json!({ "trace": "y", "rest": "z" }));
    assert_eq!(provider.get(&path).body[EXTRA], json!({ "rest": "z" }));
    let trace = format!("{EXTRA}:trace");
    for (operations, log, trace) in [
        (json!([{ "op": "add", "path": "label", "value": "M" }]), false, false),
        (json!([{ "op": "add", "path": "LOG", "value": "x" }]), true, false),
        (json!([{ "op": "add", "value": { "log": "w" } }]), true, false),
        (json!([{ "op": "add", "path": trace, "value": "v" }]), false, true),
        (json!([{ "op": "replace", "value": { EXTRA: { "trace": "u" } } }]), false, true),
        (json!([{ "op": "replace", "value": { EXTRA: { "rest": "z" } } }]), false, false),
        (json!([{ "op": "add", "path": EXTRA, "value": { "trace": "t" } }]), false, true),
        (json!([{ "op": "add", "path": EXTRA, "value": { "rest": "a" } }]), false, false),
    ] {
        let patched = provider.patch(&path, &operations).body;
        let has = (patched.get("log").is_some(), patched[EXTRA].get("trace").is_some());
        assert_eq!(has, (log, trace), "{operations}: {patched}");
    }
    let put = provider.call("PUT", &format!("{path}?excludedAttributes=log"), &device).body;
    assert_eq!((put.get("log"), &put[EXTRA]["trace"]), (None, &json!("y")));
    let put = provider.call("PUT", &format!("{path}?attributes=label"), &device).body;
    assert_eq!(names(&put), ["id", "label", "schemas"]);
    for (query, expected) in [
        ("attributes=log,pin", &["id", "label", "log", "schemas"][..]),
        ("excludedAttributes=label,log", &["id", "label", "meta", "schemas", EXTRA]),
    ] {
        assert_eq!(names(&provider.get(&format!("{path}?{query}")).body), expected, "{query}");
    }
}

/// RFC 7643 §7 and RFC 7644 §3.5.1, §3.5.2.2: `mutability` and `required`.
#[test]
fn what_can_not_be_changed_or_left_out_is_refused() {
    let provider = provider();
    let created = provider.created("/Devices", &json!({ "label": "Aa" }));
    let path = format!("/Devices/{}", created.id());
    let set = provider.call("PUT", &path, &json!({ "label": "Aa", "serial": "1", "state": "broken" }));
    assert_eq!((set.status, &set.body["serial"], set.body.get("state")), (200, &json!("1"), None));
    let same = provider.call("PUT", &path, &json!({ "label": "Aa", "serial": "1" }));
    assert_eq!((same.status, same.header("etag")), (200, set.header("etag")));
    for body in [json!({ "label": "Aa", "serial": "2" }), json!({ "label": "Aa" })] {
        let refused = provider.call("PUT", &path, &body);
        assert_eq!((refused.status, refused.kind()), (400, Some("mutability")), "{body}");
    }
    assert_eq!(
        provider.call("PUT", &path, &json!({ "serial": "1" })).status,
        400,
        "a required one is left out"
    );
    for (operation, kind) in [
        (json!({ "op": "replace", "path": "serial", "value": "2" }), "mutability"),
        (json!({ "op": "remove", "path": "serial" }), "mutability"),
        (json!({ "op": "remove", "path": "state" }), "mutability"),
        (json!({ "op": "add", "path": "state", "value": "x" }), "mutability"),
        (json!({ "op": "remove", "path": "label" }), "mutability"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "remove", "path": "" }), "noTarget"),
        (json!({ "op": "move", "path": "label" }), "invalidSyntax"),
        (json!({ "path": "label", "value": "x" }), "invalidSyntax"),
        (json!({ "op": "add", "path": "label" }), "invalidValue"),
        (json!({ "op": "add", "path": "nothing", "value": "x" }), "invalidPath"),
        (json!({ "op": "add", "path": "label[", "value": "x" }), "invalidPath"),
        (json!({ "op": "add", "path": "rank", "value": 1.5 }), "invalidValue"),
    ] {
        let log = json!({ "op": "add", "path": "log", "value": "half" });
        let refused = provider.patch(&path, &json!([log, operation]));
        assert_eq!((refused.status, refused.kind()), (400, Some(kind)), "{operation}: {}", refused.body);
        let kept = provider.get(&format!("{path}?attributes=log"));
        assert_eq!((kept.body.get("log"), kept.header("etag")), (None, set.header("etag")), "all or nothing");
    }
    // §7: case is kept, and counts where it is exact.
    assert_eq!(provider.get("/Devices?filter=label%20eq%20%22aa%22").body["totalResults"], 0);
    assert_eq!(provider.get("/Devices?filter=label%20eq%20%22Aa%22").body["Resources"][0]["label"], "Aa");
}

/// RFC 7643 §2.1 and §2.3.
#[test]
fn a_value_has_the_type_of_its_attribute_whatever_the_case_of_its_name() {
    let provider = provider();
    for (name, fitting, wrong) in [
        (
            "rank",
            &["0", "-7", "9007199254740993"][..],
            &["1.0", "1e3", "1.5", "\"1\"", "true", "{}", "[1]"][..],
        ),
        ("On", &["true", "false", "\"True\""], &["1", "\"yes\"", "{}"]),
        (
            "SINCE",
            &["\"2011-05-13T04:42:34Z\"", "\"2011-05-13T04:42:34.123+02:00\"", "\"2011-05-13T04:42:34\""],
            &["\"2011-05-13\"", "\"04:42:34Z\"", "\"2011-13-13T04:42:34Z\"", "\"\"", "1305261754"],
        ),
        ("KEY", &["\"AQID\""], &["\"A\"", "\"~\"", "1"]),
        ("Label", &["\"L\""], &["1", "true", "{}", "[\"L\"]"]),
        ("tags", &["[\"a\", \"b\"]", "[]", "null"], &["[1]", "[{}]", "{\"a\": 1}"]),
    ] {
        for (values, status) in [(fitting, 201), (wrong, 400)] {
            for value in values {
                let label = if name == "Label" { "" } else { "\"label\": \"L\", " };
                let body = format!("{{ {label}\"{name}\": {value} }}");
                let answered = provider.send("POST", "/Devices", &[], body.clone());
                assert_eq!(answered.status, status, "{body} {}", answered.body);
                if status == 400 {
                    assert_eq!(answered.kind(), Some("invalidValue"), "{body}");
                } else {
                    assert!(
                        answered.body.get("label").is_some(),
                        "named as the schema does: {}",
                        answered.body
                    );
                }
            }
        }
    }
}

/// RFC 7643 §2.4: one element at most is the primary one; RFC 7644 §3.5.2.
#[test]
fn one_element_is_the_primary_one() {
    let provider = provider();
    let email = |value: &str, primary: bool| json!({ "value": value, "primary": primary });
    let two = json!({ "userName": "eve", "emails": [email("a", true), email("b", true)] });
    let eve = provider.created("/Users", &two);
    let ada = provider
        .created("/Users", &json!({ "userName": "ada", "emails": [email("a", true), email("b", false)] }));
    let path = format!("/Users/{}", ada.id());
    let primary = |answered: &Answered| {
        let emails = answered.body["emails"].as_array().unwrap().clone();
        let primary = emails.into_iter().filter(|email| email["primary"] == true);
        primary.map(|email| email["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(primary(&eve), ["b"], "the last one that says so");
    let put = json!({ "userName": "ada", "emails": two["emails"] });
    assert_eq!(primary(&provider.call("PUT", &path, &put)), ["b"]);
    for (operation, expected) in [
        (json!({ "op": "add", "path": "emails", "value": [email("c", true)] }), "c"),
        (json!({ "op": "replace", "path": "emails[value eq \"b\"].primary", "value": true }), "b"),
        (json!({ "op": "add", "path": "emails[value eq \"a\"]", "value": { "primary": true } }), "a"),
        (json!({ "op": "replace", "value": { "emails": [email("x", false), email("y", true)] } }), "y"),
    ] {
        let patched = provider.patch(&path, &json!([operation]));
        assert_eq!((patched.status, primary(&patched)), (200, vec![expected.to_owned()]), "{operation}");
    }
}

/// RFC 7644 §3.4.2.2.
#[test]
fn operators_that_do_not_fit_are_refused_and_bind_as_they_should() {
    let provider = provider();
    for (label, rank, on) in [("a", 2, true), ("b", 10, false), ("C", 30, true)] {
        provider.created("/Devices", &json!({ "label": label, "rank": rank, "on": on, "key": "AQID" }));
    }
    let query = |filter: &str| {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        provider.get(&format!("/Devices?filter={filter}&sortBy=rank"))
    };
    for (filter, expected) in [
        ("rank gt 2", "bC"),
        ("rank ge 10", "bC"),
        ("rank lt 10", "a"),
        ("rank le 10", "ab"),
        ("RANK Gt 9", "bC"),
        ("on eq true", "aC"),
        ("on ne true", "b"),
        ("not (on eq true)", "b"),
        ("key eq \"AQID\"", "abC"),
        ("not (rank eq 2) and on eq true", "C"),
        ("not (rank eq 2 and on eq true)", "bC"),
        ("rank eq 2 or rank eq 10 and on eq true", "a"),
        ("(rank eq 2 or rank eq 10) and on eq true", "a"),
        ("(rank eq 2 or rank eq 30) and not (label eq \"C\")", "a"),
        ("rank eq 30 and on eq true or rank eq 10", "bC"),
        ("serial eq null", "abC"),
        ("not (serial pr)", "abC"),
    ] {
        let found = query(filter);
        assert_eq!(found.status, 200, "{filter}: {}", found.body);
        let labels =
            found.body["Resources"].as_array().unwrap().iter().map(|found| found["label"].as_str().unwrap());
        assert_eq!(labels.collect::<String>(), expected, "{filter}");
    }
    for filter in [
        "on gt true",
        "on ge false",
        "on lt true",
        "on le true",
        "key gt \"A\"",
        "key le \"A\"",
        "label regex \"a\"",
        "label",
        "label eq",
        "eq \"a\"",
        "",
        " ",
        "(label pr",
        "label pr)",
        "not label pr",
        "label eq \"a",
        "label eq 'a'",
        "label pr and",
        "nothing pr",
        "pin eq \"1\"",
        "label[type eq \"x\"]",
        "meta pr pr",
    ] {
        let refused = query(filter);
        assert_eq!((refused.status, refused.kind()), (400, Some("invalidFilter")), "{filter}");
        assert!(!refused.body["detail"].as_str().unwrap().is_empty());
    }
}

/// RFC 7644 §4.
#[test]
fn discovery_answers_whole_documents_and_filters_nothing() {
    let provider = provider();
    let list = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    for (path, total) in [("/Schemas", 5), ("/ResourceTypes", 3)] {
        let all = provider.get(path);
        assert_eq!(
            (&all.body["schemas"], &all.body["totalResults"]),
            (&json!([list]), &json!(total)),
            "{path}"
        );
        assert_eq!(all.body["Resources"].as_array().unwrap().len(), total);
        for query in
            ["startIndex=2&count=1", "count=0", "count=x", "sortBy=nothing&sortOrder=descending", "cursor=x"]
        {
            assert_eq!(provider.get(&format!("{path}?{query}")).body, all.body, "{query}");
        }
        for query in ["filter=id%20pr", "filter", "Filter=nonsense"] {
            let refused = provider.get(&format!("{path}?{query}"));
            assert_eq!((refused.status, &refused.body["status"]), (403, &json!("403")), "{query}");
        }
        for document in all.body["Resources"].as_array().unwrap() {
            let id = document["id"].as_str().unwrap();
            let one = provider.get(&format!("{path}/{id}"));
            assert_eq!((one.status, &one.body), (200, document), "{id}");
            assert_eq!(document["meta"]["location"], format!("{BASE}{path}/{id}"));
        }
        let unknown = provider.get(&format!("{path}/urn:nothing"));
        assert_eq!((unknown.status, &unknown.body["schemas"]), (404, &json!([ERROR])));
    }
    let config = provider.get("/ServiceProviderConfig");
    let schema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    assert_eq!((config.status, &config.body["schemas"]), (200, &json!([schema])));
    // §3.1: messages have no schemas that could be found.
    for message in ["ListResponse", "SearchRequest", "PatchOp", "BulkRequest", "BulkResponse", "Error"] {
        let urn = format!("urn:ietf:params:scim:api:messages:2.0:{message}");
        assert_eq!(provider.get(&format!("/Schemas/{urn}")).status, 404);
    }
}

/// RFC 9110 §9.3.2: what a HEAD is answered is what a GET would be, without the body.
#[test]
fn a_head_is_a_get_without_its_body() {
    let provider = provider();
    let path = format!("/Users/{}", provider.created("/Users", &json!({ "userName": "ada" })).id());
    for path in
        [path.as_str(), "/Users", "/Users/nobody", "/Schemas", "/ServiceProviderConfig", "/Users?filter=x"]
    {
        let (head, get) = (provider.send("HEAD", path, &[], Body::empty()), provider.get(path));
        assert_eq!((head.status, head.length), (get.status, 0), "{path}");
        for name in ["content-type", "etag", "location"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
    let options = provider.send("OPTIONS", "/Users", &[], Body::empty());
    assert_eq!((options.status, options.header("allow")), (405, "GET,HEAD,POST"));
}

/// RFC 7644 §3.7 and §3.7.3.
#[test]
fn a_bulk_operation_is_answered_as_it_would_be_alone() {
    let provider = provider();
    let id = provider.created("/Users", &json!({ "userName": "ada" })).id().to_owned();
    let one = |method: &str, path: &str, bulk_id: &str| json!({ "method": method, "path": path, "bulkId": bulk_id, "data": { "userName": "ada" } });
    let operations = json!([
        one("POST", "/Users/.search", "a"),
        one("POST", "/.search", "b"),
        one("GET", "/Users", "c"),
        one("POST", "/Bulk", "d"),
        one("POST", "/Users", "e"),
        one("PUT", &format!("/Users/{id}"), "f"),
        one("PUT", "/Users/nobody", "g"),
        one("DELETE", &format!("/Users/{id}"), "h"),
        one("DELETE", &format!("/Users/{id}"), "i"),
        one("post", "/Users", "j"),
    ]);
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    let answered = provider.call("POST", "/Bulk", &json!({ "schemas": schemas, "Operations": operations }));
    assert_eq!(answered.status, 200);
    assert_eq!(answered.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    let answers = answered.body["Operations"].as_array().unwrap();
    let statuses = ["400", "404", "400", "404", "409", "200", "404", "204", "404", "201"];
    assert_eq!(answers.len(), statuses.len());
    for ((answer, asked), status) in answers.iter().zip(operations.as_array().unwrap()).zip(statuses) {
        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!((&answer["bulkId"], &answer["method"]), (&asked["bulkId"], &asked["method"]));
        let failed = !status.starts_with('2');
        assert_eq!(answer.get("response").is_some(), failed, "{answer}");
        if failed {
            assert_eq!(
                (&answer["response"]["schemas"], &answer["response"]["status"]),
                (&json!([ERROR]), &json!(status))
            );
            assert!(!answer["response"]["detail"].as_str().unwrap().is_empty());
        }
        let is_post = asked["method"].as_str().unwrap().eq_ignore_ascii_case("POST");
        let located = answer.get("location").is_some();
        assert_eq!(located, asked["method"] != "GET" && !(failed && is_post), "{answer}");
    }
    assert_eq!(answers[4]["response"]["scimType"], "uniqueness");
}

/// RFC 7643 §3 and §3.3: every representation says its schemas, each once, the type's own first.
#[test]
fn a_representation_says_its_schemas() {
    let provider = provider();
    let bodies = [
        json!({ "userName": "a" }),
        json!({ "schemas": [USER, USER, "urn:unknown"], "userName": "b" }),
        json!({ "schemas": [], "userName": "c", ENTERPRISE_USER: {} }),
        json!({ "schemas": [ENTERPRISE_USER, USER], "userName": "d" }),
    ];
    for body in bodies {
        let created = provider.created("/Users", &body);
        assert_eq!(created.body["schemas"], json!([USER]), "{body}");
        let path = format!("/Users/{}", created.id());
        let department = format!("{ENTERPRISE_USER}:department");
        let extended = provider.patch(&path, &json!([{ "op": "add", "path": department, "value": "D" }]));
        assert_eq!(extended.body["schemas"], json!([USER, ENTERPRISE_USER]), "{body}");
        let less = provider.patch(&path, &json!([{ "op": "remove", "path": ENTERPRISE_USER }]));
        assert_eq!((less.status, &less.body["schemas"]), (200, &json!([USER])), "{}", less.body);
    }
}

/// RFC 7644 §3.5.2.1: what adds nothing new changes no time; §3.3: `lastModified` is that of the last change.
#[test]
fn the_time_of_a_change_is_its_own() {
    let scim = Arc::new(Scim::new(MemoryStore::new(), registry()));
    let users = scim.registry().at_endpoint("Users").unwrap().clone();
    let tenant = TenantId::new("acme").unwrap();
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let (directory, _) = block_on(scim.create_directory(&tenant, new, now(), &mut rng)).unwrap().unwrap();
    let place = scim_core::Place { tenant: &tenant, directory: &directory.id, base_url: BASE };
    let created =
        block_on(scim.create(place, &users, &json!({ "userName": "ada" }), now(), &mut rng)).unwrap();
    let id = scim_core::ResourceId::named(created.body["id"].as_str().unwrap());
    let title = json!({ "Operations": [{ "op": "add", "path": "title", "value": "T" }] });
    let title = scim_core::PatchRequest::parse(&title).unwrap();
    for (minutes, modified) in [(1, "2026-05-10T12:01:00.000Z"), (2, "2026-05-10T12:01:00.000Z")] {
        let later = now() + TimeDelta::minutes(minutes);
        block_on(scim.modify(place, &users, &id, &title, later)).unwrap();
        let meta =
            block_on(scim.read(place, &users, &id, &scim_core::Projection::default())).unwrap().body["meta"]
                .clone();
        assert_eq!(
            (&meta["created"], &meta["lastModified"]),
            (&json!("2026-05-10T12:00:00.000Z"), &json!(modified))
        );
    }
}
