//! What the directory routes answer, and what they leave behind.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, http::Request};
use http_body_util::BodyExt;
use scim_core::{MemoryStore, Registry, Scim};
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{Clock, Tenant, directories};

fn app() -> Router {
    let scim = Arc::new(Scim::new(MemoryStore::new(), Registry::standard()));
    directories::router(scim, "http://x/scim/v2", Clock::system())
        .layer(Extension(Tenant::new("acme").unwrap()))
}

fn send(app: &Router, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/directories{path}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = block_on(app.clone().oneshot(request)).unwrap();
    let status = response.status().as_u16();
    let bytes = block_on(response.into_body().collect()).unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn new(mappings: &Value) -> Value {
    json!({ "enterprise_connection_id": "ec", "provider": "okta", "group_role_mappings": mappings })
}

fn mapping(group: &str, precedence: Option<u64>) -> Value {
    let mut mapping = json!({ "directory_group_id": group, "role_id": "org:admin" });
    if let Some(precedence) = precedence {
        mapping["precedence"] = precedence.into();
    }
    mapping
}

/// Its token would be lost, and its enterprise connection taken.
#[test]
fn a_directory_whose_mappings_are_refused_is_not_created() {
    let app = app();
    let zero = json!([mapping("a", Some(0))]);
    let unknown = json!([{ "directory_group_id": "a", "role_id": "org:admin", "rule": 1 }]);
    for refused in [json!([mapping("a", None), mapping("a", None)]), zero, unknown] {
        assert_eq!(send(&app, "POST", "", &new(&refused)).0, 422, "{refused}");
    }
    assert_eq!(send(&app, "GET", "", &Value::Null).1["total_count"], 0);
    let (status, created) = send(&app, "POST", "", &new(&json!([mapping("a", None)])));
    assert_eq!(status, 200);
    assert!(created["api_key"].is_string());
}

#[test]
fn mappings_of_a_new_directory_are_ordered_by_their_precedence() {
    let app = app();
    let given = json!([mapping("last", None), mapping("second", Some(2)), mapping("first", Some(1))]);
    let (_, created) = send(&app, "POST", "", &new(&given));
    let path = format!("/{}/group_role_mappings", created["id"].as_str().unwrap());
    let listed = send(&app, "GET", &path, &Value::Null).1;
    let groups: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|mapping| &mapping["directory_group_id"]).collect();
    assert_eq!(groups, ["first", "second", "last"]);
}

#[test]
fn paths_of_attributes_are_set_and_taken_away() {
    let app = app();
    let (_, created) = send(&app, "POST", "", &new(&json!([])));
    let path = format!("/{}", created["id"].as_str().unwrap());
    let patch = |mapping: Value| send(&app, "PATCH", &path, &json!({ "attribute_mapping": mapping }));
    assert_eq!(patch(json!({ "title": "title" })).1["attribute_mapping"], json!({ "title": "title" }));
    assert_eq!(patch(json!({ "title": null })).1["attribute_mapping"], json!({}));
    assert_eq!(patch(json!("title")).0, 422);
}
