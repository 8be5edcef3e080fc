//! The routes of plans and statements, request by request.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    middleware,
};
use billing_plans::{
    Availability, Billing, BlockTier, CatalogChange, CatalogStore, CatalogWrite, Currency, ErrorType, Fee,
    LedgerChange, LedgerStore, MemoryStore, Month, Name, NewPlan, Page, Payer, PayerType, Price, RateCard,
    Settings, Slug, Statement, StatementId, StatementReader, TenantId, UnitPrices, UsageReport, UsageTotals,
};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store_contract::block_on;
use tower::ServiceExt;
use vestibule_axum::{SecretKeys, Tenant, billing, require_secret_key};

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn app<S: billing_plans::BillingStore + 'static>(store: S) -> Router {
    let keys = [("sk_acme", Tenant::new("acme").unwrap()), ("sk_other", Tenant::new("other").unwrap())];
    billing::router(Billing::new(store))
        .layer(middleware::from_fn_with_state(SecretKeys::new(keys), require_secret_key))
}

fn send(app: &Router, path: &str, key: &str) -> (StatusCode, Value) {
    let request =
        Request::get(path).header("authorization", format!("Bearer {key}")).body(Body::empty()).unwrap();
    block_on(async {
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    })
}

fn get(app: &Router, path: &str) -> (StatusCode, Value) {
    send(app, path, "sk_acme")
}

fn code(body: &Value) -> &str {
    body["errors"][0]["code"].as_str().unwrap_or_default()
}

fn new(slug: &str, availability: Availability) -> NewPlan {
    let price = Price { currency: Currency::USD, availability };
    NewPlan::new(Name::new(slug).unwrap(), Slug::new(slug).unwrap(), PayerType::User, price)
}

/// Three plans, one for each availability, a minute apart.
fn seeded() -> std::sync::Arc<MemoryStore> {
    let store = std::sync::Arc::new(MemoryStore::new());
    let billing = Billing::new(store.clone());
    let settings = Settings { annual_only_plans: true, ..Settings::default() };
    block_on(billing.change_settings(&acme(), settings)).unwrap();
    let (month, year) = (Fee::new(5_000).unwrap(), Fee::new(50_000).unwrap());
    let tier =
        BlockTier { starts_at_block: 1, ends_after_block: None, fee_per_block: Fee::new(800).unwrap() };
    let seats = UnitPrices::new(Name::new("seats").unwrap(), 1, &[tier]).unwrap();
    let both = NewPlan {
        payer_type: PayerType::Org,
        unit_prices: vec![seats],
        ..new("both", Availability::Both { month, year })
    };
    let plans =
        [new("monthly", Availability::Monthly { month }), both, new("annual", Availability::Annual { year })];
    for (minute, plan) in (0..).zip(plans) {
        block_on(billing.create_plan(&acme(), plan, now() + TimeDelta::minutes(minute), &mut rng())).unwrap();
    }
    store
}

fn stated(store: &std::sync::Arc<MemoryStore>, payer: &str) -> Statement {
    let report = UsageReport {
        payer: Payer::organization(payer).unwrap(),
        month: Month::of(now()),
        totals: UsageTotals::api_keys(1_145, 150_500),
    };
    let billing = Billing::new(store.clone());
    block_on(billing.report_usage(&acme(), &RateCard::api_keys(), &report, now(), &mut rng())).unwrap()
}

