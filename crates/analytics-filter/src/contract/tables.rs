//! Parts of the tables.

use std::collections::BTreeSet;

use store_contract::{Check, ensure_eq};

use super::samples::{REAL, TEST, all, entry, organization, position, signed_up, tenant, time, user_deleted};
use crate::{Change, Filter, OverviewWriter, Row, Seek, Start, Table, TableReader, TenantId, WaitlistStatus};

/// Newest first; of one time, the largest id first, byte by byte.
pub async fn tables_are_ordered_newest_first_then_by_id<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    for table in TABLES {
        let expected = ["e", "c", "b", "B", "a"];
        ensure_eq!(ids(&store, table, &all()).await?, expected, "{table:?} has one order");
    }
    Ok(())
}

/// A part behind a position starts with the next row, whether the position's own row is there or not.
pub async fn a_part_starts_behind_its_position<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    for table in TABLES {
        let behind = Seek { start: Start::After(position(TIE, "b")), limit: 2, ..all() };
        ensure_eq!(ids(&store, table, &behind).await?, ["B", "a"], "{table:?} goes on behind a row");
        let gone = Seek { start: Start::After(position(TIE, "bb")), limit: 2, ..all() };
        ensure_eq!(ids(&store, table, &gone).await?, ["b", "B"], "{table:?} goes on where no row is");
        let end = Seek { start: Start::After(position("2026-03-01T00:00:00Z", "a")), ..all() };
        ensure_eq!(ids(&store, table, &end).await?, [""; 0], "{table:?} ends");
    }
    Ok(())
}

/// A part before a position has the nearest row first.
pub async fn a_part_before_a_position_is_reversed<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    for table in TABLES {
        let before = Seek { start: Start::Before(position(TIE, "B")), limit: 2, ..all() };
        ensure_eq!(ids(&store, table, &before).await?, ["b", "c"], "{table:?} goes back from a row");
    }
    Ok(())
}

/// Rows that were created after the epoch are left out; one that was created at it is not.
pub async fn rows_after_the_epoch_are_left_out<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    for table in TABLES {
        let epoch = Seek { until: time(TIE), limit: 1, ..all() };
        ensure_eq!(ids(&store, table, &epoch).await?, ["c"], "{table:?} ends at its epoch");
        let start = Start::Before(position("2026-03-01T00:00:00Z", "a"));
        let back = Seek { until: time(TIE), start, ..all() };
        ensure_eq!(ids(&store, table, &back).await?, ["B", "b", "c"], "{table:?} ends there going back, too");
    }
    Ok(())
}

/// The filter leaves out users and entries of the other class, and no organization.
pub async fn the_filter_leaves_out_rows_but_no_organization<S: OverviewWriter + TableReader>(
    store: S,
) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    for table in [Table::Users, Table::Waitlist] {
        let real = Seek { filter: Filter::RealUsers, limit: 2, ..all() };
        ensure_eq!(ids(&store, table, &real).await?, ["e", "b"], "{table:?} of real users");
        let test = Seek { filter: Filter::TestUsers, ..all() };
        ensure_eq!(ids(&store, table, &test).await?, ["c", "B"], "{table:?} of test users");
    }
    let real = Seek { filter: Filter::RealUsers, ..all() };
    ensure_eq!(ids(&store, Table::Organizations, &real).await?.len(), 5, "organizations have no class");
    Ok(())
}

/// Counts agree with the tables, and stop at their cap.
pub async fn counts_agree_with_the_tables<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &five_of_each()).await?;
    store.commit(&tenant(), &[user_deleted("e"), user_deleted("never_seen")]).await?;
    for (table, filter, expected) in [
        (Table::Users, Filter::Everyone, 4),
        (Table::Users, Filter::RealUsers, 2),
        (Table::Users, Filter::TestUsers, 2),
        (Table::Waitlist, Filter::RealUsers, 3),
        (Table::Organizations, Filter::RealUsers, 5),
    ] {
        let found = store.count(&tenant(), table, filter, 100).await?;
        ensure_eq!(found, expected, "{table:?} under {filter:?}");
    }
    ensure_eq!(
        store.count(&tenant(), Table::Users, Filter::Everyone, 3).await?,
        3,
        "counting stops at the cap"
    );
    let other = TenantId::new("ins_2").unwrap();
    ensure_eq!(store.count(&other, Table::Users, Filter::Everyone, 3).await?, 0, "tenants are apart");
    Ok(())
}

/// Under inserts and deletions between parts, no row that was there throughout is missed, and none comes twice.
pub async fn a_scroll_misses_and_repeats_nothing<S: OverviewWriter + TableReader>(store: S) -> Check {
    // Four rows share each millisecond. Those of the first hundred with an odd number are never touched.
    let at = |n: u32| format!("2026-03-01T00:00:00.{:03}Z", n.wrapping_div(4));
    let user = |n: u32| signed_up(&format!("user_{n:03}"), REAL, &at(n));
    let rows: Vec<_> = (0..100).map(user).collect();
    store.commit(&tenant(), &rows).await?;
    let mut seen = Vec::new();
    let mut seek = Seek { limit: 7, ..all() };
    for step in 0_u32.. {
        let part = store.users(&tenant(), &seek).await?;
        let Some(last) = part.last() else { break };
        seek.start = Start::After(last.position());
        seen.extend(part.iter().map(|row| row.id.to_string()));
        let removed = [4_u32, 34, 74].map(|n| n.wrapping_add(step.wrapping_mul(2)));
        let removed = removed.map(|n| user_deleted(&format!("user_{n:03}")));
        let added = [3_u32, 50, 97].map(|n| {
            let id = format!("user_{n:03}_{step}");
            signed_up(&id, REAL, &at(n))
        });
        store.commit(&tenant(), &removed).await?;
        store.commit(&tenant(), &added).await?;
    }
    let distinct: BTreeSet<_> = seen.iter().collect();
    ensure_eq!(distinct.len(), seen.len(), "no row comes twice");
    let stayed = (0..100).filter(|n| n % 2 == 1).map(|n| format!("user_{n:03}"));
    let missed: Vec<_> = stayed.filter(|id| !distinct.contains(id)).collect();
    ensure_eq!(missed, [""; 0], "no row that was there throughout is missed");
    Ok(())
}

const TABLES: [Table; 3] = [Table::Users, Table::Organizations, Table::Waitlist];
const TIE: &str = "2026-03-01T00:00:00.001Z";

/// In each table `a`, then `B`, `b` and `c` of one millisecond, then `e`; test users: `B` and `c`.
fn five_of_each() -> Vec<Change> {
    let rows = [
        ("c", TEST, TIE),
        ("e", REAL, "2026-03-01T00:00:00.002Z"),
        ("a", REAL, "2026-03-01T00:00:00Z"),
        ("b", REAL, TIE),
        ("B", TEST, TIE),
    ];
    let of_each = rows.map(|(id, email, at)| {
        [
            signed_up(id, email, at),
            organization(id, "Acme", at, at),
            entry(id, email, WaitlistStatus::Pending, at, at),
        ]
    });
    of_each.into_iter().flatten().collect()
}

async fn ids<S: TableReader>(store: &S, table: Table, seek: &Seek) -> Result<Vec<String>, S::Error> {
    fn of<T: Row>(rows: &[T]) -> Vec<String> {
        rows.iter().map(|row| row.position().id.to_string()).collect()
    }
    Ok(match table {
        Table::Users => of(&store.users(&tenant(), seek).await?),
        Table::Organizations => of(&store.organizations(&tenant(), seek).await?),
        Table::Waitlist => of(&store.waitlist(&tenant(), seek).await?),
    })
}
