//! What headers ask of the SCIM endpoints, and what they answer.

use std::sync::{Arc, Mutex};

use axum::{Extension, Router, body::Body, http::Request};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use scim_core::{Directory, EventDetail, MemoryStore, NewDirectory, Profile, Registry, Scim, TenantId};
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
    directory: Arc<Directory>,
}

struct Answered {
    status: u16,
    headers: axum::http::HeaderMap,
    body: Value,
}

impl Answered {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn provider() -> Provider {
    provider_of(Profile::default())
}

fn provider_of(profile: Profile) -> Provider {
    provider_on(Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile))
}

fn provider_on(scim: Scim<MemoryStore>) -> Provider {
    let scim = Arc::new(scim);
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let tenant = TenantId::new("acme").unwrap();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let created = scim.create_directory(&tenant, new, now(), &mut rng);
    let (directory, token) = block_on(created).unwrap().unwrap();
    let app = scim::router(scim, "https://example.com/scim/v2", Clock::fixed(now()))
        .layer(Extension(Tenant::new("acme").unwrap()));
    Provider { app, token: token.reveal().to_string(), directory }
}

impl Provider {
    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answered {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = block_on(self.app.clone().oneshot(request)).unwrap();
        let (parts, body) = response.into_parts();
        let bytes = block_on(body.collect()).unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answered { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    fn created(&self, path: &str, body: &Value) -> Answered {
        let answered = self.call("POST", path, &[], body);
        assert_eq!(answered.status, 201, "{}", answered.body);
        answered
    }
}

/// RFC 7644 §3.14, RFC 7643 §3.1.
#[test]
fn every_answer_about_a_resource_says_its_version_and_its_place() {
    let provider = provider();
    let created = provider.created("/Users", &json!({ "userName": "ada" }));
    let location = created.body["meta"]["location"].as_str().unwrap();
    let path = location.strip_prefix("https://example.com/scim/v2").unwrap();
    let patch = |title: &str| json!({ "Operations": [{ "op": "add", "path": "title", "value": title }] });
    for (answered, version) in [
        (provider.call("GET", path, &[], &Value::Null), 1),
        (provider.call("PATCH", path, &[], &patch("Countess")), 2),
        (provider.call("PATCH", path, &[], &patch("Countess")), 2),
        (provider.call("PUT", path, &[], &json!({ "userName": "ada" })), 3),
    ] {
        let version = format!("W/\"{version}\"");
        assert_eq!((answered.status, answered.header("etag")), (200, version.as_str()));
        assert_eq!(answered.body["meta"]["version"], version);
        assert_eq!((answered.header("location"), answered.header("content-location")), (location, location));
    }
    assert_eq!((created.header("location"), created.header("etag")), (location, "W/\"1\""));
    let group = provider.created("/Groups", &json!({ "displayName": "Owners" }));
    let path = group.header("location").strip_prefix("https://example.com/scim/v2").unwrap();
    let join = json!({ "Operations": [{ "op": "add", "path": "members", "value": [{ "value": created.body["id"] }] }] });
    let joined = provider.call("PATCH", path, &[], &join);
    assert_eq!((joined.status, joined.header("etag")), (204, "W/\"2\""));
    let config = provider.call("GET", "/ServiceProviderConfig", &[], &Value::Null);
    assert_eq!(config.body["etag"]["supported"], true);
}

#[test]
fn what_the_client_has_already_is_not_sent_again() {
    let provider = provider();
    let created = provider.created("/Users", &json!({ "userName": "ada" }));
    let path = format!("/Users/{}", created.body["id"].as_str().unwrap());
    for known in ["W/\"1\"", "\"1\"", "W/\"7\", W/\"1\"", "*"] {
        let answered = provider.call("GET", &path, &[("if-none-match", known)], &Value::Null);
        assert_eq!((answered.status, &answered.body), (304, &Value::Null), "{known}");
        assert_eq!(answered.header("etag"), "W/\"1\"");
    }
    for other in ["W/\"2\"", "", "x", "W/\"11\""] {
        let answered = provider.call("GET", &path, &[("if-none-match", other)], &Value::Null);
        assert_eq!((answered.status, &answered.body["userName"]), (200, &json!("ada")), "{other}");
    }
    let twice = [("if-none-match", "W/\"7\""), ("if-none-match", "W/\"1\"")];
    assert_eq!(provider.call("GET", &path, &twice, &Value::Null).status, 304);
    assert_eq!(provider.call("GET", &path, &[("if-match", "W/\"2\"")], &Value::Null).status, 412);
    let both = [("if-match", "W/\"2\""), ("if-none-match", "W/\"1\"")];
    assert_eq!(provider.call("GET", &path, &both, &Value::Null).status, 412, "RFC 9110 §13.2.2");
}

#[test]
fn a_change_of_another_version_is_refused_and_changes_nothing() {
    let provider = provider();
    let ada = provider.created("/Users", &json!({ "userName": "ada" })).body["id"].clone();
    for (endpoint, body, patch) in [
        ("/Users", json!({ "userName": "eve" }), json!({ "op": "add", "path": "title", "value": "T" })),
        (
            "/Groups",
            json!({ "displayName": "G" }),
            json!({ "op": "add", "path": "members", "value": [{ "value": ada }] }),
        ),
    ] {
        let created = provider.created(endpoint, &body);
        let path = format!("{endpoint}/{}", created.body["id"].as_str().unwrap());
        let patch = json!({ "Operations": [patch] });
        let put = json!({ "userName": "eve2", "displayName": "G2" });
        let requests = [("PUT", &put), ("PATCH", &patch), ("DELETE", &Value::Null)];
        for (method, body) in requests {
            for condition in [("if-match", "W/\"7\""), ("if-none-match", "*"), ("if-none-match", "W/\"1\"")] {
                let refused = provider.call(method, &path, &[condition], body);
                assert_eq!(
                    (refused.status, &refused.body["status"]),
                    (412, &json!("412")),
                    "{method} {condition:?}"
                );
            }
            assert_eq!(provider.call("GET", &path, &[], &Value::Null).body, created.body, "{method}");
        }
        let mut version = created.header("etag").to_owned();
        for (method, body) in requests {
            let done = provider.call(method, &path, &[("if-match", &version)], body);
            assert!(done.status < 300, "{method} {}", done.body);
            assert_ne!(done.header("etag"), version, "{method}");
            version = done.header("etag").to_owned();
        }
        for (method, body) in requests {
            let gone = provider.call(method, &path, &[("if-match", "*")], body);
            assert_eq!(gone.status, 404, "{method} of what is gone");
        }
    }
}

/// RFC 7644 §3.7: `version` in a bulk operation is what `If-Match` is alone.
#[test]
fn an_operation_of_another_version_is_refused() {
    let provider = provider();
    let created = provider.created("/Users", &json!({ "userName": "ada" }));
    let path = format!("/Users/{}", created.body["id"].as_str().unwrap());
    let operation = |method: &str, version: &str| json!({ "method": method, "path": path, "version": version, "data": { "userName": method } });
    let body = json!({ "Operations": [
        operation("PUT", "W/\"2\""), operation("DELETE", "W/\"2\""), operation("PUT", "W/\"1\""),
        operation("DELETE", "W/\"1\""), operation("DELETE", "W/\"2\""),
    ] });
    let answered = provider.call("POST", "/Bulk", &[], &body).body;
    let statuses: Vec<_> = answered["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["412", "412", "200", "412", "204"]);
}

/// RFC 7644 §3.11.
#[test]
fn me_is_whom_the_host_says() {
    let mut provider = provider();
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let unknown = provider.call(method, "/Me", &[], &json!({}));
        assert_eq!((unknown.status, &unknown.body["status"]), (501, &json!("501")), "{method}");
    }
    let created = provider.created("/Users", &json!({ "userName": "ada" }));
    let location = created.header("location").to_owned();
    let id = scim_core::ResourceId::named(created.body["id"].as_str().unwrap());
    provider.app = provider.app.layer(Extension(scim::Subject::user(id)));
    let patch = json!({ "Operations": [{ "op": "add", "path": "title", "value": "Countess" }] });
    for (method, body, status) in [
        ("GET", &Value::Null, 200),
        ("PUT", &json!({ "userName": "Ada" }), 200),
        ("PATCH", &patch, 200),
        ("DELETE", &Value::Null, 204),
        ("GET", &Value::Null, 404),
    ] {
        let answered = provider.call(method, "/Me", &[], body);
        assert_eq!(answered.status, status, "{method} {}", answered.body);
        if status == 200 {
            assert_eq!(
                (answered.header("location"), &answered.body["id"]),
                (location.as_str(), &created.body["id"])
            );
        }
    }
    assert_eq!(provider.call("POST", "/Me", &[], &json!({})).status, 405);
}

#[test]
fn a_host_that_knows_the_directory_needs_no_token() {
    let mut provider = provider();
    provider.created("/Users", &json!({ "userName": "ada" }));
    provider.token = "nonsense".to_owned();
    assert_eq!(provider.call("GET", "/Users", &[], &Value::Null).status, 401);
    let known = |directory: &Arc<Directory>| provider.app.clone().layer(Extension(directory.clone()));
    let disabled = Arc::new(provider.directory.changed(now(), |next| next.enabled = false));
    let [open, closed] = [known(&provider.directory), known(&disabled)];
    provider.app = open;
    assert_eq!(provider.call("GET", "/Users", &[], &Value::Null).body["totalResults"], 1);
    provider.app = closed;
    assert_eq!(provider.call("GET", "/Users", &[], &Value::Null).status, 403);
}

/// RFC 9110 §15.5.6.
#[test]
fn a_method_that_is_not_allowed_is_answered_with_those_that_are() {
    let provider = provider();
    for (method, path, allowed) in [
        ("PUT", "/Users", "GET,HEAD,POST"),
        ("DELETE", "/Groups", "GET,HEAD,POST"),
        ("POST", "/Users/1", "GET,HEAD,PUT,PATCH,DELETE"),
        ("GET", "/.search", "POST"),
        ("GET", "/Users/.search", "POST"),
        ("GET", "/Bulk", "POST"),
        ("POST", "/Me", "GET,HEAD,PUT,PATCH,DELETE"),
        ("POST", "/ServiceProviderConfig", "GET,HEAD"),
        ("PUT", "/Schemas", "GET,HEAD"),
        ("PATCH", "/Schemas/x", "GET,HEAD"),
        ("DELETE", "/ResourceTypes", "GET,HEAD"),
        ("POST", "/ResourceTypes/User", "GET,HEAD"),
    ] {
        let refused = provider.call(method, path, &[], &json!({}));
        assert_eq!((refused.status, refused.header("allow")), (405, allowed), "{method} {path}");
        assert_eq!(refused.body["status"], "405");
    }
}

/// RFC 7644 §3.4.3.
#[test]
fn a_search_of_a_type_finds_nothing_else() {
    let provider = provider();
    provider.created("/Users", &json!({ "userName": "ada", "displayName": "Ada" }));
    provider.created("/Groups", &json!({ "displayName": "Ada" }));
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": ["displayName"], "filter": "displayName sw \"a\"", "startIndex": 1, "count": 10,
    });
    for (path, total) in [("/.search", 2), ("/Users/.search", 1), ("/Groups/.search", 1)] {
        let found = provider.call("POST", path, &[], &search);
        assert_eq!((found.status, &found.body["totalResults"]), (200, &json!(total)), "{path}");
        for resource in found.body["Resources"].as_array().unwrap() {
            assert_eq!(resource["displayName"], "Ada");
            assert!(resource.get("userName").is_none() && resource.get("meta").is_none(), "{resource}");
        }
    }
    assert_eq!(provider.call("POST", "/Nothing/.search", &[], &search).status, 404);
}

