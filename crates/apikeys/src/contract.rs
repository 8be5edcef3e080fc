//! The checks that every store must pass, for whoever writes one.
//!
//! [`contract!`](crate::contract!) makes one `#[test]` of each in the crate that it is used in:
//!
//! ```
//! apikeys::contract! { store: apikeys::MemoryStore::new() }
//! # fn main() {}
//! ```
#![expect(clippy::missing_errors_doc, reason = "every check answers the clause that the store breaks")]
#![expect(clippy::arithmetic_side_effects, reason = "hours and days around one instant of this century")]

mod audit;
mod faults;
mod feed;
mod keys;
mod lineage;
mod lists;
mod service;
mod spend;
mod usage;

use std::{sync::Arc, task::Poll};

use chrono::{DateTime, TimeDelta, Utc};
use store_contract::{Check, ensure, ensure_eq};

pub use self::{
    audit::*, faults::FaultyStore, feed::*, keys::*, lineage::*, lists::*, service::*, spend::*, usage::*,
};
use crate::{
    Account, Admission, AuditAction, AuditEvent, ChangedKeys, Commit, Creation, CreditPlan, DELETED_PARENT,
    Digest, DigestScheme, Every, FeedCursor, Idempotency, IdempotencyKey, KeyChange, KeyFilter, KeyId,
    KeyRecord, KeyStatus, KeyStore, Lineage, Month, PepperId, Position, Predecessor, RateLimit, Refill,
    Reservation, ReservationId, Reserved, Revision, Revocation, Rules, SealedSecret, Settlement, Start,
    StoredDigest, Subject, Successor, TenantId, Tombstone, UsageChange, UsageCounter, UsageKind, UsageTotals,
    WriterId,
};

