//! Crashes at every step, and every order of the steps of two calls, for small sizes.
#![cfg(feature = "contract")]

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use apikeys::{
    ApiKeys, CachePolicy, CreditPlan, Demand, IdempotencyKey, IssueError, KeyId, KeyRecord, MemoryStore,
    Month, NewKey, Pepper, PepperId, Peppers, RotateError, Rotation, Rules, ServiceError, TenantId,
    TokenFormat, UsageStore, Verdict, contract::FaultyStore,
};
use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use store_contract::{Fault, FaultPlan, block_on};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

type Store = Arc<FaultyStore<Arc<MemoryStore>>>;

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

fn keys<S: apikeys::KeyStore>(store: S) -> ApiKeys<S> {
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    ApiKeys::new(store, TokenFormat::new("ak", "test").unwrap(), peppers, &mut rng())
}

/// A process that crashes at its `at`th call of the store: before the call is carried out, or after.
fn crashing(store: &Arc<MemoryStore>, at: usize, fault: Fault) -> ApiKeys<Store> {
    let faults = std::iter::repeat_n(None, at).chain(std::iter::repeat_n(Some(fault), 1));
    // Everything after the crash fails, too: the process is gone.
    let gone = std::iter::repeat_n(Some(Fault::Before), 20);
    keys(Arc::new(FaultyStore::new(store.clone(), FaultPlan::new(faults.chain(gone)))))
}

fn request(name: &str) -> Option<IdempotencyKey> {
    Some(IdempotencyKey::new(name).unwrap())
}

fn new_key() -> NewKey {
    NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Builds")
}

/// Create, rotate, use, revoke, flush, whatever of it succeeds; answers how many uses were acknowledged.
async fn live<S: apikeys::KeyStore>(keys: &ApiKeys<S>, known: &mut Option<(KeyId, String)>) -> u64 {
    let new = NewKey { idempotency_key: request("create"), ..new_key() };
    if let Ok((key, secret)) = keys.issue(&tenant(), new, NOW, &mut rng()).await {
        *known = Some((key.id, secret.reveal().to_string()));
    }
    let Some((id, token)) = known.clone() else { return 0 };
    let rotation =
        Rotation { grace: TimeDelta::hours(1), idempotency_key: request("rotate"), ..Rotation::default() };
    let _ = keys.rotate(&tenant(), id, &rotation, NOW, &mut rng()).await;
    let mut acknowledged = 0;
    for _ in 0..3 {
        acknowledged += u64::from(keys.verify(&tenant(), &token, &Demand::default(), NOW).await.is_ok());
    }
    let _ = keys.revoke(&tenant(), id, None, None, NOW).await;
    let _ = keys.flush_usage(NOW).await;
    acknowledged
}

#[test]
fn a_crash_at_any_step_counts_nothing_twice_and_loses_no_more_than_the_bound() {
    for bound in [0, 2] {
        for fault in [Fault::Before, Fault::After] {
            for at in 0..16 {
                let (store, mut known) = (Arc::new(MemoryStore::new()), None);
                let before = block_on(live(&crashing(&store, at, fault).with_loss_bound(bound), &mut known));
                // Another process goes on and repeats everything.
                let keys = keys(store.clone());
                let after = block_on(live(&keys, &mut known));
                let usage = block_on(store.usage(&tenant(), Month::of(NOW))).unwrap();
                let why = format!("{fault:?} at call {at}, bound {bound}: {usage:?}, {before} + {after}");
                assert!(usage.creations <= 2, "a key and its successor, once each; {why}");
                assert!(usage.verifications + bound >= before + after, "{why}");
                // A use whose answer was lost may have been counted; three were asked for each time.
                assert!(usage.verifications <= 3 + after, "{why}");
                let Some((id, token)) = known else { continue };
                let key = block_on(keys.key(&tenant(), id)).unwrap().unwrap();
                assert!(key.revoked.is_some(), "{why}");
                check_family(&keys, &key);
                let verdict = block_on(keys.verify(&tenant(), &token, &Demand::default(), NOW)).unwrap();
                assert!(matches!(verdict, Verdict::Revoked(_)), "{why}");
            }
        }
    }
}

/// A successor that is named is there, and names its predecessor.
fn check_family(keys: &ApiKeys<Arc<MemoryStore>>, key: &KeyRecord) {
    let Some(successor) = key.lineage.successor else { return };
    let successor = block_on(keys.key(&tenant(), successor.id)).unwrap().unwrap();
    assert_eq!(successor.lineage.predecessor.map(|before| before.id), Some(key.id));
}

