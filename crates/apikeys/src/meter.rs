//! The counting of one process.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::DateTime;

use crate::{Month, UsageCounter, UsageKind, WriterId};

/// How many verifications of one tenant were counted and how many of them are stored.
///
/// A counter is never sent as a difference, so that a retry or a late arrival can't count twice. What is handed out to be
/// stored goes on waiting until it is [`confirm`](Self::confirm)ed: a merge that fails, hangs or is given up loses nothing,
/// and what a crash may lose is never more than the bound.
///
/// Shards count for themselves and take leave to do so in advance, so that counting touches no memory that another thread
/// writes, too. What has no leave is counted here, and stored before it is acknowledged.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Who counts what shards have leave for, and who counts what must be stored first.
    writers: (WriterId, WriterId),
    /// How many verifications may be lost.
    bound: u64,
    /// How much leave is taken at a time.
    chunk: u64,
    /// What shards have leave for, since the beginning.
    leased: AtomicU64,
    /// What they have counted, and is stored.
    stored: AtomicU64,
    totals: Mutex<BTreeMap<(WriterId, Month), Total>>,
}

#[derive(Debug, Default)]
struct Total {
    counted: u64,
    stored: u64,
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
    pub(crate) fn new(bound: u64, writer: WriterId, shards: usize) -> Self {
        let many = u64::try_from(shards).unwrap_or(u64::MAX).saturating_mul(4).max(1);
        Self {
            // 0 is the store itself.
            writers: (writer, WriterId(writer.0.wrapping_add(1).max(1))),
            bound,
            chunk: bound.checked_div(many).unwrap_or(1).clamp(1, 1_024),
            leased: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            totals: Mutex::default(),
        }
    }

    /// Counts a verification, if there is leave.
    #[inline]
    pub(crate) fn count(&self, shard: &mut ShardMeter, now_ms: i64) -> bool {
        if shard.leave == 0 && !self.lease(shard) {
            return false;
        }
        shard.leave = shard.leave.saturating_sub(1);
        shard.count(now_ms);
        true
    }

    /// Takes leave for some verifications, within the bound.
    #[cold]
    fn lease(&self, shard: &mut ShardMeter) -> bool {
        let most = self.stored.load(Ordering::Acquire).saturating_add(self.bound);
        let take = |leased: u64| leased.checked_add(self.chunk).filter(|after| *after <= most);
        let taken = self.leased.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).is_ok();
        if taken {
            shard.leave = self.chunk;
        }
        taken
    }

    /// Counts a verification without leave; answers what must be stored before it is acknowledged.
    #[cold]
    pub(crate) fn count_directly(&self, now_ms: i64) -> UsageCounter {
        let month = Month::of(DateTime::from_timestamp_millis(now_ms).unwrap_or_default());
        let mut totals = self.lock();
        let total = totals.entry((self.writers.1, month)).or_default();
        total.counted = total.counted.saturating_add(1);
        counter(&(self.writers.1, month), total)
    }

    /// The counters that are not yet stored, given what all shards have counted.
    pub(crate) fn waiting(&self, shards: &BTreeMap<Month, u64>) -> Vec<UsageCounter> {
        let mut totals = self.lock();
        for (month, counted) in shards {
            totals.entry((self.writers.0, *month)).or_default().counted = *counted;
        }
        let waiting = totals.iter().filter(|(_, total)| total.stored < total.counted);
        waiting.map(|(of, total)| counter(of, total)).collect()
    }

    /// What was handed out is stored.
    pub(crate) fn confirm(&self, counters: &[UsageCounter]) {
        let mut totals = self.lock();
        for counter in counters {
            let total = totals.entry((counter.writer, counter.month)).or_default();
            total.stored = counter.total.max(total.stored);
        }
        let of_shards = totals.iter().filter(|((writer, _), _)| *writer == self.writers.0);
        let stored = of_shards.fold(0, |sum: u64, (_, total)| sum.saturating_add(total.stored));
        self.stored.fetch_max(stored, Ordering::AcqRel);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(WriterId, Month), Total>> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counter((writer, month): &(WriterId, Month), total: &Total) -> UsageCounter {
    UsageCounter { writer: *writer, month: *month, kind: UsageKind::Verification, total: total.counted }
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
        let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
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
