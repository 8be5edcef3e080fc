//! What holds for keys on this store when calls fail, arrive twice, or come between each other.

use std::{future::poll_fn, pin::pin};

use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use store_contract::{Fault, FaultPlan};

use super::*;
use crate::{
    ApiKeys, CachePolicy, Demand, IssueError, NewKey, Pepper, Peppers, Rotation, ServiceError, TokenFormat,
    Verdict,
};

/// Numbers in a row: enough to tell keys apart, and the same in each run.
struct Counting(u64);

impl TryRng for Counting {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|number| u32::try_from(number & 0xffff_ffff).unwrap_or(0))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ (self.0 >> 29))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_be_bytes();
            chunk.iter_mut().zip(number).for_each(|(place, byte)| *place = byte);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

fn rng(seed: u64) -> impl CryptoRng {
    Counting(seed)
}

fn faulty<S: KeyStore>(store: S, faults: &[Option<Fault>]) -> FaultyStore<S> {
    FaultyStore::new(store, FaultPlan::new(faults.iter().copied()))
}

fn keys<S: KeyStore>(store: S, writer: u64) -> Result<ApiKeys<S>, crate::InvalidFormat> {
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    Ok(ApiKeys::new(store, TokenFormat::new("ak", "test")?, peppers, &mut rng(writer)))
}

fn new_key() -> NewKey {
    NewKey::new(subject('a'), "Builds")
}

fn cached() -> CachePolicy {
    CachePolicy { capacity: 100, max_staleness: TimeDelta::seconds(10), refresh_every: TimeDelta::seconds(1) }
}

/// A request whose answer was lost and that is repeated mints one key and counts one creation.
pub async fn a_creation_whose_answer_is_lost_is_made_once<S: KeyStore>(store: S) -> Check {
    for (number, fault) in (0_u64..).zip([Fault::Before, Fault::After, Fault::Twice]) {
        let keys = keys(faulty(&store, &[None, Some(fault)]), number + 1)?;
        let request = format!("request-{number}");
        let new = NewKey { idempotency_key: Some(IdempotencyKey::new(&request)?), ..new_key() };
        let first = keys.issue(&tenant(), new.clone(), now(), &mut rng(number * 3 + 10)).await;
        let again = keys.issue(&tenant(), new, now(), &mut rng(number * 3 + 11)).await;
        ensure_eq!(first.is_ok(), false, "{fault:?}: the first answer is lost, or its repetition is found");
        let shown = matches!(again, Err(ServiceError::Refused(IssueError::AlreadyIssued(_))));
        ensure_eq!(shown, fault != Fault::Before, "{fault:?}: what was made is found");
        let creations = store.usage(&tenant(), month()).await?.creations;
        ensure_eq!(creations, number + 1, "{fault:?}: one creation is counted");
    }
    Ok(())
}

/// A revocation that fails may be repeated, and one that arrives twice is one.
pub async fn a_revocation_whose_answer_is_lost_can_be_repeated<S: KeyStore>(store: S) -> Check {
    for (number, fault) in (0_u64..).zip([Fault::Before, Fault::After, Fault::Twice]) {
        let keys = keys(faulty(&store, &[None, None, Some(fault)]), number + 1)?;
        let (key, _) = match keys.issue(&tenant(), new_key(), now(), &mut rng(number + 10)).await {
            Ok(issued) => issued,
            Err(error) => return Err(error.into()),
        };
        let first = keys.revoke(&tenant(), key.id, Some("left".into()), None, now()).await;
        ensure_eq!(first.is_ok(), fault == Fault::Twice, "{fault:?}: a failure is told");
        keys.revoke(&tenant(), key.id, Some("again".into()), None, at(1_000_001)).await?;
        let stored = store.key(&tenant(), key.id).await?;
        let reason = stored.as_ref().and_then(|key| key.revoked.as_ref()?.reason.clone());
        let expected = if fault == Fault::Before { "again" } else { "left" };
        ensure_eq!(reason.as_deref(), Some(expected), "{fault:?}: the first that was written stays");
        ensure_eq!(stored.map(|key| key.revision), Some(Revision(2)), "{fault:?}: it is revoked once");
    }
    Ok(())
}

