//! What one process knows of a tenant's keys: cached proofs, and counts that wait.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Digest, KeyId, KeyRecord, Lineage, Rules, StoredDigest, UsageChange,
    meter::{Meter, ShardMeter},
};

/// Keeps keys in the memory of the process, in front of any store.
///
/// What is kept is the proof: the digest and what else is stored of a key. Its status, expiry, networks and scopes are
/// looked at with every verification. What another process changes is seen by way of the [`ChangeFeed`](crate::ChangeFeed):
/// the first verification after `refresh_every` follows it. A revoked key is accepted no longer than `max_staleness` after
/// the revocation was committed: if the feed could not be followed for so long, verdicts are
/// [`FeedLagging`](crate::Verdict::FeedLagging).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CachePolicy {
    /// How many keys of a tenant are kept, about.
    pub capacity: usize,
    /// How old the news may be.
    pub max_staleness: TimeDelta,
    /// How often they are asked for.
    pub refresh_every: TimeDelta,
}

impl Default for CachePolicy {
    /// 100,000 keys; news of each second, at most 10 seconds old.
    fn default() -> Self {
        Self {
            capacity: 100_000,
            max_staleness: TimeDelta::seconds(10),
            refresh_every: TimeDelta::seconds(1),
        }
    }
}

/// The shards of one tenant: a verification locks one of them, for as long as it takes to look a key up.
#[derive(Debug)]
pub(crate) struct Shards {
    shards: Box<[Mutex<Shard>]>,
    /// How many keys each keeps.
    capacity: usize,
    /// Until when the news are known, in milliseconds since 1970.
    pub(crate) as_of: AtomicI64,
}

#[derive(Debug, Default)]
struct Shard {
    /// Keys that were used since it was last full, and those before: what is in neither was not used for as long.
    young: Entries,
    old: Entries,
    /// Counts what was made invalid: a fill that began before must not be installed.
    generation: u64,
    meter: ShardMeter,
    /// Last uses that are not yet stored.
    used: HashMap<KeyId, i64, BuildHasherDefault<IdHasher>>,
}

type Entries = HashMap<KeyId, Entry, BuildHasherDefault<IdHasher>>;

/// What a verification looks at first.
#[derive(Debug)]
struct Entry {
    digest: Digest,
    /// Before this it is valid for whoever asks for nothing special; at no time, if there is more to look at.
    plain_until: i64,
    /// The minute of its last use.
    used: i64,
    record: Arc<KeyRecord>,
}

/// Leave to install what is read from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

/// What is known of an id.
#[derive(Debug)]
pub(crate) enum Known {
    /// The secret is proven, and there is nothing more to look at; it was counted, and must be stored first if so.
    Plain { key: Arc<KeyRecord>, must_store: bool },
    /// A key that is still to be proven and judged.
    Cached(Arc<KeyRecord>),
    /// Nothing.
    Nothing(Ticket),
}

const MINUTE_MS: i64 = 60_000;

impl Shards {
    pub(crate) fn new(policy: Option<CachePolicy>) -> Self {
        let count: usize = if policy.is_some() { 64 } else { 8 };
        let capacity = policy.map_or(0, |policy| policy.capacity.div_ceil(count));
        let shards = std::iter::repeat_with(Mutex::default).take(count).collect();
        Self { shards, capacity, as_of: AtomicI64::new(i64::MIN) }
    }

    /// Looks a key up; one that is proven by `digest` and `is_plain` is counted at once.
    #[inline]
    pub(crate) fn look_up(&self, id: KeyId, digest: &StoredDigest, meter: &Meter, is_plain: bool, now_ms: i64) -> Known {
        let mut shard = self.shard(id);
        let shard = &mut *shard;
        let Some(entry) = shard.young.get_mut(&id).or_else(|| shard.old.get_mut(&id)) else {
            return Known::Nothing(Ticket(shard.generation));
        };
        if !(is_plain && now_ms < entry.plain_until && entry.digest.equals(&digest.digest)) {
            return Known::Cached(Arc::clone(&entry.record));
        }
        let minute = now_ms.div_euclid(MINUTE_MS);
        if minute > entry.used {
            entry.used = minute;
            touch(&mut shard.used, id, minute);
        }
        Known::Plain { key: Arc::clone(&entry.record), must_store: meter.count(&mut shard.meter, now_ms) }
    }

    /// A key that is kept, whatever it is used for.
    pub(crate) fn peek(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        let shard = self.shard(id);
        shard.young.get(&id).or_else(|| shard.old.get(&id)).map(|entry| Arc::clone(&entry.record))
    }

    /// Fetches what is kept of many ids into the processor's cache, all at the same time.
    ///
    /// Every shard is locked first: a lock between two fetches would make the second wait for the first.
    pub(crate) fn warm(&self, ids: impl Iterator<Item = KeyId> + Clone) {
        let mut locked: Vec<Option<MutexGuard<'_, Shard>>> = Vec::new();
        locked.resize_with(self.shards.len(), || None);
        let mut wanted: Vec<usize> = ids.clone().map(|id| self.place(id)).collect();
        // In order, so that two batches never wait for each other.
        wanted.sort_unstable();
        for at in wanted {
            if let (Some(place @ None), Some(shard)) = (locked.get_mut(at), self.shards.get(at)) {
                *place = Some(lock(shard));
            }
        }
        let entry = |id| locked.get(self.place(id))?.as_ref()?.young.get(&id);
        let touched = ids.filter_map(entry).fold(0, |sum: usize, entry| {
            sum.wrapping_add(usize::from(entry.digest.0[0])).wrapping_add(Arc::strong_count(&entry.record))
        });
        std::hint::black_box(touched);
    }

