//! What one process knows of a tenant's keys: cached proofs, and counts that wait.

mod lane;
mod table;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

use self::{
    lane::{lane_of_this_thread, lanes},
    table::{Records, Table},
};
use crate::{
    Digest, KeyId, KeyRecord, Lineage, RequiredScopes, Rules, UsageChange, UsageCounter,
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
    /// How many keys of a tenant are kept, about, by each lane: threads have one of at most 8, as many as the machine runs.
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

/// How old news may be, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    refresh_every: i64,
    max_staleness: i64,
}

impl News {
    pub(crate) fn new(policy: &CachePolicy) -> Self {
        Self {
            refresh_every: policy.refresh_every.num_milliseconds(),
            max_staleness: policy.max_staleness.num_milliseconds(),
        }
    }

    /// Whether it is time to ask again.
    pub(crate) fn are_due(self, asked_at: i64, now_ms: i64) -> bool {
        now_ms >= asked_at.saturating_add(self.refresh_every)
    }

    /// Whether nothing that is kept may be trusted.
    pub(crate) fn are_late(self, as_of: i64, now_ms: i64) -> bool {
        as_of < now_ms.saturating_sub(self.max_staleness)
    }
}

/// A key that is kept: its id is at hand, its record costs a look.
pub(crate) struct Kept<'a> {
    id: KeyId,
    index: u32,
    records: &'a Records,
}

impl Kept<'_> {
    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn record(&self) -> Option<Arc<KeyRecord>> {
        self.records.get(self.index as usize)?.clone()
    }

    /// Whether it has these scopes.
    pub(crate) fn permits(&self, scopes: RequiredScopes<'_>) -> bool {
        let record = self.records.get(self.index as usize).and_then(Option::as_ref);
        record.is_some_and(|record| scopes.are_covered_by(&record.scopes))
    }
}

/// The shards of one tenant: a verification locks one of them, for as long as it takes to look a key up.
///
/// Threads have lanes of shards, so that those in different lanes write no memory that the other reads. A key that is not
/// in a thread's own lane is taken over from another. What is made invalid leaves all lanes at once.
#[derive(Debug)]
pub(crate) struct Shards {
    /// One lane after the other.
    shards: Box<[Mutex<Shard>]>,
    /// How many shards a lane has, a power of two.
    width: usize,
    /// How many lanes there are, a power of two.
    lanes: usize,
    /// How many keys each keeps.
    capacity: usize,
    /// Until when the news are known, in milliseconds since 1970.
    pub(crate) as_of: AtomicI64,
}

#[derive(Debug, Default)]
struct Shard {
    /// Keys that were used since it was last full, and those before: what is in neither was not used for as long.
    young: Table,
    old: Table,
    /// Counts what was made invalid: a fill that began before must not be installed.
    generation: u64,
    meter: ShardMeter,
    /// Last uses that are not yet stored, as minutes since 1970.
    used: HashMap<KeyId, u32>,
}

/// Leave to install what is read from now on, in the lane that was looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    shard: usize,
    generation: u64,
}

/// What is known of an id.
#[derive(Debug)]
pub(crate) enum Known<T> {
    /// The secret is proven, and there is nothing more to look at; it was counted.
    Plain(T),
    /// As this, but there is no leave to count it: it must be stored first.
    Uncounted(T),
    /// A key that is still to be proven and judged.
    Cached(Arc<KeyRecord>),
    /// A key that another lane keeps: still to be installed here, proven and judged.
    Elsewhere(Ticket, Arc<KeyRecord>),
    /// Nothing.
    Nothing(Ticket),
}

const MINUTE_MS: i64 = 60_000;
/// So many keys share a shard, about.
const SHARD_KEYS: usize = 2_048;

impl Shards {
    pub(crate) fn new(policy: Option<CachePolicy>) -> Self {
        let keys = policy.map_or(0, |policy| policy.capacity);
        let count = (keys / SHARD_KEYS).clamp(8, 1 << 14).next_power_of_two();
        let lanes = if keys == 0 { 1 } else { lanes() };
        let shards = std::iter::repeat_with(Mutex::default).take(count.saturating_mul(lanes)).collect();
        Self { shards, width: count, lanes, capacity: keys.div_ceil(count), as_of: AtomicI64::new(i64::MIN) }
    }

