//! Splitting prices over days, as other billing systems document it, and against exact decimals.

use billing_plans::{
    Currency, DayOfChange, Interval, Money, MoneyError, Period, Proration, Settlement, allocate,
    change_interval, change_plan, remaining, share,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Cases {
    changes: Vec<Change>,
    stubs: Vec<Stub>,
    restarts: Vec<Restart>,
}

#[derive(Debug, Deserialize)]
struct Change {
    id: String,
    old: i64,
    new: i64,
    period: Period,
    day: NaiveDate,
    credit: i64,
    charge: i64,
    net: i64,
    days: (u32, u32),
}

#[derive(Debug, Deserialize)]
struct Stub {
    id: String,
    amount: i64,
    stub: Period,
    period: Period,
    due: i64,
    days: (u32, u32),
}

#[derive(Debug, Deserialize)]
struct Restart {
    id: String,
    old: i64,
    new: i64,
    period: Period,
    day: NaiveDate,
    credit: i64,
    charge: i64,
    start: NaiveDate,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("cases/proration.json")).unwrap()
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn june() -> Period {
    Period::new(day("2025-06-01"), day("2025-07-01")).unwrap()
}

#[test]
fn changes_within_a_period() {
    for case in cases().changes {
        let change =
            change_plan((usd(case.old), usd(case.new)), case.period, case.day, DayOfChange::New).unwrap();
        let expected = Proration {
            credit: usd(case.credit),
            charge: usd(case.charge),
            days_remaining: case.days.0,
            days_total: case.days.1,
        };
        assert_eq!(change, expected, "{}", case.id);
        assert_eq!(change.net(), Ok(usd(case.net)), "{}", case.id);
    }
}

#[test]
fn parts_of_a_period() {
    for case in cases().stubs {
        assert_eq!(share(usd(case.amount), case.period, case.stub), Ok(usd(case.due)), "{}", case.id);
        assert_eq!((case.stub.days().get(), case.period.days().get()), case.days, "{}", case.id);
    }
}

#[test]
fn changes_of_the_interval() {
    for case in cases().restarts {
        let prices = (usd(case.old), usd(case.new));
        let (change, anchor) =
            change_interval(prices, case.period, (case.day, Interval::YEAR), DayOfChange::New).unwrap();
        assert_eq!((change.credit, change.charge), (usd(case.credit), usd(case.charge)), "{}", case.id);
        assert_eq!(
            (anchor.boundary(0), anchor.interval()),
            (Some(case.start), Interval::YEAR),
            "{}",
            case.id
        );
    }
}

#[test]
fn a_currency_without_cents_is_split_in_its_own_unit() {
    let yen = Money::new(10_000, Currency::parse("JPY").unwrap());
    let march = Period::new(day("2022-03-01"), day("2022-04-01")).unwrap();
    let part = Period::new(day("2022-03-01"), day("2022-03-07")).unwrap();
    assert_eq!(share(yen, march, part).unwrap().formatted(), "1935");
}

#[test]
fn a_discount_is_taken_off_before_the_split() {
    assert_eq!(remaining(usd(10_000 - 2_500), june(), day("2025-06-16")), usd(3_750));
    assert_eq!(remaining(usd(100_000 - 5_000), june(), day("2025-06-16")), usd(47_500));
}

#[test]
fn the_day_of_change_is_a_policy() {
    let change = |policy| change_plan((usd(3_000), usd(6_000)), june(), day("2025-06-11"), policy).unwrap();
    assert_eq!(change(DayOfChange::New).credit, usd(2_000));
    assert_eq!(change(DayOfChange::Old).credit, usd(1_900));
    assert_eq!(change(DayOfChange::Old).days_remaining, 19);
}

#[test]
fn changes_at_the_edges_have_results() {
    let change = |date| {
        let change = change_plan((usd(3_000), usd(6_000)), june(), date, DayOfChange::New).unwrap();
        (change.credit.amount(), change.charge.amount(), change.days_remaining)
    };
    assert_eq!(change(day("2025-06-01")), (3_000, 6_000, 30));
    assert_eq!(change(day("2025-05-01")), (3_000, 6_000, 30));
    assert_eq!(change(day("2025-06-30")), (100, 200, 1));
    assert_eq!(change(day("2025-07-01")), (0, 0, 0));
    assert_eq!(change(NaiveDate::MAX), (0, 0, 0));
    assert_eq!(change(NaiveDate::MIN), (3_000, 6_000, 30));
    let last = change_plan((usd(1), usd(1)), june(), NaiveDate::MAX, DayOfChange::Old);
    assert_eq!(last.unwrap().days_remaining, 0);
}

#[test]
fn there_is_no_negative_invoice() {
    let settled = |old, new| {
        change_plan((usd(old), usd(new)), june(), day("2025-06-16"), DayOfChange::New)
            .unwrap()
            .settle()
            .unwrap()
    };
    assert_eq!(settled(2_000, 6_000), Settlement { due: usd(2_000), to_balance: usd(0) });
    assert_eq!(settled(18_000, 2_000), Settlement { due: usd(0), to_balance: usd(8_000) });
    assert_eq!(settled(2_000, 2_000), Settlement { due: usd(0), to_balance: usd(0) });
}

#[test]
fn plans_of_two_currencies_are_no_change() {
    let yen = Money::new(1, Currency::parse("JPY").unwrap());
    let change = change_plan((usd(1), yen), june(), day("2025-06-16"), DayOfChange::New);
    assert!(matches!(change, Err(MoneyError::MixedCurrencies(..))));
}

fn amounts(parts: &[Money]) -> Vec<i64> {
    parts.iter().map(|part| part.amount()).collect()
}

#[test]
fn largest_remainders_come_first_and_ties_in_order() {
    let shared = |total, weights: &[u64]| amounts(&allocate(usd(total), weights));
    assert_eq!(shared(5, &[1, 1, 1]), [2, 2, 1]);
    assert_eq!(shared(1, &[100, 1]), [1, 0]);
    assert_eq!(shared(10_000, &[1, 2, 3]), [1_667, 3_333, 5_000]);
    assert_eq!(shared(5, &[1, 1]), [3, 2]);
    assert_eq!(shared(9_000, &[30_000, 20_000]), [5_400, 3_600]);
    assert_eq!(shared(-5, &[1, 1, 1]), [-2, -2, -1]);
    assert_eq!(shared(5, &[0, 0]), [3, 2]);
    assert_eq!(shared(5, &[0, 7]), [0, 5]);
    assert_eq!(shared(0, &[1, 2]), [0, 0]);
    assert!(shared(5, &[]).is_empty());
    assert_eq!(shared(i64::MIN, &[u64::MAX]), [i64::MIN]);
    assert_eq!(shared(i64::MAX, &[u64::MAX, u64::MAX, 1]), [i64::MAX / 2 + 1, i64::MAX / 2, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_remains_agrees_with_decimals(amount in -1_000_000_000_i64..1_000_000_000, length in 1_u64..800, at in 0_u64..900) {
        let period = Period::new(day("2024-02-18"), day("2024-02-18") + Days::new(length)).unwrap();
        let left = length.saturating_sub(at);
        let exact = Decimal::from(amount) * Decimal::from(left) / Decimal::from(length);
        // The quotient has 28 digits: what looks like a half is one, since a period has fewer days than that.
        let rounded = exact.round_dp(12).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        let part = remaining(usd(amount), period, period.start() + Days::new(at));
        prop_assert_eq!(Decimal::from(part.amount()), rounded);
    }

    #[test]
    fn however_a_period_is_split_its_parts_add_up(amount: i64, length in 2_u64..400, cuts in prop::collection::btree_set(1_u64..400, 0..20)) {
        let start = day("2024-02-18");
        let period = Period::new(start, start + Days::new(length)).unwrap();
        let cuts: Vec<_> = [0].into_iter().chain(cuts.into_iter().filter(|cut| *cut < length)).chain([length]).collect();
        let parts = cuts.windows(2).map(|pair| {
            let part = Period::new(start + Days::new(pair[0]), start + Days::new(pair[1])).unwrap();
            share(usd(amount), period, part).unwrap()
        });
        prop_assert_eq!(Money::sum(Currency::USD, parts), Ok(usd(amount)));
    }

    #[test]
    fn a_chain_of_changes_never_credits_more_than_was_paid(
        prices in prop::collection::vec(0_i64..10_000_000, 2..8),
        days in prop::collection::vec(0_u64..30, 8),
    ) {
        let mut days = days;
        days.sort_unstable();
        let (mut paid, mut credited) = (prices[0], 0);
        for (pair, at) in prices.windows(2).zip(&days) {
            let date = june().start() + Days::new(*at);
            let change = change_plan((usd(pair[0]), usd(pair[1])), june(), date, DayOfChange::New).unwrap();
            credited += change.credit.amount();
            prop_assert!(credited <= paid);
            paid += change.charge.amount();
        }
    }

    #[test]
    fn shares_add_up_and_are_within_one_unit(total: i64, weights in prop::collection::vec(any::<u64>(), 1..20)) {
        let parts = allocate(usd(total), &weights);
        prop_assert_eq!(Money::sum(Currency::USD, parts.iter().copied()), Ok(usd(total)));
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        prop_assume!(sum > 0);
        for (part, weight) in parts.iter().zip(&weights) {
            let floor = u128::from(total.unsigned_abs()) * u128::from(*weight) / sum;
            let magnitude = u128::from(part.amount().unsigned_abs());
            prop_assert!(magnitude == floor || magnitude == floor + 1);
        }
    }
}
