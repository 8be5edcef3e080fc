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

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use store_contract::{Check, ensure, ensure_eq};

use crate::{
    Commit, Digest, Idempotency, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyRecord, KeyStore, Month,
    PepperId, Position, Revision, Revocation, Start, StoredDigest, Subject, TenantId, UsageChange,
    UsageCounter, UsageKind, UsageTotals, WriterId,
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
                keys_are_listed_newest_first
                equally_old_keys_are_listed_by_id
                a_page_goes_on_behind_a_position
                a_page_goes_on_behind_a_key_that_is_gone
                an_offset_skips_keys
                a_filter_restricts_page_and_total
                invalid_keys_are_listed_when_asked_for
                counters_merge_by_the_larger_total
                counters_of_writers_add_up
                counters_are_kept_by_month_kind_and_tenant
                the_later_use_stays
                a_use_does_not_touch_the_revision
                the_use_of_a_key_that_is_gone_is_ignored
                times_are_kept_to_the_millisecond
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
        scopes: ["read:things".into(), "write:things".into()].into(),
        claims: Some(Arc::new(serde_json::json!({ "deep": [1, null, "text"] }))),
        created_by: Some(subject('b')),
        digest: StoredDigest { pepper: PepperId(3), digest: Digest([number; 32]) },
        created_at: at(i64::from(number)),
        updated_at: at(i64::from(number)),
        expires_at: Some(at(9_000_000)),
        revoked: None,
        last_used_at: None,
        revision: Revision::FIRST,
    }
}

fn create(key: &KeyRecord) -> KeyChange {
    KeyChange::Create { record: Arc::new(key.clone()), idempotency: None, counts_in: Some(month()) }
}

fn create_as(key: &KeyRecord, idempotency: &str) -> Result<KeyChange, crate::IssueError> {
    let idempotency = Idempotency {
        key: IdempotencyKey::new(idempotency)?,
        request: [9; 32],
        expires_at: now() + TimeDelta::hours(1),
    };
    Ok(KeyChange::Create {
        record: Arc::new(key.clone()),
        idempotency: Some(idempotency),
        counts_in: Some(month()),
    })
}

fn replace(key: &KeyRecord, change: impl FnOnce(&mut KeyRecord)) -> KeyChange {
    let mut next = key.clone();
    next.revision = key.revision.next();
    change(&mut next);
    KeyChange::Replace { record: Arc::new(next) }
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

/// Every field of a created key is read back as it was written.
pub async fn a_created_key_is_read_back<S: KeyStore>(store: S) -> Check {
    let mut revoked = key(2);
    revoked.revoked = Some(Revocation { at: at(5), reason: Some("why".into()) });
    let mut bare = key(3);
    bare.description = None;
    bare.scopes = [].into();
    bare.claims = None;
    bare.created_by = None;
    bare.expires_at = None;
    bare.revoked = Some(Revocation { at: at(6), reason: None });
    for key in [key(1), revoked, bare] {
        store.commit(&tenant(), &create(&key), now()).await?;
        ensure_eq!(
            store.key(&tenant(), key.id).await?.as_deref(),
            Some(&key),
            "a key is read back as written"
        );
    }
    ensure_eq!(store.key(&tenant(), id(9)).await?, None, "an unknown id has no key");
    Ok(())
}

/// Another tenant neither reads, lists, counts nor changes a key.
pub async fn a_key_is_its_tenants_own<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let other = tenant_named("ins_other");
    ensure_eq!(store.key(&other, id(1)).await?, None, "another tenant reads no key");
    let page = store.keys(&other, &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 0, "another tenant lists no key");
    ensure_eq!(store.usage(&other, month()).await?, UsageTotals::default(), "another tenant has no usage");
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&other, &delete, now()).await?, Commit::Stale, "another tenant deletes no key");
    ensure_eq!(
        store.commit(&other, &create(&key(1)), now()).await?,
        Commit::Applied,
        "an id is unique by tenant"
    );
    Ok(())
}

/// The commit that writes a key counts it.
pub async fn a_creation_is_counted_with_its_key<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 3, "three creations are counted");
    Ok(())
}

/// A key that counts in no month is no creation.
pub async fn an_import_is_not_counted<S: KeyStore>(store: S) -> Check {
    let import = KeyChange::Create { record: Arc::new(key(1)), idempotency: None, counts_in: None };
    ensure_eq!(store.commit(&tenant(), &import, now()).await?, Commit::Applied, "a key is imported");
    ensure_eq!(store.usage(&tenant(), month()).await?, UsageTotals::default(), "an import is not counted");
    Ok(())
}