    /// Looks a key up; one that is proven by `digest` is counted at once, if it `is_plain` and `receipt` makes one of it.
    #[inline(always)]
    pub(crate) fn look_up<T>(
        &self,
        id: KeyId,
        digest: &Digest,
        meter: &Meter,
        is_plain: bool,
        now_ms: i64,
        receipt: impl FnOnce(&Kept<'_>) -> Option<T>,
    ) -> Known<T> {
        let at = self.place(id);
        let mut shard = self.at(at);
        let Shard { young, old, generation, meter: counted, used } = &mut *shard;
        let ticket = Ticket { shard: at, generation: *generation };
        let nothing = Known::Nothing(ticket);
        let Some((slot, records)) = young.get_mut(id).or_else(|| old.get_mut(id)) else {
            drop(shard);
            return self.elsewhere(id).map_or(nothing, |key| Known::Elsewhere(ticket, key));
        };
        let kept = Kept { id, index: slot.index, records };
        if !(is_plain && now_ms < slot.plain_until && slot.digest.equals(digest)) {
            return kept.record().map_or(nothing, Known::Cached);
        }
        let Some(receipt) = receipt(&kept) else { return kept.record().map_or(nothing, Known::Cached) };
        let minute = minute_of(now_ms);
        if minute > slot.used {
            slot.used = minute;
            touch(used, id, minute);
        }
        if meter.count(counted, now_ms) { Known::Plain(receipt) } else { Known::Uncounted(receipt) }
    }

    /// A key that is kept, whatever it is used for.
    pub(crate) fn peek(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        let own = self.shard(id).get(id);
        own.or_else(|| self.elsewhere(id))
    }

    /// A key that another lane keeps.
    #[cold]
    fn elsewhere(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        self.in_all_lanes(id).find_map(|shard| lock(shard).get(id))
    }

    /// Whether an id is known.
    pub(crate) fn has(&self, id: KeyId) -> bool {
        let shard = self.shard(id);
        let kept = shard.young.has(id) || shard.old.has(id);
        drop(shard);
        kept
    }

    /// Counts a verification that was not plain; answers what must be stored before it is acknowledged.
    pub(crate) fn count(&self, id: KeyId, meter: &Meter, now_ms: i64) -> Option<UsageCounter> {
        let mut shard = self.shard(id);
        let shard = &mut *shard;
        let counted = meter.count(&mut shard.meter, now_ms);
        (!counted).then(|| meter.count_directly(now_ms))
    }

    /// Notes that a key was used.
    pub(crate) fn touch(&self, id: KeyId, now_ms: i64) {
        touch(&mut self.shard(id).used, id, minute_of(now_ms));
    }

    /// When a key was used last, as far as this process knows and has not stored.
    pub(crate) fn last_use(&self, id: KeyId) -> Option<DateTime<Utc>> {
        self.in_all_lanes(id).filter_map(|shard| lock(shard).used.get(&id).copied()).max().and_then(at_minute)
    }

    /// Leave to install what is read of this id from now on.
    pub(crate) fn ticket(&self, id: KeyId) -> Ticket {
        let shard = self.place(id);
        Ticket { shard, generation: self.at(shard).generation }
    }

    /// Keeps a key, unless something was made invalid since the ticket was given.
    pub(crate) fn install(&self, ticket: Ticket, key: &Arc<KeyRecord>, is_plain: bool, now: DateTime<Utc>) {
        if self.capacity == 0 {
            return;
        }
        let mut shard = self.at(ticket.shard);
        if shard.generation != ticket.generation {
            return;
        }
        if shard.young.len() >= self.capacity.div_ceil(2) {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.old.remove(key.id);
        let plain_until = if is_plain { plain_until(key, now) } else { i64::MIN };
        shard.young.insert(key.digest.digest, plain_until, Arc::clone(key));
    }

    /// Forgets a key, and keeps fills that have begun from bringing it back.
    pub(crate) fn invalidate(&self, id: KeyId) {
        // All lanes are locked at once: one that is still to be cleaned would give the key back to one that is clean.
        let mut locked: Vec<_> = self.in_all_lanes(id).map(lock).collect();
        for shard in &mut locked {
            shard.generation = shard.generation.wrapping_add(1);
            shard.young.remove(id);
            shard.old.remove(id);
        }
    }

    /// Forgets all keys.
    pub(crate) fn clear(&self) {
        for at in 0..self.width {
            let mut locked: Vec<_> = self.shards.iter().skip(at).step_by(self.width).map(lock).collect();
            for shard in &mut locked {
                shard.generation = shard.generation.wrapping_add(1);
                shard.young.clear();
                shard.old.clear();
            }
        }
    }

    /// Everything that waits to be stored.
    pub(crate) fn waiting(&self, meter: &Meter) -> UsageChange {
        let (mut totals, mut used) = (BTreeMap::new(), HashMap::new());
        for shard in &self.shards {
            let shard = lock(shard);
            shard.meter.add_to(&mut totals);
            shard.used.iter().for_each(|(id, minute)| touch(&mut used, *id, *minute));
        }
        let last_used = used.into_iter().filter_map(|(id, minute)| Some((id, at_minute(minute)?))).collect();
        UsageChange { counters: meter.waiting(&totals), last_used }
    }

    /// What was handed out is stored.
    pub(crate) fn confirm(&self, meter: &Meter, stored: &UsageChange) {
        meter.confirm(&stored.counters);
        for (id, at) in &stored.last_used {
            for shard in self.in_all_lanes(*id) {
                let mut shard = lock(shard);
                if shard.used.get(id).copied().and_then(at_minute).is_some_and(|last| last <= *at) {
                    shard.used.remove(id);
                }
            }
        }
    }

    pub(crate) fn count_of_shards(&self) -> usize {
        self.shards.len()
    }

    pub(crate) fn as_of(&self) -> i64 {
        self.as_of.load(Ordering::Acquire)
    }

    #[inline]
    fn shard(&self, id: KeyId) -> MutexGuard<'_, Shard> {
        self.at(self.place(id))
    }

    #[inline]
    fn at(&self, place: usize) -> MutexGuard<'_, Shard> {
        #[expect(clippy::indexing_slicing, reason = "places are less than the length, which is never 0")]
        lock(&self.shards[place])
    }