/// RFC 7644 §3.5.2: whoever asks for attributes gets them whatever the profile says.
#[test]
fn a_patch_is_answered_as_the_profile_says() {
    for (answers_patched_groups, statuses) in [(false, [200, 204]), (true, [200, 200])] {
        let provider = provider_of(Profile { answers_patched_groups, ..Profile::default() });
        let patch = json!({ "Operations": [{ "op": "add", "path": "displayName", "value": "D" }] });
        for (endpoint, status) in ["/Users", "/Groups"].into_iter().zip(statuses) {
            let created = provider.created(endpoint, &json!({ "userName": "u", "displayName": "C" }));
            let path = format!("{endpoint}/{}", created.body["id"].as_str().unwrap());
            let answered = provider.call("PATCH", &path, &[], &patch);
            assert_eq!((answered.status, answered.body.is_null()), (status, status == 204), "{path}");
            let asked = provider.call("PATCH", &format!("{path}?attributes=displayName"), &[], &patch);
            assert_eq!((asked.status, &asked.body["displayName"]), (200, &json!("D")), "{path}");
        }
    }
}

/// RFC 7644 §3.1.
#[test]
fn every_body_says_what_it_is_if_the_profile_insists() {
    let strict = provider_of(Profile { requires_schemas: true, ..Profile::default() });
    let message = |name: &str| format!("urn:ietf:params:scim:api:messages:2.0:{name}");
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let user = json!({ "schemas": [core], "userName": "ada", "displayName": "Ada" });
    let id = strict.created("/Users", &user).body["id"].as_str().unwrap().to_owned();
    let path = format!("/Users/{id}");
    let operations = json!([{ "op": "add", "path": "title", "value": "Dr" }]);
    for (method, path, mut body, schemas) in [
        ("POST", "/Users", json!({ "userName": "eve" }), core.to_owned()),
        ("PUT", &*path, json!({ "userName": "ada" }), core.to_owned()),
        ("PATCH", &*path, json!({ "Operations": operations }), message("PatchOp")),
        ("POST", "/Users/.search", json!({}), message("SearchRequest")),
        ("POST", "/.search", json!({}), message("SearchRequest")),
        ("POST", "/Bulk", json!({ "Operations": [] }), message("BulkRequest")),
    ] {
        let refused = strict.call(method, path, &[], &body);
        assert_eq!(refused.status, 400, "{method} {path}");
        assert!(refused.body["detail"].as_str().unwrap().contains(&schemas), "{}", refused.body);
        body["schemas"] = json!([schemas]);
        let answered = strict.call(method, path, &[], &body);
        assert!([200, 201].contains(&answered.status), "{method} {path}: {}", answered.body);
    }
}

