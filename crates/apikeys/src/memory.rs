//! The store in memory: what the traits mean, a test double, and a real choice for small hosts.

mod feed;
mod keys;
mod spend;
mod usage;

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};

use self::{feed::Feed, keys::Keys, spend::Spending, usage::Usage};
use crate::{
    Account, Admission, AuditEvent, AuditStore, Balance, ChangeFeed, ChangedKeys, Commit, CreditPlan, Digest,
    EarlierCreation, ErrorType, FeedCursor, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister, KeyPage,
    KeyReader, KeyRecord, KeyWriter, Month, RateLimit, Reservation, ReservationId, Reserved, SealedSecret,
    Settlement, SpendStore, Start, TenantId, Tombstone, UsageChange, UsageStore, UsageTotals,
};

/// Keys in memory, gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<TenantId, Tenant>>);

#[derive(Debug, Default)]
struct Tenant {
    keys: Keys,
    feed: Feed,
    usage: Usage,
    spending: Spending,
    audit: Vec<AuditEvent>,
    audited: HashSet<[u8; 16]>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Tenant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default>(&self, tenant: &TenantId, read: impl FnOnce(&Tenant) -> T) -> T {
        self.lock().get(tenant).map(read).unwrap_or_default()
    }

    fn write<T>(&self, tenant: &TenantId, write: impl FnOnce(&mut Tenant) -> T) -> T {
        let mut tenants = self.lock();
        match tenants.get_mut(tenant) {
            Some(tenant) => write(tenant),
            None => write(tenants.entry(tenant.clone()).or_default()),
        }
    }
}

impl Tenant {
    fn commit(&mut self, change: &KeyChange, now: DateTime<Utc>) -> Commit {
        let Some(touched) = self.keys.apply(change, now) else { return Commit::Stale };
        if let KeyChange::Create(creation) = change {
            creation.counts_in.into_iter().for_each(|month| self.usage.count_creation(month));
        }
        touched.into_iter().for_each(|id| self.feed.push(id));
        self.append(&change.event(now));
        Commit::Applied
    }

    fn append(&mut self, event: &AuditEvent) {
        if self.audited.insert(event.id) {
            self.audit.push(event.clone());
        }
    }
}

impl ErrorType for MemoryStore {
    type Error = Infallible;
}

impl KeyReader for MemoryStore {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.keys.get(id)))
    }

    async fn key_by_digest(
        &self,
        tenant: &TenantId,
        digests: &[Digest],
    ) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(self.read(tenant, |tenant| digests.iter().find_map(|digest| tenant.keys.by_digest(digest))))
    }

    async fn tombstone(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Tombstone>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.keys.tombstone(id)))
    }

    async fn sealed_secret(&self, tenant: &TenantId, id: KeyId) -> Result<Option<SealedSecret>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.keys.sealed(id)))
    }
}

impl KeyLister for MemoryStore {
    async fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<KeyPage, Infallible> {
        let page = |tenant: &Tenant| Some(tenant.keys.page(filter, start, limit, now));
        Ok(self.read(tenant, page).unwrap_or(KeyPage { keys: Vec::new(), total: 0 }))
    }
}

impl KeyWriter for MemoryStore {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.keys.earlier(key, now)))
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, Infallible> {
        Ok(self.write(tenant, |tenant| tenant.commit(change, now)))
    }
}

impl ChangeFeed for MemoryStore {
    async fn changed_keys(
        &self,
        tenant: &TenantId,
        cursor: Option<FeedCursor>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<ChangedKeys, Infallible> {
        Ok(self.write(tenant, |tenant| tenant.feed.page(cursor, limit, now)))
    }
}

impl UsageStore for MemoryStore {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), Infallible> {
        self.write(tenant, |tenant| {
            tenant.usage.merge(&change.counters);
            change.last_used.iter().for_each(|(id, at)| tenant.keys.touch(*id, *at));
        });
        Ok(())
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.usage.totals(month)))
    }
}

impl SpendStore for MemoryStore {
    async fn admit(
        &self,
        tenant: &TenantId,
        family: KeyId,
        limit: RateLimit,
        now: DateTime<Utc>,
    ) -> Result<Admission, Infallible> {
        Ok(self.write(tenant, |tenant| tenant.spending.admit(family, limit, now)))
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> Result<Reserved, Infallible> {
        Ok(self.write(tenant, |tenant| tenant.spending.reserve(reservation, plan, now)))
    }

    async fn settle(
        &self,
        tenant: &TenantId,
        id: ReservationId,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<bool, Infallible> {
        Ok(self.write(tenant, |tenant| tenant.spending.settle(id, settlement, now)))
    }

    async fn balance(&self, tenant: &TenantId, account: Account) -> Result<Option<Balance>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.spending.balance(account)))
    }
}

impl AuditStore for MemoryStore {
    async fn append(&self, tenant: &TenantId, events: &[AuditEvent]) -> Result<(), Infallible> {
        self.write(tenant, |tenant| events.iter().for_each(|event| tenant.append(event)));
        Ok(())
    }

    async fn events(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, Infallible> {
        Ok(self.read(tenant, |tenant| {
            let of = |event: &&AuditEvent| key.is_none() || event.key == key;
            let mut events: Vec<_> = tenant.audit.iter().filter(of).cloned().collect();
            events.sort_by_key(|event| std::cmp::Reverse(event.at));
            events.truncate(limit as usize);
            events
        }))
    }
}
