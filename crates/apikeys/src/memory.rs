//! The store in memory: what the traits mean, a test double, and a real choice for small hosts.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::{
    Commit, EarlierCreation, ErrorType, Idempotency, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister,
    KeyPage, KeyReader, KeyRecord, KeyWriter, Month, Position, Revision, Start, TenantId, UsageChange,
    UsageCounter, UsageKind, UsageStore, UsageTotals, WriterId,
};

/// Keys in memory, gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<TenantId, Tenant>>);

#[derive(Debug, Default)]
struct Tenant {
    keys: HashMap<KeyId, Arc<KeyRecord>>,
    in_order: BTreeMap<Position, KeyId>,
    tombstones: HashSet<KeyId>,
    creations: HashMap<IdempotencyKey, (EarlierCreation, DateTime<Utc>)>,
    counters: BTreeMap<(Month, UsageKind, WriterId), u64>,
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
        write(self.lock().entry(tenant.clone()).or_default())
    }
}

impl ErrorType for MemoryStore {
    type Error = Infallible;
}

impl KeyReader for MemoryStore {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.keys.get(&id).cloned()))
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
        let matching: Vec<_> = self.read(tenant, |tenant| {
            let newest_first = tenant.in_order.values().rev().filter_map(|id| tenant.keys.get(id));
            newest_first.filter(|key| filter.matches(key, now)).cloned().collect()
        });
        let total = matching.len() as u64;
        let skipped = match start {
            Start::Offset(offset) => offset as usize,
            Start::After(position) => matching.partition_point(|key| Position::of(key) >= position),
        };
        Ok(KeyPage { keys: matching.into_iter().skip(skipped).take(limit as usize).collect(), total })
    }
}

impl KeyWriter for MemoryStore {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, Infallible> {
        Ok(self.read(tenant, |tenant| tenant.earlier(key, now)))
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, Infallible> {
        Ok(self.write(tenant, |tenant| match change {
            KeyChange::Create { record, idempotency, counts_in } => {
                tenant.create(record, idempotency.as_ref(), *counts_in, now)
            }
            KeyChange::Replace { record } => tenant.replace(record),
            KeyChange::Delete { id, expected, .. } => tenant.delete(*id, *expected),
        }))
    }
}

impl UsageStore for MemoryStore {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), Infallible> {
        self.write(tenant, |tenant| {
            change.counters.iter().for_each(|counter| tenant.count(*counter));
            for (id, at) in &change.last_used {
                if let Some(key) = tenant.keys.get_mut(id).filter(|key| key.last_used_at < Some(*at)) {
                    Arc::make_mut(key).last_used_at = Some(*at);
                }
            }
        });
        Ok(())
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        Ok(self.read(tenant, |tenant| {
            let of_month = tenant.counters.iter().filter(|((of, ..), _)| *of == month);
            of_month.fold(UsageTotals::default(), |sum, ((_, kind, _), total)| sum.with(*kind, *total))
        }))
    }
}

impl Tenant {
    fn earlier(&self, key: &IdempotencyKey, now: DateTime<Utc>) -> Option<EarlierCreation> {
        self.creations.get(key).filter(|(_, expires_at)| now < *expires_at).map(|(earlier, _)| *earlier)
    }

    fn create(
        &mut self,
        record: &Arc<KeyRecord>,
        idempotency: Option<&Idempotency>,
        counts_in: Option<Month>,
        now: DateTime<Utc>,
    ) -> Commit {
        let repeated = idempotency.is_some_and(|idempotency| self.earlier(&idempotency.key, now).is_some());
        if repeated || self.keys.contains_key(&record.id) || self.tombstones.contains(&record.id) {
            return Commit::Stale;
        }
        if let Some(Idempotency { key, request, expires_at }) = idempotency {
            let earlier = EarlierCreation { id: record.id, request: *request };
            self.creations.insert(key.clone(), (earlier, *expires_at));
        }
        self.in_order.insert(Position::of(record), record.id);
        self.keys.insert(record.id, record.clone());
        if let Some(month) = counts_in {
            let total = self.counters.entry((month, UsageKind::Creation, WriterId::STORE)).or_default();
            *total = total.saturating_add(1);
        }
        Commit::Applied
    }

    fn replace(&mut self, record: &Arc<KeyRecord>) -> Commit {
        match self.keys.get_mut(&record.id).filter(|stored| stored.revision.next() == record.revision) {
            None => Commit::Stale,
            Some(stored) => {
                let last_used_at = stored.last_used_at.max(record.last_used_at);
                *stored = Arc::new(KeyRecord { last_used_at, ..KeyRecord::clone(record) });
                Commit::Applied
            }
        }
    }

    fn delete(&mut self, id: KeyId, expected: Revision) -> Commit {
        match self.keys.get(&id).filter(|stored| stored.revision == expected) {
            None => Commit::Stale,
            Some(stored) => {
                self.in_order.remove(&Position::of(stored));
                self.keys.remove(&id);
                self.tombstones.insert(id);
                Commit::Applied
            }
        }
    }

    fn count(&mut self, counter: UsageCounter) {
        let total = self.counters.entry((counter.month, counter.kind, counter.writer)).or_default();
        *total = counter.total.max(*total);
    }
}