#[test]
fn plans_come_newest_first_with_null_for_what_is_not_sold() {
    let (status, body) = get(&app(seeded()), "/v1/billing/plans");
    assert_eq!((status, &body["total_count"]), (StatusCode::OK, &json!(3)));
    assert_eq!(body.as_object().unwrap().len(), 2);
    let plans = body["data"].as_array().unwrap();
    let slugs: Vec<_> = plans.iter().map(|plan| plan["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["annual", "both", "monthly"]);
    let amounts = |plan: &Value| {
        let amount = |fee: &Value| fee.as_object().map(|fee| fee["amount"].as_i64().unwrap());
        assert!(["fee", "annual_fee", "annual_monthly_fee"].iter().all(|key| plan.get(key).is_some()));
        [amount(&plan["fee"]), amount(&plan["annual_fee"]), amount(&plan["annual_monthly_fee"])]
    };
    assert_eq!(amounts(&plans[0]), [None, Some(50_000), Some(4_167)]);
    assert_eq!(amounts(&plans[1]), [Some(5_000), Some(50_000), Some(4_167)]);
    assert_eq!(amounts(&plans[2]), [Some(5_000), None, None]);
    assert_eq!(plans[1]["unit_prices"][0]["tiers"][0]["ends_after_block"], Value::Null);
}

#[test]
fn every_plan_has_the_keys_that_the_specification_requires() {
    let required = [
        "object",
        "id",
        "name",
        "fee",
        "annual_monthly_fee",
        "annual_fee",
        "description",
        "product_id",
        "is_default",
        "is_recurring",
        "publicly_visible",
        "has_base_fee",
        "for_payer_type",
        "slug",
        "avatar_url",
        "free_trial_enabled",
        "free_trial_days",
    ];
    let allowed = ["features", "unit_prices"];
    let (_, body) = get(&app(seeded()), "/v1/billing/plans");
    for plan in body["data"].as_array().unwrap() {
        let keys: Vec<_> = plan.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(required.iter().all(|key| keys.contains(key)), "{keys:?}");
        assert!(keys.iter().all(|key| required.contains(key) || allowed.contains(key)), "{keys:?}");
    }
}

/// What the published client, `@clerk/backend` 3.25, makes of a plan: an object or null for a fee, features always.
#[test]
fn the_official_client_reads_a_plan() {
    let (_, body) = get(&app(seeded()), "/v1/billing/plans");
    let is_truthy = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    for plan in body["data"].as_array().unwrap() {
        for key in ["fee", "annual_fee", "annual_monthly_fee"] {
            let fee = plan.get(key).expect("not undefined");
            assert!(
                !is_truthy(fee)
                    || ["amount", "amount_formatted", "currency", "currency_symbol"]
                        .iter()
                        .all(|key| fee.get(key).is_some())
            );
        }
        for key in ["is_default", "is_recurring", "has_base_fee", "publicly_visible", "free_trial_enabled"] {
            assert!(plan[key].is_boolean(), "{key}");
        }
        assert_eq!(plan["object"], "commerce_plan");
        assert!(plan["features"].is_array());
        assert!(plan["free_trial_days"].is_null());
    }
}

#[test]
fn a_page_is_cut_from_the_plans_asked_for() {
    let app = app(seeded());
    let slugs = |query: &str| {
        let (status, body) = get(&app, &format!("/v1/billing/plans?{query}"));
        assert_eq!(status, StatusCode::OK, "{query}");
        let slugs: Vec<_> = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|plan| plan["slug"].as_str().unwrap().to_owned())
            .collect();
        (slugs.join(" "), body["total_count"].as_u64().unwrap())
    };
    assert_eq!(slugs("limit=1"), ("annual".into(), 3));
    assert_eq!(slugs("limit=1&offset=1"), ("both".into(), 3));
    assert_eq!(slugs("offset=3"), (String::new(), 3));
    assert_eq!(slugs("offset=4294967295"), (String::new(), 3));
    assert_eq!(slugs("payer_type=user"), ("annual monthly".into(), 2));
    assert_eq!(slugs("payer_type=org"), ("both".into(), 1));
    assert_eq!(slugs("payer_type=organization"), ("both".into(), 1));
    assert_eq!(slugs("paginated=false&limit=1&offset=2"), ("annual both monthly".into(), 3));
    assert_eq!(slugs("paginated=true&limit=500&unknown=%20x"), ("annual both monthly".into(), 3));
}

#[test]
fn parameters_that_can_not_be_are_refused() {
    let app = app(seeded());
    let cases = [
        ("limit=0", 422, "form_param_value_invalid"),
        ("limit=501", 422, "form_param_value_invalid"),
        ("limit=-1", 422, "form_param_format_invalid"),
        ("limit=%2B5", 422, "form_param_format_invalid"),
        ("limit=ten", 422, "form_param_format_invalid"),
        ("limit=", 422, "form_param_format_invalid"),
        ("limit=1.0", 422, "form_param_format_invalid"),
        ("limit=99999999999999999999", 422, "form_param_format_invalid"),
        ("offset=-1", 422, "form_param_format_invalid"),
        ("offset=4294967296", 422, "form_param_format_invalid"),
        ("offset=%FF", 422, "form_param_format_invalid"),
        ("paginated=maybe", 422, "form_param_format_invalid"),
    ];
    for path in ["/v1/billing/plans", "/v1/billing/statements"] {
        for (query, status, expected) in cases {
            let (answered, body) = get(&app, &format!("{path}?{query}"));
            assert_eq!((answered.as_u16(), code(&body)), (status, expected), "{path}?{query}");
        }
    }
    for query in ["payer_type=", "payer_type=USER", "payer_type=team", "payer_type=%00"] {
        let (status, body) = get(&app, &format!("/v1/billing/plans?{query}"));
        assert_eq!((status.as_u16(), code(&body)), (400, "payer_type_invalid"), "{query}");
    }
}

#[test]
fn without_the_right_secret_key_nothing_is_told() {
    let app = app(seeded());
    for path in ["/v1/billing/plans", "/v1/billing/statements", "/v1/billing/statements/cstmt_1"] {
        let (status, body) = send(&app, path, "sk_wrong");
        assert_eq!((status.as_u16(), code(&body)), (401, "clerk_key_invalid"), "{path}");
        let (status, body) = send(&app, path, "");
        assert_eq!((status.as_u16(), code(&body)), (401, "authentication_invalid"), "{path}");
    }
}

#[test]
fn a_statement_is_told_with_its_lines() {
    let store = seeded();
    let statement = stated(&store, "org_1");
    let app = app(store);
    let (status, body) = get(&app, &format!("/v1/billing/statements/{}", statement.id));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["object"], "commerce_statement");
    assert_eq!(body["instance_id"], "acme");
    assert_eq!(body["status"], "open");
    assert_eq!(body["timestamp"], now().timestamp_millis());
    assert_eq!(body["payer"]["organization_id"], "org_1");
    assert_eq!(body["totals"]["grand_total"]["amount_formatted"], "0.66");
    assert_eq!(body["lines"][1]["billable"], 50_500);
    let (_, list) = get(&app, "/v1/billing/statements");
    assert_eq!(list, json!({ "data": [body], "total_count": 1 }));
}

