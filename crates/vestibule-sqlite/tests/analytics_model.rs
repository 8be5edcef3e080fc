//! SQLite against the store in memory: the same changes, the same answers.

use analytics_filter::{
    Activity, Change, Contacts, Days, Filter, Interval, MemoryStore, MetricsReader, Organization,
    OrganizationId, OverviewWriter, Position, RecordReader, Seek, Start, Table, TableReader, TenantId,
    TestUserRule, User, UserId, WaitlistEntry, WaitlistEntryId, WaitlistStatus,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

/// Around the turn of a year and of 1970, with fractions that no store keeps.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (-40..40_i64, 0..3_i64, prop::sample::select(vec![0_i64, 999_999, 1_000_001])).prop_map(
        |(days, millis, nanos)| {
            DateTime::UNIX_EPOCH
                + TimeDelta::days(days)
                + TimeDelta::milliseconds(millis)
                + TimeDelta::nanoseconds(nanos)
        },
    )
}

fn day() -> impl Strategy<Value = NaiveDate> {
    time().prop_map(|time| time.date_naive())
}

fn id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "B", "b", "bb", "~"])
}

fn email() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a@x", "a+clerk_test@x"])
}

/// The newer of two rules knows no test user.
fn rule() -> impl Strategy<Value = TestUserRule> {
    prop::sample::select(vec![TestUserRule::default(), TestUserRule::empty().with_revision(2)])
}

fn change() -> impl Strategy<Value = Change> {
    let status = prop::sample::select(WaitlistStatus::ALL.to_vec());
    prop_oneof![
        4 => (rule(), id(), email(), time(), time()).prop_map(|(rule, id, email, created_at, as_of)| {
            let contacts = Contacts::new(Some(email), None);
            Change::User(User::new(&rule, UserId::new(id).unwrap(), contacts, created_at, as_of))
        }),
        3 => (id(), prop::collection::vec(day(), 0..5)).prop_map(|(id, days)| {
            Change::Activity(Activity { user: UserId::new(id).unwrap(), days: days.into() })
        }),
        2 => (id(), 0..3_u32, time(), time()).prop_map(|(id, members, created_at, as_of)| {
            let id = OrganizationId::new(id).unwrap();
            Change::Organization(Organization { id, name: "Acme".into(), members, created_at, as_of })
        }),
        2 => (rule(), id(), email(), status, time(), time()).prop_map(|(rule, id, email, status, created_at, as_of)| {
            let id = WaitlistEntryId::new(id).unwrap();
            Change::WaitlistEntry(WaitlistEntry::new(&rule, id, email, status, created_at, as_of))
        }),
        1 => id().prop_map(|id| Change::UserDeleted(UserId::new(id).unwrap())),
        1 => id().prop_map(|id| Change::OrganizationDeleted(OrganizationId::new(id).unwrap())),
        1 => id().prop_map(|id| Change::WaitlistEntryDeleted(WaitlistEntryId::new(id).unwrap())),
    ]
}

fn seek() -> impl Strategy<Value = Seek> {
    let position =
        || (time(), id()).prop_map(|(time, id)| Position { created_at: to_millis(time), id: id.into() });
    let start = prop_oneof![
        Just(Start::First),
        position().prop_map(Start::After),
        position().prop_map(Start::Before)
    ];
    (filter(), time(), start, 1..5_u32).prop_map(|(filter, until, start, limit)| Seek {
        filter,
        until: to_millis(until),
        start,
        limit,
    })
}

/// A position has what a row has, and a row has milliseconds.
fn to_millis(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap()
}

fn filter() -> impl Strategy<Value = Filter> {
    prop::sample::select(vec![Filter::Everyone, Filter::RealUsers, Filter::TestUsers])
}

fn days() -> impl Strategy<Value = Days> {
    (day(), 0..70_u64).prop_map(|(first, more)| Days::new(first, first + chrono::Days::new(more)).unwrap())
}

fn milliseconds(mut user: User) -> User {
    user.as_of = to_millis(user.as_of);
    user
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn both_stores_answer_alike(
        changes in prop::collection::vec((change(), any::<bool>()), 0..24),
        seeks in prop::collection::vec(seek(), 6),
        ranges in prop::collection::vec(days(), 3),
        filter in filter(),
    ) {
        let (sqlite, memory) = (SqliteStore::in_memory().unwrap(), MemoryStore::new());
        let tenants = ["acme", "other"].map(|name| TenantId::new(name).unwrap());
        for (change, elsewhere) in &changes {
            let tenant = &tenants[usize::from(*elsewhere)];
            block_on(sqlite.commit(tenant, std::slice::from_ref(change))).unwrap();
            block_on(memory.commit(tenant, std::slice::from_ref(change))).unwrap();
        }
        block_on(async {
            for tenant in &tenants {
                for seek in &seeks {
                    prop_assert_eq!(sqlite.users(tenant, seek).await.unwrap(), memory.users(tenant, seek).await.unwrap());
                    let (found, expected) = (sqlite.organizations(tenant, seek).await, memory.organizations(tenant, seek).await);
                    prop_assert_eq!(found.unwrap(), expected.unwrap());
                    prop_assert_eq!(sqlite.waitlist(tenant, seek).await.unwrap(), memory.waitlist(tenant, seek).await.unwrap());
                }
                for range in &ranges {
                    let found = sqlite.activities(tenant, *range, &ranges).await.unwrap();
                    prop_assert_eq!(found, memory.activities(tenant, *range, &ranges).await.unwrap());
                }
                let periods = Interval::Week.periods(ranges[0]);
                let (found, expected) = (sqlite.cohorts(tenant, &periods).await, memory.cohorts(tenant, &periods).await);
                prop_assert_eq!(found.unwrap(), expected.unwrap());
                for table in [Table::Users, Table::Organizations, Table::Waitlist] {
                    let found = sqlite.count(tenant, table, filter, 3).await.unwrap();
                    prop_assert_eq!(found, memory.count(tenant, table, filter, 3).await.unwrap());
                }
                let after = UserId::new("B").unwrap();
                let found = sqlite.users_by_id(tenant, Some(&after), 2).await.unwrap();
                let expected = memory.users_by_id(tenant, Some(&after), 2).await.unwrap();
                prop_assert_eq!(found, expected.into_iter().map(milliseconds).collect::<Vec<_>>());
            }
            Ok(())
        })?;
    }
}