/// A second key with the same id is stale.
pub async fn an_id_is_given_once<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let mut other = key(1);
    other.name = "another".into();
    ensure_eq!(store.commit(&tenant(), &create(&other), now()).await?, Commit::Stale, "a taken id is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&key(1)), "the first key stays");
    Ok(())
}

/// Deletion leaves a tombstone.
pub async fn a_deleted_id_is_never_given_again<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Applied, "a key is deleted");
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "a deleted key is none");
    ensure_eq!(
        store.commit(&tenant(), &create(&key(1)), now()).await?,
        Commit::Stale,
        "its id is not given again"
    );
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Stale, "it is not deleted twice");
    Ok(())
}

/// What is stale counts nothing and remembers no idempotency key.
pub async fn a_stale_creation_writes_nothing<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let repeated = create_as(&key(1), "request")?;
    ensure_eq!(store.commit(&tenant(), &repeated, now()).await?, Commit::Stale, "a taken id is stale");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 1, "a stale creation is not counted");
    let earlier = store.earlier_creation(&tenant(), &IdempotencyKey::new("request")?, now()).await?;
    ensure_eq!(earlier, None, "a stale creation remembers no idempotency key");
    Ok(())
}

/// A replacement applies to the revision right before its own.
pub async fn a_replacement_needs_the_revision_before_it<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let second = replace(&key(1), |key| key.name = "second".into());
    ensure_eq!(
        store.commit(&tenant(), &second, now()).await?,
        Commit::Applied,
        "the next revision is applied"
    );
    ensure_eq!(store.commit(&tenant(), &second, now()).await?, Commit::Stale, "the same revision is stale");
    let skipped = replace(&key(1), |key| key.revision = Revision(9));
    ensure_eq!(store.commit(&tenant(), &skipped, now()).await?, Commit::Stale, "a later revision is stale");
    let stored = store.key(&tenant(), id(1)).await?;
    ensure!(
        stored.is_some_and(|key| &*key.name == "second" && key.revision == Revision(2)),
        "the second stays"
    );
    Ok(())
}

/// A change of a key that was decided before a use does not take the use away.
pub async fn a_replacement_keeps_the_later_use<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.merge(&tenant(), &used(1, at(70))).await?;
    store.commit(&tenant(), &replace(&key(1), |key| key.last_used_at = Some(at(60))), now()).await?;
    let last_used_at = store.key(&tenant(), id(1)).await?.and_then(|key| key.last_used_at);
    ensure_eq!(last_used_at, Some(at(70)), "the later use stays");
    Ok(())
}

/// What is not there can't be replaced.
pub async fn a_key_that_is_gone_can_not_be_replaced<S: KeyStore>(store: S) -> Check {
    let change = replace(&key(1), |_| {});
    ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Stale, "an unknown key is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "and is not created");
    Ok(())
}

/// A deletion that was decided from another revision is stale.
pub async fn a_deletion_needs_the_revision_that_was_seen<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.commit(&tenant(), &replace(&key(1), |key| key.name = "second".into()), now()).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Stale, "another revision is stale");
    ensure!(store.key(&tenant(), id(1)).await?.is_some(), "the key stays");
    Ok(())
}

/// Two changes decided from one revision are never both applied.
pub async fn of_two_changes_from_one_revision_one_is_applied<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let revoke = replace(&key(1), |key| key.revoked = Some(Revocation { at: at(1), reason: None }));
    let rename = replace(&key(1), |key| key.name = "renamed".into());
    ensure_eq!(store.commit(&tenant(), &revoke, now()).await?, Commit::Applied, "the first is applied");
    ensure_eq!(store.commit(&tenant(), &rename, now()).await?, Commit::Stale, "the second is stale");
    let revoked = store.key(&tenant(), id(1)).await?.is_some_and(|key| key.revoked.is_some());
    ensure!(revoked, "a revocation is not undone by a change that did not see it");
    Ok(())
}

/// The instant of its expiry is past it.
pub async fn an_idempotency_key_is_known_until_it_expires<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let request = IdempotencyKey::new("request")?;
    let end = now() + TimeDelta::hours(1);
    let earlier = store.earlier_creation(&tenant(), &request, end - TimeDelta::milliseconds(1)).await?;
    ensure_eq!(earlier.map(|earlier| (earlier.id, earlier.request)), Some((id(1), [9; 32])), "it is known");
    ensure_eq!(store.earlier_creation(&tenant(), &request, end).await?, None, "it is known no more");
    let again = create_as(&key(2), "request")?;
    ensure_eq!(store.commit(&tenant(), &again, end).await?, Commit::Applied, "and may be used again");
    Ok(())
}