    /// Whether an id is known.
    pub(crate) fn has(&self, id: KeyId) -> bool {
        let shard = self.shard(id);
        shard.young.contains_key(&id) || shard.old.contains_key(&id)
    }

    /// Counts a verification that was not plain; answers whether it must be stored before it is acknowledged.
    pub(crate) fn count(&self, id: KeyId, meter: &Meter, now_ms: i64) -> bool {
        let mut shard = self.shard(id);
        let shard = &mut *shard;
        touch(&mut shard.used, id, now_ms.div_euclid(MINUTE_MS));
        meter.count(&mut shard.meter, now_ms)
    }

    /// When a key was used last, as far as this process knows and has not stored.
    pub(crate) fn last_use(&self, id: KeyId) -> Option<DateTime<Utc>> {
        self.shard(id).used.get(&id).copied().and_then(at_minute)
    }

    /// Leave to install what is read of this id from now on.
    pub(crate) fn ticket(&self, id: KeyId) -> Ticket {
        Ticket(self.shard(id).generation)
    }

    /// Keeps a key, unless something was made invalid since the ticket was given.
    pub(crate) fn install(&self, ticket: Ticket, key: &Arc<KeyRecord>, is_plain: bool, now: DateTime<Utc>) {
        if self.capacity == 0 {
            return;
        }
        let mut shard = self.shard(key.id);
        if shard.generation != ticket.0 {
            return;
        }
        if shard.young.len() >= self.capacity.div_ceil(2) {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.old.remove(&key.id);
        let plain_until = if is_plain { plain_until(key, now) } else { i64::MIN };
        let entry = Entry { digest: key.digest.digest, plain_until, used: i64::MIN, record: Arc::clone(key) };
        shard.young.insert(key.id, entry);
    }

    /// Forgets a key, and keeps fills that have begun from bringing it back.
    pub(crate) fn invalidate(&self, id: KeyId) {
        let mut shard = self.shard(id);
        shard.generation = shard.generation.wrapping_add(1);
        shard.young.remove(&id);
        shard.old.remove(&id);
    }

    /// Forgets all keys.
    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            shard.generation = shard.generation.wrapping_add(1);
            shard.young.clear();
            shard.old.clear();
        }
    }

    /// Everything that waits to be stored.
    pub(crate) fn waiting(&self, meter: &Meter) -> UsageChange {
        let (mut totals, mut last_used) = (BTreeMap::new(), Vec::new());
        for shard in &self.shards {
            let shard = lock(shard);
            shard.meter.add_to(&mut totals);
            last_used.extend(shard.used.iter().filter_map(|(id, minute)| Some((*id, at_minute(*minute)?))));
        }
        UsageChange { counters: meter.waiting(&totals), last_used }
    }

    /// What was handed out is stored.
    pub(crate) fn confirm(&self, meter: &Meter, stored: &UsageChange) {
        meter.confirm(&stored.counters);
        for (id, at) in &stored.last_used {
            let mut shard = self.shard(*id);
            if shard.used.get(id).copied().and_then(at_minute).is_some_and(|last| last <= *at) {
                shard.used.remove(id);
            }
        }
    }

    pub(crate) fn as_of(&self) -> i64 {
        self.as_of.load(Ordering::Acquire)
    }

    fn shard(&self, id: KeyId) -> MutexGuard<'_, Shard> {
        #[expect(clippy::indexing_slicing, reason = "a remainder is less than the length, which is never 0")]
        lock(&self.shards[self.place(id)])
    }

    fn place(&self, id: KeyId) -> usize {
        usize::from(id.as_bytes()[8]) % self.shards.len().max(1)
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn touch(used: &mut HashMap<KeyId, i64, BuildHasherDefault<IdHasher>>, id: KeyId, minute: i64) {
    let last = used.entry(id).or_insert(minute);
    *last = minute.max(*last);
}

fn at_minute(minute: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(minute.checked_mul(MINUTE_MS)?)
}

/// Until when a key is valid for whoever asks for nothing special.
fn plain_until(key: &KeyRecord, now: DateTime<Utc>) -> i64 {
    let begun = key.rules.not_before.is_none_or(|begin| begin <= now);
    let rules = Rules { not_before: None, ..key.rules.clone() };
    let lineage = Lineage { predecessor: None, family: key.id, ..key.lineage };
    let settled = key.lineage.predecessor.is_none_or(|before| !before.ends_on_use);
    let alive = key.revoked.is_none() && key.disabled_at.is_none();
    if begun && settled && alive && rules == Rules::default() && lineage == Lineage::founding(key.id) {
        key.expires_at.map_or(i64::MAX, |end| end.timestamp_millis())
    } else {
        i64::MIN
    }
}

/// Ids are random: their own first bytes are hash enough, and nobody chooses the ids that are kept.
#[derive(Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length of the id.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hash_to_their_first_bytes() {
        use std::hash::BuildHasher;
        let id = KeyId::from_bytes([1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
        assert_eq!(BuildHasherDefault::<IdHasher>::default().hash_one(id), 1);
    }
}