/// A rotation that fails in the middle leaves both keys, or the one as it was.
pub async fn a_rotation_whose_answer_is_lost_is_made_once<S: KeyStore>(store: S) -> Check {
    for (number, fault) in (0_u64..).zip([Fault::Before, Fault::After]) {
        let keys = keys(faulty(&store, &[None, None, None, Some(fault)]), number + 1)?;
        let (key, _) = keys.issue(&tenant(), new_key(), now(), &mut rng(number + 10)).await?;
        let request = Some(IdempotencyKey::new(&format!("rotation-{number}"))?);
        let rotation =
            Rotation { grace: TimeDelta::hours(1), idempotency_key: request, ..Rotation::default() };
        let first = keys.rotate(&tenant(), key.id, &rotation, now(), &mut rng(number + 20)).await;
        ensure!(first.is_err(), "{fault:?}: a failure is told");
        let again = keys.rotate(&tenant(), key.id, &rotation, now(), &mut rng(number + 30)).await;
        ensure_eq!(again.is_ok(), fault == Fault::Before, "{fault:?}: what was made is found");
        let successor = store.key(&tenant(), key.id).await?.and_then(|key| key.lineage.successor);
        let successor = match successor {
            Some(successor) => store.key(&tenant(), successor.id).await?,
            None => None,
        };
        ensure!(successor.is_some(), "{fault:?}: predecessor and successor are both there");
        let creations = store.usage(&tenant(), month()).await?.creations;
        ensure_eq!(creations, (number + 1) * 2, "{fault:?}: one creation is counted for each");
    }
    Ok(())
}

/// Counters that are sent again, or twice, count every use once.
pub async fn a_use_whose_merge_is_repeated_counts_once<S: KeyStore>(store: S) -> Check {
    // Each verification reads the key, and then merges.
    let faults =
        [None, None, None, None, Some(Fault::Before), None, Some(Fault::After), None, Some(Fault::Twice)];
    let keys = keys(faulty(&store, &faults), 1)?;
    let (_, secret) = keys.issue(&tenant(), new_key(), now(), &mut rng(10)).await?;
    let token = secret.reveal();
    let mut failed: u64 = 0;
    for _ in 0..5 {
        failed += u64::from(keys.verify(&tenant(), &token, &Demand::default(), now()).await.is_err());
    }
    ensure_eq!(failed, 2, "a failure of the store is an error, and no verdict");
    ensure_eq!(keys.usage(&tenant(), month()).await?.verifications, 5, "every use counts once");
    Ok(())
}

/// A reservation that arrives twice, or whose answer is lost, takes its cost once.
pub async fn a_reservation_that_arrives_twice_takes_once<S: KeyStore>(store: S) -> Check {
    let faulty = faulty(&store, &[Some(Fault::Twice), Some(Fault::After), None]);
    let plan = CreditPlan { initial: 10, refill: None };
    let asked = |number| Reservation {
        id: ReservationId([number; 16]),
        account: Account::Family(id(1)),
        cost: 3,
        expires_at: at(2_000_000),
    };
    crate::SpendStore::reserve(&faulty, &tenant(), &asked(1), &plan, now()).await?;
    let lost = crate::SpendStore::reserve(&faulty, &tenant(), &asked(2), &plan, now()).await;
    ensure!(lost.is_err(), "an answer is lost");
    let again = crate::SpendStore::reserve(&faulty, &tenant(), &asked(2), &plan, now()).await?;
    ensure_eq!(again, Reserved::Held { available: 4 }, "each takes its cost once");
    Ok(())
}

/// A key that was read before its revocation, and kept after it, would be accepted for ever: it is not kept.
pub async fn a_fill_that_began_before_a_revocation_is_not_kept<S: KeyStore>(store: S) -> Check {
    let paused = faulty(&store, &[]);
    let keys = keys(&paused, 1)?.with_cache(cached()).with_loss_bound(100);
    let (key, secret) = keys.issue(&tenant(), new_key(), now(), &mut rng(10)).await?;
    let (token, tenant, demand) = (secret.reveal(), tenant(), Demand::default());
    // The feed is asked first, then the key.
    let mut filling = pin!(keys.verify(&tenant, &token, &demand, now()));
    let mut verdict = None;
    paused.pause(true);
    let mut polls = 0;
    while verdict.is_none() && polls < 2 {
        polls += 1;
        verdict = poll_fn(|context| {
            Poll::Ready(match filling.as_mut().poll(context) {
                Poll::Ready(verdict) => Some(verdict),
                Poll::Pending => None,
            })
        })
        .await;
    }
    paused.pause(false);
    let in_the_middle = verdict.is_none();
    keys.revoke(&tenant, key.id, None, None, now()).await?;
    if in_the_middle {
        filling.await?;
    }
    let after = keys.verify(&tenant, &token, &demand, now()).await?;
    ensure!(matches!(after, Verdict::Revoked(_)), "what was read before a revocation is not kept: {after:?}");
    Ok(())
}

