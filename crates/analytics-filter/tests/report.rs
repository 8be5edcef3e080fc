//! What a report shows of what was counted.

use analytics_filter::{
    Activity, Change, CohortView, Contacts, CursorKey, Cursors, Days, Filter, Interval, MemoryStore,
    Overview, PeriodView, RetainedView, RetentionError, TenantId, TestUserRule, User, UserId,
};
use chrono::{DateTime, NaiveDate, Utc};
use store_contract::block_on;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Wednesday.
fn now() -> DateTime<Utc> {
    "2026-05-13T12:00:00Z".parse().unwrap()
}

fn overview(users: &[(&str, &str, &[&str])]) -> (Overview<MemoryStore>, TenantId) {
    let (rule, acme) = (TestUserRule::default(), TenantId::new("acme").unwrap());
    let overview = Overview::new(MemoryStore::new(), rule.clone(), Cursors::new(CursorKey::new(&[7; 32])));
    for (n, (email, signed_up, active)) in users.iter().enumerate() {
        let id = UserId::new(&format!("user_{n}")).unwrap();
        let at = format!("{signed_up}T10:00:00Z").parse().unwrap();
        let days = active.iter().map(|text| day(text)).collect();
        let activity = Change::Activity(Activity { user: id.clone(), days });
        let user = User::new(&rule, id, Contacts::new(Some(email), None), at, at);
        block_on(overview.commit(&acme, &[Change::User(user), activity])).unwrap();
    }
    (overview, acme)
}

#[test]
fn weeks_count_each_user_once_and_are_whole() {
    let (overview, acme) = overview(&[
        ("a@x", "2026-05-04", &["2026-05-05", "2026-05-06", "2026-05-11"]),
        ("b+clerk_test@x", "2026-05-10", &["2026-05-12"]),
    ]);
    let asked = Days::new(day("2026-05-06"), day("2026-05-13")).unwrap();
    let report = block_on(overview.report_by(&acme, Interval::Week, asked, now())).unwrap();
    let view = report.view(Filter::Everyone);
    let first = |sign_ups, active_users| PeriodView {
        from: day("2026-05-04"),
        to: day("2026-05-10"),
        sign_ups,
        active_users,
        complete: true,
    };
    let second = |active_users| PeriodView {
        from: day("2026-05-11"),
        to: day("2026-05-17"),
        sign_ups: 0,
        active_users,
        complete: false,
    };
    assert_eq!(view.periods, [first(2, 2), second(2)]);
    assert_eq!((view.tiles.sign_ups, view.tiles.active_users), (2, 2));
    let real = report.view(Filter::RealUsers);
    assert_eq!(real.periods, [first(1, 1), second(1)]);
    assert_eq!(real.tiles.new_among_active.basis_points(), Some(10_000));
}

#[test]
fn a_day_is_complete_once_it_is_over() {
    let (overview, acme) = overview(&[]);
    let asked = Days::new(day("2026-05-12"), day("2026-05-13")).unwrap();
    let complete = |now: &str| {
        let report = block_on(overview.report(&acme, asked, now.parse().unwrap())).unwrap();
        report.view(Filter::Everyone).periods.iter().map(|period| period.complete).collect::<Vec<_>>()
    };
    assert_eq!(complete("2026-05-13T23:59:59.999Z"), [true, false]);
    assert_eq!(complete("2026-05-14T00:00:00Z"), [true, true]);
    assert_eq!(complete("2026-05-12T00:00:00Z"), [false, false]);
}

#[test]
fn retention_filters_cohorts_and_their_sizes_alike() {
    let (overview, acme) = overview(&[
        ("a@x", "2026-05-04", &["2026-05-12"]),
        ("b@x", "2026-05-05", &[]),
        ("c@x", "2026-05-06", &[]),
        ("d+clerk_test@x", "2026-05-10", &["2026-05-12"]),
    ]);
    let asked = Days::new(day("2026-05-10"), day("2026-05-11")).unwrap();
    let retention = block_on(overview.retention(&acme, Interval::Week, asked, now())).unwrap();
    let cell = |active_users, basis_points, complete| RetainedView { active_users, basis_points, complete };
    let first = |size, periods| CohortView { from: day("2026-05-04"), to: day("2026-05-10"), size, periods };
    let second = CohortView {
        from: day("2026-05-11"),
        to: day("2026-05-17"),
        size: 0,
        periods: vec![cell(0, None, false)],
    };
    let everyone = first(4, vec![cell(4, Some(10_000), true), cell(2, Some(5_000), false)]);
    assert_eq!(retention.view(Filter::Everyone), [everyone, second.clone()]);
    let real = first(3, vec![cell(3, Some(10_000), true), cell(1, Some(3_333), false)]);
    assert_eq!(retention.view(Filter::RealUsers), [real, second]);
}

#[test]
fn a_table_of_retention_is_bounded() {
    let (overview, acme) = overview(&[]);
    let of = |interval, last| {
        let asked = Days::new(day("2026-01-01"), day(last)).unwrap();
        block_on(overview.retention(&acme, interval, asked, now())).map(|retention| retention.cohorts.len())
    };
    assert_eq!(of(Interval::Day, "2026-03-01"), Ok(60));
    assert_eq!(of(Interval::Day, "2026-03-02"), Err(RetentionError::TooManyCohorts));
    assert_eq!(of(Interval::Month, "2027-12-31"), Ok(24));
}
