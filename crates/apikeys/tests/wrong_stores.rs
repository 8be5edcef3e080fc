//! Stores that are wrong in one way each, and the check of the contract that refuses each.
#![cfg(feature = "contract")]

use std::{convert::Infallible, sync::Arc};

use apikeys::{
    Account, Admission, AuditEvent, AuditStore, Balance, ChangeFeed, ChangedKeys, Commit, Creation,
    CreditPlan, Digest, EarlierCreation, ErrorType, FeedCursor, IdempotencyKey, KeyChange, KeyFilter, KeyId,
    KeyLister, KeyPage, KeyReader, KeyRecord, KeyWriter, MemoryStore, Month, RateLimit, Reservation,
    ReservationId, Reserved, Revision, Rules, SealedSecret, Settlement, SpendStore, Start, TenantId,
    Tombstone, UsageChange, UsageStore, UsageTotals, contract,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use store_contract::block_on;

/// What is wrong with a store.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    SharesTenants,
    AddsCounters,
    LastReportWins,
    IgnoresRevisions,
    ForgetsIdempotency,
    RemembersForEver,
    CountsImports,
    ShiftsPages,
    TotalOfThePage,
    SecondPrecision,
    IgnoresCaseOfIds,
    TruncatesDigests,
    ReplacesHalf,
    BringsDigestsBack,
    ForgetsDeletedDigests,
    KeepsSealedSecrets,
    ForgetsRules,
    RevokesTheKeyAlone,
    AcceptsOrphans,
    GapInTheFeed,
    FeedForgetsDescendants,
    FeedRepeats,
    NeverTheLastPage,
    ReadsThenTakes,
    TakesTwice,
    GivesBackTwice,
    NeverExpires,
    NoRefill,
    OneAccount,
    CountsRefusedUses,
    ReadsThenAdmits,
    RewritesEvents,
    TellsStaleChanges,
    OldestEventsFirst,
}

struct Wrong(MemoryStore, Fault);

fn with(fault: Fault) -> Wrong {
    Wrong(MemoryStore::new(), fault)
}

impl Wrong {
    fn is(&self, fault: Fault) -> bool {
        self.1 == fault
    }

    fn tenant(&self, tenant: &TenantId) -> TenantId {
        if self.is(Fault::SharesTenants) { TenantId::new("everybody").unwrap() } else { tenant.clone() }
    }

    fn shown(&self, key: &KeyRecord) -> Arc<KeyRecord> {
        let mut key = key.clone();
        match self.1 {
            Fault::SecondPrecision => key.created_at = key.created_at.trunc_subsecs(0),
            Fault::ForgetsRules => key.rules = Rules { networks: [].into(), ..key.rules },
            _ => {}
        }
        Arc::new(key)
    }

    /// The change as this store understands it.
    async fn understood(&self, tenant: &TenantId, change: &KeyChange, now: DateTime<Utc>) -> KeyChange {
        let mut change = change.clone();
        match &mut change {
            KeyChange::Create(creation) => self.misread(creation, now),
            KeyChange::Replace { records } if self.is(Fault::IgnoresRevisions) => {
                for record in records {
                    let Some(stored) = self.0.key(tenant, record.id).await.unwrap() else { continue };
                    let revision = stored.revision.next();
                    *record = Arc::new(KeyRecord { revision, ..KeyRecord::clone(record) });
                }
            }
            KeyChange::Replace { records } if self.is(Fault::ReplacesHalf) => records.truncate(1),
            KeyChange::Revoke { record } if self.is(Fault::RevokesTheKeyAlone) => {
                return KeyChange::replace(record.clone());
            }
            _ => {}
        }
        change
    }

    fn misread(&self, creation: &mut Creation, now: DateTime<Utc>) {
        match self.1 {
            Fault::ForgetsIdempotency => creation.idempotency = None,
            Fault::CountsImports => creation.counts_in = Some(Month::of(now)),
            Fault::AcceptsOrphans => {
                let mut record = KeyRecord::clone(&creation.record);
                record.lineage.parent = None;
                creation.record = Arc::new(record);
            }
            _ => {}
        }
    }
}

impl ErrorType for Wrong {
    type Error = Infallible;
}

impl KeyReader for Wrong {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        let id = if self.is(Fault::IgnoresCaseOfIds) {
            KeyId::from_bytes(id.as_bytes().to_ascii_uppercase().try_into().unwrap())
        } else {
            id
        };
        Ok(self.0.key(&self.tenant(tenant), id).await?.map(|key| self.shown(&key)))
    }

    async fn key_by_digest(
        &self,
        tenant: &TenantId,
        digests: &[Digest],
    ) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        let mut digests = digests.to_vec();
        if self.is(Fault::TruncatesDigests) {
            digests.iter_mut().for_each(|digest| digest.0[31] = digest.0[30]);
        }
        self.0.key_by_digest(&self.tenant(tenant), &digests).await
    }

    async fn tombstone(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Tombstone>, Infallible> {
        let found = self.0.tombstone(&self.tenant(tenant), id).await?;
        Ok(found.filter(|_| !self.is(Fault::ForgetsDeletedDigests)))
    }

    async fn sealed_secret(&self, tenant: &TenantId, id: KeyId) -> Result<Option<SealedSecret>, Infallible> {
        if self.is(Fault::KeepsSealedSecrets) && self.0.tombstone(tenant, id).await?.is_some() {
            return Ok(Some(SealedSecret(vec![1])));
        }
        self.0.sealed_secret(&self.tenant(tenant), id).await
    }
}