/// Makes one `#[test]` of each check, in the module that it is used in.
///
/// `store` is an expression for a fresh, empty store and may `.await`. Optional, in this order and before it:
/// `attributes: [#[ignore = "needs PostgreSQL"]],` for every test, and `run: my_runtime::block_on,` for a store that
/// needs a runtime.
#[macro_export]
macro_rules! contract {
    ($(attributes: $attributes:tt,)? store: $store:expr) => {
        $crate::contract! { $(attributes: $attributes,)? run: $crate::__store_contract::block_on, store: $store }
    };
    (run: $run:path, store: $store:expr) => {
        $crate::contract! { attributes: [], run: $run, store: $store }
    };
    (attributes: $attributes:tt, run: $run:path, store: $store:expr) => {
        $crate::__store_contract::tests! {
            attributes $attributes,
            run $run,
            store $store,
            checks [$crate::contract]
                a_created_key_is_read_back
                a_key_is_its_tenants_own
                a_creation_is_counted_with_its_key
                an_import_is_not_counted
                an_id_is_given_once
                a_deleted_id_is_never_given_again
                a_stale_creation_writes_nothing
                a_replacement_needs_the_revision_before_it
                a_replacement_keeps_the_later_use
                a_key_that_is_gone_can_not_be_replaced
                a_deletion_needs_the_revision_that_was_seen
                of_two_changes_from_one_revision_one_is_applied
                an_idempotency_key_is_known_until_it_expires
                an_idempotency_key_is_its_tenants_own
                a_used_idempotency_key_makes_a_creation_stale
                times_are_kept_to_the_millisecond
                a_digest_is_given_once
                a_key_is_found_by_its_digest
                a_digest_is_compared_whole
                an_id_is_compared_whole
                of_replaced_keys_all_are_written_or_none
                a_replacement_leaves_the_digest
                a_rehash_replaces_the_digest_that_was_seen
                a_stale_rehash_writes_nothing
                a_tombstone_keeps_the_digest
                a_sealed_secret_goes_with_its_key
                keys_are_listed_newest_first
                equally_old_keys_are_listed_by_id
                a_page_goes_on_behind_a_position
                a_page_goes_on_behind_a_key_that_is_gone
                an_offset_skips_keys
                a_filter_restricts_page_and_total
                invalid_keys_are_listed_when_asked_for
                a_status_lists_its_own_keys
                a_use_ends_idleness
                keys_are_listed_by_their_expiry
                keys_are_listed_by_their_last_use
                a_page_of_no_keys_has_a_total
                counters_merge_by_the_larger_total
                counters_of_writers_add_up
                counters_are_kept_by_month_kind_and_tenant
                the_later_use_stays
                a_use_does_not_touch_the_revision
                the_use_of_a_key_that_is_gone_is_ignored
                a_rotation_writes_both_keys_or_none
                a_rotation_to_a_taken_id_writes_nothing
                a_successor_adopts_the_children
                a_revocation_reaches_every_descendant
                an_earlier_revocation_stays
                a_stale_revocation_reaches_no_child
                a_deletion_revokes_the_children
                a_child_needs_a_live_parent
                a_feed_begins_where_it_ends_now
                a_feed_tells_everything_from_its_beginning
                every_kind_of_change_is_in_the_feed
                what_changes_along_is_in_the_feed
                a_stale_change_is_not_in_the_feed
                a_use_is_not_in_the_feed
                pages_of_the_feed_leave_nothing_out
                the_last_page_of_the_feed_says_so
                a_feed_is_its_tenants_own
                a_rate_limit_admits_its_burst_and_no_more
                a_refused_use_is_not_counted
                a_rate_limit_is_its_familys_own
                a_rate_limit_is_kept_to_the_microsecond
                an_account_is_opened_by_its_first_reservation
                credits_never_go_below_zero
                a_repeated_reservation_takes_once
                a_reservation_is_settled_once
                an_expired_reservation_goes_back
                a_commit_past_its_time_is_a_cancellation
                spending_at_once_is_a_committed_reservation
                a_refill_comes_with_the_next_spending
                accounts_are_kept_apart
                spenders_at_the_same_time_never_overspend
                uses_at_the_same_time_never_exceed_the_limit
                the_ledger_adds_up
                a_change_is_told_with_its_commit
                a_stale_change_is_not_told
                an_event_is_written_once
                every_action_is_read_back
                events_are_listed_latest_first
                events_are_their_tenants_own
                a_creation_whose_answer_is_lost_is_made_once
                a_revocation_whose_answer_is_lost_can_be_repeated
                a_rotation_whose_answer_is_lost_is_made_once
                a_use_whose_merge_is_repeated_counts_once
                a_reservation_that_arrives_twice_takes_once
                a_fill_that_began_before_a_revocation_is_not_kept
                verifications_beside_one_that_follows_are_answered
                a_revocation_by_another_process_is_seen
                what_is_cached_is_not_trusted_past_the_bound
        }
    };
}

fn tenant() -> TenantId {
    tenant_named("ins_contract")
}

#[expect(clippy::expect_used, reason = "the names are written in this file")]
fn tenant_named(name: &str) -> TenantId {
    TenantId::new(name).expect("a tenant's name")
}

#[expect(clippy::expect_used, reason = "one letter repeated 27 times is a subject")]
fn subject(letter: char) -> Subject {
    format!("user_{}", letter.to_string().repeat(27)).parse().expect("a subject")
}

fn now() -> DateTime<Utc> {
    at(1_000_000)
}

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000_i64.saturating_add(milliseconds)).unwrap_or_default()
}

fn month() -> Month {
    Month::of(now())
}

fn id(number: u8) -> KeyId {
    KeyId::from_bytes([number; 16])
}

/// A key whose every field says something.
fn key(number: u8) -> KeyRecord {
    KeyRecord {
        id: id(number),
        subject: subject('a'),
        kind: "api_key".into(),
        name: format!("Key {number}").into(),
        description: Some("what it is for".into()),
        scopes: ["read:things", "write:*"].iter().filter_map(|scope| scope.parse().ok()).collect(),
        claims: Some(Arc::new(serde_json::json!({ "deep": [1, null, "text"] }))),
        metadata: Some(Arc::new(serde_json::json!("the host's own"))),
        created_by: Some(subject('b')),
        digest: digest(number, 3),
        created_at: at(i64::from(number)),
        updated_at: at(i64::from(number)),
        expires_at: Some(at(9_000_000)),
        disabled_at: None,
        revoked: None,
        rules: Rules {
            not_before: Some(at(0)),
            idle_ttl: Some(TimeDelta::days(30)),
            networks: NETWORKS.iter().filter_map(|range| range.parse().ok()).collect(),
            rate_limit: RateLimit::new(3, 60).ok(),
            credits: Some(CreditPlan {
                initial: u64::MAX >> 1,
                refill: Some(Refill { amount: 7, every: Every::MonthDay(31) }),
            }),
        },
        lineage: Lineage::founding(id(number)),
        last_used_at: None,
        revision: Revision::FIRST,
    }
}

