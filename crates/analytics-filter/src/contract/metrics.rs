//! Counting.

use store_contract::{Check, ensure_eq};

use super::samples::{REAL, TEST, active, day, days, signed_up, tenant, time, user, user_deleted};
use crate::{Activities, Change, Cohort, Days, MetricsReader, OverviewWriter, Split, TenantId};

type Numbers = Vec<(Split<u64>, Split<u64>)>;

/// Every day of the range is answered, in order, also where nobody was.
pub async fn days_without_users_count_nothing<S: MetricsReader>(store: S) -> Check {
    let found = store.activities(&tenant(), days("2024-02-28", "2024-03-01"), &[]).await?;
    let answered: Vec<_> = found.days.iter().map(|day| day.day).collect();
    let expected = [day("2024-02-28"), day("2024-02-29"), day("2024-03-01")];
    ensure_eq!(answered, expected, "each day is answered, in order");
    ensure_eq!(numbers(&found), vec![Default::default(); 3], "nobody is counted");
    ensure_eq!(found.active_users, Split::default(), "nobody was active");
    Ok(())
}

/// Sign-ups and active users are counted for real and for test users.
pub async fn sign_ups_and_activity_are_split_by_class<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let changes = [
        signed_up("user_1", REAL, "2026-03-01T00:00:00Z"),
        signed_up("user_2", TEST, "2026-03-01T23:59:59.999Z"),
        signed_up("user_3", REAL, "2026-03-02T00:00:00Z"),
        active("user_2", &["2026-03-02"]),
    ];
    store.commit(&tenant(), &changes).await?;
    let found = store.activities(&tenant(), days("2026-03-01", "2026-03-02"), &[]).await?;
    let expected = vec![
        (Split { real: 1, test: 1 }, Split { real: 1, test: 1 }),
        (Split { real: 1, test: 0 }, Split { real: 1, test: 1 }),
    ];
    ensure_eq!(numbers(&found), expected, "sign-ups and active users are split, and a sign-up is activity");
    ensure_eq!(found.active_users, Split { real: 2, test: 1 }, "each user counts once for the range");
    Ok(())
}

/// A user counts once a day, and once for all days together.
pub async fn activity_counts_once<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let again = active("user_1", &["2026-01-31", "2026-02-01", "2026-01-31"]);
    let changes = [signed_up("user_1", REAL, "2026-01-10T12:00:00Z"), again.clone(), again];
    store.commit(&tenant(), &changes).await?;
    let found = store.activities(&tenant(), days("2026-01-30", "2026-02-02"), &[]).await?;
    let one = Split { real: 1, test: 0 };
    let active: Vec<_> = found.days.iter().map(|day| day.active_users).collect();
    ensure_eq!(active, [Split::default(), one, one, Split::default()], "once a day, across months");
    ensure_eq!(found.active_users, one, "once for the range");
    Ok(())
}

/// Each period counts a user once, wherever it lies.
pub async fn periods_count_users_once<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let changes = [
        signed_up("user_1", REAL, "2026-01-26T00:00:00Z"),
        active("user_1", &["2026-01-31", "2026-02-01", "2026-02-08"]),
        signed_up("user_2", TEST, "2026-02-01T00:00:00Z"),
        active("user_3", &["2026-02-01"]),
    ];
    store.commit(&tenant(), &changes).await?;
    let (week, next) = (days("2026-01-26", "2026-02-01"), days("2026-02-02", "2026-02-08"));
    let periods = [next, week, days("2026-02-09", "2026-02-15"), week, days("2025-12-01", "2026-03-31")];
    let found = store.activities(&tenant(), next, &periods).await?;
    let (one, both) = (Split { real: 1, test: 0 }, Split { real: 1, test: 1 });
    ensure_eq!(found.periods, [one, both, Split::default(), both, both], "in the order asked for");
    ensure_eq!(found.active_users, one, "the days are counted for themselves");
    Ok(())
}

/// A cohort is who signed up in its period, and retention is bounded.
pub async fn cohorts_are_counted_period_by_period<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let changes = [
        signed_up("user_1", REAL, "2026-01-26T00:00:00Z"),
        active("user_1", &["2026-01-28", "2026-02-09"]),
        signed_up("user_2", TEST, "2026-02-01T23:59:59.999Z"),
        active("user_2", &["2026-02-02", "2026-02-03"]),
        signed_up("user_3", REAL, "2026-02-02T00:00:00Z"),
        signed_up("user_4", REAL, "2026-01-25T23:59:59.999Z"),
        active("user_4", &["2026-02-01", "2026-02-08"]),
        user_deleted("user_3"),
    ];
    store.commit(&tenant(), &changes).await?;
    let periods = [
        days("2026-01-26", "2026-02-01"),
        days("2026-02-02", "2026-02-08"),
        days("2026-02-09", "2026-02-15"),
    ];
    let found = store.cohorts(&tenant(), &periods).await?;
    let split = |real, test| Split { real, test };
    let expected = [
        Cohort { size: split(1, 1), active: vec![split(1, 1), split(0, 1), split(1, 0)] },
        Cohort { size: split(1, 0), active: vec![split(1, 0), split(0, 0)] },
        Cohort { size: split(0, 0), active: vec![split(0, 0)] },
    ];
    ensure_eq!(found, expected, "by sign-up, then by activity in exactly one period");
    ensure_eq!(store.cohorts(&tenant(), &[]).await?, [], "no period has no cohort");
    let other = TenantId::new("ins_2").unwrap();
    let size = store.cohorts(&other, &periods).await?.first().map(|cohort| cohort.size);
    ensure_eq!(size, Some(Split::default()), "tenants are apart");
    Ok(())
}

