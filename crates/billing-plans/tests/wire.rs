//! The JSON shapes, to the key.

use billing_plans::{
    Availability, BlockTier, Currency, Feature, FeatureId, Fee, FreeTrial, Month, Name, Payer, PayerType,
    Plan, PlanId, Price, RateCard, Slug, TenantId, TrialDays, UnitPrices, UsageReport, UsageTotals, bill,
    wire::{ListBody, MoneyBody, PlanBody, ReadPlanError, StatementBody},
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn epoch() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn price(availability: Availability) -> Price {
    Price { currency: Currency::USD, availability }
}

fn fee(amount: i64) -> Fee {
    Fee::new(amount).unwrap()
}

fn plan(availability: Availability) -> Plan {
    Plan {
        id: PlanId::new("cplan_1"),
        name: Name::new("Pro").unwrap(),
        slug: Slug::new("pro").unwrap(),
        description: None,
        avatar_url: None,
        payer_type: PayerType::Org,
        price: price(availability),
        is_default: false,
        is_recurring: true,
        publicly_visible: true,
        has_base_fee: availability.month().is_some(),
        features: [].into(),
        unit_prices: [].into(),
        free_trial: FreeTrial::None,
        created_at: epoch(),
        updated_at: epoch(),
    }
}

fn json_of(plan: &Plan) -> Value {
    serde_json::to_value(PlanBody::from(plan)).unwrap()
}

fn usd(amount: i64, formatted: &str) -> Value {
    json!({ "amount": amount, "amount_formatted": formatted, "currency": "USD", "currency_symbol": "$" })
}

#[test]
fn the_three_availabilities_on_the_wire() {
    let fees = |availability| {
        let body = json_of(&plan(availability));
        [body["fee"].clone(), body["annual_fee"].clone(), body["annual_monthly_fee"].clone()]
    };
    let (month, year, per_month) = (usd(5_000, "50.00"), usd(50_000, "500.00"), usd(4_167, "41.67"));
    let both = Availability::Both { month: fee(5_000), year: fee(50_000) };
    assert_eq!(fees(Availability::Monthly { month: fee(5_000) }), [month.clone(), Value::Null, Value::Null]);
    assert_eq!(fees(both), [month, year.clone(), per_month.clone()]);
    assert_eq!(fees(Availability::Annual { year: fee(50_000) }), [Value::Null, year, per_month]);
    assert_eq!(fees(Availability::Monthly { month: Fee::FREE })[0], usd(0, "0.00"), "free is no null");
}

#[test]
fn a_plan_has_every_key_of_the_specification_and_no_other() {
    let feature = Feature {
        id: FeatureId::new("feat_1"),
        name: Name::new("Export").unwrap(),
        slug: Slug::new("export").unwrap(),
        description: None,
        avatar_url: Some("https://example.com/e.png".into()),
    };
    let tiers = [
        BlockTier { starts_at_block: 1, ends_after_block: Some(5), fee_per_block: Fee::FREE },
        BlockTier { starts_at_block: 6, ends_after_block: None, fee_per_block: fee(800) },
    ];
    let full = Plan {
        description: Some("All of it".into()),
        features: [feature].into(),
        unit_prices: [UnitPrices::new(Name::new("seats").unwrap(), 1, &tiers).unwrap()].into(),
        free_trial: FreeTrial::Enabled { days: TrialDays::new(14).unwrap() },
        ..plan(Availability::Annual { year: fee(50_000) })
    };
    let expected = json!({
        "object": "commerce_plan",
        "id": "cplan_1",
        "name": "Pro",
        "fee": null,
        "annual_monthly_fee": usd(4_167, "41.67"),
        "annual_fee": usd(50_000, "500.00"),
        "description": "All of it",
        "product_id": "cprod_org",
        "is_default": false,
        "is_recurring": true,
        "publicly_visible": true,
        "has_base_fee": false,
        "for_payer_type": "org",
        "slug": "pro",
        "avatar_url": null,
        "features": [{
            "object": "feature", "id": "feat_1", "name": "Export", "description": null, "slug": "export",
            "avatar_url": "https://example.com/e.png",
        }],
        "free_trial_enabled": true,
        "free_trial_days": 14,
        "unit_prices": [{ "name": "seats", "block_size": 1, "tiers": [
            { "starts_at_block": 1, "ends_after_block": 5, "fee_per_block": usd(0, "0.00") },
            { "starts_at_block": 6, "ends_after_block": null, "fee_per_block": usd(800, "8.00") },
        ] }],
    });
    assert_eq!(json_of(&full), expected);
    assert_eq!(serde_json::from_value::<PlanBody>(expected).unwrap().into_plan(epoch()), Ok(full));
}

#[test]
fn null_absent_and_zero_are_three_things() {
    let body = || json_of(&plan(Availability::Both { month: fee(0), year: fee(0) }));
    let with = |key: &str, value: Option<Value>| {
        let mut body = body().as_object().cloned().unwrap();
        body.remove(key);
        body.extend(value.map(|value| (key.to_owned(), value)));
        Value::Object(body)
    };
    let read = |body: Value| serde_json::from_value::<PlanBody>(body);
    let same = |body: Value| serde_json::to_value(read(body.clone()).unwrap()).unwrap() == body;
    for key in ["features", "unit_prices"] {
        assert!(same(with(key, None)) && same(with(key, Some(json!([])))), "{key}");
        assert!(read(with(key, Some(Value::Null))).is_err(), "{key}");
    }
    for days in [None, Some(Value::Null), Some(json!(0)), Some(json!(7))] {
        assert!(same(with("free_trial_days", days.clone())), "{days:?}");
    }
    for key in ["description", "avatar_url"] {
        assert!(same(with(key, Some(Value::Null))) && same(with(key, Some(json!("")))), "{key}");
        assert!(read(with(key, None)).is_err(), "{key}");
    }
    for key in ["fee", "annual_fee", "annual_monthly_fee"] {
        assert!(same(with(key, Some(Value::Null))) && same(with(key, Some(usd(0, "0.00")))), "{key}");
        assert!(read(with(key, None)).is_err(), "{key}");
        assert!(read(with(key, Some(json!(0)))).is_err(), "{key}");
    }
    assert_eq!(
        read(with("free_trial_days", Some(json!(0)))).unwrap().into_plan(epoch()).unwrap_err().to_string(),
        "a free trial has at least 1 day"
    );
}

#[test]
fn bodies_that_tell_of_no_plan_are_refused() {
    let set = |changes: &[(&str, Value)]| {
        let mut body = json_of(&plan(Availability::Both { month: fee(5_000), year: fee(50_000) }));
        for (key, value) in changes {
            body[*key] = value.clone();
        }
        serde_json::from_value::<PlanBody>(body).unwrap().into_plan(epoch()).unwrap_err()
    };
    assert_eq!(set(&[("annual_fee", Value::Null)]), ReadPlanError::AnnualPair);
    assert_eq!(set(&[("annual_monthly_fee", Value::Null)]), ReadPlanError::AnnualPair);
    assert_eq!(set(&[("annual_monthly_fee", usd(4_166, "41.66"))]), ReadPlanError::AnnualMonthly);
    let unsold = [("fee", Value::Null), ("annual_fee", Value::Null), ("annual_monthly_fee", Value::Null)];
    let texts = [
        (set(&unsold), "a plan has a monthly fee, an annual fee, or both; a free plan has a fee of zero"),
        (set(&[("fee", usd(-1, "-0.01"))]), "a fee can't be negative"),
        (
            set(&[(
                "fee",
                json!({"amount": 1, "amount_formatted": "", "currency": "EUR", "currency_symbol": ""}),
            )]),
            "EUR and USD can't be mixed in one amount",
        ),
        (
            set(&[(
                "fee",
                json!({"amount": 1, "amount_formatted": "", "currency": "usd", "currency_symbol": ""}),
            )]),
            "`usd` is no currency that can be billed in",
        ),
        (
            set(&[("free_trial_enabled", json!(true)), ("free_trial_days", Value::Null)]),
            "a free trial needs a number of days",
        ),
        (set(&[("slug", json!(""))]), "the slug is missing"),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn money_has_four_keys_and_no_other() {
    assert!(serde_json::from_value::<MoneyBody>(usd(1, "0.01")).is_ok());
    for key in ["amount", "amount_formatted", "currency", "currency_symbol"] {
        let mut money = usd(1, "0.01");
        money.as_object_mut().unwrap().remove(key);
        assert!(serde_json::from_value::<MoneyBody>(money).is_err(), "{key}");
    }
    let mut money = usd(1, "0.01");
    money["tax"] = json!(0);
    assert!(serde_json::from_value::<MoneyBody>(money).is_err());
    for amount in [json!(1.5), json!("1"), Value::Null, json!(u64::MAX)] {
        let mut money = usd(1, "0.01");
        money["amount"] = amount;
        assert!(serde_json::from_value::<MoneyBody>(money).is_err());
    }
}

#[test]
fn a_statement_has_the_keys_of_the_specification_and_its_lines() {
    let report = UsageReport {
        payer: Payer::user("user_1").unwrap(),
        month: Month::parse("2026-11").unwrap(),
        totals: UsageTotals::api_keys(1_145, 100_500),
    };
    let now = "2026-11-20T10:00:00.5Z".parse().unwrap();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let statement =
        bill(&Default::default(), &RateCard::api_keys(), &report, now, &mut rng).unwrap().statement;
    let body = StatementBody::new(&TenantId::new("ins_1").unwrap(), &statement);
    let expected = json!({
        "object": "commerce_statement",
        "id": statement.id.as_str(),
        "instance_id": "ins_1",
        "timestamp": 1_795_168_800_500_i64,
        "payer": {
            "object": "commerce_payer", "id": "user_1", "instance_id": "ins_1", "user_id": "user_1",
            "organization_id": null,
        },
        "status": "open",
        "totals": {
            "grand_total": usd(16, "0.16"), "subtotal": usd(16, "0.16"),
            "base_fee": usd(0, "0.00"), "tax_total": usd(0, "0.00"),
        },
        "groups": [],
        "month": "2026-11",
        "lines": [
            { "meter": "api_key_creations", "quantity": 1145, "included": 1000, "billable": 145,
              "pricing": "per_unit", "unit_price": "0.001", "amount": usd(15, "0.15") },
            { "meter": "api_key_verifications", "quantity": 100_500, "included": 100_000, "billable": 500,
              "pricing": "per_unit", "unit_price": "0.00001", "amount": usd(1, "0.01") },
        ],
        "adjustments": [],
    });
    assert_eq!(serde_json::to_value(&body).unwrap(), expected);
    assert_eq!(serde_json::from_value::<StatementBody>(expected).unwrap(), body);
}

#[test]
fn a_list_is_data_and_a_count() {
    let page = billing_plans::Page { items: vec![1, 2], total: 7 };
    let list = serde_json::to_value(ListBody::new(page, |item| item * 10)).unwrap();
    assert_eq!(list, json!({ "data": [10, 20], "total_count": 7 }));
}

prop_compose! {
    fn any_availability()(kind in 0..3, month in 0_i64..=i64::MAX, year in 0_i64..=i64::MAX) -> Availability {
        match kind {
            0 => Availability::Monthly { month: fee(month) },
            1 => Availability::Annual { year: fee(year) },
            _ => Availability::Both { month: fee(month), year: fee(year) },
        }
    }
}

fn maybe(value: Value) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![Just(None), Just(Some(Value::Null)), Just(Some(value))]
}

proptest! {
    #[test]
    fn plans_survive_the_wire(availability in any_availability(), days in prop::option::of((1_i64..=365, any::<bool>()))) {
        let free_trial = match days.map(|(days, is_on)| (TrialDays::new(days).unwrap(), is_on)) {
            None => FreeTrial::None,
            Some((days, true)) => FreeTrial::Enabled { days },
            Some((days, false)) => FreeTrial::Disabled { days },
        };
        let plan = Plan { free_trial, ..plan(availability) };
        let body: PlanBody = serde_json::from_str(&json_of(&plan).to_string()).unwrap();
        prop_assert_eq!(body.into_plan(epoch()), Ok(plan));
    }

    /// Whatever mix of null, absent and present is read, it is written again.
    #[test]
    fn bodies_are_written_as_they_were_read(
        fee in maybe(usd(0, "0.00")),
        days in maybe(json!(0)),
        features in maybe(json!([])),
        description in maybe(json!("")),
    ) {
        let mut body: Map<String, Value> =
            json_of(&plan(Availability::Annual { year: Fee::FREE })).as_object().cloned().unwrap();
        let fields = [("fee", fee), ("free_trial_days", days), ("features", features), ("description", description)];
        for (key, value) in fields {
            body.remove(key);
            body.extend(value.map(|value| (key.to_owned(), value)));
        }
        let body = Value::Object(body);
        if let Ok(read) = serde_json::from_value::<PlanBody>(body.clone()) {
            prop_assert_eq!(serde_json::to_value(read).unwrap(), body);
        }
    }
}
