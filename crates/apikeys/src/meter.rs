//! The counting of one process.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{Month, UsageCounter, UsageKind, WriterId};

/// How many verifications of one tenant were counted and how many of them are stored.
///
/// A counter is never sent as a difference, so that a retry or a late arrival can't count twice. What is handed out to be
/// stored goes on waiting until it is [`confirm`](Self::confirm)ed: a merge that fails, hangs or is given up loses nothing,
/// and what a crash may lose is never more than the bound.
///
/// Shards count for themselves and take leave to do so in advance, so that counting touches no memory that another thread
/// writes, too.
#[derive(Debug)]
pub(crate) struct Meter {
    writer: WriterId,
    /// How many verifications may be lost.
    bound: u64,
    /// Counted, or leave was taken to count it.
    leased: AtomicU64,
    /// Counted, and stored.
    stored: AtomicU64,
    stored_by_month: Mutex<BTreeMap<Month, u64>>,
}

/// The counting of one shard.
#[derive(Debug, Default)]
pub(crate) struct ShardMeter {
    months: Vec<(Month, u64)>,
    /// The month that is counted now, in milliseconds since 1970.
    span: (i64, i64),
    /// How many may be counted without asking.
    leave: u64,
}

impl Meter {
    pub(crate) fn new(bound: u64, writer: WriterId) -> Self {
        let (leased, stored) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { writer, bound, leased, stored, stored_by_month: Mutex::default() }
    }

    /// Counts a verification; answers whether it must be stored before it is acknowledged.
    #[inline]
    pub(crate) fn count(&self, shard: &mut ShardMeter, now_ms: i64) -> bool {
        shard.count(now_ms);
        if let Some(left) = shard.leave.checked_sub(1) {
            shard.leave = left;
            return false;
        }
        self.lease(shard)
    }

    /// Takes leave for this verification and some more; past the bound it is counted, but must be stored.
    #[cold]
    fn lease(&self, shard: &mut ShardMeter) -> bool {
        let chunk = (self.bound / 32).max(1);
        let stored = self.stored.load(Ordering::Acquire);
        let most = stored.saturating_add(self.bound);
        let take = |leased: u64| leased.checked_add(chunk).filter(|after| *after <= most);
        if self.leased.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).is_ok() {
            shard.leave = chunk.saturating_sub(1);
            return false;
        }
        self.leased.fetch_add(1, Ordering::AcqRel);
        true
    }

    /// The counters that are not yet stored, given what all shards have counted.
    pub(crate) fn waiting(&self, totals: &BTreeMap<Month, u64>) -> Vec<UsageCounter> {
        let stored = self.stored_by_month.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |(month, total): &(&Month, &u64)| stored.get(month).is_none_or(|stored| stored < total);
        let counter = |(month, total): (&Month, &u64)| UsageCounter {
            writer: self.writer,
            month: *month,
            kind: UsageKind::Verification,
            total: *total,
        };
        totals.iter().filter(waits).map(counter).collect()
    }

    /// What was handed out is stored.
    pub(crate) fn confirm(&self, counters: &[UsageCounter]) {
        let mut stored = self.stored_by_month.lock().unwrap_or_else(PoisonError::into_inner);
        for counter in counters {
            let month = stored.entry(counter.month).or_default();
            *month = counter.total.max(*month);
        }
        let all = stored.values().fold(0, |sum: u64, total| sum.saturating_add(*total));
        self.stored.fetch_max(all, Ordering::AcqRel);
    }
}

impl ShardMeter {
    #[inline]
    fn count(&mut self, now_ms: i64) {
        if (self.span.0..self.span.1).contains(&now_ms) {
            if let Some((_, total)) = self.months.last_mut() {
                *total = total.saturating_add(1);
                return;
            }
        }
        self.count_in_another_month(now_ms);
    }

    /// The month of the clock goes to the end, where it is found.
    #[cold]
    fn count_in_another_month(&mut self, now_ms: i64) {
        let now = chrono::DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
        let month = Month::of(now);
        self.span = month.span_ms();
        let before = match self.months.iter().position(|(of, _)| *of == month) {
            Some(at) => self.months.remove(at).1,
            None => 0,
        };
        self.months.push((month, before.saturating_add(1)));
    }

    /// What it has counted, since it began.
    pub(crate) fn add_to(&self, totals: &mut BTreeMap<Month, u64>) {
        for (month, total) in &self.months {
            let sum = totals.entry(*month).or_default();
            *sum = sum.saturating_add(*total);
        }
    }
}
