//! Values that the checks write.

use std::{num::NonZero, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    Adjustment, Availability, BlockTier, Catalog, CatalogChange, CatalogStore, CatalogWrite, Commit,
    Currency, Feature, FeatureId, Fee, FreeTrial, LedgerChange, LedgerStore, MeterName, Money, Month, Name,
    Payer, PayerType, Plan, PlanId, Price, RateCard, Revision, Settings, Slug, Statement, StatementId,
    StatementStatus, TenantId, Tier, Tiers, TrialDays, UnitPrice, UnitPrices, UsageLine, UsagePrice,
    ZeroUsage,
};

pub(super) fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

pub(super) fn other_tenant() -> TenantId {
    TenantId::new("ins_2").unwrap()
}

/// Milliseconds into a day of 2026.
pub(super) fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000_i64.saturating_add(milliseconds)).unwrap()
}

pub(super) fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

pub(super) fn payer() -> Payer {
    Payer::organization("org_1").unwrap()
}

/// A plan with the least that a plan has.
pub(super) fn plan(id: &str, created_at: i64) -> Plan {
    Plan {
        id: PlanId::new(id),
        name: Name::new(id).unwrap(),
        slug: Slug::new(id).unwrap(),
        description: None,
        avatar_url: None,
        payer_type: PayerType::User,
        price: Price { currency: Currency::USD, availability: Availability::Monthly { month: Fee::FREE } },
        is_default: false,
        is_recurring: true,
        publicly_visible: true,
        has_base_fee: false,
        features: [].into(),
        unit_prices: [].into(),
        free_trial: FreeTrial::None,
        created_at: at(created_at),
        updated_at: at(created_at),
    }
}

/// A plan with all that a plan can have.
pub(super) fn full_plan() -> Plan {
    let feature = |slug: &str, text: Option<&str>| Feature {
        id: FeatureId::new(&format!("feat_{slug}")),
        name: Name::new("Größe ‘1’").unwrap(),
        slug: Slug::new(slug).unwrap(),
        description: text.map(Arc::from),
        avatar_url: text.map(Arc::from),
    };
    let tier = |starts_at_block, ends_after_block, fee| BlockTier {
        starts_at_block,
        ends_after_block,
        fee_per_block: Fee::new(fee).unwrap(),
    };
    let tiers = [tier(1, Some(5), 0), tier(6, None, i64::MAX)];
    Plan {
        name: Name::new("日本 “Pro”; DROP TABLE plans; --").unwrap(),
        description: Some("two\nlines, and \u{0} in them".into()),
        avatar_url: Some("".into()),
        payer_type: PayerType::Org,
        price: Price {
            currency: Currency::parse("JPY").unwrap(),
            availability: Availability::Both { month: Fee::FREE, year: Fee::new(i64::MAX).unwrap() },
        },
        is_default: true,
        is_recurring: false,
        publicly_visible: false,
        has_base_fee: true,
        features: [feature("b", Some("text")), feature("a", None)].into(),
        unit_prices: [UnitPrices::new(Name::new("seats").unwrap(), u64::MAX, &tiers).unwrap()].into(),
        free_trial: FreeTrial::Disabled { days: TrialDays::new(365).unwrap() },
        updated_at: at(86_400_000),
        ..plan("full", 1)
    }
}

/// A plan that is sold by the year only.
pub(super) fn annual_plan() -> Plan {
    let availability = Availability::Annual { year: Fee::new(50_000).unwrap() };
    Plan {
        price: Price { currency: Currency::USD, availability },
        free_trial: FreeTrial::Enabled { days: TrialDays::new(1).unwrap() },
        ..plan("annual", 2)
    }
}

pub(super) fn settings() -> Settings {
    Settings { annual_only_plans: true, free_trials: false, max_plans: 7 }
}

/// A statement with the lines of the card for API keys, unused.
pub(super) fn statement(id: &str, of: &str, created_at: i64) -> Statement {
    let card = RateCard::api_keys();
    let lines = card.meters().iter().map(|meter| meter.rate(0, card.currency()).unwrap());
    Statement {
        id: StatementId::new(id),
        payer: payer(),
        month: month(of),
        status: StatementStatus::Open,
        usage: lines.collect(),
        adjustments: [].into(),
        total: Money::zero(card.currency()),
        created_at: at(created_at),
        updated_at: at(created_at),
    }
}

pub(super) fn closed(statement: Statement) -> Statement {
    Statement { status: StatementStatus::Closed, ..statement }
}

/// A statement with every kind of line, at the bounds of what a line can hold.
pub(super) fn full_statement() -> Statement {
    let huge = UnitPrice::from_e12(i128::MAX).unwrap();
    let bounded = Tier { up_to: Some(u64::MAX), unit: UnitPrice::FREE, flat: huge };
    let tiers = Tiers::new(&[bounded, Tier { up_to: None, ..bounded }]).unwrap();
    let prices = [
        UsagePrice::PerUnit(huge),
        UsagePrice::Package { size: NonZero::<u64>::MAX, price: UnitPrice::FREE },
        UsagePrice::Graduated(tiers.clone().with_zero_usage(ZeroUsage::FlatPart)),
        UsagePrice::Volume(tiers),
    ];
    let currency = Currency::parse("KWD").unwrap();
    let line = |(price, name): (UsagePrice, &str)| UsageLine {
        meter: MeterName::new(name).unwrap(),
        quantity: u64::MAX,
        included: u64::MAX,
        price,
        amount: Money::new(i64::MIN, currency),
    };
    let adjustment = Adjustment {
        corrects: StatementId::new("cstmt_earlier"),
        month: month("2026-08"),
        meter: MeterName::API_KEY_CREATIONS,
        billed_quantity: 0,
        quantity: u64::MAX,
        amount: Money::new(-1, currency),
    };
    Statement {
        usage: prices.into_iter().zip(["d", "c", "b", "a"]).map(line).collect(),
        adjustments: [adjustment.clone(), Adjustment { quantity: 1, ..adjustment }].into(),
        total: Money::new(i64::MIN, currency),
        updated_at: at(5),
        ..closed(statement("cstmt_full", "2026-09", 3))
    }
}

/// Writes plans one after the other, as services do.
pub(super) async fn write_plans<S: CatalogStore>(store: &S, plans: &[Plan]) -> Result<Commit, S::Error> {
    let mut expected = store.catalog(&tenant()).await?.revision;
    for plan in plans {
        let write = CatalogWrite::Plan(Arc::new(plan.clone()));
        if store.commit_catalog(&tenant(), &CatalogChange { expected, write }).await? == Commit::Stale {
            return Ok(Commit::Stale);
        }
        expected = Some(Revision::after(expected));
    }
    Ok(Commit::Applied)
}

/// Writes statements of one payer in one change, as a service does.
pub(super) async fn write<S: LedgerStore>(store: &S, statements: &[Statement]) -> Result<Commit, S::Error> {
    let payer = statements.first().map_or_else(payer, |statement| statement.payer.clone());
    let expected = store.ledger(&tenant(), &payer, month("0001-01")).await?.revision;
    let change = LedgerChange { payer, expected, statements: statements.to_vec() };
    store.commit_ledger(&tenant(), &change).await
}

/// The catalog that holds these plans and nothing else.
pub(super) fn catalog_of(plans: &[Plan]) -> Catalog {
    let revision = Some(Revision::new(plans.len() as u64));
    Catalog { revision, plans: plans.to_vec(), ..Catalog::default() }
}
