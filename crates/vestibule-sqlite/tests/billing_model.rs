//! SQLite does what the store in memory does, whatever is asked of both.

use std::{convert::Infallible, fmt::Debug};

use billing_plans::{
    Availability, Billing, BillingStore, Currency, Fee, Ledger, MemoryStore, Month, Name, NewPlan, Payer,
    PayerType, PlanUpdate, Price, RateCard, Settings, Slug, TenantId, UsageReport, UsageTotals,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

/// The same "randomness" for both stores; no secret depends on it.
struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|n| u32::try_from(n >> 32).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Ok(mixed ^ (mixed >> 27))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let random = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

#[derive(Debug, Clone)]
enum Step {
    Create { slug: u8, month: Option<u16>, year: Option<u16> },
    Update { index: usize, visible: bool, year: Option<u16> },
    OptIn(bool),
    Report { payer: bool, month: u8, creations: u16 },
    Wait { days: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let fee = || prop::option::of(0_u16..3);
    prop_oneof![
        3 => (0_u8..6, fee(), fee()).prop_map(|(slug, month, year)| Step::Create { slug, month, year }),
        2 => (0_usize..4, any::<bool>(), fee()).prop_map(|(index, visible, year)| Step::Update { index, visible, year }),
        1 => any::<bool>().prop_map(Step::OptIn),
        4 => (any::<bool>(), 0_u8..4, 0_u16..3_000)
            .prop_map(|(payer, month, creations)| Step::Report { payer, month, creations }),
        2 => (0_u8..40).prop_map(|days| Step::Wait { days }),
    ]
}

/// One tenant's records in one store, and the time.
struct World<S> {
    billing: Billing<S>,
    tenant: TenantId,
    rng: Counter,
    now: DateTime<Utc>,
}

impl<S: BillingStore> World<S> {
    fn new(store: S) -> Self {
        let now = "2026-09-20T10:00:00Z".parse().unwrap();
        Self { billing: Billing::new(store), tenant: TenantId::new("acme").unwrap(), rng: Counter(0), now }
    }

    /// What the service answers, as text: the stores' errors have different types, and never occur.
    fn take(&mut self, step: &Step) -> String {
        let Self { billing, tenant, rng, now } = self;
        match step {
            Step::Wait { days } => {
                *now += TimeDelta::days((*days).into());
                String::new()
            }
            Step::Create { slug, month, year } => match availability(*month, *year) {
                Some(availability) => {
                    shown(block_on(billing.create_plan(tenant, new(*slug, availability), *now, rng)))
                }
                None => String::new(),
            },
            Step::Update { index, visible, year } => {
                let price = year.and_then(|year| availability(None, Some(year))).map(price);
                let update = PlanUpdate { publicly_visible: Some(*visible), price, ..PlanUpdate::default() };
                let catalog = block_on(billing.store().catalog(tenant)).unwrap();
                let plan = catalog.plans.get(*index).map(|plan| plan.id.clone());
                plan.map(|id| shown(block_on(billing.update_plan(tenant, &id, update, *now))))
                    .unwrap_or_default()
            }
            Step::OptIn(annual_only_plans) => {
                let settings = Settings { annual_only_plans: *annual_only_plans, ..Settings::default() };
                shown(block_on(billing.change_settings(tenant, settings)))
            }
            Step::Report { payer: is_user, month, creations } => {
                let month = Month::parse(&format!("2026-{:02}", 9 + month)).unwrap();
                let totals = UsageTotals::api_keys((*creations).into(), 0);
                let report = UsageReport { payer: payer(*is_user), month, totals };
                shown(block_on(billing.report_usage(tenant, &RateCard::api_keys(), &report, *now, rng)))
            }
        }
    }

    fn everything(&self) -> String {
        let ledger = |is_user| -> Ledger {
            block_on(self.billing.store().ledger(
                &self.tenant,
                &payer(is_user),
                Month::parse("2026-01").unwrap(),
            ))
            .unwrap()
        };
        let catalog = block_on(self.billing.store().catalog(&self.tenant)).unwrap();
        let statements = block_on(self.billing.statements(&self.tenant, (3, 1))).unwrap();
        format!("{catalog:#?} {:#?} {:#?} {statements:#?}", ledger(true), ledger(false))
    }
}

fn shown<T: Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

fn payer(is_user: bool) -> Payer {
    Payer::new(if is_user { PayerType::User } else { PayerType::Org }, "one").unwrap()
}

fn availability(month: Option<u16>, year: Option<u16>) -> Option<Availability> {
    let fee = |amount: u16| Fee::new(amount.into()).unwrap();
    match (month.map(fee), year.map(fee)) {
        (Some(month), Some(year)) => Some(Availability::Both { month, year }),
        (Some(month), None) => Some(Availability::Monthly { month }),
        (None, Some(year)) => Some(Availability::Annual { year }),
        (None, None) => None,
    }
}

fn price(availability: Availability) -> Price {
    Price { currency: Currency::USD, availability }
}

fn new(slug: u8, availability: Availability) -> NewPlan {
    let slug = format!("plan-{slug}");
    NewPlan::new(Name::new(&slug).unwrap(), Slug::new(&slug).unwrap(), PayerType::User, price(availability))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn both_stores_answer_and_hold_the_same(steps in prop::collection::vec(step(), 1..24)) {
        let mut memory = World::new(MemoryStore::new());
        let mut sqlite = World::new(SqliteStore::in_memory().unwrap());
        for step in &steps {
            prop_assert_eq!(sqlite.take(step), memory.take(step));
        }
        prop_assert_eq!(sqlite.everything(), memory.everything());
    }
}
