//! SIGKILL during writes loses no acknowledged change to a stored resource, and counts nothing twice.

mod common;

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::common::Host;

const SUBJECT: &str = "user_0000000000000000000000crash";

const ROUNDS: u32 = 3;

/// What the host has acknowledged, and what it was asked for.
#[derive(Default)]
struct Acknowledged {
    keys: Vec<String>,
    /// Predecessor and successor.
    rotated: Vec<(String, String)>,
    revoked: Vec<String>,
    users: Vec<String>,
    verified: u64,
    asked_to_verify: u64,
    asked_to_create: u64,
}

#[test]
fn no_acknowledged_change_is_lost() {
    survive(0);
}

#[test]
fn a_crash_loses_no_more_uses_than_the_host_has_chosen() {
    survive(20);
}

fn survive(loss_bound: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Acknowledged::default();
    let bound = loss_bound.to_string();
    for round in 0..ROUNDS {
        let host = Host::start(&folder, &["--no-demo", "--usage-loss-bound", &bound]);
        all = write_until_killed(&host, all, round);
    }
    assert!(
        !all.keys.is_empty() && !all.users.is_empty() && !all.revoked.is_empty(),
        "too little was written"
    );
    let host = Host::start(&folder, &["--no-demo"]);
    for id in &all.keys {
        assert_eq!(host.api("GET", &format!("/api_keys/{id}"), None).status, 200, "{id}");
    }
    for id in &all.revoked {
        assert_eq!(host.api("GET", &format!("/api_keys/{id}"), None).body["revoked"], true, "{id}");
    }
    for id in &all.users {
        assert_eq!(host.scim("GET", &format!("/Users/{id}"), None).status, 200, "{id}");
    }
    for (predecessor, successor) in &all.rotated {
        for id in [predecessor, successor] {
            assert_eq!(host.api("GET", &format!("/api_keys/{id}"), None).status, 200, "{id}");
        }
    }
    let usage = host.api("GET", "/v1/usage", None).body;
    let verifications = usage["verifications"].as_u64().unwrap();
    let lost = u64::from(ROUNDS) * loss_bound;
    assert!(
        verifications + lost >= all.verified,
        "{verifications} of {} verifications are left",
        all.verified
    );
    assert!(verifications <= all.asked_to_verify, "{verifications} of {} were counted", all.asked_to_verify);
    let creations = usage["creations"].as_u64().unwrap();
    let created = (all.keys.len() + all.rotated.len()) as u64;
    assert!(creations >= created, "{creations} of {created} creations are left");
    assert!(creations <= all.asked_to_create, "{creations} of {} were counted", all.asked_to_create);
}

/// Three writers at work, and a kill in the midst of them.
fn write_until_killed(host: &Host, so_far: Acknowledged, round: u32) -> Acknowledged {
    let all = Mutex::new(so_far);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..3 {
            let (all, stop) = (&all, &stop);
            scope.spawn(move || {
                for turn in 0.. {
                    if stop.load(Ordering::Relaxed)
                        || !write_once(host, all, &format!("{round}-{writer}-{turn}"))
                    {
                        return;
                    }
                }
            });
        }
        thread::sleep(Duration::from_millis(400));
        host.signal_kill();
        stop.store(true, Ordering::Relaxed);
    });
    all.into_inner().unwrap()
}

/// Whether the host still answers.
fn write_once(host: &Host, all: &Mutex<Acknowledged>, name: &str) -> bool {
    let try_api = |method: &str, path: &str, body: Value| -> Option<Value> {
        let url = format!("{}{path}", host.base_url);
        let body = body.to_string();
        let answer = host.send(method, &url, Some(&host.secret_key), Some(body.as_bytes())).ok()?;
        assert!(answer.status < 300, "{path}: {answer:?}");
        Some(answer.body)
    };
    all.lock().unwrap().asked_to_create += 1;
    let Some(key) = try_api("POST", "/api_keys", json!({ "name": name, "subject": SUBJECT })) else {
        return false;
    };
    let id = key["id"].as_str().unwrap().to_owned();
    all.lock().unwrap().keys.push(id.clone());
    all.lock().unwrap().asked_to_verify += 1;
    let Some(_) = try_api("POST", "/api_keys/verify", json!({ "secret": key["secret"] })) else {
        return false;
    };
    all.lock().unwrap().verified += 1;
    all.lock().unwrap().asked_to_create += 1;
    let rotation = json!({ "grace_seconds": 60 });
    let Some(rotated) = try_api("POST", &format!("/api_keys/{id}/rotate"), rotation) else { return false };
    let successor = rotated["id"].as_str().unwrap().to_owned();
    all.lock().unwrap().rotated.push((id.clone(), successor));
    let Some(_) = try_api("POST", &format!("/api_keys/{id}/revoke"), json!({})) else { return false };
    all.lock().unwrap().revoked.push(id);
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": format!("{name}@example.com"),
        "emails": [{ "value": format!("{name}@example.com"), "primary": true }],
    });
    let url = format!("{}/Users", host.scim_base_url);
    let Ok(answer) = host.send("POST", &url, Some(&host.scim_token), Some(user.to_string().as_bytes()))
    else {
        return false;
    };
    assert_eq!(answer.status, 201, "{answer:?}");
    all.lock().unwrap().users.push(answer.body["id"].as_str().unwrap().to_owned());
    true
}
