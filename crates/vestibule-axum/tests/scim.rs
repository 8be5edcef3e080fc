//! The SCIM endpoints, request by request.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, http::Request};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use scim_core::{
    CursorKey, Cursors, Directory, DirectoryId, MemoryStore, NewDirectory, Profile, Registry, Scim, TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{Clock, Tenant, scim};

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

struct Provider {
    app: Router,
    token: String,
    scim: Arc<Scim<MemoryStore>>,
    directory: DirectoryId,
}

fn provider() -> Provider {
    provider_with(Profile::default())
}

fn provider_with(profile: Profile) -> Provider {
    let cursors = Cursors::new(CursorKey::new(&[7; 32]));
    let scim =
        Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile).with_cursors(cursors);
    let scim = Arc::new(scim);
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let tenant = TenantId::new("acme").unwrap();
    let created = scim.create_directory(&tenant, new, now(), &mut rng);
    let (directory, token) = block_on(created).unwrap().unwrap();
    let app = scim::router(scim.clone(), "https://example.com/scim/v2", Clock::fixed(now()))
        .layer(Extension(Tenant::new("acme").unwrap()));
    Provider { app, token: token.reveal().to_string(), scim, directory: directory.id.clone() }
}

impl Provider {
    fn send(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: impl Into<Body>,
    ) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = block_on(self.app.clone().oneshot(request.body(body.into()).unwrap())).unwrap();
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").cloned();
        let bytes = block_on(response.into_body().collect()).unwrap().to_bytes();
        if !bytes.is_empty() {
            assert_eq!(kind.unwrap(), "application/scim+json", "{method} {path}");
        }
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send(method, path, Some(&format!("Bearer {}", self.token)), body.to_string())
    }

    fn user(&self, name: &str) -> String {
        let (status, user) = self.call("POST", "/Users", &json!({ "userName": name }));
        assert_eq!(status, 201, "{user}");
        user["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn every_refusal_is_a_scim_error_with_a_text_for_status() {
    let provider = provider();
    let id = provider.user("ada");
    let patch = |path: &str| json!({ "Operations": [{ "op": "replace", "path": path, "value": "x" }] });
    for (method, path, body, status, kind) in [
        ("GET", "/Users/nobody".to_owned(), Value::Null, 404, None),
        ("GET", "/Users/%FF".to_owned(), Value::Null, 404, None),
        ("GET", "/Nothing".to_owned(), Value::Null, 404, None),
        ("GET", "/Nothing/at/all".to_owned(), Value::Null, 404, None),
        ("PUT", "/Users".to_owned(), json!({}), 405, None),
        ("POST", "/Schemas".to_owned(), json!({}), 405, None),
        ("POST", "/Users".to_owned(), json!({}), 400, Some("invalidValue")),
        ("POST", "/Users".to_owned(), json!([]), 400, Some("invalidSyntax")),
        ("POST", "/Users".to_owned(), json!({ "userName": "ADA" }), 409, Some("uniqueness")),
        ("PATCH", format!("/Users/{id}"), json!({}), 400, Some("invalidSyntax")),
        ("PATCH", format!("/Users/{id}"), patch("nothing"), 400, Some("invalidPath")),
        ("PATCH", format!("/Users/{id}"), patch("id"), 400, Some("mutability")),
        ("GET", "/Users?filter=userName".to_owned(), Value::Null, 400, Some("invalidFilter")),
        (
            "GET",
            "/Users?filter=emails%5Btype%20eq%20%22work%22%5D%20eq%20%22x%22".to_owned(),
            Value::Null,
            400,
            Some("invalidFilter"),
        ),
        ("GET", "/Users?startIndex=x".to_owned(), Value::Null, 400, Some("invalidValue")),
        ("GET", "/Schemas?filter=id%20pr".to_owned(), Value::Null, 403, None),
    ] {
        let (answered, error) = provider.call(method, &path, &body);
        assert_eq!((answered, error["scimType"].as_str()), (status, kind), "{method} {path}: {error}");
        assert_eq!(error["status"], status.to_string());
        assert!(!error["detail"].as_str().unwrap().is_empty());
    }
}

#[test]
fn only_the_directorys_token_opens_it() {
    let provider = provider();
    let wrong = format!("{}x", provider.token);
    for authorization in
        [None, Some("Bearer"), Some("Bearer nonsense"), Some("Basic eDp5"), Some(wrong.as_str())]
    {
        let (status, error) = provider.send("GET", "/Users", authorization, "");
        assert_eq!((status, &error["status"]), (401, &json!("401")), "{authorization:?}");
    }
    // Okta can be set up to send it bare.
    assert_eq!(provider.send("GET", "/Users", Some(&provider.token), "").0, 200);
    assert_eq!(provider.send("GET", "/ServiceProviderConfig", None, "").0, 200, "discovery needs no token");
}

#[test]
fn a_group_gains_and_loses_members_without_an_answer() {
    let provider = provider();
    let ada = provider.user("ada");
    let (_, group) = provider.call("POST", "/Groups", &json!({ "displayName": "Owners" }));
    let path = format!("/Groups/{}", group["id"].as_str().unwrap());
    let patch =
        |op: &str| json!({ "Operations": [{ "op": op, "path": "members", "value": [{ "value": ada }] }] });
    assert_eq!(provider.call("PATCH", &path, &patch("Add")), (204, Value::Null));
    let (_, user) = provider.call("GET", &format!("/Users/{ada}"), &Value::Null);
    assert_eq!(user["groups"][0]["display"], "Owners");
    let (_, without) = provider.call("GET", &format!("{path}?excludedAttributes=members"), &Value::Null);
    assert!(without.get("members").is_none());
    assert_eq!(provider.call("PATCH", &path, &patch("Remove")), (204, Value::Null));
    assert!(provider.call("GET", &path, &Value::Null).1.get("members").is_none());
}

#[test]
fn a_search_at_the_root_finds_every_type() {
    let provider = provider();
    provider.user("ada");
    provider.call("POST", "/Groups", &json!({ "displayName": "Owners" }));
    let search = |body: &Value| provider.call("POST", "/.search", body);
    assert_eq!(search(&json!({})).1["totalResults"], 2);
    let (_, found) = search(&json!({ "filter": "displayName eq \"owners\"", "attributes": ["displayName"] }));
    assert_eq!(
        (&found["totalResults"], &found["Resources"][0]["displayName"]),
        (&json!(1), &json!("Owners"))
    );
    let (_, second) = search(&json!({ "startIndex": 2, "count": 1 }));
    assert_eq!(second["Resources"][0]["displayName"], "Owners");
    assert_eq!(search(&json!({ "filter": "nothing eq \"x\"" })).0, 400);
}

#[test]
fn a_bulk_request_is_answered_operation_by_operation() {
    let provider = provider();
    let group = json!({ "displayName": "Owners", "members": [{ "value": "bulkId:ada" }] });
    let (status, answered) = provider.call(
        "POST",
        "/Bulk",
        &json!({ "Operations": [
            { "method": "POST", "path": "/Groups", "bulkId": "owners", "data": group },
            { "method": "POST", "path": "/Users", "bulkId": "ada", "data": { "userName": "ada" } },
            { "method": "DELETE", "path": "/Users/nobody" },
        ] }),
    );
    let statuses: Vec<_> = answered["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["status"].as_str().unwrap())
        .collect();
    assert_eq!((status, statuses), (200, vec!["201", "201", "404"]));
    let (_, groups) = provider.call("GET", "/Groups", &Value::Null);
    assert_eq!(groups["Resources"][0]["members"].as_array().unwrap().len(), 1);
}

#[test]
fn a_bulk_request_beyond_its_limits_is_refused() {
    let provider = provider();
    let (_, config) = provider.call("GET", "/ServiceProviderConfig", &Value::Null);
    let limit = |name: &str| usize::try_from(config["bulk"][name].as_u64().unwrap()).unwrap();
    let many = vec![json!({}); limit("maxOperations") + 1];
    let long = json!({ "Operations": [], "x": " ".repeat(limit("maxPayloadSize")) });
    for (body, named) in [(json!({ "Operations": many }), "maxOperations"), (long, "maxPayloadSize")] {
        let (status, error) = provider.call("POST", "/Bulk", &body);
        assert_eq!((status, &error["status"]), (413, &json!("413")));
        assert!(error["detail"].as_str().unwrap().contains(named), "{error}");
    }
    let wrong = provider.send("POST", "/Bulk", Some(&provider.token), "{");
    assert_eq!((wrong.0, &wrong.1["scimType"]), (400, &json!("invalidSyntax")));
    assert_eq!(provider.send("POST", "/Bulk", None, "{}").0, 401);
    assert_eq!(provider.call("GET", "/Bulk", &Value::Null).0, 405);
}

#[test]
fn an_accommodating_provider_answers_patched_groups_and_leaves_out_who_is_unknown() {
    let provider = provider_with(Profile::ACCOMMODATING);
    let ada = provider.user("ada");
    let members = json!([{ "value": "nobody", "display": "Nobody" }, { "value": ada, "display": "Ada" }]);
    let (status, group) =
        provider.call("POST", "/Groups", &json!({ "displayName": "G", "members": members }));
    assert_eq!((status, names(&group)), (201, vec!["Ada"]));
    let path = format!("/Groups/{}", group["id"].as_str().unwrap());
    let patch =
        |op: &str, value: Value| json!({ "Operations": [{ "op": op, "path": "members", "value": value }] });
    let nobody = patch("add", json!([{ "value": "nobody" }]));
    let (status, after) = provider.call("PATCH", &path, &nobody);
    assert_eq!((status, names(&after)), (200, vec!["Ada"]));
    assert_eq!(after["meta"]["version"], group["meta"]["version"], "nobody joined");
    let (status, after) = provider.call("PATCH", &path, &patch("replace", json!([{ "value": "nobody" }])));
    assert_eq!((status, names(&after)), (200, vec![]));
    let (status, after) = provider.call("PUT", &path, &json!({ "displayName": "G", "members": members }));
    assert_eq!((status, names(&after)), (200, vec!["Ada"]));
}

fn names(group: &Value) -> Vec<&str> {
    let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    members.iter().map(|member| member["display"].as_str().unwrap()).collect()
}

#[test]
fn a_member_that_is_not_there_is_refused() {
    let provider = provider();
    let group = json!({ "displayName": "G", "members": [{ "value": "nobody" }] });
    let (status, error) = provider.call("POST", "/Groups", &group);
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
    assert!(error["detail"].as_str().unwrap().contains("nobody"), "{error}");
}

/// RFC 7644 §3.5.1: what a PUT leaves out is cleared.
#[test]
fn a_put_without_members_leaves_a_group_empty() {
    for without in [
        json!({ "displayName": "G" }),
        json!({ "displayName": "H" }),
        json!({ "displayName": "G", "members": null }),
    ] {
        let provider = provider();
        let ada = provider.user("ada");
        let group = json!({ "displayName": "G", "members": [{ "value": ada, "display": "Ada" }] });
        let (_, group) = provider.call("POST", "/Groups", &group);
        let path = format!("/Groups/{}", group["id"].as_str().unwrap());
        let (_, echoed) = provider.call("PUT", &path, &group);
        assert_eq!(names(&echoed), vec!["Ada"], "an echo changes nothing");
        assert_eq!(echoed["meta"]["version"], group["meta"]["version"]);
        let (status, put) = provider.call("PUT", &path, &without);
        assert_eq!((status, put.get("members")), (200, None), "{without}");
        assert_ne!(put["meta"]["version"], group["meta"]["version"], "who was a member is none");
        let (_, user) = provider.call("GET", &format!("/Users/{ada}"), &Value::Null);
        assert_eq!(user.get("groups"), None);
        let (_, again) = provider.call("PUT", &path, &without);
        assert_eq!(again["meta"]["version"], put["meta"]["version"], "nobody was left to remove");
    }
}

#[test]
fn a_disabled_directory_is_closed_to_who_has_its_token() {
    let provider = provider();
    let id = provider.user("ada");
    let enable = |enabled: bool| {
        let decide = |stored: &Directory| {
            Ok::<_, std::convert::Infallible>((stored.changed(now(), |next| next.enabled = enabled), ()))
        };
        let tenant = TenantId::new("acme").unwrap();
        block_on(provider.scim.change_directory(&tenant, &provider.directory, decide)).unwrap().unwrap();
    };
    enable(false);
    let patch = json!({ "Operations": [{ "op": "replace", "path": "active", "value": false }] });
    for (method, path, body) in [
        ("GET", "/Users".to_owned(), Value::Null),
        ("POST", "/Users".to_owned(), json!({ "userName": "grace" })),
        ("POST", "/.search".to_owned(), json!({})),
        ("GET", format!("/Users/{id}"), Value::Null),
        ("PUT", format!("/Users/{id}"), json!({ "userName": "ada" })),
        ("PATCH", format!("/Users/{id}"), patch),
        ("DELETE", format!("/Users/{id}"), Value::Null),
        ("GET", "/Groups/nobody".to_owned(), Value::Null),
    ] {
        let (status, error) = provider.call(method, &path, &body);
        let expected = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "403",
            "detail": "this directory is disabled",
        });
        assert_eq!((status, error), (403, expected), "{method} {path}");
    }
    let wrong = format!("Bearer {}x", provider.token);
    assert_eq!(provider.send("GET", "/Users", Some(&wrong), "").0, 401, "who has no token learns nothing");
    assert_eq!(provider.send("GET", "/ServiceProviderConfig", None, "").0, 200);
    enable(true);
    let (status, user) = provider.call("GET", &format!("/Users/{id}"), &Value::Null);
    assert_eq!(
        (status, &user["userName"], user.get("active")),
        (200, &json!("ada"), None),
        "nothing was changed"
    );
}

