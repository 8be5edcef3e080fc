//! The routes of the Overview, request by request.

use analytics_filter::{
    Activity, Change, Contacts, CursorKey, Cursors, MemoryStore, Organization, OrganizationId, Overview,
    OverviewWriter, TenantId, TestUserRule, User, UserId, WaitlistEntry, WaitlistEntryId, WaitlistStatus,
};
use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
    middleware,
};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{Clock, SecretKeys, Tenant, overview, require_secret_key};

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

/// Ten users, one a day up to today, of whom every fifth is a test user; two organizations; two entries.
fn changes() -> Vec<Change> {
    let rule = TestUserRule::default();
    let mut changes = Vec::new();
    for n in 0..10_i64 {
        let tag = if n % 5 == 0 { "+clerk_test" } else { "" };
        let contacts = Contacts::new(Some(&format!("user{n}{tag}@example.com")), None);
        let at = now() - TimeDelta::days(n);
        let user = User::new(&rule, UserId::new(&format!("user_{n}")).unwrap(), contacts, at, at);
        changes.push(Change::User(user));
    }
    let days = ["2026-05-09".parse().unwrap()].into();
    changes.push(Change::Activity(Activity { user: UserId::new("user_5").unwrap(), days }));
    for n in 0..2_u8 {
        let id = OrganizationId::new(&format!("org_{n}")).unwrap();
        changes.push(Change::Organization(Organization {
            id,
            name: "Acme".into(),
            members: 2,
            created_at: now(),
            as_of: now(),
        }));
        let (id, email) =
            (WaitlistEntryId::new(&format!("wait_{n}")).unwrap(), format!("wait{n}@example.com"));
        let entry = WaitlistEntry::new(&rule, id, &email, WaitlistStatus::Pending, now(), now());
        changes.push(Change::WaitlistEntry(entry));
    }
    changes
}

fn app_at(now: DateTime<Utc>) -> Router {
    let store = MemoryStore::new();
    block_on(store.commit(&TenantId::new("acme").unwrap(), &changes())).unwrap();
    let cursors = Cursors::new(CursorKey::new(&[7; 32]));
    let keys = [("sk_acme", Tenant::new("acme").unwrap()), ("sk_other", Tenant::new("other").unwrap())];
    overview::router(Overview::new(store, TestUserRule::default(), cursors), Clock::fixed(now))
        .layer(middleware::from_fn_with_state(SecretKeys::new(keys), require_secret_key))
        .merge(overview::page())
}

fn app() -> Router {
    app_at(now())
}

fn send(app: &Router, path: &str, key: &str) -> Response<Body> {
    let request =
        Request::get(path).header("authorization", format!("Bearer {key}")).body(Body::empty()).unwrap();
    block_on(app.clone().oneshot(request)).unwrap()
}

fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let body = block_on(response.into_body().collect()).unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn get(app: &Router, path: &str) -> (StatusCode, Value) {
    read(send(app, path, "sk_acme"))
}

