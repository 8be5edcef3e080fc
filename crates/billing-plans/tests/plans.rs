//! Creating and changing plans: what is refused, with which code, and what isn't.

use billing_plans::{
    Availability, BillingPeriod, BlockTier, Catalog, CatalogChange, CatalogWrite, Currency, Feature,
    FeatureId, Fee, FreeTrial, MAX_FEE, Name, NewPlan, PayerType, Plan, PlanError, PlanId, PlanUpdate, Price,
    Revision, Settings, SettingsError, Slug, TrialDays, UnitPrices, change_settings, create_plan,
    update_plan, wire::ErrorCode,
};
use chrono::{DateTime, TimeDelta, Utc};

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 123_456_789).unwrap()
}

fn monthly(month: i64) -> Availability {
    Availability::Monthly { month: Fee::new(month).unwrap() }
}

fn annual(year: i64) -> Availability {
    Availability::Annual { year: Fee::new(year).unwrap() }
}

fn both(month: i64, year: i64) -> Availability {
    Availability::Both { month: Fee::new(month).unwrap(), year: Fee::new(year).unwrap() }
}

fn price(availability: Availability) -> Price {
    Price { currency: Currency::USD, availability }
}

fn new(slug: &str, availability: Availability) -> NewPlan {
    let name = Name::new(&format!("The {slug} plan")).unwrap();
    NewPlan::new(name, Slug::new(slug).unwrap(), PayerType::Org, price(availability))
}

fn opted_in() -> Settings {
    Settings { annual_only_plans: true, ..Settings::default() }
}

/// What a store does with a change.
fn apply(catalog: &mut Catalog, change: CatalogChange) {
    assert_eq!(change.expected, catalog.revision);
    catalog.revision = Some(Revision::after(catalog.revision));
    match change.write {
        CatalogWrite::Settings(settings) => catalog.settings = settings,
        CatalogWrite::Plan(plan) => {
            catalog.plans.retain(|stored| stored.id != plan.id);
            catalog.plans.insert(0, Plan::clone(&plan));
        }
    }
}

fn catalog(settings: Settings, plans: impl IntoIterator<Item = NewPlan>) -> Catalog {
    let mut catalog = Catalog { settings, ..Catalog::default() };
    for plan in plans {
        let planned = create_plan(&catalog, plan, now(), &mut rng()).unwrap();
        apply(&mut catalog, planned.change.unwrap());
    }
    catalog
}

fn refusal(catalog: &Catalog, new: NewPlan) -> (PlanError, &'static str, u16) {
    told(create_plan(catalog, new, now(), &mut rng()).unwrap_err())
}

fn told(error: PlanError) -> (PlanError, &'static str, u16) {
    let ErrorCode { code, status } = (&error).into();
    (error, code, status)
}

fn feature(slug: &str) -> Feature {
    Feature {
        id: FeatureId::generate(&mut rng()),
        name: Name::new(slug).unwrap(),
        slug: Slug::new(slug).unwrap(),
        description: None,
        avatar_url: None,
    }
}

fn seats(fee: i64) -> UnitPrices {
    let tier =
        BlockTier { starts_at_block: 1, ends_after_block: None, fee_per_block: Fee::new(fee).unwrap() };
    UnitPrices::new(Name::new("seats").unwrap(), 1, &[tier]).unwrap()
}

#[test]
fn the_three_availabilities_become_plans() {
    let catalog = catalog(
        opted_in(),
        [new("monthly", monthly(5_000)), new("both", both(5_000, 50_000)), new("annual", annual(50_000))],
    );
    let shown = |plan: &Plan| {
        let amount = |money: Option<billing_plans::Money>| money.map(billing_plans::Money::amount);
        let price = plan.price;
        (
            amount(price.fee()),
            amount(price.annual_fee()),
            amount(price.annual_monthly_fee()),
            plan.has_base_fee,
        )
    };
    let shown: Vec<_> = catalog.plans.iter().map(shown).collect();
    let annual = (None, Some(50_000), Some(4_167), false);
    assert_eq!(
        shown,
        [annual, (Some(5_000), Some(50_000), Some(4_167), true), (Some(5_000), None, None, true)]
    );
    assert_eq!(catalog.plans[0].price.period_for(BillingPeriod::Month), BillingPeriod::Annual);
    assert_eq!(catalog.revision, Some(Revision::new(3)));
}