/// Two tenants may use the same idempotency key.
pub async fn an_idempotency_key_is_its_tenants_own<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let request = IdempotencyKey::new("request")?;
    let other = store.earlier_creation(&tenant_named("ins_other"), &request, now()).await?;
    ensure_eq!(other, None, "another tenant's idempotency key is unknown");
    Ok(())
}

/// A second creation under a live idempotency key is stale, even with an id of its own.
pub async fn a_used_idempotency_key_makes_a_creation_stale<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let again = create_as(&key(2), "request")?;
    ensure_eq!(
        store.commit(&tenant(), &again, now()).await?,
        Commit::Stale,
        "a used idempotency key is stale"
    );
    ensure_eq!(store.key(&tenant(), id(2)).await?, None, "and its key is not stored");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 1, "and not counted");
    Ok(())
}

/// The newest key comes first.
pub async fn keys_are_listed_newest_first<S: KeyStore>(store: S) -> Check {
    stored(&store, [2, 3, 1]).await?;
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 2, now()).await?;
    ensure_eq!(ids(&page), [id(3), id(2)], "the newest keys come first");
    ensure_eq!(page.total, 3, "the total counts every key");
    Ok(())
}

/// Keys of one instant are told apart by id, largest first.
pub async fn equally_old_keys_are_listed_by_id<S: KeyStore>(store: S) -> Check {
    for number in [2, 0xf0, 1] {
        let key = KeyRecord { created_at: at(0), ..key(number) };
        store.commit(&tenant(), &create(&key), now()).await?;
    }
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!(ids(&page), [id(0xf0), id(2), id(1)], "the largest id comes first");
    let behind = Start::After(Position { created_at: at(0), id: id(2) });
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 9, now()).await?;
    ensure_eq!(ids(&page), [id(1)], "a page goes on behind an id of the same instant");
    Ok(())
}

/// Pages by position hold every key once, and the total stays that of all.
pub async fn a_page_goes_on_behind_a_position<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=5).await?;
    let behind = Start::After(Position::of(&key(4)));
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 2, now()).await?;
    ensure_eq!(ids(&page), [id(3), id(2)], "a page goes on behind a position");
    ensure_eq!(page.total, 5, "the total counts every key");
    Ok(())
}

/// A position outlives its key.
pub async fn a_page_goes_on_behind_a_key_that_is_gone<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let delete = KeyChange::Delete { id: id(3), expected: Revision::FIRST, at: now() };
    store.commit(&tenant(), &delete, now()).await?;
    let behind = Start::After(Position::of(&key(3)));
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 9, now()).await?;
    ensure_eq!(ids(&page), [id(2), id(1)], "a page goes on behind a deleted key");
    Ok(())
}

/// An offset past the end is an empty page.
pub async fn an_offset_skips_keys<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(1), 1, now()).await?;
    ensure_eq!(ids(&page), [id(2)], "an offset skips keys");
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(7), 1, now()).await?;
    ensure_eq!((page.keys.len(), page.total), (0, 3), "an offset past the end is an empty page");
    Ok(())
}

/// Subject, type and name restrict page and total alike.
pub async fn a_filter_restricts_page_and_total<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let other = KeyRecord { subject: subject('c'), kind: "other".into(), name: "100%_Sure".into(), ..key(2) };
    store.commit(&tenant(), &create(&other), now()).await?;
    let by = |filter: KeyFilter| {
        let store = &store;
        async move { store.keys(&tenant(), &filter, Start::Offset(0), 9, now()).await }
    };
    let subject = KeyFilter { subject: Some(subject('c')), ..KeyFilter::default() };
    let page = by(subject).await?;
    ensure_eq!((ids(&page), page.total), (vec![id(2)], 1), "a subject restricts");
    let kind = KeyFilter { kind: Some("api_key".into()), ..KeyFilter::default() };
    ensure_eq!(ids(&by(kind).await?), [id(1)], "a type restricts");
    for (name, expected) in
        [("key", vec![id(1)]), ("%_s", vec![id(2)]), ("_", vec![id(2)]), ("absent", vec![])]
    {
        let filter = KeyFilter { name: Some(name.into()), ..KeyFilter::default() };
        ensure_eq!(
            ids(&by(filter).await?),
            expected,
            "the name `{name}` restricts, as plain text in either case"
        );
    }
    Ok(())
}