/// Only what happened within the range counts, to the day.
pub async fn a_range_ends_where_it_says<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let changes = [
        signed_up("user_1", REAL, "2026-02-28T23:59:59.999Z"),
        active("user_1", &["2026-03-01", "2026-03-31"]),
        signed_up("user_2", REAL, "2026-03-02T00:00:00Z"),
        signed_up("user_3", REAL, "2026-03-05T00:00:00Z"),
    ];
    store.commit(&tenant(), &changes).await?;
    for (first, last, expected) in [
        ("2026-03-02", "2026-03-04", 1),
        ("2026-03-01", "2026-03-04", 2),
        ("2026-02-28", "2026-02-28", 1),
        ("2026-03-06", "2026-03-30", 0),
        ("2026-02-01", "2026-04-30", 3),
        ("2026-01-01", "2026-02-27", 0),
    ] {
        let found = store.activities(&tenant(), days(first, last), &[]).await?;
        ensure_eq!(found.active_users.real, expected, "active users from {first} to {last}");
    }
    Ok(())
}

/// A creation before 1970 counts on its own day.
pub async fn days_before_1970_are_days<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    store.commit(&tenant(), &[signed_up("user_1", REAL, "1969-12-30T23:59:59.999Z")]).await?;
    let found = store.activities(&tenant(), days("1969-12-30", "1969-12-31"), &[]).await?;
    let one = Split { real: 1, test: 0 };
    ensure_eq!(numbers(&found), vec![(one, one), Default::default()], "days are rounded down");
    Ok(())
}

/// Activity may arrive before its user, and counts for nothing without one.
pub async fn activity_ahead_of_its_user_counts_once_it_is_known<S: OverviewWriter + MetricsReader>(
    store: S,
) -> Check {
    let range = days("2026-03-01", "2026-03-02");
    store.commit(&tenant(), &[active("user_1", &["2026-03-02"])]).await?;
    ensure_eq!(
        store.activities(&tenant(), range, &[]).await?.active_users,
        Split::default(),
        "nobody knows the user"
    );
    store.commit(&tenant(), &[signed_up("user_1", TEST, "2026-03-01T00:00:00Z")]).await?;
    let found = store.activities(&tenant(), range, &[]).await?;
    let active: Vec<_> = found.days.iter().map(|day| day.active_users.test).collect();
    ensure_eq!(active, [1, 1], "it counts now");
    Ok(())
}

/// A user that is deleted stays in every number.
pub async fn a_deleted_user_stays_in_the_numbers<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let range = days("2026-03-01", "2026-03-03");
    let changes = [
        signed_up("user_1", TEST, "2026-03-01T00:00:00Z"),
        signed_up("user_2", REAL, "2026-03-01T00:00:00Z"),
        active("user_1", &["2026-03-03"]),
    ];
    store.commit(&tenant(), &changes).await?;
    let before = store.activities(&tenant(), range, &[]).await?;
    store.commit(&tenant(), &[user_deleted("user_1"), user_deleted("user_2")]).await?;
    ensure_eq!(store.activities(&tenant(), range, &[]).await?, before, "a deletion changes no number");
    let late = [user_deleted("user_3"), signed_up("user_3", TEST, "2026-03-02T00:00:00Z")];
    store.commit(&tenant(), &late).await?;
    let found = store.activities(&tenant(), days("2026-03-02", "2026-03-02"), &[]).await?;
    ensure_eq!(found.active_users, Split { real: 0, test: 1 }, "nor does one that arrives first");
    Ok(())
}

/// A user whose class changes takes its history with it.
pub async fn history_moves_with_the_class<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let created = "2026-03-01T00:00:00Z";
    let mut tagged = user("user_1", TEST, created, "2026-04-01T00:00:00Z");
    tagged.created_at = time(created);
    store.commit(&tenant(), &[signed_up("user_1", REAL, created), Change::User(tagged)]).await?;
    let found = store.activities(&tenant(), days("2026-03-01", "2026-03-01"), &[]).await?;
    let test = Split { real: 0, test: 1 };
    ensure_eq!(numbers(&found), vec![(test, test)], "the whole history counts for the current class");
    Ok(())
}

/// One tenant's users are in no other's numbers.
pub async fn numbers_of_tenants_are_apart<S: OverviewWriter + MetricsReader>(store: S) -> Check {
    let other = TenantId::new("ins_2").unwrap();
    let range: Days = days("2026-03-01", "2026-03-02");
    store.commit(&tenant(), &[signed_up("user_1", REAL, "2026-03-01T00:00:00Z")]).await?;
    store.commit(&other, &[active("user_1", &["2026-03-02"])]).await?;
    ensure_eq!(
        store.activities(&other, range, &[]).await?.active_users,
        Split::default(),
        "no user is borrowed"
    );
    let found = store.activities(&tenant(), range, &[]).await?;
    let active: Vec<_> = found.days.iter().map(|day| day.active_users.real).collect();
    ensure_eq!(active, [1, 0], "and no activity");
    Ok(())
}

fn numbers(found: &Activities) -> Numbers {
    found.days.iter().map(|day| (day.sign_ups, day.active_users)).collect()
}
