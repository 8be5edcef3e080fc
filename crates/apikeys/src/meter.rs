//! The counting of one process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use crate::{KeyId, Month, Receipt, TenantId, UsageChange, UsageCounter, UsageKind, WriterId};

/// Cumulative counters of one writer, and what of them is not yet stored.
///
/// A counter is never sent as a difference, so that a retry or a late arrival can't count twice; a crash loses what is
/// not yet stored, and no more than its bound.
#[derive(Debug)]
pub(crate) struct Meter {
    writer: WriterId,
    /// How many verifications may be lost.
    bound: u64,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    totals: HashMap<(TenantId, Month), u64>,
    pending: HashMap<TenantId, Pending>,
}

#[derive(Debug, Default)]
struct Pending {
    uses: u64,
    months: Vec<Month>,
    last_used: HashMap<KeyId, DateTime<Utc>>,
}

impl Meter {
    pub(crate) fn new(bound: u64, rng: &mut impl CryptoRng) -> Self {
        // 0 is the store itself.
        Self { writer: WriterId(rng.next_u64().max(1)), bound, counts: Mutex::default() }
    }

    /// Counts a verification; answers what is to be stored now, if more would be lost than the bound.
    pub(crate) fn count_verification(&self, tenant: &TenantId, receipt: &Receipt) -> Option<UsageChange> {
        let month = Month::of(receipt.at);
        let mut counts = self.lock();
        let total = counts.totals.entry((tenant.clone(), month)).or_default();
        *total = total.saturating_add(1);
        let pending = counts.pending.entry(tenant.clone()).or_default();
        pending.uses = pending.uses.saturating_add(1);
        if !pending.months.contains(&month) {
            pending.months.push(month);
        }
        let last = pending.last_used.entry(receipt.key.id).or_insert(receipt.at);
        *last = receipt.at.trunc_subsecs(3).max(last.trunc_subsecs(3));
        let due = pending.uses > self.bound;
        due.then(|| self.take(&mut counts, tenant)).flatten()
    }

    /// Everything of every tenant that is not yet stored.
    pub(crate) fn take_all(&self) -> Vec<(TenantId, UsageChange)> {
        let mut counts = self.lock();
        let tenants: Vec<_> = counts.pending.keys().cloned().collect();
        let taken = tenants.into_iter().filter_map(|tenant| {
            let change = self.take(&mut counts, &tenant)?;
            Some((tenant, change))
        });
        taken.collect()
    }

    /// Keeps what could not be stored for the next time.
    pub(crate) fn put_back(&self, tenant: &TenantId, change: UsageChange) {
        let mut counts = self.lock();
        let pending = counts.pending.entry(tenant.clone()).or_default();
        // The counters are totals: naming their months again is enough. One more than the bound is due at once.
        pending.uses = pending.uses.max(self.bound);
        pending.months.extend(change.counters.iter().map(|counter| counter.month));
        for (id, at) in change.last_used {
            let last = pending.last_used.entry(id).or_insert(at);
            *last = at.max(*last);
        }
    }

    fn take(&self, counts: &mut Counts, tenant: &TenantId) -> Option<UsageChange> {
        let pending = counts.pending.remove(tenant)?;
        let counters = pending.months.into_iter().filter_map(|month| {
            let total = *counts.totals.get(&(tenant.clone(), month))?;
            Some(UsageCounter { writer: self.writer, month, kind: UsageKind::Verification, total })
        });
        Some(UsageChange { counters: counters.collect(), last_used: pending.last_used.into_iter().collect() })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
