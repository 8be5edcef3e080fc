//! A verification of a cached key allocates nothing.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use apikeys::{
    ApiKeys, CachePolicy, Demand, MemoryStore, NewKey, Pepper, PepperId, Peppers, TenantId, TokenFormat,
    Verdict,
};
use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

#[test]
fn a_cached_key_is_verified_without_an_allocation() {
    let (mut rng, now) = (UnwrapErr(SysRng), DateTime::UNIX_EPOCH);
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let keys = ApiKeys::new(MemoryStore::new(), TokenFormat::new("ak", "live").unwrap(), peppers, &mut rng)
        .with_cache(CachePolicy::default())
        .with_loss_bound(1_000_000);
    let tenant = TenantId::new("acme").unwrap();
    let new = NewKey {
        scopes: vec!["reports:*".parse().unwrap()],
        ..NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Builds")
    };
    let (_, secret) = ready(keys.issue(&tenant, new, now, &mut rng)).unwrap();
    let (token, keys) = (secret.reveal(), keys.tenant(&tenant));
    let unknown = TokenFormat::new("sk", "live").unwrap().generate(&mut rng).1.reveal();
    let scoped = Demand::all(&["reports:read"]);
    // The first fills the cache, the second notes the minute of its use.
    for _ in 0..2 {
        ready(keys.verify(&token, &Demand::default(), now)).unwrap();
    }
    let verify = || {
        let region = Region::new(ALLOCATOR);
        for _ in 0..1_000 {
            assert!(matches!(
                ready(keys.check(black_box(&token), &Demand::default(), now)),
                Ok(Verdict::Valid(_))
            ));
            assert!(matches!(ready(keys.verify(black_box(&token), &scoped, now)), Ok(Verdict::Valid(_))));
            assert!(matches!(
                ready(keys.check(black_box(&unknown), &scoped, now)),
                Ok(Verdict::Malformed(_))
            ));
        }
        region.change().allocations
    };
    // The harness has a thread of its own, which may allocate beside the first of these; ours would in each.
    assert_eq!((0..5).map(|_| verify()).min(), Some(0));
}
