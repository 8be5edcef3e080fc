//! Bad input gets a typed error and the right status, and writes nothing.

mod common;

use serde_json::json;
use tempfile::TempDir;

use crate::common::{Answer, Host};

const USER: &str = "user_000000000000000000000000bad";

fn host() -> (TempDir, Host) {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start_on(&folder, "memory:", &["--no-demo"]);
    (folder, host)
}

fn raw(host: &Host, method: &str, path: &str, bearer: Option<&str>, body: &[u8]) -> Answer {
    host.send(method, &format!("{}{path}", host.base_url), bearer, Some(body)).unwrap()
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let (_folder, host) = host();
    for body in [&b"{"[..], b"\xff\xfe", b"{\"name\": \"\xff\"}", b"[1]", b"\"text\"", b"nul"] {
        let answer = raw(&host, "POST", "/api_keys", Some(&host.secret_key), body);
        assert_eq!((answer.status, answer.code()), (400, "request_body_invalid"), "{body:?}");
        let scim =
            host.send("POST", &format!("{}/Users", host.scim_base_url), Some(&host.scim_token), Some(body));
        let scim = scim.unwrap();
        assert_eq!((scim.status, &scim.body["scimType"]), (400, &json!("invalidSyntax")), "{body:?}");
        assert_eq!(scim.body["status"], "400");
    }
    assert_eq!(host.scim("GET", "/Users", None).body["totalResults"], 0);
    assert_eq!(host.api("GET", &format!("/api_keys?subject={USER}"), None).body["total_count"], 0);
}

#[test]
fn oversized_bodies_are_refused() {
    let (_folder, host) = host();
    let large = vec![b' '; 3 * 1024 * 1024];
    let answer = raw(&host, "POST", "/api_keys", Some(&host.secret_key), &large);
    assert_eq!((answer.status, answer.code()), (413, "request_body_too_large"));
    let scim = host
        .send("POST", &format!("{}/Users", host.scim_base_url), Some(&host.scim_token), Some(&large))
        .unwrap();
    assert_eq!((scim.status, &scim.body["status"]), (413, &json!("413")));
}

#[test]
fn missing_and_wrong_tokens_are_refused_in_the_right_format() {
    let (_folder, host) = host();
    let missing = raw(&host, "POST", "/api_keys", None, b"{}");
    assert_eq!((missing.status, missing.code()), (401, "authentication_invalid"));
    for path in ["/api_keys", "/v1/billing/plans", "/v1/directories", "/v1/waitlist_entries", "/v1/users"] {
        let url = format!("{}{path}", host.base_url);
        let wrong = host.send("GET", &url, Some("sk_test_wrong"), None).unwrap();
        assert_eq!((wrong.status, wrong.code()), (401, "clerk_key_invalid"), "{path}");
    }
    for token in [None, Some("wrong"), Some("scim_wrong")] {
        let answer = host.send("GET", &format!("{}/Users", host.scim_base_url), token, None).unwrap();
        assert_eq!((answer.status, &answer.body["status"]), (401, &json!("401")));
        assert!(answer.headers.contains_key("www-authenticate"));
        assert!(!answer.body["detail"].as_str().unwrap().is_empty());
    }
}

#[test]
fn unknown_and_malformed_keys_are_answered_alike() {
    let (_folder, host) = host();
    let key = host.api("POST", "/api_keys", Some(json!({ "name": "gone", "subject": USER }))).body;
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(host.api("DELETE", &format!("/api_keys/{}", key["id"].as_str().unwrap()), None).status, 200);
    let whoami = format!("{}/whoami", host.base_url);
    let answers = [Some(secret), Some("ak_nonsense")]
        .map(|bearer| host.send("GET", &whoami, bearer, None).unwrap())
        .map(|mut answer| {
            answer.body.as_object_mut().unwrap().remove("clerk_trace_id");
            (answer.status, answer.body)
        });
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn unknown_ids_and_paths_are_not_found() {
    let (_folder, host) = host();
    for path in [
        "/api_keys/ak_00000000000000000000000000000000",
        "/v1/api_keys/ak_00000000000000000000000000000000",
        "/v1/users/user_nobody",
        "/v1/directories/dir_nowhere",
        "/v1/nothing/here",
    ] {
        let answer = host.api("GET", path, None);
        assert_eq!((answer.status, answer.code()), (404, "resource_not_found"), "{path}");
    }
    assert_eq!(host.scim("GET", "/Users/nobody", None).body["status"], "404");
}

#[test]
fn what_is_not_understood_in_a_filter_is_an_error_and_never_every_row() {
    let (_folder, host) = host();
    for filter in ["userName", "userName%20xx%20%22a%22", "nothing%20eq%20%22a%22", "(((", "%FF"] {
        let answer = host.scim("GET", &format!("/Users?filter={filter}"), None);
        assert_eq!(answer.status, 400, "{filter}");
        assert!(answer.body.get("Resources").is_none(), "{filter}");
    }
}

#[test]
fn a_cursor_that_was_not_issued_here_is_refused() {
    let (_folder, host) = host();
    for cursor in ["nonsense", "AAAA", "%00", &"A".repeat(5000)] {
        for table in ["users", "organizations", "waitlist"] {
            let answer = host.api("GET", &format!("/v1/overview/{table}?cursor={cursor}"), None);
            assert_eq!(answer.status, 400, "{table} {cursor:.20}");
        }
    }
}

#[test]
fn an_unknown_api_version_is_refused() {
    let (_folder, host) = host();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent
        .get(format!("{}/v1/billing/plans", host.base_url))
        .header("Authorization", format!("Bearer {}", host.secret_key))
        .header("Clerk-API-Version", "1999-12-31")
        .call()
        .unwrap();
    assert_eq!(answer.status(), 400);
}
