//! Scrolling through a table that changes meanwhile, with cursors.

use std::collections::BTreeSet;

use analytics_filter::{
    Change, Contacts, CursorKey, Cursors, Filter, MemoryStore, Overview, PageLimit, TenantId, TestUserRule,
    User, UserId,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use store_contract::block_on;

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Step {
    Insert { at: u8, is_test: bool },
    Delete { id: u16 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (any::<u8>(), any::<bool>()).prop_map(|(at, is_test)| Step::Insert { at, is_test }),
        (0..60_u16).prop_map(|id| Step::Delete { id }),
    ];
    prop::collection::vec(step, 0..6)
}

/// Many rows share one millisecond; the epoch lies behind them all.
fn time(at: u8) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(i64::from(at / 16))
}

fn user(id: u16, at: u8, is_test: bool) -> Change {
    let email = if is_test { "a+clerk_test@x" } else { "a@x" };
    let contacts = Contacts::new(Some(email), None);
    Change::User(User::new(&TestUserRule::default(), user_id(id), contacts, time(at), time(at)))
}

fn user_id(id: u16) -> UserId {
    UserId::new(&format!("user_{id}")).unwrap()
}

/// An id is never used again, and so a row's place never changes: each insert takes the next one.
fn apply(overview: &Overview<MemoryStore>, tenant: &TenantId, step: &Step, next_id: &mut u16) {
    let change = match *step {
        Step::Insert { at, is_test } => {
            *next_id += 1;
            user(*next_id, at, is_test)
        }
        Step::Delete { id } => Change::UserDeleted(user_id(id)),
    };
    block_on(overview.commit(tenant, &[change])).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_row_that_stays_is_missed_and_none_comes_twice(
        rows in prop::collection::vec((any::<u8>(), any::<bool>()), 0..60),
        between in prop::collection::vec((steps(), 1..9_u32), 60),
        filter in prop::sample::select(vec![Filter::Everyone, Filter::RealUsers, Filter::TestUsers]),
    ) {
        let tenant = TenantId::new("acme").unwrap();
        let cursors = Cursors::new(CursorKey::new(&[7; 32]));
        let overview = Overview::new(MemoryStore::new(), TestUserRule::default(), cursors);
        let now = time(u8::MAX) + TimeDelta::seconds(1);
        let kept = |is_test: bool| match filter {
            Filter::Everyone => true,
            Filter::RealUsers => !is_test,
            Filter::TestUsers => is_test,
        };
        let mut stayed = BTreeSet::new();
        for (id, (at, is_test)) in (0..).zip(rows) {
            block_on(overview.commit(&tenant, &[user(id, at, is_test)])).unwrap();
            if kept(is_test) {
                stayed.insert(user_id(id));
            }
        }
        let (mut seen, mut cursor, mut next_id) = (Vec::new(), None::<String>, 1_000);
        for (steps, limit) in between.iter().cycle() {
            let part = (cursor.as_deref(), PageLimit::new(*limit).unwrap());
            let page = block_on(overview.users(&tenant, filter, part, now)).unwrap();
            prop_assert!(page.rows.len() <= usize::try_from(*limit).unwrap());
            seen.extend(page.rows.into_iter().map(|row| row.id));
            let Some(next) = page.next else { break };
            cursor = Some(next);
            for step in steps {
                apply(&overview, &tenant, step, &mut next_id);
                if let Step::Delete { id } = step {
                    stayed.remove(&user_id(*id));
                }
            }
        }
        let distinct: BTreeSet<_> = seen.iter().cloned().collect();
        prop_assert_eq!(distinct.len(), seen.len(), "none comes twice");
        prop_assert!(stayed.is_subset(&distinct), "none that stays is missed");
    }

    #[test]
    fn pages_back_are_the_pages_forth(rows in prop::collection::vec(any::<u8>(), 1..40), limit in 1..9_u32) {
        let tenant = TenantId::new("acme").unwrap();
        let cursors = Cursors::new(CursorKey::new(&[7; 32]));
        let overview = Overview::new(MemoryStore::new(), TestUserRule::default(), cursors);
        let now = time(u8::MAX) + TimeDelta::seconds(1);
        let changes: Vec<_> = (0..).zip(rows).map(|(id, at)| user(id, at, false)).collect();
        block_on(overview.commit(&tenant, &changes)).unwrap();
        let page = |cursor: Option<&str>| {
            let part = (cursor, PageLimit::new(limit).unwrap());
            block_on(overview.users(&tenant, Filter::Everyone, part, now)).unwrap()
        };
        let mut forth = vec![page(None)];
        while let Some(next) = forth.last().unwrap().next.clone() {
            forth.push(page(Some(&next)));
        }
        let mut back = forth.last().unwrap().prev.clone();
        for expected in forth.iter().rev().skip(1) {
            let found = page(back.as_deref());
            prop_assert_eq!(&found.rows, &expected.rows);
            back = found.prev;
        }
        prop_assert_eq!(back, None);
    }
}
