//! How do I keep keys in a table of my own, and know that I got it right?
//!
//! `cargo test -p examples --example own_store` runs the contract; `cargo run -p examples --example own_store` lists it.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use apikeys::{
    Commit, EarlierCreation, ErrorType, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister, KeyPage,
    KeyReader, KeyRecord, KeyWriter, Month, Position, Start, TenantId, UsageChange, UsageKind, UsageStore,
    UsageTotals, WriterId,
};
use chrono::{DateTime, Utc};

/// The host's own tables; here they are maps, behind one lock that makes each method atomic.
#[derive(Debug, Default)]
struct OwnStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    /// A deleted key stays as `None`: its id is never given again.
    keys: BTreeMap<(TenantId, KeyId), Option<KeyRecord>>,
    requests: BTreeMap<(TenantId, IdempotencyKey), (EarlierCreation, DateTime<Utc>)>,
    counters: BTreeMap<(TenantId, Month, UsageKind, WriterId), u64>,
}

impl OwnStore {
    fn with<T>(&self, work: impl FnOnce(&mut Tables) -> T) -> Result<T, Infallible> {
        Ok(work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl ErrorType for OwnStore {
    type Error = Infallible;
}

impl KeyReader for OwnStore {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        self.with(|tables| tables.keys.get(&(tenant.clone(), id)).cloned().flatten().map(Arc::new))
    }
}

impl KeyLister for OwnStore {
    async fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<KeyPage, Infallible> {
        self.with(|tables| {
            let own =
                tables.keys.iter().filter(|((of, _), _)| of == tenant).filter_map(|(_, key)| key.as_ref());
            let mut matching: Vec<_> =
                own.filter(|key| filter.matches(key, now)).cloned().map(Arc::new).collect();
            matching.sort_by_key(|key| std::cmp::Reverse(Position::of(key)));
            let total = matching.len() as u64;
            let skipped = match start {
                Start::Offset(offset) => offset as usize,
                Start::After(position) => matching.iter().filter(|key| Position::of(key) >= position).count(),
            };
            KeyPage { keys: matching.into_iter().skip(skipped).take(limit as usize).collect(), total }
        })
    }
}

impl KeyWriter for OwnStore {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, Infallible> {
        self.with(|tables| tables.earlier(tenant, key, now))
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, Infallible> {
        self.with(|tables| if tables.write(tenant, change, now) { Commit::Applied } else { Commit::Stale })
    }
}

impl UsageStore for OwnStore {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), Infallible> {
        self.with(|tables| {
            for counter in &change.counters {
                let key = (tenant.clone(), counter.month, counter.kind, counter.writer);
                let total = tables.counters.entry(key).or_default();
                *total = counter.total.max(*total);
            }
            for (id, at) in &change.last_used {
                if let Some(Some(key)) = tables.keys.get_mut(&(tenant.clone(), *id)) {
                    key.last_used_at = key.last_used_at.max(Some(*at));
                }
            }
        })
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        self.with(|tables| {
            let own = tables.counters.iter().filter(|((of, at, ..), _)| of == tenant && *at == month);
            own.fold(UsageTotals::default(), |sum, ((_, _, kind, _), total)| sum.with(*kind, *total))
        })
    }
}

impl Tables {
    fn earlier(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Option<EarlierCreation> {
        let (earlier, expires_at) = self.requests.get(&(tenant.clone(), key.clone()))?;
        (now < *expires_at).then_some(*earlier)
    }

    /// Whether it was written.
    fn write(&mut self, tenant: &TenantId, change: &KeyChange, now: DateTime<Utc>) -> bool {
        match change {
            KeyChange::Create { record, idempotency, counts_in } => {
                let repeated =
                    idempotency.as_ref().and_then(|of| self.earlier(tenant, &of.key, now)).is_some();
                let key = (tenant.clone(), record.id);
                if repeated || self.keys.contains_key(&key) {
                    return false;
                }
                self.keys.insert(key, Some(KeyRecord::clone(record)));
                if let Some(of) = idempotency {
                    let earlier = EarlierCreation { id: record.id, request: of.request };
                    self.requests.insert((tenant.clone(), of.key.clone()), (earlier, of.expires_at));
                }
                if let Some(month) = counts_in {
                    let counter = (tenant.clone(), *month, UsageKind::Creation, WriterId::STORE);
                    *self.counters.entry(counter).or_default() += 1;
                }
                true
            }
            KeyChange::Replace { record } => match self.keys.get_mut(&(tenant.clone(), record.id)) {
                Some(Some(stored)) if stored.revision.next() == record.revision => {
                    let last_used_at = stored.last_used_at.max(record.last_used_at);
                    *stored = KeyRecord { last_used_at, ..KeyRecord::clone(record) };
                    true
                }
                _ => false,
            },
            KeyChange::Delete { id, expected, .. } => match self.keys.get_mut(&(tenant.clone(), *id)) {
                Some(stored) if stored.as_ref().is_some_and(|key| key.revision == *expected) => {
                    *stored = None;
                    true
                }
                _ => false,
            },
        }
    }
}

fn main() {
    println!("{:?} keeps the contract: cargo test -p examples --example own_store", OwnStore::default());
}

#[cfg(test)]
mod tests {
    apikeys::contract! { store: super::OwnStore::default() }
}
