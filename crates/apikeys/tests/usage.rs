//! What is counted, and what a failure may lose.

use std::{convert::Infallible, sync::Arc};

use apikeys::{
    ApiKeys, Demand, ErrorType, IdempotencyKey, IssueError, KeyUpdate, MemoryStore, Month, NewKey, Pepper,
    PepperId, Peppers, ServiceError, TenantId, TokenFormat, UsageChange, UsageStore, UsageTotals, Verdict,
};
use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use store_contract::block_on;

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn now() -> DateTime<Utc> {
    "2026-05-31T23:59:59.999Z".parse().unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

fn keys<S: apikeys::KeyStore>(store: S) -> ApiKeys<S> {
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    ApiKeys::new(store, TokenFormat::new("ak", "test").unwrap(), peppers, &mut rng())
}

fn new_key() -> NewKey {
    NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Builds")
}

#[test]
fn a_proven_secret_counts_whatever_the_verdict() {
    block_on(async {
        let keys = keys(MemoryStore::new());
        let tenant = tenant();
        let new = NewKey { lifetime: Some(TimeDelta::seconds(60)), ..new_key() };
        let (key, secret) = keys.issue(&tenant, new, now(), &mut rng()).await.unwrap();
        let token = secret.reveal();
        assert!(matches!(
            keys.verify(&tenant, &token, &Demand::default(), now()).await.unwrap(),
            Verdict::Valid(_)
        ));
        let scoped = keys.verify(&tenant, &token, &Demand::all(&["admin"]), now()).await.unwrap();
        assert!(matches!(scoped, Verdict::InsufficientScope(_)));
        let later =
            keys.verify(&tenant, &token, &Demand::default(), now() + TimeDelta::seconds(60)).await.unwrap();
        assert!(matches!(later, Verdict::Expired(_)), "dead at the very instant");
        keys.revoke(&tenant, key.id, None, None, now()).await.unwrap();
        assert!(matches!(
            keys.verify(&tenant, &token, &Demand::default(), now()).await.unwrap(),
            Verdict::Revoked(_)
        ));
        // The third one was in June.
        let may = keys.usage(&tenant, "2026-05".parse().unwrap()).await.unwrap();
        assert_eq!(may, UsageTotals { creations: 1, verifications: 3 });
        let june = keys.usage(&tenant, "2026-06".parse().unwrap()).await.unwrap();
        assert_eq!(june, UsageTotals { creations: 0, verifications: 1 });
    });
}

#[test]
fn what_is_no_key_of_the_tenants_counts_nothing() {
    block_on(async {
        let keys = keys(MemoryStore::new());
        let (key, secret) = keys.issue(&tenant(), new_key(), now(), &mut rng()).await.unwrap();
        let token = secret.reveal();
        let other = TenantId::new("ins_2").unwrap();
        assert_eq!(keys.verify(&other, &token, &Demand::default(), now()).await.unwrap(), Verdict::NotFound);
        assert!(matches!(
            keys.verify(&tenant(), "ak_test_x", &Demand::default(), now()).await.unwrap(),
            Verdict::Malformed(_)
        ));
        keys.delete(&tenant(), key.id, now()).await.unwrap();
        assert_eq!(
            keys.verify(&tenant(), &token, &Demand::default(), now()).await.unwrap(),
            Verdict::NotFound
        );
        for tenant in [tenant(), other] {
            assert_eq!(keys.usage(&tenant, Month::of(now())).await.unwrap().verifications, 0);
        }
    });
}

#[test]
fn a_repeated_request_mints_and_counts_nothing() {
    block_on(async {
        let keys = keys(MemoryStore::new());
        let new = NewKey { idempotency_key: Some(IdempotencyKey::new("request-1").unwrap()), ..new_key() };
        let (key, _) = keys.issue(&tenant(), new.clone(), now(), &mut rng()).await.unwrap();
        let again = keys.issue(&tenant(), new.clone(), now(), &mut rng()).await.unwrap_err();
        assert_eq!(again, ServiceError::Refused(IssueError::AlreadyIssued(key.id)));
        let other = NewKey { name: "Other".into(), ..new };
        let conflict = keys.issue(&tenant(), other, now(), &mut rng()).await.unwrap_err();
        assert_eq!(conflict, ServiceError::Refused(IssueError::IdempotencyConflict));
        assert_eq!(keys.usage(&tenant(), Month::of(now())).await.unwrap().creations, 1);
    });
}

#[test]
fn a_crash_loses_no_more_than_the_bound() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let keys = keys(store.clone()).with_loss_bound(4);
        let (_, secret) = keys.issue(&tenant(), new_key(), now(), &mut rng()).await.unwrap();
        let token = secret.reveal();
        for done in 1..=23_u64 {
            keys.verify(&tenant(), &token, &Demand::default(), now()).await.unwrap();
            let stored = store.usage(&tenant(), Month::of(now())).await.unwrap().verifications;
            assert!(done - stored <= 4, "{stored} of {done} are stored");
        }
        keys.flush_usage(now()).await.unwrap();
        assert_eq!(store.usage(&tenant(), Month::of(now())).await.unwrap().verifications, 23);
    });
}