/// RFC 9967 §2.5.1.1.
#[test]
fn a_client_that_does_not_wait_is_told_a_transaction() {
    let provider = provider();
    let user = json!({ "userName": "ada" });
    let not_waiting = [("prefer", "handling=lenient, Respond-Async; wait=10"), ("accept", "text/html")];
    let answered = provider.call("POST", "/Users", &not_waiting, &user);
    assert_eq!(answered.status, 201, "without an outbox every answer is waited for");

    let outbox = Arc::new(Mutex::new(Vec::new()));
    let told = outbox.clone();
    let store = MemoryStore::new().with_events(move |_, _, event| told.lock().unwrap().push(event.claims()));
    let scim = Scim::new(store, Registry::standard()).with_events(EventDetail::Notice);
    let provider = provider_on(scim);
    let config = provider.call("GET", "/ServiceProviderConfig", &[], &Value::Null);
    assert_eq!(config.body["securityEvents"]["asyncRequest"], "request");
    let accepted = |method: &str, path: &str, body: &Value| {
        let answered = provider.call(method, path, &not_waiting, body);
        assert_eq!((answered.status, &answered.body), (202, &Value::Null), "{method} {path}");
        assert_eq!(answered.header("preference-applied"), "respond-async");
        let told = std::mem::take(&mut *outbox.lock().unwrap());
        assert!(
            told.iter().all(|event| event["txn"].as_str().unwrap().starts_with(answered.header("set-txn")))
        );
        (answered.header("location").to_owned(), told)
    };
    let (location, told) = accepted("POST", "/Users", &user);
    let path = location.strip_prefix("https://example.com/scim/v2").unwrap();
    assert_eq!((told.len(), &told[0]["sub_id"]["uri"]), (1, &json!(path)));
    let patch = json!({ "Operations": [{ "op": "add", "path": "title", "value": "T" }] });
    for (method, body) in [("PATCH", &patch), ("PUT", &user), ("DELETE", &Value::Null)] {
        let (again, told) = accepted(method, path, body);
        assert_eq!((again.as_str(), told.len()), (location.as_str(), 1), "{method}");
    }
    let operation = json!({ "method": "POST", "path": "/Users", "bulkId": "1", "data": user });
    let (location, told) = accepted("POST", "/Bulk", &json!({ "Operations": [operation, operation] }));
    assert_eq!((location.as_str(), told.len()), ("", 2));
    let refused = provider.call("DELETE", path, &not_waiting, &Value::Null);
    assert_eq!((refused.status, refused.header("set-txn")), (404, ""), "what is refused is answered as ever");
    assert_eq!(provider.call("GET", "/Users", &not_waiting, &Value::Null).status, 200);
}

