//! Schemas and types of resources that an operator adds with `--scim-schemas`.

mod common;

use std::{fs, process::Command};

use serde_json::json;

use crate::common::Host;

const DEVICE: &str = "urn:example:scim:schemas:Device";
const BADGE: &str = "urn:example:scim:schemas:extension:badge:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

#[test]
fn every_document_of_the_folder_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    let write = |name: &str, document: serde_json::Value| {
        fs::write(schemas.join(name), document.to_string()).unwrap();
    };
    // A type may be read before the schema that it names.
    write(
        "1-types.json",
        json!([
            { "name": "Device", "endpoint": "/Devices", "schema": DEVICE },
            { "name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": [{ "schema": BADGE }] },
        ]),
    );
    write("2-device.json", json!({ "id": DEVICE, "attributes": [{ "name": "serial", "required": true }] }));
    write(
        "3-badge.json",
        json!({ "id": BADGE, "open": true, "attributes": [{ "name": "level", "type": "integer" }] }),
    );
    fs::write(schemas.join("notes.txt"), "no document").unwrap();
    let host = Host::start(&folder, &["--no-demo", "--scim-schemas", schemas.to_str().unwrap()]);

    assert_eq!(host.scim("GET", &format!("/Schemas/{DEVICE}"), None).body["attributes"][0]["name"], "serial");
    assert_eq!(host.scim("GET", "/ResourceTypes/Device", None).body["endpoint"], "/Devices");
    let device = host.scim("POST", "/Devices", Some(json!({ "schemas": [DEVICE], "serial": "42" })));
    assert_eq!((device.status, &device.body["meta"]["resourceType"]), (201, &json!("Device")));
    assert_eq!(host.scim("POST", "/Devices", Some(json!({ "schemas": [DEVICE] }))).status, 400);
    let found = host.scim("GET", "/Devices?filter=serial%20eq%20%2242%22", None).body;
    assert_eq!(found["Resources"][0]["id"], device.body["id"]);

    let badge = json!({ "level": 3, "colour": "red" });
    let body = json!({ "schemas": [USER, BADGE], "userName": "ada", BADGE: badge });
    let user = host.scim("POST", "/Users", Some(body));
    assert_eq!((user.status, &user.body[BADGE]), (201, &badge));
    let found = host.scim("GET", &format!("/Users?filter={BADGE}:colour%20eq%20%22red%22"), None).body;
    assert_eq!(found["totalResults"], 1);
    let wrong = json!({ "schemas": [USER, BADGE], "userName": "eva", BADGE: { "level": "high" } });
    assert_eq!(host.scim("POST", "/Users", Some(wrong)).status, 400);
}

#[test]
fn a_document_that_is_none_is_named_and_nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &str| {
        let options = ["--addr", "127.0.0.1:0", "--database", "memory:", "--scim-schemas", path];
        let ended = Command::new(env!("CARGO_BIN_EXE_host")).args(options).output().unwrap();
        assert!(!ended.status.success());
        String::from_utf8(ended.stderr).unwrap()
    };
    let absent = folder.path().join("absent").display().to_string();
    assert!(refused(&absent).contains(&absent));
    let path = folder.path().display().to_string();
    fs::write(folder.path().join("broken.json"), "{").unwrap();
    assert!(refused(&path).contains("broken.json"));
    let types = json!({ "name": "Device", "endpoint": "/Devices", "schema": DEVICE });
    fs::write(folder.path().join("broken.json"), types.to_string()).unwrap();
    assert!(refused(&path).contains(DEVICE));
}