#[test]
fn a_list_is_sorted_by_whatever_attribute_is_named() {
    let provider = provider();
    for (name, given) in [("b", Some("Zoe")), ("C", None), ("a", Some("adam"))] {
        let user = json!({ "userName": name, "name": { "givenName": given } });
        assert_eq!(provider.call("POST", "/Users", &user).0, 201);
    }
    provider.call("POST", "/Groups", &json!({ "displayName": "g" }));
    let names = |list: &Value| {
        let name = |found: &Value| found["userName"].as_str().unwrap_or("-").to_owned();
        list["Resources"].as_array().unwrap().iter().map(name).collect::<Vec<_>>().concat()
    };
    for (query, expected) in [
        ("sortBy=userName", "abC"),
        ("sortBy=USERNAME&sortOrder=Descending", "Cba"),
        ("sortBy=name.givenName", "abC"),
        ("sortBy=name.givenName&sortOrder=descending", "Cba"),
        ("sortBy=userName&startIndex=2&count=1", "b"),
        ("sortBy=userName&filter=userName%20gt%20%22a%22", "bC"),
        ("sortOrder=descending&count=0", ""),
    ] {
        let (status, list) = provider.call("GET", &format!("/Users?{query}"), &Value::Null);
        assert_eq!((status, names(&list).as_str()), (200, expected), "{query}: {list}");
    }
    for (path, expected) in [("/.search", "-Cb"), ("/Users/.search", "Cba")] {
        let search = json!({ "sortBy": "userName", "sortOrder": "descending", "count": 3 });
        let (status, list) = provider.call("POST", path, &search);
        assert_eq!((status, names(&list).as_str()), (200, expected), "{path}");
    }
    for query in
        ["sortBy=nope", "sortBy=name", "sortBy=password", "sortBy=groups", "sortBy=userName&sortOrder=up"]
    {
        let (status, error) = provider.call("GET", &format!("/Users?{query}"), &Value::Null);
        assert_eq!((status, error["scimType"].as_str()), (400, Some("invalidValue")), "{query}");
    }
    let (_, config) = provider.send("GET", "/ServiceProviderConfig", None, "");
    assert_eq!(config["sort"]["supported"], true);
}

