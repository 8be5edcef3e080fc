//! What headers ask of the SCIM endpoints, and what they answer.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, http::Request};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use scim_core::{MemoryStore, NewDirectory, Registry, Scim, TenantId};
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
    let scim = Arc::new(Scim::new(MemoryStore::new(), Registry::standard()));
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let tenant = TenantId::new("acme").unwrap();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let created = scim.create_directory(&tenant, new, now(), &mut rng);
    let (_, token) = block_on(created).unwrap().unwrap();
    let app = scim::router(scim, "https://example.com/scim/v2", Clock::fixed(now()))
        .layer(Extension(Tenant::new("acme").unwrap()));
    Provider { app, token: token.reveal().to_string() }
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
