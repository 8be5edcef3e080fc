//! The routes of the waitlist, request by request.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
    middleware,
};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{
    Clock, SecretKeys, Tenant, require_secret_key,
    waitlist::{self, MemoryWaitlist},
};

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

fn app_on(list: MemoryWaitlist) -> Router {
    let keys = [("sk_acme", Tenant::new("acme").unwrap()), ("sk_other", Tenant::new("other").unwrap())];
    waitlist::router(list, Clock::fixed(now()))
        .layer(middleware::from_fn_with_state(SecretKeys::new(keys), require_secret_key))
}

fn app() -> Router {
    app_on(MemoryWaitlist::new())
}

fn send(app: &Router, method: Method, path: &str, body: impl Into<Body>, key: &str) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/waitlist_entries{path}"))
        .header("authorization", format!("Bearer {key}"))
        .body(body.into())
        .unwrap();
    block_on(async {
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    })
}

fn get(app: &Router, path: &str) -> (u16, Value) {
    send(app, Method::GET, path, Body::empty(), "sk_acme")
}

fn post(app: &Router, path: &str, body: &Value) -> (u16, Value) {
    send(app, Method::POST, path, body.to_string(), "sk_acme")
}

fn refusal((status, body): (u16, Value)) -> (u16, String) {
    (status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}

fn join(app: &Router, address: &str) -> String {
    let (status, entry) = post(app, "", &json!({ "email_address": address }));
    assert_eq!(status, 200, "{entry}");
    entry["id"].as_str().unwrap().to_owned()
}

fn addresses(app: &Router, query: &str) -> Vec<String> {
    let (status, body) = get(app, query);
    assert_eq!(status, 200, "{body}");
    let entries = body["data"].as_array().unwrap().iter();
    entries.map(|entry| entry["email_address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_address_is_on_the_list_once() {
    let app = app();
    let (status, entry) = post(&app, "", &json!({ "email_address": "Ada@Example.com", "notify": null }));
    assert_eq!(status, 200);
    assert_eq!(
        entry,
        json!({
            "object": "waitlist_entry", "id": entry["id"], "email_address": "ada@example.com", "status": "pending",
            "is_locked": false, "created_at": now().timestamp_millis(), "updated_at": now().timestamp_millis(),
            "invitation": null,
        })
    );
    assert_eq!(post(&app, "", &json!({ "email_address": "ADA@example.com", "notify": false })), (200, entry));
    let (_, list) = get(&app, "");
    assert_eq!(list["total_count"], 1);
}

#[test]
fn many_join_at_once_in_their_order() {
    let app = app();
    let known = join(&app, "b@example.com");
    let body = json!([
        { "email_address": "a@example.com" },
        { "email_address": "b@example.com", "notify": false },
        { "email_address": "c@example.com", "notify": null },
    ]);
    let (status, entries) = post(&app, "/bulk", &body);
    assert_eq!((status, entries.as_array().unwrap().len()), (200, 3));
    assert_eq!(entries[1]["id"], known);
    assert_eq!(
        addresses(&app, "?order_by=email_address"),
        ["a@example.com", "b@example.com", "c@example.com"]
    );
}

#[test]
fn a_list_is_searched_ordered_and_paged() {
    let app = app();
    for address in ["a@x.example", "b@x.example", "c@y.example"] {
        join(&app, address);
    }
    let b = join(&app, "b@x.example");
    assert_eq!(post(&app, &format!("/{b}/invite"), &json!({})).0, 200);
    assert_eq!(addresses(&app, "?query=X.exa&order_by=-email_address"), ["b@x.example", "a@x.example"]);
    assert_eq!(addresses(&app, &format!("?query={b}")), ["b@x.example"]);
    assert_eq!(addresses(&app, "?status=invited"), ["b@x.example"]);
    assert_eq!(addresses(&app, "?order_by=+email_address&limit=1&offset=1"), ["b@x.example"]);
    assert_eq!(addresses(&app, "?order_by=%2Bemail_address&limit=1"), ["a@x.example"]);
    assert_eq!(addresses(&app, "?order_by=-invited_at&limit=1"), ["b@x.example"]);
    assert_eq!(get(&app, "?limit=1").1["total_count"], 3);
}

#[test]
fn an_entry_is_invited_rejected_and_deleted() {
    let app = app();
    let id = join(&app, "a@example.com");
    let (status, entry) = post(&app, &format!("/{id}/invite"), &json!({ "ignore_existing": null }));
    assert_eq!((status, &entry["status"]), (200, &json!("invited")));
    let again = refusal(post(&app, &format!("/{id}/invite"), &json!({})));
    assert_eq!(again, (409, "waitlist_entry_already_invited".into()));
    assert_eq!(post(&app, &format!("/{id}/invite"), &json!({ "ignore_existing": true })).0, 200);
    let delete = |id: &str| send(&app, Method::DELETE, &format!("/{id}"), Body::empty(), "sk_acme");
    assert_eq!(refusal(delete(&id)), (409, "waitlist_entry_already_invited".into()));
    assert_eq!(post(&app, &format!("/{id}/reject"), &json!({})).1["status"], "rejected");
    let twice = refusal(post(&app, &format!("/{id}/reject"), &json!({})));
    assert_eq!(twice, (409, "waitlist_entry_already_rejected".into()));

    let id = join(&app, "b@example.com");
    assert_eq!(delete(&id), (200, json!({ "object": "waitlist_entry", "id": id, "deleted": true })));
    assert_eq!(refusal(delete(&id)), (404, "resource_not_found".into()));
}

#[test]
fn a_closed_list_takes_nobody() {
    let app = app_on(MemoryWaitlist::closed());
    let refused = refusal(post(&app, "", &json!({ "email_address": "a@example.com" })));
    assert_eq!(refused, (403, "waitlist_not_accepting_entries".into()));
}

#[test]
fn another_tenants_list_is_its_own() {
    let app = app();
    let id = join(&app, "a@example.com");
    let other = send(&app, Method::GET, "", Body::empty(), "sk_other");
    assert_eq!(other, (200, json!({ "data": [], "total_count": 0 })));
    let refused = refusal(send(&app, Method::DELETE, &format!("/{id}"), Body::empty(), "sk_other"));
    assert_eq!(refused, (404, "resource_not_found".into()));
    assert_eq!(
        refusal(send(&app, Method::GET, "", Body::empty(), "sk_wrong")),
        (401, "clerk_key_invalid".into())
    );
}

#[test]
fn bad_bodies_are_refused_and_nothing_is_written() {
    let app = app();
    let fifty_one: Vec<_> = (0..51).map(|n| json!({ "email_address": format!("{n}@example.com") })).collect();
    let a = json!({ "email_address": "a@example.com" });
    for (path, body, status, code) in [
        ("", "{".to_owned(), 400, "request_body_invalid"),
        ("", "[]".to_owned(), 400, "request_body_invalid"),
        ("", json!({}).to_string(), 422, "form_param_missing"),
        ("", json!({ "email_address": null }).to_string(), 422, "form_param_missing"),
        ("", json!({ "email_address": 7 }).to_string(), 422, "form_param_format_invalid"),
        ("", json!({ "email_address": "nobody" }).to_string(), 422, "form_param_format_invalid"),
        (
            "",
            json!({ "email_address": "a@b", "notify": "yes" }).to_string(),
            422,
            "form_param_format_invalid",
        ),
        ("", json!({ "email_address": "a@b", "nickname": "A" }).to_string(), 422, "form_param_unknown"),
        ("", " ".repeat(2 * 1024 * 1024), 413, "request_body_too_large"),
        ("/bulk", "{}".to_owned(), 400, "request_body_invalid"),
        ("/bulk", "[]".to_owned(), 422, "form_param_value_invalid"),
        ("/bulk", json!(fifty_one).to_string(), 422, "form_param_value_invalid"),
        (
            "/bulk",
            json!([a, { "email_address": "A@example.com" }]).to_string(),
            422,
            "form_param_value_invalid",
        ),
        ("/bulk", json!([a, { "email_address": "b" }]).to_string(), 422, "form_param_format_invalid"),
        ("/bulk", json!([a, 7]).to_string(), 400, "request_body_invalid"),
        ("/unknown/invite", "{}".to_owned(), 404, "resource_not_found"),
        ("/unknown/invite", json!({ "ignore_existing": 1 }).to_string(), 422, "form_param_format_invalid"),
        ("/unknown/reject", String::new(), 404, "resource_not_found"),
        ("/%FF/reject", String::new(), 404, "resource_not_found"),
    ] {
        let shown = body.chars().take(60).collect::<String>();
        let refused = refusal(send(&app, Method::POST, path, body, "sk_acme"));
        assert_eq!(refused, (status, code.into()), "{path} {shown}");
    }
    let invalid_utf8 =
        refusal(send(&app, Method::POST, "", &b"{\"email_address\":\"\xff@b\"}"[..], "sk_acme"));
    assert_eq!(invalid_utf8, (400, "request_body_invalid".into()));
    assert_eq!(get(&app, "").1["total_count"], 0);
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let app = app();
    for (query, code) in [
        ("?limit=0", "form_param_value_invalid"),
        ("?limit=501", "form_param_value_invalid"),
        ("?limit=ten", "form_param_format_invalid"),
        ("?offset=-1", "form_param_format_invalid"),
        ("?offset=99999999999", "form_param_format_invalid"),
        ("?status=waiting", "form_param_value_invalid"),
        ("?order_by=-id", "form_param_value_invalid"),
    ] {
        assert_eq!(refusal(get(&app, query)), (422, code.into()), "{query}");
    }
}
