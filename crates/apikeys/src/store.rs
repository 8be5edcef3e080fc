//! What this crate asks of a store: one small trait per authority.
//!
//! Whoever implements them proves it with the checks behind feature `contract`.

use std::{error::Error, future::Future, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    Account, Admission, AuditEvent, Balance, ChangedKeys, Commit, CreditPlan, Digest, EarlierCreation,
    FeedCursor, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyPage, KeyRecord, Month, RateLimit,
    Reservation, ReservationId, Reserved, SealedSecret, Settlement, Start, TenantId, Tombstone, UsageChange,
    UsageTotals,
};

/// The error of a store, the same for each of its traits.
pub trait ErrorType {
    /// What can go wrong with the store itself; never a refusal of the domain.
    type Error: Error + Send + Sync + 'static;
}

/// Reading one key: all that a verification needs.
pub trait KeyReader: ErrorType + Send + Sync {
    /// The key with this id.
    ///
    /// # Contract
    /// What was committed before the call began is seen. A deleted key is none, and neither is another tenant's.
    fn key(
        &self,
        tenant: &TenantId,
        id: KeyId,
    ) -> impl Future<Output = Result<Option<Arc<KeyRecord>>, Self::Error>> + Send;

    /// The key with one of these digests: how keys are found whose tokens hold no id.
    ///
    /// # Contract
    /// As of [`key`](Self::key); a digest is unique within a tenant.
    fn key_by_digest(
        &self,
        tenant: &TenantId,
        digests: &[Digest],
    ) -> impl Future<Output = Result<Option<Arc<KeyRecord>>, Self::Error>> + Send;

    /// What is left of a deleted key.
    ///
    /// # Contract
    /// There is one for each key that was deleted, and it stays.
    fn tombstone(
        &self,
        tenant: &TenantId,
        id: KeyId,
    ) -> impl Future<Output = Result<Option<Tombstone>, Self::Error>> + Send;

    /// The secret that was sealed when the key was created, if one was.
    ///
    /// # Contract
    /// As of [`key`](Self::key): it is gone with its key.
    fn sealed_secret(
        &self,
        tenant: &TenantId,
        id: KeyId,
    ) -> impl Future<Output = Result<Option<SealedSecret>, Self::Error>> + Send;
}

/// Reading many keys.
pub trait KeyLister: ErrorType + Send + Sync {
    /// At most `limit` keys that match `filter` at `now`, from `start` on, and how many match in all.
    ///
    /// # Contract
    /// Newest first, equally old ones by id, largest first; page and total are of one point in time.
    fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<KeyPage, Self::Error>> + Send;
}

/// Writing keys.
pub trait KeyWriter: ErrorType + Send + Sync {
    /// What is known of an idempotency key.
    ///
    /// # Contract
    /// Answers what [`KeyChange::Create`] wrote with it, until its `expires_at`; that instant is past it.
    fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<EarlierCreation>, Self::Error>> + Send;

    /// Writes a change of keys, and its [`event`](KeyChange::event) with it.
    ///
    /// # Contract
    /// As each [`KeyChange`] says; all of it or nothing, and durable before it is answered. Two changes decided from the
    /// same revision are never both applied, and an id that was used once, even by a deleted key, is never given to
    /// another. Every key that it touches is in the [`ChangeFeed`] with the same commit.
    fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Following what others have written.
pub trait ChangeFeed: ErrorType + Send + Sync {
    /// At most `limit` keys that were changed after `cursor`; without one, none, and where the feed ends now.
    ///
    /// # Contract
    /// Every key whose change was committed before the call began is in a page after the cursor that it had then: none is
    /// left out because a commit that began earlier came later. A key that changed often may come once, at its latest
    /// place. Uses are no changes.
    fn changed_keys(
        &self,
        tenant: &TenantId,
        cursor: Option<FeedCursor>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<ChangedKeys, Self::Error>> + Send;
}

/// Counting uses.
pub trait UsageStore: ErrorType + Send + Sync {
    /// Merges counters and last uses.
    ///
    /// # Contract
    /// *Merge*: by writer, month and kind the larger total stays, and by key the later use; so a change may be repeated
    /// or arrive out of order. The last use of a key that is gone is ignored. A use does not touch a key's revision.
    fn merge(
        &self,
        tenant: &TenantId,
        change: &UsageChange,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// What a tenant's keys were used for in a month.
    ///
    /// # Contract
    /// The sum of all writers' counters.
    fn usage(
        &self,
        tenant: &TenantId,
        month: Month,
    ) -> impl Future<Output = Result<UsageTotals, Self::Error>> + Send;
}

/// Spending what is limited; every guard is inside of the write, so that no number of threads or processes overspends.
pub trait SpendStore: ErrorType + Send + Sync {
    /// Counts one use of a family under a rate limit, if it fits.
    ///
    /// # Contract
    /// *Conditional*: as [`RateLimit::admit`] decides on the stored state. A use that does not fit changes nothing.
    fn admit(
        &self,
        tenant: &TenantId,
        family: KeyId,
        limit: RateLimit,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Admission, Self::Error>> + Send;

    /// Sets credits aside, if there are enough, once reservations of the account whose time is over have gone back and
    /// refills that are due have come.
    ///
    /// # Contract
    /// *Conditional*; an account that is not there is opened with `plan` first. A repeated id takes nothing again, and
    /// answers that it is held, until it expires. What is not enough is not taken.
    fn reserve(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Reserved, Self::Error>> + Send;

    /// Takes credits at once: a reservation that is committed.
    ///
    /// # Contract
    /// As of [`reserve`](Self::reserve) and [`settle`](Self::settle), one after the other; a store that can, does both in
    /// one commit.
    fn spend(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Reserved, Self::Error>> + Send {
        async move {
            let reserved = self.reserve(tenant, reservation, plan, now).await?;
            if matches!(reserved, Reserved::Held { .. }) {
                self.settle(tenant, reservation.id, Settlement::Commit, now).await?;
            }
            Ok(reserved)
        }
    }

    /// Ends a reservation; answers whether it was still there, so that it is settled once.
    ///
    /// # Contract
    /// *Conditional*: of two settlements of one reservation only the first has an effect. One whose time is over is
    /// cancelled, whatever is asked.
    fn settle(
        &self,
        tenant: &TenantId,
        id: ReservationId,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// What an account holds, if it was opened; refills and expired reservations that no spending has looked at are not in
    /// it.
    ///
    /// # Contract
    /// What was committed before the call began is seen.
    fn balance(
        &self,
        tenant: &TenantId,
        account: Account,
    ) -> impl Future<Output = Result<Option<Balance>, Self::Error>> + Send;
}

/// Keeping what happened.
pub trait AuditStore: ErrorType + Send + Sync {
    /// Writes events.
    ///
    /// # Contract
    /// *Merge*: append-only; an event whose id is there is not written again, and changes nothing.
    fn append(
        &self,
        tenant: &TenantId,
        events: &[AuditEvent],
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The last `limit` events of a tenant, or of one of its keys, latest first.
    ///
    /// # Contract
    /// By time; equally late ones in any order that stays.
    fn events(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<AuditEvent>, Self::Error>> + Send;
}

/// Everything that [`ApiKeys`](crate::ApiKeys) needs.
pub trait KeyStore:
    KeyReader + KeyLister + KeyWriter + ChangeFeed + UsageStore + SpendStore + AuditStore
{
}

impl<S: KeyReader + KeyLister + KeyWriter + ChangeFeed + UsageStore + SpendStore + AuditStore> KeyStore
    for S
{
}
