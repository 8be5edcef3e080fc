//! The routes of keys, and the extractor of a verified one, request by request.

use std::sync::Arc;

use apikeys::{
    ApiKeys, CreditPlan, MemoryStore, NewKey, Pepper, PepperId, Peppers, RateLimit, RequiredScopes, Rules,
    TokenFormat,
};
use axum::{Extension, Router, body::Body, http::Request, middleware, routing::get};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{
    ApiError, Clock, Tenant,
    apikeys::{
        self as routes, ClientAddress, KeyLayer, KeyVerifier, RequireScopes, VerifiedKey, verify_keys,
    },
};

const SUBJECT: &str = "user_2xhFjEI5X2qWRvtV13BzSj8H6Dk";

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

fn app() -> Router {
    app_and_keys().0
}

fn app_and_keys() -> (Router, Arc<ApiKeys<MemoryStore>>) {
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let keys = ApiKeys::new(MemoryStore::new(), TokenFormat::new("ak", "test").unwrap(), peppers, &mut rng);
    let (keys, tenant) = (Arc::new(keys), Tenant::new("acme").unwrap());
    let verifier = KeyVerifier::new(keys.clone(), tenant.clone(), Clock::fixed(now()));
    let own = Router::new()
        .route("/whoami", get(async |key: VerifiedKey| key.record().subject.to_string()))
        .route("/reports", get(reports))
        .route("/twice", get(async |_: VerifiedKey, key: VerifiedKey| key.record().id.to_string()))
        .route("/typed", get(async |_: VerifiedKey<Typed>| "all is well"))
        .layer(middleware::from_fn_with_state(verifier.clone(), verify_keys))
        .route(
            "/layered",
            get(async |key: VerifiedKey| key.record().id.to_string()).route_layer(layer(verifier)),
        );
    (routes::router(keys.clone(), Clock::fixed(now())).layer(Extension(tenant)).merge(own), keys)
}

/// Scopes in the type.
struct Typed;

impl RequireScopes for Typed {
    const SCOPES: RequiredScopes<'static> = RequiredScopes::Any(&["reports:read", "admin"]);
}

/// Scopes in the route.
fn layer(verifier: KeyVerifier) -> KeyLayer {
    KeyLayer::new(verifier).all(&["reports:read"])
}

async fn reports(key: VerifiedKey) -> Result<&'static str, ApiError> {
    key.require(&["reports:read"])?;
    Ok("all is well")
}

struct Answer {
    status: u16,
    challenge: Option<String>,
    retry_after: Option<String>,
    body: Value,
}

impl Answer {
    fn code(&self) -> (u16, &str) {
        (self.status, self.body["errors"][0]["code"].as_str().unwrap_or_default())
    }

    /// Without the part that differs in every answer.
    fn told(mut self) -> (u16, Option<String>, Value) {
        self.body.as_object_mut().unwrap().remove("clerk_trace_id");
        (self.status, self.challenge, self.body)
    }
}

