//! Calendar arithmetic, as other billing systems document it, and its laws.

use std::num::NonZero;

use billing_plans::{Anchor, EmptyPeriod, Interval, InvalidDay, Period};
use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Cases {
    boundaries: Vec<Boundaries>,
    periods: Vec<At>,
    first_boundaries: Vec<First>,
    parts: Vec<Parts>,
}

#[derive(Debug, Deserialize)]
struct Boundaries {
    id: String,
    start: NaiveDate,
    months: NonZero<u32>,
    next: Vec<NaiveDate>,
}

#[derive(Debug, Deserialize)]
struct At {
    id: String,
    start: NaiveDate,
    months: NonZero<u32>,
    day: NaiveDate,
    period: Period,
}

#[derive(Debug, Deserialize)]
struct First {
    id: String,
    start: NaiveDate,
    day: u32,
    months: NonZero<u32>,
    first: NaiveDate,
}

#[derive(Debug, Deserialize)]
struct Parts {
    id: String,
    span: Period,
    day: u32,
    months: NonZero<u32>,
    whole: usize,
    partial: Vec<(u32, u32)>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("cases/periods.json")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn boundaries_are_counted_from_the_anchor() {
    for case in cases().boundaries {
        let anchor = Anchor::new(case.start, Interval::months(case.months));
        let counted: Vec<_> =
            (1..).take(case.next.len()).map(|count| anchor.boundary(count).unwrap()).collect();
        assert_eq!(counted, case.next, "{}", case.id);
    }
}

#[test]
fn a_day_lies_in_one_period() {
    for case in cases().periods {
        let anchor = Anchor::new(case.start, Interval::months(case.months));
        assert_eq!(anchor.period_at(case.day), Some(case.period), "{}", case.id);
    }
}

#[test]
fn a_day_of_the_month_decides_the_first_boundary() {
    for case in cases().first_boundaries {
        let anchor = Anchor::on_day(case.start, case.day, Interval::months(case.months)).unwrap();
        assert_eq!(anchor.boundary(0), Some(case.first), "{}", case.id);
    }
    let anchor = Anchor::on_day(day("2026-02-10"), 31, Interval::MONTH).unwrap();
    assert_eq!(
        [0, 1, 2].map(|n| anchor.boundary(n).unwrap()),
        [day("2026-02-28"), day("2026-03-31"), day("2026-04-30")]
    );
    for none in [0, 32, u32::MAX] {
        assert_eq!(Anchor::on_day(day("2026-02-10"), none, Interval::MONTH), Err(InvalidDay));
    }
}

#[test]
fn a_span_is_cut_at_the_boundaries() {
    for case in cases().parts {
        let anchor = Anchor::on_day(case.span.start(), case.day, Interval::months(case.months)).unwrap();
        let (whole, partial): (Vec<_>, Vec<_>) =
            anchor.parts(case.span).partition(|(part, period)| part == period);
        let partial: Vec<_> = partial.iter().map(|(part, of)| (part.days().get(), of.days().get())).collect();
        assert_eq!((whole.len(), partial), (case.whole, case.partial), "{}", case.id);
    }
}

#[test]
fn a_period_has_a_day() {
    assert_eq!(Period::new(day("2026-02-10"), day("2026-02-10")), Err(EmptyPeriod));
    assert_eq!(Period::new(day("2026-02-10"), day("2026-02-09")), Err(EmptyPeriod));
    assert_eq!(Period::new(day("2026-02-10"), day("2026-02-11")).unwrap().days().get(), 1);
    assert!(serde_json::from_str::<Period>(r#"["2026-02-10", "2026-02-10"]"#).is_err());
}

#[test]
fn an_anchor_is_stored_and_read_back() {
    let anchor = Anchor::on_day(day("2026-02-10"), 31, Interval::YEAR).unwrap();
    let stored = serde_json::to_string(&anchor).unwrap();
    assert_eq!(serde_json::from_str::<Anchor>(&stored).unwrap(), anchor);
    for broken in ["0", "32", "4294967295"] {
        assert!(serde_json::from_str::<Anchor>(&stored.replace("31", broken)).is_err(), "{broken}");
    }
}

#[test]
fn the_calendar_ends_and_nothing_panics() {
    for edge in [NaiveDate::MIN, NaiveDate::MAX] {
        for months in [NonZero::<u32>::MIN, NonZero::<u32>::MAX] {
            let anchor = Anchor::new(edge, Interval::months(months));
            for count in [i32::MIN, -1, 0, 1, i32::MAX] {
                let _ = anchor.boundary(count);
            }
            for day in [NaiveDate::MIN, day("2026-01-01"), NaiveDate::MAX] {
                let _ = anchor.period_at(day);
                let _ = Anchor::on_day(day, 31, Interval::months(months));
            }
        }
    }
    let all = Period::new(NaiveDate::MIN, NaiveDate::MAX).unwrap();
    assert!(all.days().get() > 100_000_000);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..60_000).prop_map(|days| day("1940-01-01") + Days::new(days))
}

prop_compose! {
    fn any_anchor()(start in any_day(), months in 1_u32..30) -> Anchor {
        Anchor::new(start, Interval::months(NonZero::new(months).unwrap()))
    }
}

proptest! {
    #[test]
    fn every_day_is_in_its_period(anchor in any_anchor(), day in any_day()) {
        let period = anchor.period_at(day).unwrap();
        prop_assert!(period.contains(day));
        prop_assert_eq!(anchor.period_at(period.start()), Some(period));
        let next = anchor.period_at(period.end()).unwrap();
        prop_assert_eq!(next.start(), period.end());
    }

    #[test]
    fn boundaries_rise_and_keep_the_day(start in any_day(), months in 1_u32..30, count in -500_i32..500) {
        let anchor = Anchor::new(start, Interval::months(NonZero::new(months).unwrap()));
        let boundary = anchor.boundary(count).unwrap();
        prop_assert!(boundary < anchor.boundary(count + 1).unwrap());
        let is_last_of_month = (boundary + Days::new(1)).month() != boundary.month();
        prop_assert!(boundary.day() == start.day() || (boundary.day() < start.day() && is_last_of_month));
    }

    #[test]
    fn parts_cover_the_span(anchor in any_anchor(), start in any_day(), days in 1_u64..2_000) {
        let span = Period::new(start, start + Days::new(days)).unwrap();
        let parts: Vec<_> = anchor.parts(span).collect();
        prop_assert_eq!(parts[0].0.start(), span.start());
        prop_assert_eq!(parts[parts.len() - 1].0.end(), span.end());
        for pair in parts.windows(2) {
            prop_assert_eq!(pair[0].0.end(), pair[1].0.start());
            prop_assert_eq!(pair[0].1.end(), pair[1].1.start());
        }
    }
}