impl KeyLister for Wrong {
    async fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<KeyPage, Infallible> {
        let tenant = self.tenant(tenant);
        let start = match start {
            // Looks the row up, as a cursor that is an id would have it.
            Start::After(position) if self.is(Fault::ShiftsPages) => {
                match self.0.key(&tenant, position.id).await? {
                    None => Start::Offset(u32::MAX),
                    Some(_) => start,
                }
            }
            start => start,
        };
        let mut page = self.0.keys(&tenant, filter, start, limit, now).await?;
        if self.is(Fault::TotalOfThePage) {
            page.total = page.keys.len() as u64;
        }
        Ok(page)
    }
}

impl KeyWriter for Wrong {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, Infallible> {
        let now = if self.is(Fault::RemembersForEver) { now - TimeDelta::days(1) } else { now };
        self.0.earlier_creation(&self.tenant(tenant), key, now).await
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, Infallible> {
        let tenant = self.tenant(tenant);
        let understood = self.understood(&tenant, change, now).await;
        let commit = self.0.commit(&tenant, &understood, now).await?;
        if self.is(Fault::TellsStaleChanges) && commit == Commit::Stale {
            let event = AuditEvent { id: [0xfe; 16], ..change.event(now) };
            self.0.append(&tenant, &[event]).await?;
        }
        if let (Fault::BringsDigestsBack, KeyChange::Replace { records }) = (self.1, change) {
            let (id, to) = (records[0].id, records[0].digest);
            if let Some(from) = self.0.key(&tenant, id).await?.map(|key| key.digest) {
                self.0.commit(&tenant, &KeyChange::Rehash { id, from, to }, now).await?;
            }
        }
        Ok(commit)
    }
}

impl ChangeFeed for Wrong {
    async fn changed_keys(
        &self,
        tenant: &TenantId,
        cursor: Option<FeedCursor>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<ChangedKeys, Infallible> {
        let tenant = self.tenant(tenant);
        let cursor = match (self.1, cursor) {
            // An automatic number that a transaction took and has not yet committed.
            (Fault::GapInTheFeed, Some(FeedCursor(after))) => Some(FeedCursor(after + u64::from(after > 0))),
            (Fault::FeedRepeats, Some(FeedCursor(after))) => Some(FeedCursor(after.saturating_sub(1))),
            (_, cursor) => cursor,
        };
        let mut page = self.0.changed_keys(&tenant, cursor, limit, now).await?;
        if self.is(Fault::NeverTheLastPage) {
            page.more = u32::try_from(page.ids.len()) == Ok(limit);
        }
        if self.is(Fault::FeedForgetsDescendants) {
            let mut kept = Vec::new();
            for id in page.ids {
                let key = self.0.key(&tenant, id).await?;
                if key.is_none_or(|key| key.lineage.parent.is_none() || key.revision == Revision::FIRST) {
                    kept.push(id);
                }
            }
            page.ids = kept;
        }
        Ok(page)
    }
}

impl UsageStore for Wrong {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), Infallible> {
        let tenant = self.tenant(tenant);
        let mut change = change.clone();
        for counter in &mut change.counters {
            if self.is(Fault::AddsCounters) {
                counter.total += self.0.usage(&tenant, counter.month).await?.verifications;
            }
        }
        if self.is(Fault::LastReportWins) {
            for (id, at) in &change.last_used {
                let Some(key) = self.0.key(&tenant, *id).await? else { continue };
                let record = KeyRecord {
                    last_used_at: Some(*at),
                    revision: key.revision.next(),
                    ..KeyRecord::clone(&key)
                };
                self.0.commit(&tenant, &KeyChange::replace(Arc::new(record)), *at).await?;
            }
        }
        self.0.merge(&tenant, &change).await
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        self.0.usage(&self.tenant(tenant), month).await
    }
}

/// Lets others come between.
async fn give_way() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

impl Wrong {
    fn account(&self, account: Account) -> Account {
        if self.is(Fault::OneAccount) { Account::Family(KeyId::from_bytes([0; 16])) } else { account }
    }