fn send(app: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = block_on(app.clone().oneshot(request.body(body.into()).unwrap())).unwrap();
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (challenge, retry_after) = (header("www-authenticate"), header("retry-after"));
    let bytes = block_on(response.into_body().collect()).unwrap().to_bytes();
    Answer { status, challenge, retry_after, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

fn call(app: &Router, method: &str, path: &str, body: &Value) -> Answer {
    send(app, method, path, &[], body.to_string())
}

fn created(app: &Router, more: &Value) -> (String, String) {
    let mut body = json!({ "name": "Builds", "subject": SUBJECT });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = call(app, "POST", "/api_keys", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let text = |field: &str| answer.body[field].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

fn bearing(app: &Router, path: &str, token: &str) -> Answer {
    send(app, "GET", path, &[("authorization", &format!("Bearer {token}"))], "")
}

#[test]
fn a_key_lives_and_dies_under_both_paths() {
    let app = app();
    let (id, secret) = created(&app, &json!({ "description": "nightly", "seconds_until_expiration": 60.5 }));
    for path in [format!("/api_keys/{id}"), format!("/v1/api_keys/{}", id.replacen("ak_", "api_key_", 1))] {
        let read = call(&app, "GET", &path, &Value::Null).body;
        assert_eq!((&read["id"], &read["secret"]), (&json!(id), &Value::Null));
        assert_eq!(read["expiration"], now().timestamp_millis() + 60_500);
    }
    let path = format!("/api_keys/{id}");
    let updated =
        call(&app, "PATCH", &path, &json!({ "description": null, "seconds_until_expiration": null }));
    assert_eq!((&updated.body["description"], &updated.body["expiration"]), (&Value::Null, &Value::Null));
    assert_eq!(call(&app, "POST", "/api_keys/verify", &json!({ "secret": secret })).status, 200);
    let revoked = call(&app, "POST", &format!("{path}/revoke"), &json!({ "revocation_reason": "left" }));
    assert_eq!(
        (&revoked.body["revoked"], &revoked.body["revocation_reason"]),
        (&json!(true), &json!("left"))
    );
    let verified = call(&app, "POST", "/api_keys/verify", &json!({ "secret": secret }));
    assert_eq!(verified.code(), (400, "api_key_revoked"));
    assert_eq!(call(&app, "DELETE", &path, &Value::Null).body["deleted"], true);
    assert_eq!(call(&app, "GET", &path, &Value::Null).code(), (404, "resource_not_found"));
}

#[test]
fn lists_are_cut_and_counted() {
    let app = app();
    for _ in 0..3 {
        created(&app, &json!({}));
    }
    let list = |more: &str| call(&app, "GET", &format!("/api_keys?subject={SUBJECT}{more}"), &Value::Null);
    let page = list("&limit=2&offset=2").body;
    assert_eq!((page["data"].as_array().unwrap().len(), &page["total_count"]), (1, &json!(3)));
    assert_eq!(list("&query=BUILD").body["total_count"], 3);
    assert_eq!(list("&type=other").body["total_count"], 0);
    for bad in ["&limit=0", "&limit=101", "&limit=x", "&offset=-1", "&include_invalid=perhaps"] {
        assert_eq!(list(bad).status, 422, "{bad}");
    }
    assert_eq!(call(&app, "GET", "/api_keys", &Value::Null).code(), (422, "form_param_missing"));
}

#[test]
fn a_repeated_request_is_answered_with_the_id() {
    let app = app();
    let body = json!({ "name": "Builds", "subject": SUBJECT }).to_string();
    let headers = [("idempotency-key", "request-1")];
    let first = send(&app, "POST", "/api_keys", &headers, body.clone());
    let second = send(&app, "POST", "/api_keys", &headers, body);
    assert_eq!(second.code(), (409, "idempotency_key_used"));
    assert_eq!(second.body["errors"][0]["meta"]["api_key_id"], first.body["id"]);
    let other = json!({ "name": "Other", "subject": SUBJECT }).to_string();
    assert_eq!(send(&app, "POST", "/api_keys", &headers, other).code(), (409, "idempotency_key_conflict"));
}

#[test]
fn bad_bodies_are_refused_by_name() {
    let app = app();
    let with = |more: Value| {
        let mut body = json!({ "name": "Builds", "subject": SUBJECT });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(&app, "POST", "/api_keys", &body)
    };
    for (more, code) in [
        (json!({ "name": "ab" }), (422, "form_param_value_invalid")),
        (json!({ "name": " padded" }), (422, "form_param_value_invalid")),
        (json!({ "name": 5 }), (422, "form_param_format_invalid")),
        (json!({ "subject": "someone" }), (422, "form_param_value_invalid")),
        (json!({ "scopes": "read" }), (422, "form_param_format_invalid")),
        (json!({ "seconds_until_expiration": 0 }), (422, "form_param_value_invalid")),
        (json!({ "seconds_until_expiration": 1e300 }), (422, "form_param_value_invalid")),
        (json!({ "created_by": "org_2xhFjEI5X2qWRvtV13BzSj8H6Dk" }), (422, "form_param_value_invalid")),
        (json!({ "nmae": "x" }), (400, "bad_request")),
    ] {
        assert_eq!(with(more.clone()).code(), code, "{more}");
    }
    for body in [&b"{"[..], b"[]", b"\xff"] {
        assert_eq!(send(&app, "POST", "/api_keys", &[], body.to_vec()).code(), (400, "request_body_invalid"));
    }
    let large = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(send(&app, "POST", "/api_keys", &[], large).code(), (413, "request_body_too_large"));
    let listed = call(&app, "GET", &format!("/api_keys?subject={SUBJECT}"), &Value::Null);
    assert_eq!(listed.body["total_count"], 0, "nothing was written");
}

#[test]
fn ids_that_are_none_are_answered_like_ids_of_none() {
    let app = app();
    for id in ["ak_00000000000000000000000000000000", "nonsense", "%FF"] {
        for (method, path) in
            [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/secret"), ("POST", "/revoke")]
        {
            let answer = call(&app, method, &format!("/api_keys/{id}{path}"), &json!({}));
            assert_eq!(answer.code(), (404, "resource_not_found"), "{method} {id}{path}");
        }
    }
    let (id, _) = created(&app, &json!({}));
    let secret = call(&app, "GET", &format!("/api_keys/{id}/secret"), &Value::Null);
    assert_eq!(secret.code(), (400, "api_key_secret_not_available"));
}

#[test]
fn who_proves_no_secret_learns_nothing() {
    let app = app();
    let (id, secret) = created(&app, &json!({}));
    call(&app, "DELETE", &format!("/api_keys/{id}"), &Value::Null);
    let verify = |secret: &str| call(&app, "POST", "/api_keys/verify", &json!({ "secret": secret })).told();
    assert_eq!(verify(&secret), verify("ak_test_nonsense"));
    assert_eq!(verify(&secret).0, 404);
    for malformed in ["nonsense", "ak_test_\u{e9}"] {
        assert_eq!(bearing(&app, "/whoami", &secret).told(), bearing(&app, "/whoami", malformed).told());
    }
}

#[test]
fn a_handler_takes_a_verified_key() {
    let app = app();
    let (id, secret) = created(&app, &json!({ "scopes": ["reports:read"] }));
    let (_, unscoped) = created(&app, &json!({}));
    assert_eq!(bearing(&app, "/whoami", &secret).status, 200);
    assert_eq!(bearing(&app, "/reports", &secret).status, 200);
    let unscoped = bearing(&app, "/reports", &unscoped);
    assert_eq!(unscoped.code(), (403, "api_key_insufficient_scope"));
    assert_eq!(unscoped.challenge.as_deref(), Some("Bearer error=\"insufficient_scope\""));
    let none = send(&app, "GET", "/whoami", &[], "");
    assert_eq!((none.code(), none.challenge.as_deref()), ((401, "authentication_invalid"), Some("Bearer")));
    call(&app, "POST", &format!("/api_keys/{id}/revoke"), &json!({}));
    let revoked = bearing(&app, "/whoami", &secret);
    assert_eq!(revoked.status, 401);
    assert!(revoked.challenge.unwrap().starts_with("Bearer"));
}

#[test]
fn a_request_counts_once_however_often_its_key_is_asked_for() {
    let (app, keys) = app_and_keys();
    let (_, secret) = created(&app, &json!({}));
    assert_eq!(bearing(&app, "/twice", &secret).status, 200);
    let tenant = Tenant::new("acme").unwrap();
    let usage = block_on(keys.usage(tenant.apikeys(), apikeys::Month::of(now()))).unwrap();
    assert_eq!(usage.verifications, 1);
}

#[test]
fn scopes_stand_in_the_type_or_in_the_route() {
    let (app, keys) = app_and_keys();
    let (_, reader) = created(&app, &json!({ "scopes": ["reports:*"] }));
    let (_, admin) = created(&app, &json!({ "scopes": ["admin"] }));
    for (path, token, status) in [
        ("/typed", &reader, 200),
        ("/typed", &admin, 200),
        ("/layered", &reader, 200),
        ("/layered", &admin, 403),
    ] {
        assert_eq!(bearing(&app, path, token).status, status, "{path}");
    }
    assert_eq!(send(&app, "GET", "/layered", &[], "").code(), (401, "authentication_invalid"));
    let tenant = Tenant::new("acme").unwrap();
    let usage = block_on(keys.usage(tenant.apikeys(), apikeys::Month::of(now()))).unwrap();
    assert_eq!(usage.verifications, 4, "a layer and its handler are one verification");
}

#[test]
fn limits_say_when_to_come_again() {
    let (app, keys) = app_and_keys();
    let tenant = Tenant::new("acme").unwrap();
    let issue = |rules| {
        let new = NewKey { rules, ..NewKey::new(SUBJECT.parse().unwrap(), "Builds") };
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        block_on(keys.issue(tenant.apikeys(), new, now(), &mut rng)).unwrap().1.reveal().to_string()
    };
    let limited = issue(Rules { rate_limit: RateLimit::new(1, 90).ok(), ..Rules::default() });
    assert_eq!(bearing(&app, "/whoami", &limited).status, 200);
    let refused = bearing(&app, "/whoami", &limited);
    assert_eq!((refused.code(), refused.retry_after.as_deref()), ((429, "api_key_rate_limited"), Some("90")));
    let verified = call(&app, "POST", "/api_keys/verify", &json!({ "secret": limited }));
    assert_eq!(
        (verified.code(), verified.retry_after.as_deref()),
        ((429, "api_key_rate_limited"), Some("90"))
    );
    let poor = issue(Rules { credits: Some(CreditPlan { initial: 0, refill: None }), ..Rules::default() });
    assert_eq!(bearing(&app, "/whoami", &poor).code(), (429, "api_key_usage_exceeded"));
    let bound = issue(Rules { networks: ["192.0.2.0/24".parse().unwrap()].into(), ..Rules::default() });
    assert_eq!(bearing(&app, "/whoami", &bound).code(), (403, "api_key_ip_denied"));
    let from_there = app.layer(Extension(ClientAddress("192.0.2.1".parse().unwrap())));
    assert_eq!(bearing(&from_there, "/whoami", &bound).status, 200);
}

#[test]
fn keys_are_rotated_disabled_and_enabled() {
    let app = app();
    let (id, old) = created(&app, &json!({}));
    let path = format!("/api_keys/{id}");
    let rotated = call(&app, "POST", &format!("{path}/rotate"), &json!({ "grace_seconds": 60 }));
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    let new = rotated.body["secret"].as_str().unwrap().to_owned();
    for token in [&old, &new] {
        assert_eq!(bearing(&app, "/whoami", token).status, 200);
    }
    let again = call(&app, "POST", &format!("{path}/rotate"), &json!({}));
    assert_eq!(again.code(), (409, "api_key_not_rotatable"));
    let forever = call(&app, "POST", &format!("{path}/rotate"), &json!({ "grace_seconds": 1e9 }));
    assert_eq!(forever.status, 409, "a key that was rotated is not looked at further");
    assert_eq!(call(&app, "POST", &format!("{path}/disable"), &json!({})).status, 200);
    assert_eq!(bearing(&app, "/whoami", &old).code(), (401, "api_key_disabled"));
    assert_eq!(call(&app, "POST", &format!("{path}/enable"), &json!({})).status, 200);
    assert_eq!(bearing(&app, "/whoami", &old).status, 200);
    assert_eq!(call(&app, "PUT", &path, &json!({})).code(), (405, "method_not_allowed"));
}
