//! The counting of one process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use crate::{KeyId, Month, Receipt, TenantId, UsageChange, UsageCounter, UsageKind, WriterId};

/// Cumulative counters of one writer, and how much of them is stored.
///
/// A counter is never sent as a difference, so that a retry or a late arrival can't count twice. What is handed out to be
/// stored goes on waiting until it is [`confirm`](Self::confirm)ed: a merge that fails, hangs or is given up loses nothing,
/// and what a crash may lose is never more than the bound.
#[derive(Debug)]
pub(crate) struct Meter {
    writer: WriterId,
    /// How many verifications may be lost.
    bound: u64,
    tenants: Mutex<HashMap<TenantId, Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    months: HashMap<Month, Count>,
    /// Last uses that are not yet stored.
    last_used: HashMap<KeyId, DateTime<Utc>>,
}

#[derive(Debug, Default)]
struct Count {
    total: u64,
    stored: u64,
}

impl Meter {
    pub(crate) fn new(bound: u64, rng: &mut impl CryptoRng) -> Self {
        // 0 is the store itself.
        Self { writer: WriterId(rng.next_u64().max(1)), bound, tenants: Mutex::default() }
    }

    /// Counts a verification; answers what must be stored before it is acknowledged, if more than the bound waits.
    pub(crate) fn count_verification(&self, tenant: &TenantId, receipt: &Receipt) -> Option<UsageChange> {
        let mut tenants = self.lock();
        let counts = tenants.entry(tenant.clone()).or_default();
        let count = counts.months.entry(Month::of(receipt.at)).or_default();
        count.total = count.total.saturating_add(1);
        let at = receipt.at.trunc_subsecs(3);
        let last = counts.last_used.entry(receipt.key.id).or_insert(at);
        *last = at.max(*last);
        (counts.waiting() > self.bound).then(|| counts.change(self.writer))
    }

    /// Everything of every tenant that is not yet stored.
    pub(crate) fn waiting(&self) -> Vec<(TenantId, UsageChange)> {
        let tenants = self.lock();
        let waiting =
            tenants.iter().filter(|(_, counts)| counts.waiting() > 0 || !counts.last_used.is_empty());
        waiting.map(|(tenant, counts)| (tenant.clone(), counts.change(self.writer))).collect()
    }

    /// What was handed out is stored.
    pub(crate) fn confirm(&self, tenant: &TenantId, stored: &UsageChange) {
        let mut tenants = self.lock();
        let Some(counts) = tenants.get_mut(tenant) else { return };
        for counter in &stored.counters {
            let count = counts.months.entry(counter.month).or_default();
            count.stored = count.stored.max(counter.total);
        }
        for (id, at) in &stored.last_used {
            if counts.last_used.get(id).is_some_and(|last| last <= at) {
                counts.last_used.remove(id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Counts>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn waiting(&self) -> u64 {
        self.months
            .values()
            .fold(0, |sum, count| sum.saturating_add(count.total.saturating_sub(count.stored)))
    }

    fn change(&self, writer: WriterId) -> UsageChange {
        let waiting = self.months.iter().filter(|(_, count)| count.total > count.stored);
        let kind = UsageKind::Verification;
        let counter = |(month, count): (&Month, &Count)| UsageCounter {
            writer,
            month: *month,
            kind,
            total: count.total,
        };
        let last_used = self.last_used.iter().map(|(id, at)| (*id, *at));
        UsageChange { counters: waiting.map(counter).collect(), last_used: last_used.collect() }
    }
}
