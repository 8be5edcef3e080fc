//! Stores that are wrong in one way each, and the check of the contract that refuses each.
#![cfg(feature = "contract")]

use std::{convert::Infallible, sync::Arc};

use apikeys::{
    Commit, EarlierCreation, ErrorType, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister, KeyPage,
    KeyReader, KeyRecord, KeyWriter, MemoryStore, Month, Start, TenantId, UsageChange, UsageStore,
    UsageTotals, contract,
};
use chrono::{DateTime, TimeDelta, Utc};
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
}

impl ErrorType for Wrong {
    type Error = Infallible;
}

impl KeyReader for Wrong {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        let found = self.0.key(&self.tenant(tenant), id).await?;
        if !self.is(Fault::SecondPrecision) {
            return Ok(found);
        }
        let rounded = |key: Arc<KeyRecord>| {
            let second = DateTime::from_timestamp(key.created_at.timestamp(), 0).unwrap();
            Arc::new(KeyRecord { created_at: second, ..KeyRecord::clone(&key) })
        };
        Ok(found.map(rounded))
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
        let mut change = change.clone();
        match &mut change {
            KeyChange::Create { idempotency, .. } if self.is(Fault::ForgetsIdempotency) => {
                *idempotency = None;
            }
            KeyChange::Create { counts_in, .. } if self.is(Fault::CountsImports) => {
                *counts_in = Some(Month::of(now));
            }
            KeyChange::Replace { record } if self.is(Fault::IgnoresRevisions) => {
                if let Some(stored) = self.0.key(tenant, record.id).await? {
                    let revision = stored.revision.next();
                    *record = Arc::new(KeyRecord { revision, ..KeyRecord::clone(record) });
                }
            }
            _ => {}
        }
        self.0.commit(&self.tenant(tenant), &change, now).await
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
                self.0.commit(&tenant, &KeyChange::Replace { record: Arc::new(record) }, *at).await?;
            }
        }
        self.0.merge(&tenant, &change).await
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, Infallible> {
        self.0.usage(&self.tenant(tenant), month).await
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
}