/// After an idle time the first verification asks for news; those beside it are not refused because it has not heard yet.
pub async fn verifications_beside_one_that_follows_are_answered<S: KeyStore>(store: S) -> Check {
    let paused = faulty(&store, &[]);
    let keys = keys(&paused, 1)?.with_cache(cached()).with_loss_bound(100);
    let (_, secret) = keys.issue(&tenant(), new_key(), now(), &mut rng(10)).await?;
    let (token, tenant, demand) = (secret.reveal(), tenant(), Demand::default());
    let first = keys.verify(&tenant, &token, &demand, now()).await?;
    ensure!(matches!(first, Verdict::Valid(_)), "the key is valid, and cached");
    let later = now() + TimeDelta::hours(1);
    paused.pause(true);
    let mut following = pin!(keys.verify(&tenant, &token, &demand, later));
    let polled = poll_fn(|context| Poll::Ready(following.as_mut().poll(context))).await;
    paused.pause(false);
    let beside = keys.verify(&tenant, &token, &demand, later).await?;
    ensure!(matches!(beside, Verdict::Valid(_)), "the store can be asked, so nothing lags: {beside:?}");
    if polled.is_pending() {
        let followed = following.await?;
        ensure!(matches!(followed, Verdict::Valid(_)), "and neither does the first: {followed:?}");
    }
    Ok(())
}

/// A revocation by another process is seen when the feed is followed, and never later than the bound.
pub async fn a_revocation_by_another_process_is_seen<S: KeyStore>(store: S) -> Check {
    let (here, there) = (keys(&store, 1)?.with_cache(cached()), keys(&store, 2)?);
    let (key, secret) = here.issue(&tenant(), new_key(), now(), &mut rng(10)).await?;
    let (token, demand) = (secret.reveal(), Demand::default());
    for _ in 0..2 {
        let verdict = here.verify(&tenant(), &token, &demand, now()).await?;
        ensure!(matches!(verdict, Verdict::Valid(_)), "the key is valid, and cached");
    }
    there.revoke(&tenant(), key.id, None, None, now()).await?;
    let soon = now() + TimeDelta::seconds(1);
    let verdict = here.verify(&tenant(), &token, &demand, soon).await?;
    ensure!(matches!(verdict, Verdict::Revoked(_)), "the revocation is seen with the feed: {verdict:?}");
    Ok(())
}

/// While the feed can't be followed, what is cached is trusted as long as the host has said, and no longer.
pub async fn what_is_cached_is_not_trusted_past_the_bound<S: KeyStore>(store: S) -> Check {
    let (key, secret) = keys(&store, 2)?.issue(&tenant(), new_key(), now(), &mut rng(10)).await?;
    // The feed, the key; then the feed fails.
    let faults: Vec<_> = [None, None].into_iter().chain([Some(Fault::Before); 40]).collect();
    let keys = keys(faulty(&store, &faults), 1)?.with_cache(cached()).with_loss_bound(100);
    let (token, demand) = (secret.reveal(), Demand::default());
    for (seconds, trusted) in [(0, true), (1, true), (10, true), (11, false), (1_000, false)] {
        let then = now() + TimeDelta::seconds(seconds);
        let verdict = keys.verify(&tenant(), &token, &demand, then).await?;
        ensure_eq!(matches!(verdict, Verdict::Valid(_)), trusted, "after {seconds} s: {verdict:?}");
        ensure_eq!(verdict == Verdict::FeedLagging, !trusted, "after {seconds} s: {verdict:?}");
    }
    let forged = format!("{}x", token.get(..token.len().saturating_sub(1)).unwrap_or_default());
    let then = now() + TimeDelta::seconds(1_000);
    let verdict = keys.verify(&tenant(), &forged, &demand, then).await?;
    ensure!(
        verdict.receipt().is_none() && verdict != Verdict::FeedLagging,
        "who proves nothing learns nothing"
    );
    ensure_eq!(
        store.key(&tenant(), key.id).await?.map(|key| key.revision),
        Some(Revision::FIRST),
        "the key stays"
    );
    Ok(())
}