const NETWORKS: [&str; 2] = ["203.0.113.0/24", "2001:db8::/32"];

fn digest(number: u8, pepper: u16) -> StoredDigest {
    StoredDigest { pepper: PepperId(pepper), scheme: DigestScheme(number), digest: Digest([number; 32]) }
}

fn child_of(number: u8, parent: u8) -> KeyRecord {
    let key = key(number);
    KeyRecord { lineage: Lineage { parent: Some(id(parent)), ..key.lineage }, ..key }
}

fn creation(key: &KeyRecord) -> Creation {
    Creation {
        record: Arc::new(key.clone()),
        idempotency: None,
        counts_in: Some(month()),
        predecessor: None,
        sealed: None,
    }
}

fn create(key: &KeyRecord) -> KeyChange {
    KeyChange::Create(creation(key))
}

fn create_as(key: &KeyRecord, idempotency: &str) -> Result<KeyChange, crate::IssueError> {
    let idempotency = Idempotency {
        key: IdempotencyKey::new(idempotency)?,
        request: [9; 32],
        expires_at: now() + TimeDelta::hours(1),
    };
    Ok(KeyChange::Create(Creation { idempotency: Some(idempotency), ..creation(key) }))
}

fn replace(key: &KeyRecord, change: impl FnOnce(&mut KeyRecord)) -> KeyChange {
    let mut next = key.clone();
    next.revision = key.revision.next();
    change(&mut next);
    KeyChange::replace(Arc::new(next))
}

async fn stored<S: KeyStore>(
    store: &S,
    numbers: impl IntoIterator<Item = u8>,
) -> Result<(), store_contract::Violation> {
    for number in numbers {
        ensure_eq!(
            store.commit(&tenant(), &create(&key(number)), now()).await?,
            Commit::Applied,
            "a new key is stored"
        );
    }
    Ok(())
}

fn ids(page: &crate::KeyPage) -> Vec<KeyId> {
    page.keys.iter().map(|key| key.id).collect()
}

fn counter(writer: u64, kind: UsageKind, total: u64) -> UsageChange {
    let counter = UsageCounter { writer: WriterId(writer), month: month(), kind, total };
    UsageChange { counters: vec![counter], last_used: Vec::new() }
}

fn used(number: u8, at: DateTime<Utc>) -> UsageChange {
    UsageChange { counters: Vec::new(), last_used: vec![(id(number), at)] }
}

fn verifications(verifications: u64) -> UsageTotals {
    UsageTotals { creations: 0, verifications }
}

async fn child<S: KeyStore>(store: &S, number: u8, parent: u8) -> Result<(), store_contract::Violation> {
    let commit = store.commit(&tenant(), &create(&child_of(number, parent)), now()).await?;
    ensure_eq!(commit, Commit::Applied, "a child is stored");
    Ok(())
}

/// Runs futures side by side, each as far as it comes, until all are done.
async fn together<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if running.iter().all(|(_, output)| output.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

#[cfg(test)]
mod tests {
    const PARTS: [&str; 8] = [
        include_str!("contract/audit.rs"),
        include_str!("contract/feed.rs"),
        include_str!("contract/keys.rs"),
        include_str!("contract/lineage.rs"),
        include_str!("contract/lists.rs"),
        include_str!("contract/service.rs"),
        include_str!("contract/spend.rs"),
        include_str!("contract/usage.rs"),
    ];

    #[test]
    fn every_check_is_in_the_list() {
        let (list, _) = include_str!("contract.rs").split_once("fn tenant()").unwrap();
        for check in PARTS.iter().flat_map(|part| part.split("pub async fn ").skip(1)) {
            let name = check.split('<').next().unwrap();
            assert!(list.contains(&format!(" {name}\n")), "{name} is not in the list");
        }
    }
}