#[test]
fn a_new_plan_has_an_id_and_times_of_its_own() {
    let create = || create_plan(&Catalog::default(), new("a", monthly(0)), now(), &mut rng()).unwrap().plan;
    let (one, other) = (create(), create());
    assert_ne!(one.id, other.id);
    assert_eq!(one.id.as_str().len(), "cplan_".len() + 27);
    assert!(one.id.as_str()[6..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(one.created_at.timestamp_nanos_opt(), Some(1_790_000_000_123_000_000));
    assert_eq!(one.updated_at, one.created_at);
}

#[test]
fn an_annual_only_plan_needs_the_opt_in() {
    let (error, code, status) = refusal(&Catalog::default(), new("annual", annual(50_000)));
    assert_eq!(
        (error, code, status),
        (PlanError::AnnualOnlyNotEnabled, "billing_annual_only_plans_not_enabled", 403)
    );
    let free = refusal(&Catalog::default(), new("annual", annual(0)));
    assert_eq!(free.0, PlanError::AnnualOnlyNotEnabled, "free is a price, too");
    assert!(create_plan(&Catalog::default(), new("both", both(0, 0)), now(), &mut rng()).is_ok());
}

#[test]
fn a_plan_becomes_annual_only_by_opt_in_only() {
    let stored = catalog(Settings::default(), [new("both", both(5_000, 50_000))]);
    let id = stored.plans[0].id.clone();
    let update = PlanUpdate { price: Some(price(annual(50_000))), ..PlanUpdate::default() };
    let refused = update_plan(&stored, &id, update.clone(), now()).unwrap_err();
    assert_eq!(refused, PlanError::AnnualOnlyNotEnabled);
    let opted_in = Catalog { settings: opted_in(), ..stored };
    let planned = update_plan(&opted_in, &id, update, now()).unwrap();
    assert_eq!((planned.plan.price.fee(), planned.plan.has_base_fee), (None, false));
}

#[test]
fn the_opt_in_stays_while_an_annual_only_plan_exists() {
    let mut stored = catalog(opted_in(), [new("annual", annual(50_000))]);
    let refused = change_settings(&stored, Settings::default()).unwrap_err();
    assert_eq!(refused, SettingsError::AnnualOnlyPlanExists(Slug::new("annual").unwrap()));
    assert_eq!(
        ErrorCode::from(&refused),
        ErrorCode { code: "supported_billing_period_mismatch", status: 422 }
    );
    let update = PlanUpdate { price: Some(price(monthly(5_000))), ..PlanUpdate::default() };
    let planned = update_plan(&stored, &stored.plans[0].id, update, now()).unwrap();
    apply(&mut stored, planned.change.unwrap());
    let change = change_settings(&stored, Settings::default()).unwrap().unwrap();
    assert_eq!(change.write, CatalogWrite::Settings(Settings::default()));
    assert_eq!(change_settings(&stored, stored.settings), Ok(None));
}

#[test]
fn settings_hold_for_the_plans_that_exist() {
    let trial = NewPlan { free_trial: FreeTrial::Enabled { days: days(14) }, ..new("a", monthly(1)) };
    let stored = catalog(Settings::default(), [trial]);
    let without_trials = Settings { free_trials: false, ..Settings::default() };
    assert!(matches!(change_settings(&stored, without_trials), Err(SettingsError::TrialExists(_))));
    let many = Settings { max_plans: 501, ..Settings::default() };
    assert_eq!(change_settings(&stored, many), Err(SettingsError::TooManyPlans));
}

fn days(days: i64) -> TrialDays {
    TrialDays::new(days).unwrap()
}

#[test]
fn each_refusal_of_a_new_plan_has_its_code() {
    let default = NewPlan { is_default: true, ..new("default", monthly(0)) };
    let stored = catalog(
        Settings { max_plans: 3, ..Settings::default() },
        [new("taken", monthly(1)), default.clone()],
    );
    let trial = FreeTrial::Enabled { days: days(7) };
    let other_seats = NewPlan { unit_prices: vec![seats(1), seats(2)], ..new("x", monthly(1)) };
    let cases = [
        (new("x", monthly(MAX_FEE + 1)), "plan_amount_exceeds_upper_limit", 422),
        (new("x", both(1, MAX_FEE + 1)), "plan_amount_exceeds_upper_limit", 422),
        (new("x", annual(1)), "billing_annual_only_plans_not_enabled", 403),
        (NewPlan { free_trial: trial, ..new("x", monthly(0)) }, "free_trial_not_allowed_on_free_plan", 422),
        (
            NewPlan { features: vec![feature("a"), feature("a")], ..new("x", monthly(1)) },
            "feature_already_in_plan",
            409,
        ),
        (
            NewPlan { payer_type: PayerType::User, unit_prices: vec![seats(1)], ..new("x", monthly(1)) },
            "unit_prices_not_allowed_for_user_plans",
            422,
        ),
        (other_seats, "unit_price_name_invalid", 422),
        (
            NewPlan { unit_prices: vec![seats(MAX_FEE + 1)], ..new("x", monthly(1)) },
            "plan_amount_exceeds_upper_limit",
            422,
        ),
        (
            NewPlan { slug: Slug::new("x").unwrap(), ..new("taken", monthly(1)) },
            "plan_name_already_exists",
            409,
        ),
        (
            NewPlan { payer_type: PayerType::User, ..new("taken", monthly(1)) },
            "plan_slug_already_exists",
            409,
        ),
        (NewPlan { is_default: true, ..new("x", monthly(0)) }, "default_plans_already_created", 409),
        (
            NewPlan { is_default: true, payer_type: PayerType::User, ..new("x", monthly(1)) },
            "default_plan_price_creation_forbidden",
            422,
        ),
        (
            NewPlan { is_default: true, payer_type: PayerType::User, ..new("x", both(0, 0)) },
            "default_plan_supported_billing_periods_update_forbidden",
            422,
        ),
    ];
    for (new, code, status) in cases {
        let (error, told_code, told_status) = refusal(&stored, new);
        assert_eq!((told_code, told_status), (code, status), "{error}");
    }
    let no_trials =
        Catalog { settings: Settings { free_trials: false, ..Settings::default() }, ..stored.clone() };
    let (_, code, status) = refusal(&no_trials, NewPlan { free_trial: trial, ..new("x", monthly(1)) });
    assert_eq!((code, status), ("plan_free_trials_disabled", 403));
    let full = catalog(Settings { max_plans: 1, ..Settings::default() }, [new("a", monthly(1))]);
    assert_eq!(
        refusal(&full, new("b", monthly(1))),
        (PlanError::TooManyPlans(1), "commerce_plans_quota_exceeded", 403)
    );
}

#[test]
fn parts_that_can_not_be_have_codes_too() {
    let name = |text: &str| told(Name::new(text).unwrap_err().into());
    let slug = |text: &str| told(Slug::new(text).unwrap_err().into());
    let trial = |days| told(TrialDays::new(days).unwrap_err().into());
    let units = |block_size, tiers: &[BlockTier]| {
        told(UnitPrices::new(Name::new("seats").unwrap(), block_size, tiers).unwrap_err().into())
    };
    let cases = [
        (name(" "), "missing_name", 400),
        (name(&"n".repeat(101)), "name_invalid_length", 400),
        (name("a\u{7}"), "name_invalid_format", 400),
        (slug(""), "missing_slug", 400),
        (slug(&"s".repeat(101)), "slug_invalid_length", 400),
        (slug("Ä"), "slug_invalid_format", 400),
        (trial(0), "billing_too_few_free_trial_days", 400),
        (trial(366), "billing_too_many_free_trial_days", 400),
        (units(1, &[]), "unit_price_tiers_missing", 422),
        (units(0, &[]), "unit_price_block_size_invalid", 422),
        (told(Fee::new(-1).unwrap_err().into()), "plan_amount_invalid", 422),
        (told(Currency::parse("ABC").unwrap_err().into()), "currency_invalid", 400),
        (told(PlanError::PayerType), "payer_type_invalid", 400),
    ];
    for ((error, told_code, told_status), code, status) in cases {
        assert_eq!((told_code, told_status), (code, status), "{error}");
    }
}

#[test]
fn an_update_changes_what_it_names() {
    let described =
        NewPlan { description: Some("text".into()), features: vec![feature("a")], ..new("a", monthly(1)) };
    let stored = catalog(Settings::default(), [described]);
    let plan = &stored.plans[0];
    let later = now() + TimeDelta::days(1);
    let update = |update| update_plan(&stored, &plan.id, update, later).unwrap();

    assert_eq!(update(PlanUpdate::default()).change, None);
    let same = PlanUpdate {
        slug: Some(plan.slug.clone()),
        description: Some(Some("text".into())),
        ..PlanUpdate::default()
    };
    assert_eq!(update(same).change, None);

    let renamed = update(PlanUpdate { name: Some(Name::new("B").unwrap()), ..PlanUpdate::default() });
    assert_eq!(renamed.plan.description, plan.description);
    assert_eq!(
        (renamed.plan.created_at, renamed.plan.updated_at),
        (plan.created_at, plan.created_at + TimeDelta::days(1))
    );
    assert_eq!(renamed.change.unwrap().expected, Some(Revision::FIRST));

    let emptied = PlanUpdate { description: Some(None), features: Some(vec![]), ..PlanUpdate::default() };
    let emptied = update(emptied).plan;
    assert_eq!((emptied.description.clone(), emptied.features.len()), (None, 0));

    let priced = update(PlanUpdate { price: Some(price(monthly(0))), ..PlanUpdate::default() }).plan;
    assert!(!priced.has_base_fee);
}

#[test]
fn each_refusal_of_an_update_has_its_code() {
    let default = NewPlan { is_default: true, ..new("default", monthly(0)) };
    let stored = catalog(Settings::default(), [new("paid", monthly(1)), default]);
    let id = |slug: &str| stored.plans.iter().find(|plan| plan.slug.as_str() == slug).unwrap().id.clone();
    let to_price = |availability| PlanUpdate { price: Some(price(availability)), ..PlanUpdate::default() };
    let to_slug = PlanUpdate { slug: Some(Slug::new("default").unwrap()), ..PlanUpdate::default() };
    let cases = [
        (PlanId::new("cplan_unknown"), PlanUpdate::default(), "plan_not_found", 404),
        (id("default"), to_price(monthly(1)), "default_plan_amount_update_forbidden", 422),
        (id("default"), to_price(both(0, 0)), "default_plan_supported_billing_periods_update_forbidden", 422),
        (id("paid"), to_price(annual(1)), "billing_annual_only_plans_not_enabled", 403),
        (id("paid"), to_price(monthly(MAX_FEE + 1)), "plan_amount_exceeds_upper_limit", 422),
        (id("paid"), to_slug, "plan_slug_already_exists", 409),
    ];
    for (id, update, code, status) in cases {
        let (error, told_code, told_status) = told(update_plan(&stored, &id, update, now()).unwrap_err());
        assert_eq!((told_code, told_status), (code, status), "{error}");
    }
}

#[test]
fn pages_are_cut_from_what_was_asked_for() {
    let user = |slug| NewPlan { payer_type: PayerType::User, ..new(slug, monthly(1)) };
    let stored =
        catalog(Settings::default(), [new("a", monthly(1)), user("b"), new("c", monthly(1)), user("d")]);
    let slugs = |payer_type, limit, offset| {
        let page = stored.page(payer_type, limit, offset);
        (page.items.iter().map(|plan| plan.slug.to_string()).collect::<String>(), page.total)
    };
    assert_eq!(slugs(None, 10, 0), ("dcba".into(), 4));
    assert_eq!(slugs(None, 2, 1), ("cb".into(), 4));
    assert_eq!(slugs(Some(PayerType::User), 10, 0), ("db".into(), 2));
    assert_eq!(slugs(Some(PayerType::Org), 1, 1), ("a".into(), 2));
    assert_eq!(slugs(None, 10, usize::MAX), (String::new(), 4));
}