#[test]
fn pages_are_turned_by_cursors() {
    let provider = provider();
    for name in ["b", "c", "a"] {
        provider.user(name);
    }
    let name = |list: &Value| list["Resources"][0]["userName"].as_str().unwrap().to_owned();
    let (status, first) = provider.call("GET", "/Users?cursor&count=1&sortBy=userName", &Value::Null);
    assert_eq!((status, name(&first).as_str()), (200, "a"), "{first}");
    let next = first["nextCursor"].as_str().unwrap();
    let (_, second) =
        provider.call("GET", &format!("/Users?cursor={next}&count=1&sortBy=userName"), &Value::Null);
    assert_eq!(name(&second), "b");
    let search = json!({ "cursor": second["previousCursor"], "count": 1, "sortBy": "userName" });
    let (_, again) = provider.call("POST", "/Users/.search", &search);
    assert_eq!(name(&again), "a");
    // RFC 9865 §2: a cursor goes into a URL as it is.
    let unreserved = |at: char| at.is_ascii_alphanumeric() || "-._~".contains(at);
    assert!(!next.is_empty() && next.chars().all(unreserved), "{next}");
    for (query, kind) in [
        ("cursor=x", "invalidCursor"),
        ("cursor&startIndex=1", "invalidCursor"),
        ("cursor&count=ten", "invalidCount"),
        ("cursor&count=1.5", "invalidCount"),
        ("cursor&count=", "invalidCount"),
        ("cursor&count=1001", "invalidCount"),
        ("cursor&startIndex=ten", "invalidValue"),
        ("count=ten", "invalidValue"),
    ] {
        let (status, error) = provider.call("GET", &format!("/Users?{query}"), &Value::Null);
        assert_eq!((status, error["scimType"].as_str()), (400, Some(kind)), "{query}");
    }
    for (search, kind) in [
        (json!({ "cursor": "x" }), "invalidCursor"),
        (json!({ "cursor": 7 }), "invalidCursor"),
        (json!({ "cursor": "", "count": "1" }), "invalidCount"),
        (json!({ "cursor": "", "count": 1.5 }), "invalidCount"),
        (json!({ "count": 1.5 }), "invalidValue"),
    ] {
        for path in ["/Users/.search", "/.search"] {
            let (status, error) = provider.call("POST", path, &search);
            assert_eq!((status, error["scimType"].as_str()), (400, Some(kind)), "{path} {search}");
        }
    }
    // RFC 9865 §2: whoever asks for none learns how many there are, and a page by index has no cursor.
    for query in ["cursor&count=0", "cursor=&count=-3", "count=0", "startIndex=1&count=1"] {
        let (status, list) = provider.call("GET", &format!("/Users?{query}"), &Value::Null);
        assert_eq!((status, &list["totalResults"]), (200, &json!(3)), "{query}");
        assert!(list.get("nextCursor").is_none() && list.get("previousCursor").is_none(), "{list}");
    }
    let (_, config) = provider.send("GET", "/ServiceProviderConfig", None, "");
    assert_eq!(config["pagination"]["cursor"], true);
}

/// RFC 7644 §3.9: whatever answers a resource.
#[test]
fn what_creates_or_replaces_answers_the_attributes_that_are_asked_for() {
    let provider = provider();
    let ada = provider.user("ada");
    let group = json!({ "displayName": "G", "members": [{ "value": ada }] });
    let (status, created) = provider.call("POST", "/Groups?excludedAttributes=members", &group);
    assert_eq!((status, created.get("members")), (201, None));
    let path = format!("/Groups/{}", created["id"].as_str().unwrap());
    let (status, put) = provider.call("PUT", &format!("{path}?attributes=displayName"), &group);
    assert_eq!((status, put.get("members"), &put["displayName"]), (200, None, &json!("G")));
    let (_, read) = provider.call("GET", &path, &Value::Null);
    assert_eq!(read["members"][0]["value"], ada, "it has them all the same");
}