    /// Where a key is in the lane of this thread.
    #[inline]
    fn place(&self, id: KeyId) -> usize {
        let lane = lane_of_this_thread() & self.lanes.wrapping_sub(1);
        self.offset(id).wrapping_add(lane.wrapping_mul(self.width))
    }

    /// Where a key is in every lane; the width of lanes is a power of two.
    #[inline]
    fn offset(&self, id: KeyId) -> usize {
        let [.., a, b, _, _, _, _, _, _] = *id.as_bytes();
        usize::from(u16::from_le_bytes([a, b])) & self.width.wrapping_sub(1)
    }

    /// A key's shards, one of each lane.
    fn in_all_lanes(&self, id: KeyId) -> impl Iterator<Item = &Mutex<Shard>> {
        self.shards.iter().skip(self.offset(id)).step_by(self.width)
    }
}

impl Shard {
    fn get(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        self.young.get(id).or_else(|| self.old.get(id)).cloned()
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn touch(used: &mut HashMap<KeyId, u32>, id: KeyId, minute: u32) {
    let last = used.entry(id).or_insert(minute);
    *last = minute.max(*last);
}

/// Times before 1970 count as then.
fn minute_of(now_ms: i64) -> u32 {
    u32::try_from(now_ms.div_euclid(MINUTE_MS)).unwrap_or(0)
}

fn at_minute(minute: u32) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(i64::from(minute).checked_mul(MINUTE_MS)?)
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::{DigestScheme, PepperId, Revision, StoredDigest};

    fn record(id: KeyId) -> Arc<KeyRecord> {
        Arc::new(KeyRecord {
            id,
            subject: format!("user_{}", "a".repeat(27)).parse().unwrap(),
            kind: "api_key".into(),
            name: "key".into(),
            description: None,
            scopes: [].into(),
            claims: None,
            metadata: None,
            created_by: None,
            digest: StoredDigest {
                pepper: PepperId(1),
                scheme: DigestScheme::TOKEN,
                digest: Digest([9; 32]),
            },
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            disabled_at: None,
            revoked: None,
            rules: Rules::default(),
            lineage: Lineage::founding(id),
            last_used_at: None,
            revision: Revision::FIRST,
        })
    }

    /// Every lane has its thread, whichever numbers the threads of other tests have taken.
    fn in_every_lane(call: impl Fn() + Sync) {
        thread::scope(|scope| {
            (0..64).for_each(|_| drop(scope.spawn(&call)));
        });
    }

    #[test]
    fn lanes_take_keys_over_from_each_other_and_forget_them_together() {
        let (id, now) = (KeyId::from_bytes([5; 16]), DateTime::UNIX_EPOCH);
        let shards = Shards::new(Some(CachePolicy::default()));
        let meter = Meter::new(1_000_000, crate::WriterId(1), shards.count_of_shards());
        let look_up = || shards.look_up(id, &Digest([9; 32]), &meter, true, 0, |kept| Some(kept.id()));
        shards.install(shards.ticket(id), &record(id), true, now);
        in_every_lane(|| match look_up() {
            Known::Elsewhere(ticket, key) => shards.install(ticket, &key, true, now),
            Known::Plain(_) => {}
            other => panic!("{other:?}"),
        });
        in_every_lane(|| assert!(matches!(look_up(), Known::Plain(_))));
        let before = shards.ticket(id);
        shards.invalidate(id);
        shards.install(before, &record(id), true, now);
        in_every_lane(|| assert!(matches!(look_up(), Known::Nothing(_))));
        shards.install(shards.ticket(id), &record(id), true, now);
        shards.clear();
        in_every_lane(|| assert!(matches!(look_up(), Known::Nothing(_))));
    }

    #[test]
    fn the_last_use_is_the_latest_of_all_lanes() {
        let id = KeyId::from_bytes([5; 16]);
        let shards = Shards::new(Some(CachePolicy::default()));
        let meter = Meter::new(1_000_000, crate::WriterId(1), shards.count_of_shards());
        in_every_lane(|| shards.touch(id, 3 * MINUTE_MS));
        thread::scope(|scope| drop(scope.spawn(|| shards.touch(id, 7 * MINUTE_MS))));
        assert_eq!(shards.last_use(id), at_minute(7));
        let waiting = shards.waiting(&meter);
        assert_eq!(waiting.last_used, [(id, at_minute(7).unwrap())]);
        shards.confirm(&meter, &waiting);
        assert_eq!(shards.last_use(id), None);
    }
}