#[test]
fn retired_peppers_still_prove() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let (_, secret) = keys(store.clone()).issue(&tenant(), new_key(), now(), &mut rng()).await.unwrap();
        let token = secret.reveal();
        let retired = [(PepperId(1), Pepper::new(&[7; 32]))];
        let format = TokenFormat::new("ak", "test").unwrap();
        let rotated = |retired| {
            let peppers = Peppers::new((PepperId(2), Pepper::new(&[8; 32])), retired);
            ApiKeys::new(store.clone(), format.clone(), peppers, &mut rng())
        };
        let verify = async |retired| {
            rotated(retired).verify(&tenant(), &token, &Demand::default(), now()).await.unwrap()
        };
        assert_eq!(verify(vec![]).await, Verdict::NotFound);
        assert!(matches!(verify(retired.to_vec()).await, Verdict::Valid(_)));
        assert!(matches!(verify(vec![]).await, Verdict::Valid(_)), "a use makes the digest anew");
    });
}

#[test]
fn a_change_that_changes_nothing_is_no_revision() {
    block_on(async {
        let keys = keys(MemoryStore::new());
        let (key, _) = keys.issue(&tenant(), new_key(), now(), &mut rng()).await.unwrap();
        let later = now() + TimeDelta::hours(1);
        let same = keys.update(&tenant(), key.id, KeyUpdate::default(), later).await.unwrap().unwrap();
        assert_eq!((same.revision, same.updated_at), (key.revision, key.updated_at));
        let first = keys.revoke(&tenant(), key.id, Some("left".into()), None, later).await.unwrap().unwrap();
        let second =
            keys.revoke(&tenant(), key.id, Some("again".into()), None, later).await.unwrap().unwrap();
        assert_eq!(first, second, "a revocation stays as it was");
    });
}

/// Merges never answer while it is stuck.
struct Stuck(MemoryStore, std::sync::atomic::AtomicBool, std::sync::atomic::AtomicUsize);

impl ErrorType for Stuck {
    type Error = Infallible;
}

macro_rules! inner {
    ($self:ident, $call:ident($($argument:expr),*)) => { $self.0.$call($($argument),*).await };
}

apikeys::forward_store! {
    impl[] Stuck, error Infallible, via inner,
    ports [KeyReader, KeyLister, KeyWriter, ChangeFeed, SpendStore, AuditStore]
}

impl UsageStore for Stuck {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), Infallible> {
        if self.1.load(std::sync::atomic::Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        self.2.fetch_max(change.counters.len(), std::sync::atomic::Ordering::Relaxed);
        self.0.merge(tenant, change).await
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        self.0.usage(tenant, month).await
    }
}

#[test]
fn merges_that_hang_or_are_given_up_lose_nothing_that_was_acknowledged() {
    use std::{
        pin::pin,
        sync::atomic::{AtomicBool, AtomicUsize, Ordering},
        task::{Context, Poll, Waker},
    };
    let store = Arc::new(Stuck(MemoryStore::new(), AtomicBool::new(true), AtomicUsize::new(0)));
    let keys = keys(store.clone()).with_loss_bound(4);
    let (_, secret) = block_on(keys.issue(&tenant(), new_key(), now(), &mut rng())).unwrap();
    let (tenant, token, demand) = (tenant(), secret.reveal(), Demand::default());
    let mut acknowledged = 0;
    for _ in 0..40 {
        // Polled once and dropped, as by a client that goes away.
        let mut verifying = pin!(keys.verify(&tenant, &token, &demand, now()));
        acknowledged += u64::from(matches!(
            verifying.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(_)
        ));
    }
    assert_eq!(acknowledged, 4, "no more than the bound is acknowledged and not stored");
    store.1.store(false, Ordering::Relaxed);
    block_on(keys.flush_usage(now())).unwrap();
    let stored = block_on(store.usage(&tenant, Month::of(now()))).unwrap().verifications;
    assert_eq!(stored, 40, "secrets proven count, even if nobody waited for the answer");
    let counters = store.2.load(Ordering::Relaxed);
    assert!(counters <= 2, "two counters for a month, however many merges were given up: {counters}");
}
