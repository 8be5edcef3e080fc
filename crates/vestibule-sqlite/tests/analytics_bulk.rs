//! A host's demonstration: 5,000 users and their activity of 26 weeks, in one transaction.

use std::time::Instant;

use analytics_filter::{
    Activity, Change, Contacts, CursorKey, Cursors, Days, Filter, Overview, OverviewWriter, PageLimit,
    TenantId, TestUserRule, User, UserId,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

const USERS: u32 = 5_000;
const WEEKS: i64 = 26;

fn start() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// One user every 52 minutes; every 25th is a test user; each comes back every other day.
fn changes() -> Vec<Change> {
    let rule = TestUserRule::default();
    let end = start() + TimeDelta::weeks(WEEKS);
    let mut changes = Vec::new();
    for n in 0..USERS {
        let tag = if n % 25 == 0 { "+clerk_test" } else { "" };
        let created_at = start() + (end - start()) / 5_000 * i32::try_from(n).unwrap();
        let contacts = Contacts::new(Some(&format!("user{n}{tag}@example.com")), None);
        let id = UserId::new(&format!("user_{n}")).unwrap();
        let days: Vec<NaiveDate> = created_at
            .date_naive()
            .iter_days()
            .step_by(2)
            .take_while(|day| *day < end.date_naive())
            .collect();
        changes.push(Change::User(User::new(&rule, id.clone(), contacts, created_at, created_at)));
        changes.push(Change::Activity(Activity { user: id, days: days.into() }));
    }
    changes
}

#[test]
fn half_a_year_of_five_thousand_users_is_seeded_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("overview.sqlite")).unwrap();
    let tenant = TenantId::new("acme").unwrap();
    let changes = changes();
    let started = Instant::now();
    block_on(store.commit(&tenant, &changes)).unwrap();
    let seeded = started.elapsed();
    let overview = Overview::new(store, TestUserRule::default(), Cursors::new(CursorKey::new(&[7; 32])));
    let now = start() + TimeDelta::weeks(WEEKS);
    let days = Days::complete_before(now, 182);
    let started = Instant::now();
    let report = block_on(overview.report(&tenant, days, now)).unwrap();
    let counted = started.elapsed();
    let page = (None, PageLimit::default());
    let started = Instant::now();
    let users = block_on(overview.users(&tenant, Filter::RealUsers, page, now)).unwrap();
    println!("seeded in {seeded:?}, counted in {counted:?}, first page in {:?}", started.elapsed());

    let tiles = |filter| report.view(filter).tiles;
    assert_eq!((tiles(Filter::Everyone).sign_ups, tiles(Filter::TestUsers).sign_ups), (5_000, 200));
    assert_eq!(tiles(Filter::RealUsers).active_users, 4_800);
    assert_eq!(users.rows.len(), 50);
    let actives: u64 = report.view(Filter::Everyone).periods.iter().map(|day| day.active_users).sum();
    let expected: usize = changes
        .iter()
        .map(|change| if let Change::Activity(activity) = change { activity.days.len() } else { 0 })
        .sum();
    assert_eq!(actives, u64::try_from(expected).unwrap());
}