#[test]
fn statements_are_paged() {
    let store = seeded();
    for payer in ["org_1", "org_2", "org_3"] {
        stated(&store, payer);
    }
    let app = app(store);
    let page = |query: &str| {
        let (_, body) = get(&app, &format!("/v1/billing/statements?{query}"));
        assert_eq!(body["total_count"], 3);
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = page("paginated=false");
    assert_eq!(
        (all.len(), page("limit=2"), page("limit=2&offset=2")),
        (3, all[..2].to_vec(), all[2..].to_vec())
    );
}

#[test]
fn an_unknown_statement_and_another_tenants_are_the_same() {
    let store = seeded();
    let statement = stated(&store, "org_1");
    let app = app(store);
    let known = format!("/v1/billing/statements/{}", statement.id);
    let unknown =
        ["/v1/billing/statements/cstmt_1", "/v1/billing/statements/%FF", "/v1/billing/statements/a%2Fb"];
    for path in unknown {
        let (status, body) = get(&app, path);
        assert_eq!((status.as_u16(), code(&body)), (404, "commerce_statement_not_found"), "{path}");
    }
    let (status, body) = send(&app, &known, "sk_other");
    assert_eq!((status.as_u16(), code(&body)), (404, "commerce_statement_not_found"));
    let (_, others) = send(&app, "/v1/billing/plans", "sk_other");
    assert_eq!(others, json!({ "data": [], "total_count": 0 }));
}

/// A store that is down.
#[derive(Debug)]
struct Down;

#[derive(Debug, thiserror::Error)]
#[error("no connection to secret-host")]
struct NoConnection;

impl ErrorType for Down {
    type Error = NoConnection;
}

impl CatalogStore for Down {
    async fn catalog(&self, _: &TenantId) -> Result<billing_plans::Catalog, NoConnection> {
        Err(NoConnection)
    }

    async fn commit_catalog(
        &self,
        _: &TenantId,
        change: &CatalogChange,
    ) -> Result<billing_plans::Commit, NoConnection> {
        assert!(!matches!(change.write, CatalogWrite::Plan(_)), "no route writes plans");
        Err(NoConnection)
    }
}

impl LedgerStore for Down {
    async fn ledger(&self, _: &TenantId, _: &Payer, _: Month) -> Result<billing_plans::Ledger, NoConnection> {
        Err(NoConnection)
    }

    async fn commit_ledger(
        &self,
        _: &TenantId,
        _: &LedgerChange,
    ) -> Result<billing_plans::Commit, NoConnection> {
        Err(NoConnection)
    }
}

impl StatementReader for Down {
    async fn statement(&self, _: &TenantId, _: &StatementId) -> Result<Option<Statement>, NoConnection> {
        Err(NoConnection)
    }

    async fn statements(&self, _: &TenantId, _: u32, _: u32) -> Result<Page<Statement>, NoConnection> {
        Err(NoConnection)
    }
}

#[test]
fn a_store_that_is_down_is_an_internal_error_that_tells_nothing() {
    let app = app(Down);
    for path in ["/v1/billing/plans", "/v1/billing/statements", "/v1/billing/statements/cstmt_1"] {
        let (status, body) = get(&app, path);
        assert_eq!((status.as_u16(), code(&body)), (500, "internal_error"), "{path}");
        assert!(!body.to_string().contains("secret-host"));
    }
}