    async fn take(
        &self,
        tenant: &TenantId,
        asked: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> Result<Reserved, Infallible> {
        let mut asked = Reservation { account: self.account(asked.account), ..*asked };
        let mut plan = *plan;
        match self.1 {
            Fault::TakesTwice => {
                asked.id.0[0] ^=
                    if self.0.settle(tenant, asked.id, Settlement::Commit, now).await? { 0x80 } else { 0 }
            }
            Fault::NeverExpires => asked.expires_at = DateTime::<Utc>::MAX_UTC,
            Fault::NoRefill => plan.refill = None,
            Fault::ReadsThenTakes => {
                let seen =
                    self.0.balance(tenant, asked.account).await?.map_or(plan.initial, |seen| seen.available);
                give_way().await;
                if seen >= asked.cost {
                    let free = Reservation { cost: 0, ..asked };
                    self.0.reserve(tenant, &free, &plan, now).await?;
                    return Ok(Reserved::Held { available: seen - asked.cost });
                }
            }
            _ => {}
        }
        self.0.reserve(tenant, &asked, &plan, now).await
    }
}

impl SpendStore for Wrong {
    async fn admit(
        &self,
        tenant: &TenantId,
        family: KeyId,
        limit: RateLimit,
        now: DateTime<Utc>,
    ) -> Result<Admission, Infallible> {
        let tenant = self.tenant(tenant);
        let admission = self.0.admit(&tenant, family, limit, now).await?;
        if self.is(Fault::CountsRefusedUses) && admission != Admission::Admitted {
            // The state goes on as if it had been admitted.
            self.0.admit(&tenant, family, limit, now + TimeDelta::days(1)).await?;
        }
        if self.is(Fault::ReadsThenAdmits) {
            give_way().await;
            return Ok(Admission::Admitted);
        }
        Ok(admission)
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> Result<Reserved, Infallible> {
        self.take(&self.tenant(tenant), reservation, plan, now).await
    }

    async fn settle(
        &self,
        tenant: &TenantId,
        id: ReservationId,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<bool, Infallible> {
        let settled = self.0.settle(&self.tenant(tenant), id, settlement, now).await?;
        Ok(settled || self.is(Fault::GivesBackTwice))
    }

    async fn balance(&self, tenant: &TenantId, account: Account) -> Result<Option<Balance>, Infallible> {
        self.0.balance(&self.tenant(tenant), self.account(account)).await
    }
}

impl AuditStore for Wrong {
    async fn append(&self, tenant: &TenantId, events: &[AuditEvent]) -> Result<(), Infallible> {
        let mut events = events.to_vec();
        if self.is(Fault::RewritesEvents) {
            events
                .iter_mut()
                .for_each(|event| event.id[15] ^= event.at.timestamp_subsec_millis().to_le_bytes()[0]);
        }
        self.0.append(&self.tenant(tenant), &events).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, Infallible> {
        let mut events = self.0.events(&self.tenant(tenant), key, limit).await?;
        if self.is(Fault::OldestEventsFirst) {
            events.reverse();
        }
        Ok(events)
    }
}

/// The right store passes the check, and the wrong one does not.
macro_rules! refused {
    ($($fault:ident by $check:ident)+) => {
        $(#[test]
        fn $check() {
            block_on(contract::$check(with(Fault::None))).unwrap();
            assert!(block_on(contract::$check(with(Fault::$fault))).is_err());
        })+
    };
}

refused! {
    SharesTenants by a_key_is_its_tenants_own
    AddsCounters by counters_merge_by_the_larger_total
    LastReportWins by a_use_does_not_touch_the_revision
    IgnoresRevisions by of_two_changes_from_one_revision_one_is_applied
    ForgetsIdempotency by a_used_idempotency_key_makes_a_creation_stale
    RemembersForEver by an_idempotency_key_is_known_until_it_expires
    CountsImports by an_import_is_not_counted
    ShiftsPages by a_page_goes_on_behind_a_key_that_is_gone
    TotalOfThePage by keys_are_listed_newest_first
    SecondPrecision by times_are_kept_to_the_millisecond
    IgnoresCaseOfIds by an_id_is_compared_whole
    TruncatesDigests by a_digest_is_compared_whole
    ReplacesHalf by of_replaced_keys_all_are_written_or_none
    BringsDigestsBack by a_replacement_leaves_the_digest
    ForgetsDeletedDigests by a_tombstone_keeps_the_digest
    KeepsSealedSecrets by a_sealed_secret_goes_with_its_key
    ForgetsRules by a_created_key_is_read_back
    RevokesTheKeyAlone by a_revocation_reaches_every_descendant
    AcceptsOrphans by a_child_needs_a_live_parent
    GapInTheFeed by pages_of_the_feed_leave_nothing_out
    FeedForgetsDescendants by what_changes_along_is_in_the_feed
    FeedRepeats by a_feed_begins_where_it_ends_now
    NeverTheLastPage by the_last_page_of_the_feed_says_so
    ReadsThenTakes by spenders_at_the_same_time_never_overspend
    TakesTwice by a_repeated_reservation_takes_once
    GivesBackTwice by a_reservation_is_settled_once
    NeverExpires by an_expired_reservation_goes_back
    NoRefill by a_refill_comes_with_the_next_spending
    OneAccount by accounts_are_kept_apart
    CountsRefusedUses by a_refused_use_is_not_counted
    ReadsThenAdmits by uses_at_the_same_time_never_exceed_the_limit
    RewritesEvents by an_event_is_written_once
    TellsStaleChanges by a_stale_change_is_not_told
    OldestEventsFirst by events_are_listed_latest_first
}