/// Runs two futures step by step, in the order that the bits of `order` say: a step ends at a call of the store.
fn in_order<A, B>(order: u32, first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
    let (mut first, mut second) = (Box::pin(first), Box::pin(second));
    let (mut a, mut b) = (None, None);
    for step in 0.. {
        let is_first = if step < 32 { order >> step & 1 == 0 } else { a.is_none() };
        if is_first && a.is_none() {
            a = poll(first.as_mut());
        } else if b.is_none() {
            b = poll(second.as_mut());
        }
        if a.is_some() && b.is_some() {
            break;
        }
    }
    (a.unwrap(), b.unwrap())
}

fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// A store that hands over after each of its calls.
fn stepwise() -> Store {
    Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::default()))
}

/// Every order of ten steps.
const ORDERS: std::ops::Range<u32> = 0..1 << 10;

#[test]
fn in_no_order_is_the_last_credit_spent_twice() {
    for order in ORDERS {
        let store = stepwise();
        let (here, there) = (keys(store.clone()), keys(store.clone()));
        let credits = Some(CreditPlan { initial: 1, refill: None });
        let new = NewKey { rules: Rules { credits, ..Rules::default() }, ..new_key() };
        let (_, secret) = block_on(here.issue(&tenant(), new, NOW, &mut rng())).unwrap();
        let (token, tenant, demand) = (secret.reveal(), tenant(), Demand::default());
        store.pause(true);
        let verdicts = in_order(
            order,
            here.verify(&tenant, &token, &demand, NOW),
            there.verify(&tenant, &token, &demand, NOW),
        );
        let names = [verdicts.0.unwrap().name(), verdicts.1.unwrap().name()];
        assert!(
            names == ["valid", "credits_exhausted"] || names == ["credits_exhausted", "valid"],
            "{order:b}"
        );
    }
}

#[test]
fn in_no_order_is_a_revoked_key_accepted_afterwards() {
    for order in ORDERS {
        let store = stepwise();
        let keys = keys(store.clone()).with_cache(CachePolicy::default()).with_loss_bound(100);
        let (key, secret) = block_on(keys.issue(&tenant(), new_key(), NOW, &mut rng())).unwrap();
        let (token, tenant, demand) = (secret.reveal(), tenant(), Demand::default());
        store.pause(true);
        let (_, revoked) = in_order(
            order,
            keys.verify(&tenant, &token, &demand, NOW),
            keys.revoke(&tenant, key.id, None, None, NOW),
        );
        revoked.unwrap();
        store.pause(false);
        let verdict = block_on(keys.verify(&tenant, &token, &demand, NOW)).unwrap();
        assert!(matches!(verdict, Verdict::Revoked(_)), "{order:b}");
    }
}

#[test]
fn in_no_order_do_two_requests_mint_two_keys() {
    for order in ORDERS {
        let store = stepwise();
        let (here, there) = (keys(store.clone()), keys(store.clone()));
        let new = || NewKey { idempotency_key: request("one"), ..new_key() };
        let (tenant, mut first, mut second) = (tenant(), rng(), rng());
        store.pause(true);
        let (a, b) = in_order(
            order,
            here.issue(&tenant, new(), NOW, &mut first),
            there.issue(&tenant, new(), NOW, &mut second),
        );
        let minted = [&a, &b].iter().filter(|issued| issued.is_ok()).count();
        let refused = [a.err(), b.err()].into_iter().flatten().next();
        assert_eq!(minted, 1, "{order:b}");
        assert!(matches!(refused, Some(ServiceError::Refused(IssueError::AlreadyIssued(_)))), "{order:b}");
        let creations = block_on(store.store().usage(&tenant, Month::of(NOW))).unwrap().creations;
        assert_eq!(creations, 1, "{order:b}");
    }
}

#[test]
fn in_no_order_does_a_key_get_two_successors() {
    for order in ORDERS {
        let store = stepwise();
        let (here, there) = (keys(store.clone()), keys(store.clone()));
        let (key, _) = block_on(here.issue(&tenant(), new_key(), NOW, &mut rng())).unwrap();
        let rotation = Rotation { grace: TimeDelta::hours(1), ..Rotation::default() };
        let (tenant, mut first, mut second) = (tenant(), rng(), rng());
        store.pause(true);
        let (a, b) = in_order(
            order,
            here.rotate(&tenant, key.id, &rotation, NOW, &mut first),
            there.rotate(&tenant, key.id, &rotation, NOW, &mut second),
        );
        let rotated = [&a, &b].iter().filter(|rotated| rotated.is_ok()).count();
        let refused = [a.err(), b.err()].into_iter().flatten().next();
        assert_eq!(rotated, 1, "{order:b}");
        assert!(matches!(refused, Some(ServiceError::Refused(RotateError::AlreadyRotated(_)))), "{order:b}");
    }
}