fn ok(app: &Router, path: &str) -> Value {
    let (status, body) = get(app, path);
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

fn refusal(app: &Router, path: &str) -> (u16, String) {
    let (status, body) = get(app, path);
    (status.as_u16(), body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}

fn ids(body: &Value) -> Vec<&str> {
    body["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
fn charts_and_tiles_follow_the_switch() {
    let app = app();
    let everyone = ok(&app, "/v1/overview?from=2026-05-05&to=2026-05-09");
    assert_eq!(
        everyone["tiles"],
        json!({
            "sign_ups": 5, "active_users": 5, "new_among_active_basis_points": 10_000
        })
    );
    assert_eq!(everyone["periods"].as_array().unwrap().len(), 5);
    assert_eq!(
        everyone["periods"][0],
        json!({ "from": "2026-05-05", "to": "2026-05-05", "sign_ups": 1, "active_users": 1, "complete": true })
    );
    assert_eq!(everyone["periods"][4]["active_users"], 2);
    assert_eq!((&everyone["rule"], &everyone["identifiers"]), (&json!(rule()), &json!("any")));

    let real = ok(&app, "/v1/overview?from=2026-05-05&to=2026-05-09&filter_test_users=true");
    assert_eq!(real["tiles"]["sign_ups"], 4);
    assert_eq!(real["periods"][0]["sign_ups"], 0);
    assert_eq!(real["filter_test_users"], true);
}

fn rule() -> String {
    TestUserRule::default().fingerprint().to_string()
}

#[test]
fn complete_days_end_yesterday_unless_today_is_asked_for() {
    let app = app();
    let usual = ok(&app, "/v1/overview");
    let days = usual["periods"].as_array().unwrap();
    assert_eq!((days.len(), &days[89]["to"]), (90, &json!("2026-05-09")));
    assert_eq!(usual["complete_through"], "2026-05-09");
    for path in ["/v1/overview?include_incomplete=true", "/v1/overview?from=2026-05-01&to=2027-01-01"] {
        let body = ok(&app, path);
        let today = body["periods"].as_array().unwrap().last().unwrap();
        assert_eq!((&today["to"], &today["complete"]), (&json!("2026-05-10"), &json!(false)), "{path}");
    }
}

#[test]
fn weeks_and_months_are_whole() {
    let app = app();
    let weeks = ok(&app, "/v1/overview?interval=week&from=2026-05-06&to=2026-05-07");
    let range = (&weeks["interval"], &weeks["from"], &weeks["to"]);
    assert_eq!(range, (&json!("week"), &json!("2026-05-04"), &json!("2026-05-10")));
    let week = json!({
        "from": "2026-05-04", "to": "2026-05-10", "sign_ups": 7, "active_users": 7, "complete": false,
    });
    assert_eq!(weeks["periods"], json!([week]));
    let months = ok(&app, "/v1/overview?interval=month&from=2026-04-30&to=2026-05-01");
    assert_eq!(months["periods"][0]["to"], "2026-04-30");
    assert_eq!(months["tiles"]["sign_ups"], 10);
}

#[test]
fn retention_is_a_table_of_weeks() {
    let app = app();
    let usual = ok(&app, "/v1/overview/retention?filter_test_users=true");
    let cohorts = usual["cohorts"].as_array().unwrap();
    assert_eq!((cohorts.len(), &usual["interval"]), (13, &json!("week")));
    assert_eq!(
        cohorts[11],
        json!({
            "from": "2026-04-27", "to": "2026-05-03", "size": 3, "periods": [
                { "active_users": 3, "basis_points": 10_000, "complete": true },
                { "active_users": 0, "basis_points": 0, "complete": false },
            ],
        })
    );
    assert_eq!(cohorts[0]["size"], 0);
    assert_eq!(cohorts[0]["periods"][0]["basis_points"], Value::Null);
}

#[test]
fn a_table_is_scrolled_to_its_end_and_back() {
    let app = app();
    let first = ok(&app, "/v1/overview/users?limit=4&filter_test_users=true");
    assert_eq!(ids(&first), ["user_1", "user_2", "user_3", "user_4"]);
    assert_eq!(
        (&first["state"], &first["prev"], &first["count"]),
        (&json!("more"), &Value::Null, &json!({ "exact": 8 }))
    );
    let next = format!(
        "/v1/overview/users?limit=4&filter_test_users=true&cursor={}",
        first["next"].as_str().unwrap()
    );
    let second = ok(&app, &next);
    assert_eq!(ids(&second), ["user_6", "user_7", "user_8", "user_9"]);
    assert_eq!((&second["state"], &second["next"]), (&json!("end"), &Value::Null));
    let prev = format!(
        "/v1/overview/users?limit=4&filter_test_users=true&cursor={}",
        second["prev"].as_str().unwrap()
    );
    assert_eq!(ids(&ok(&app, &prev)), ids(&first));
}

#[test]
fn rows_say_what_a_table_shows() {
    let app = app();
    let users = ok(&app, "/v1/overview/users?limit=1");
    assert_eq!(
        users["data"][0],
        json!({
            "id": "user_0", "name": null, "email_address": "user0+clerk_test@example.com", "phone_number": null,
            "class": "test", "reason": "email_tag", "created_at": now().timestamp_millis(),
        })
    );
    let organizations = ok(&app, "/v1/overview/organizations?filter_test_users=true");
    assert_eq!(
        organizations["data"][1],
        json!({
            "id": "org_0", "name": "Acme", "members_count": 2, "created_at": now().timestamp_millis(),
        })
    );
    let waitlist = ok(&app, "/v1/overview/waitlist");
    assert_eq!(waitlist["data"][0]["status"], "pending");
    assert_eq!(waitlist["data"][0]["email_address"], "wait1@example.com");
}

#[test]
fn a_cursor_that_leads_nowhere_is_refused_with_its_reason() {
    let app = app();
    let first = ok(&app, "/v1/overview/users?limit=4");
    let cursor = first["next"].as_str().unwrap();
    let users = |cursor: &str| refusal(&app, &format!("/v1/overview/users?cursor={cursor}"));
    assert_eq!(users("%21"), (400, "cursor_malformed".into()));
    assert_eq!(users(&"A".repeat(5_000)), (400, "cursor_malformed".into()));
    let mut forged = cursor.to_owned().into_bytes();
    forged[20] = if forged[20] == b'A' { b'B' } else { b'A' };
    assert_eq!(users(&String::from_utf8(forged).unwrap()), (400, "cursor_bad_mac".into()));
    assert_eq!(
        users(&format!("{cursor}&filter_test_users=true")),
        (400, "cursor_wrong_query".into()),
        "the switch drops all pages"
    );
    let elsewhere = refusal(&app, &format!("/v1/overview/organizations?cursor={cursor}"));
    assert_eq!(elsewhere, (400, "cursor_wrong_query".into()));
    let (status, body) = read(send(&app, &format!("/v1/overview/users?cursor={cursor}"), "sk_other"));
    assert_eq!((status.as_u16(), &body["errors"][0]["code"]), (400, &json!("cursor_wrong_tenant")));
    let later = app_at(now() + TimeDelta::days(2));
    let late = refusal(&later, &format!("/v1/overview/users?cursor={cursor}"));
    assert_eq!(late, (400, "cursor_expired".into()));
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let app = app();
    for (query, code) in [
        ("?filter_test_users=yes", "form_param_format_invalid"),
        ("?from=yesterday", "form_param_format_invalid"),
        ("?from=2026-13-01", "form_param_format_invalid"),
        ("?from=2026-05-05&to=2026-05-04", "form_param_value_invalid"),
        ("?from=2020-01-01&to=2026-05-04", "form_param_value_invalid"),
        ("?from=2026-05-11", "form_param_value_invalid"),
        ("?include_incomplete=1", "form_param_format_invalid"),
        ("?interval=hour", "form_param_value_invalid"),
        ("/retention?interval=hour", "form_param_value_invalid"),
        ("/retention?interval=day&from=2026-01-01", "form_param_value_invalid"),
        ("/users?limit=0", "form_param_value_invalid"),
        ("/users?limit=501", "form_param_value_invalid"),
        ("/users?limit=-1", "form_param_format_invalid"),
        ("/waitlist?limit=many", "form_param_format_invalid"),
    ] {
        assert_eq!(refusal(&app, &format!("/v1/overview{query}")), (422, code.into()), "{query}");
    }
    let extreme = "/v1/overview?from=-262143-01-01&to=-262143-01-02";
    assert!(send(&app, extreme, "sk_acme").status().as_u16() < 500);
    assert!(send(&app, "/v1/overview?from=%FF", "sk_acme").status().is_client_error());
}

#[test]
fn numbers_need_a_key_and_the_page_none() {
    let app = app();
    let (status, _) = read(send(&app, "/v1/overview", "sk_wrong"));
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let page = block_on(app.clone().oneshot(Request::get("/overview").body(Body::empty()).unwrap())).unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    for (path, kind) in [
        ("/overview/page.js", "text/javascript"),
        ("/overview/chart.js", "text/javascript"),
        ("/overview/table.js", "text/javascript"),
        ("/overview/page.css", "text/css"),
    ] {
        let response = send(&app, path, "none");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
    }
}
