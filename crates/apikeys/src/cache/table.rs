//! Proofs, side by side: looking one up touches one line of memory.

use std::sync::Arc;

use crate::{Digest, KeyId, KeyRecord};

/// An open-addressed table of keys; what a verification looks at first lies in one cache line, the rest behind an index.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// A power of two of them, or none; at most three in four are taken.
    slots: Vec<Slot>,
    records: Records,
    free: Vec<u32>,
    len: usize,
}

/// The records behind the slots.
pub(super) type Records = Vec<Option<Arc<KeyRecord>>>;

/// What a verification looks at first.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Slot {
    id: KeyId,
    pub(super) digest: Digest,
    /// Before this it is valid for whoever asks for nothing special; at no time, if there is more to look at.
    pub(super) plain_until: i64,
    /// The minute of its last use, since 1970.
    pub(super) used: u32,
    /// Where its record is; [`VACANT`], if the slot is.
    pub(super) index: u32,
}

const VACANT: u32 = u32::MAX;
const NOTHING: Slot = Slot {
    id: KeyId::from_bytes([0; 16]),
    digest: Digest([0; 32]),
    plain_until: i64::MIN,
    used: 0,
    index: VACANT,
};

impl Table {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, id: KeyId) -> Option<&Arc<KeyRecord>> {
        let slot = self.slots.get(self.find(id)?)?;
        self.records.get(slot.index as usize)?.as_ref()
    }

    pub(super) fn has(&self, id: KeyId) -> bool {
        self.find(id).is_some()
    }

    /// A key's slot, and the records, of which nothing is read.
    #[inline]
    pub(super) fn get_mut(&mut self, id: KeyId) -> Option<(&mut Slot, &Records)> {
        let at = self.find(id)?;
        Some((self.slots.get_mut(at)?, &self.records))
    }

    pub(super) fn insert(&mut self, digest: Digest, plain_until: i64, record: Arc<KeyRecord>) {
        let id = record.id;
        self.remove(id);
        if self.len.saturating_add(1).saturating_mul(4) > self.slots.len().saturating_mul(3) {
            self.grow();
        }
        let index = self.keep(record);
        self.place(Slot { id, digest, plain_until, used: 0, index });
        self.len = self.len.saturating_add(1);
    }

    pub(super) fn remove(&mut self, id: KeyId) {
        let Some(mut hole) = self.find(id) else { return };
        let index = self.slots.get(hole).map_or(VACANT, |slot| slot.index);
        if let Some(record) = self.records.get_mut(index as usize) {
            *record = None;
            self.free.push(index);
        }
        self.len = self.len.saturating_sub(1);
        // Those behind move up, so that no search ends before its key.
        let mut at = hole;
        loop {
            at = self.after(at);
            let Some(slot) = self.slots.get(at).copied().filter(|slot| slot.index != VACANT) else { break };
            if self.distance(self.home(slot.id), at) >= self.distance(hole, at) {
                self.put(hole, slot);
                hole = at;
            }
        }
        self.put(hole, NOTHING);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn find(&self, id: KeyId) -> Option<usize> {
        let mut at = self.home(id);
        loop {
            let slot = self.slots.get(at)?;
            if slot.id == id && slot.index != VACANT {
                return Some(at);
            }
            if slot.index == VACANT {
                return None;
            }
            at = self.after(at);
        }
    }

    /// Ids are random: their own bytes are hash enough, and nobody chooses the ids that are kept.
    fn home(&self, id: KeyId) -> usize {
        let [a, b, c, d, e, f, g, h, ..] = *id.as_bytes();
        let hash = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0) & self.mask()
    }

    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    fn after(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.mask()
    }

    /// How far it is from one place forward to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.mask()
    }

    fn put(&mut self, at: usize, slot: Slot) {
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
        }
    }

    /// Into the first vacant slot from its home on.
    fn place(&mut self, slot: Slot) {
        let mut at = self.home(slot.id);
        while self.slots.get(at).is_some_and(|taken| taken.index != VACANT) {
            at = self.after(at);
        }
        self.put(at, slot);
    }

    fn keep(&mut self, record: Arc<KeyRecord>) -> u32 {
        if let Some(index) = self.free.pop() {
            if let Some(place) = self.records.get_mut(index as usize) {
                *place = Some(record);
                return index;
            }
        }
        let index = u32::try_from(self.records.len()).unwrap_or(VACANT);
        self.records.push(Some(record));
        index
    }

    fn grow(&mut self) {
        let twice = self.slots.len().saturating_mul(2).max(8);
        let old = std::mem::replace(&mut self.slots, vec![NOTHING; twice]);
        old.into_iter().filter(|slot| slot.index != VACANT).for_each(|slot| self.place(slot));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{DigestScheme, Lineage, PepperId, Revision, Rules, StoredDigest, Subject, SubjectKind};

    fn record(number: u8) -> Arc<KeyRecord> {
        let id = KeyId::from_bytes([number & 0x0f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number]);
        let subject: Subject = format!("user_{}", "a".repeat(27)).parse().unwrap();
        assert_eq!(subject.kind(), SubjectKind::User);
        let digest = Digest([number; 32]);
        Arc::new(KeyRecord {
            id,
            subject,
            kind: "api_key".into(),
            name: "key".into(),
            description: None,
            scopes: [].into(),
            claims: None,
            metadata: None,
            created_by: None,
            digest: StoredDigest { pepper: PepperId(1), scheme: DigestScheme::TOKEN, digest },
            created_at: Default::default(),
            updated_at: Default::default(),
            expires_at: None,
            disabled_at: None,
            revoked: None,
            rules: Rules::default(),
            lineage: Lineage::founding(id),
            last_used_at: None,
            revision: Revision::FIRST,
        })
    }

    #[test]
    fn a_slot_is_one_line() {
        assert_eq!((size_of::<Slot>(), align_of::<Slot>()), (64, 64));
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((any::<u8>(), prop::bool::weighted(0.6)), 0..60)) {
            let (mut table, mut map) = (Table::default(), HashMap::new());
            for (number, inserts) in steps {
                let record = record(number);
                if inserts {
                    table.insert(record.digest.digest, i64::from(number), record.clone());
                    map.insert(record.id, record);
                } else {
                    table.remove(record.id);
                    map.remove(&record.id);
                }
                prop_assert_eq!(table.len(), map.len());
                for number in 0..=255 {
                    let id = self::record(number).id;
                    let found = table.get(id).map(|key| key.id);
                    prop_assert_eq!(found, map.get(&id).map(|key| key.id));
                }
            }
            prop_assert!(table.records.len() <= 256, "places of records are used again");
        }
    }
}
