//! One thread through the whole house, on real input: from a directory to a line on the month's statement.

mod common;

use serde_json::{Value, json};

use crate::common::Host;

#[test]
fn a_directory_user_ends_up_on_the_statement() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(&folder, &["--no-demo"]);

    let user = provision(&host, "ada@example.com", "Engineering");
    let account = account(&host, "ada@example.com");
    assert_eq!(account["public_metadata"], json!({ "department": "Engineering" }));

    let role = role_by_group(&host, user["id"].as_str().unwrap(), account["id"].as_str().unwrap());
    assert_eq!(role, "org:admin");

    let before = usage(&host);
    let key =
        host.api("POST", "/api_keys", Some(json!({ "name": "Ada's key", "subject": account["id"] }))).body;
    let secret = key["secret"].as_str().unwrap();
    let answer = host.send("GET", &format!("{}/whoami", host.base_url), Some(secret), None).unwrap();
    assert_eq!((answer.status, &answer.body["subject"]), (200, &account["id"]));

    assert_eq!(usage(&host), (before.0 + 1, before.1 + 1));
    assert!(
        host.api("GET", &format!("/api_keys/{}", key["id"].as_str().unwrap()), None).body["last_used_at"]
            .is_i64()
    );
    let lines = statement(&host)["lines"].clone();
    let quantity = |meter: &str| {
        let line = lines.as_array().unwrap().iter().find(|line| line["meter"] == meter).unwrap();
        line["quantity"].as_u64().unwrap()
    };
    assert_eq!((quantity("api_key_creations"), quantity("api_key_verifications")), usage(&host));
}

#[test]
fn deactivation_reaches_the_account_and_deletion_removes_it() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(&folder, &["--no-demo"]);
    let user = provision(&host, "grace@example.com", "Research");
    let id = user["id"].as_str().unwrap();

    let off = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "Replace", "path": "active", "value": "False" }],
    });
    assert!(host.scim("PATCH", &format!("/Users/{id}"), Some(off)).status < 300);
    assert_eq!(account(&host, "grace@example.com")["deprovisioned"], true);

    assert_eq!(host.scim("DELETE", &format!("/Users/{id}"), None).status, 204);
    assert_eq!(host.scim("GET", &format!("/Users/{id}"), None).status, 404);
}

fn provision(host: &Host, email: &str, department: &str) -> Value {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let answer = host.scim(
        "POST",
        "/Users",
        Some(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
            "userName": email,
            "externalId": format!("idp|{email}"),
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "emails": [{ "value": email, "type": "work", "primary": true }],
            "active": true,
            enterprise: { "department": department },
        })),
    );
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body
}

fn account(host: &Host, email: &str) -> Value {
    let answer = host.api("GET", &format!("/v1/users?email_address={email}"), None);
    assert_eq!(answer.status, 200);
    answer.body[0].clone()
}

/// Puts the user into a group that the directory maps to a role, and reads the role from the membership.
fn role_by_group(host: &Host, scim_user: &str, user: &str) -> String {
    let group = host.scim(
        "POST",
        "/Groups",
        Some(
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Platform" }),
        ),
    );
    assert_eq!(group.status, 201, "{group:?}");
    let group = group.body["id"].as_str().unwrap().to_owned();
    let directories = host.api("GET", "/v1/directories", None).body;
    let directory = directories["data"][0]["id"].as_str().unwrap();
    let mapping = json!({ "directory_group_id": group, "role_id": "org:admin" });
    let answer = host.api("POST", &format!("/v1/directories/{directory}/group_role_mappings"), Some(mapping));
    assert_eq!(answer.status, 200, "{answer:?}");
    let join = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "Add", "path": "members", "value": [{ "value": scim_user }] }],
    });
    assert!(host.scim("PATCH", &format!("/Groups/{group}"), Some(join)).status < 300);
    let memberships = host.api("GET", &format!("/v1/users/{user}/organization_memberships"), None).body;
    memberships["data"][0]["role"].as_str().unwrap_or_default().to_owned()
}

/// Creations and verifications of this month.
fn usage(host: &Host) -> (u64, u64) {
    let usage = host.api("GET", "/v1/usage", None).body;
    (usage["creations"].as_u64().unwrap(), usage["verifications"].as_u64().unwrap())
}

fn statement(host: &Host) -> Value {
    let answer = host.api("GET", "/v1/usage/statement", None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}