/// RFC 9967 §2.5.1.1 and RFC 7240 §2, §4.1 and §4.3.
#[test]
fn a_client_that_waits_a_while_gets_the_answer_that_is_there_by_then() {
    let outbox = Arc::new(Mutex::new(Vec::new()));
    let told = outbox.clone();
    let store = MemoryStore::new().with_events(move |_, _, event| told.lock().unwrap().push(event.claims()));
    let provider = provider_on(Scim::new(store, Registry::standard()).with_events(EventDetail::Notice));
    for (preferences, status) in [
        (&["respond-async"][..], 202),
        (&["respond-async, wait=0"], 202),
        (&["respond-async=\"\""], 202),
        (&["return=minimal", "respond-async"], 202),
        (&["respond-async, wait=10"], 201),
        (&["wait = 10", "Respond-Async"], 201),
        (&["wait=10"], 201),
        (&["handling=lenient; respond-async"], 201),
        (&["respond-async-soon"], 201),
        (&["return=respond-async"], 201),
        (&["respond-async=no, respond-async"], 201),
        (&[""], 201),
    ] {
        let headers: Vec<_> = preferences.iter().map(|value| ("prefer", *value)).collect();
        let user = json!({ "userName": preferences.join(" and ") + "!" });
        let answered = provider.call("POST", "/Users", &headers, &user);
        assert_eq!(answered.status, status, "{preferences:?} {}", answered.body);
        assert_eq!(answered.header("set-txn").is_empty(), status == 201, "{preferences:?}");
        let told = std::mem::take(&mut *outbox.lock().unwrap());
        let completed = told.iter().any(|event| event.to_string().contains("misc:asyncresp"));
        assert_eq!(completed, status == 202, "what is answered is not told, too: {preferences:?}");
    }
}
