//! Usage rating: one line per meter of a tenant, and a payer's statement.

use std::hint::black_box;

use billing_plans::{
    Currency, Ledger, MeterName, Month, Payer, RateCard, Tier, Tiers, UnitPrice, UsagePrice, UsageReport,
    UsageTotals, bill,
};
use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

/// The exact price of API keys for many tenants, rounded once per line.
#[divan::bench(args = [1, 1_000])]
fn lines_of_api_keys(bencher: Bencher<'_, '_>, tenants: u64) {
    let card = RateCard::api_keys();
    bencher.counter(ItemsCount::new(tenants * 2)).bench(|| {
        let mut cents = 0_i64;
        for tenant in 0..tenants {
            for meter in card.meters() {
                cents += meter.rate(black_box(123_456_789 + tenant), Currency::USD).unwrap().amount.amount();
            }
        }
        cents
    });
}

/// A price in tiers: the cost depends on the tiers, never on the quantity.
#[divan::bench(args = [2, 10])]
fn graduated_tiers(bencher: Bencher<'_, '_>, count: u64) {
    let tier = |n: u64| Tier {
        up_to: (n < count).then_some(n * 1_000),
        unit: UnitPrice::from_e12(1_000_000_007).unwrap(),
        flat: UnitPrice::FREE,
    };
    let price = UsagePrice::Graduated(Tiers::new(&(1..=count).map(tier).collect::<Vec<_>>()).unwrap());
    bencher.counter(ItemsCount::new(1_u32)).bench(|| price.exact(black_box(u64::MAX)).unwrap());
}

/// The decision that a report of usage leads to, with the statement and the change.
#[divan::bench]
fn bill_a_report(bencher: Bencher<'_, '_>) {
    let card = RateCard::api_keys();
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let report = UsageReport {
        payer: Payer::organization("org_1").unwrap(),
        month: Month::of(now),
        totals: UsageTotals::new()
            .with(MeterName::API_KEY_CREATIONS, 1_145)
            .with(MeterName::API_KEY_VERIFICATIONS, 123_456_789),
    };
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let ledger = Ledger::default();
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| bill(&ledger, &card, black_box(&report), now, &mut rng).unwrap());
}