/// Revoked and expired keys are listed only when asked for; at its very expiry a key is expired.
pub async fn invalid_keys_are_listed_when_asked_for<S: KeyStore>(store: S) -> Check {
    let revoked = KeyRecord { revoked: Some(Revocation { at: at(1), reason: None }), ..key(1) };
    let expired = KeyRecord { expires_at: Some(now()), ..key(2) };
    let endless = KeyRecord { expires_at: None, ..key(3) };
    for key in [revoked, expired, endless] {
        store.commit(&tenant(), &create(&key), now()).await?;
    }
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!((ids(&page), page.total), (vec![id(3)], 1), "invalid keys are left out");
    let all = KeyFilter { include_invalid: true, ..KeyFilter::default() };
    let page = store.keys(&tenant(), &all, Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 3, "invalid keys are listed when asked for");
    Ok(())
}

/// A repeated or late counter changes nothing.
pub async fn counters_merge_by_the_larger_total<S: KeyStore>(store: S) -> Check {
    for total in [5, 7, 7, 6] {
        store.merge(&tenant(), &counter(1, UsageKind::Verification, total)).await?;
    }
    ensure_eq!(store.usage(&tenant(), month()).await?, verifications(7), "the larger total stays");
    Ok(())
}

/// The totals of all writers add up.
pub async fn counters_of_writers_add_up<S: KeyStore>(store: S) -> Check {
    for writer in [1, u64::MAX] {
        store.merge(&tenant(), &counter(writer, UsageKind::Verification, 4)).await?;
    }
    ensure_eq!(store.usage(&tenant(), month()).await?, verifications(8), "the writers' totals add up");
    Ok(())
}

/// Month, kind and tenant keep counters apart.
pub async fn counters_are_kept_by_month_kind_and_tenant<S: KeyStore>(store: S) -> Check {
    store.merge(&tenant(), &counter(1, UsageKind::Verification, 4)).await?;
    store.merge(&tenant(), &counter(1, UsageKind::Creation, 2)).await?;
    let expected = UsageTotals { creations: 2, verifications: 4 };
    ensure_eq!(store.usage(&tenant(), month()).await?, expected, "kinds are kept apart");
    let earlier = Month::of(now() - TimeDelta::days(40));
    ensure_eq!(store.usage(&tenant(), earlier).await?, UsageTotals::default(), "months are kept apart");
    let other = tenant_named("ins_other");
    ensure_eq!(store.usage(&other, month()).await?, UsageTotals::default(), "tenants are kept apart");
    Ok(())
}

/// A late report of an earlier use changes nothing.
pub async fn the_later_use_stays<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    for milliseconds in [50, 80, 80, 60] {
        store.merge(&tenant(), &used(1, at(milliseconds))).await?;
    }
    let last_used_at = store.key(&tenant(), id(1)).await?.and_then(|key| key.last_used_at);
    ensure_eq!(last_used_at, Some(at(80)), "the later use stays");
    Ok(())
}

/// A use is no change of the key.
pub async fn a_use_does_not_touch_the_revision<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.merge(&tenant(), &used(1, at(80))).await?;
    let expected = KeyRecord { last_used_at: Some(at(80)), ..key(1) };
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&expected), "only the last use changes");
    Ok(())
}

/// A report about a deleted key is no error and creates nothing.
pub async fn the_use_of_a_key_that_is_gone_is_ignored<S: KeyStore>(store: S) -> Check {
    store.merge(&tenant(), &used(1, at(80))).await?;
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "no key appears");
    Ok(())
}

/// Milliseconds survive.
pub async fn times_are_kept_to_the_millisecond<S: KeyStore>(store: S) -> Check {
    let precise = KeyRecord { created_at: at(1), updated_at: at(2), expires_at: Some(at(3)), ..key(1) };
    store.commit(&tenant(), &create(&precise), now()).await?;
    let read = store.key(&tenant(), id(1)).await?;
    let times = read.map(|key| (key.created_at, key.updated_at, key.expires_at));
    ensure_eq!(times, Some((at(1), at(2), Some(at(3)))), "times are kept to the millisecond");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_check_is_in_the_list() {
        let source = include_str!("contract.rs");
        let (list, rest) = source.split_once("fn tenant()").unwrap();
        let (checks, _) = rest.split_once("#[cfg(test)]").unwrap();
        for check in checks.split("pub async fn ").skip(1) {
            let name = check.split('<').next().unwrap();
            assert!(list.contains(&format!(" {name}\n")), "{name} is not in the list");
        }
    }
}
