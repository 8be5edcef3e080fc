//! The keys of one tenant.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use crate::{
    Creation, DELETED_PARENT, Digest, EarlierCreation, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyPage,
    KeyRecord, Position, Revision, Revocation, SealedSecret, Start, StoredDigest, Tombstone,
};

#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: HashMap<KeyId, Arc<KeyRecord>>,
    in_order: BTreeMap<Position, KeyId>,
    digests: HashMap<Digest, KeyId>,
    children: HashMap<KeyId, Vec<KeyId>>,
    sealed: HashMap<KeyId, SealedSecret>,
    tombstones: HashMap<KeyId, Tombstone>,
    creations: HashMap<IdempotencyKey, (EarlierCreation, DateTime<Utc>)>,
}

impl Keys {
    pub(super) fn get(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        self.keys.get(&id).cloned()
    }

    pub(super) fn by_digest(&self, digest: &Digest) -> Option<Arc<KeyRecord>> {
        self.digests.get(digest).and_then(|id| self.get(*id))
    }

    pub(super) fn tombstone(&self, id: KeyId) -> Option<Tombstone> {
        self.tombstones.get(&id).copied()
    }

    pub(super) fn sealed(&self, id: KeyId) -> Option<SealedSecret> {
        self.sealed.get(&id).cloned()
    }

    pub(super) fn earlier(&self, key: &IdempotencyKey, now: DateTime<Utc>) -> Option<EarlierCreation> {
        self.creations.get(key).filter(|(_, expires_at)| now < *expires_at).map(|(earlier, _)| *earlier)
    }

    pub(super) fn page(&self, filter: &KeyFilter, start: Start, limit: u32, now: DateTime<Utc>) -> KeyPage {
        let newest_first = self.in_order.values().rev().filter_map(|id| self.keys.get(id));
        let matching: Vec<_> = newest_first.filter(|key| filter.matches(key, now)).collect();
        let skipped = match start {
            Start::Offset(offset) => offset as usize,
            Start::After(position) => matching.partition_point(|key| Position::of(key) >= position),
        };
        let total = matching.len() as u64;
        KeyPage { keys: matching.into_iter().skip(skipped).take(limit as usize).cloned().collect(), total }
    }

    pub(super) fn touch(&mut self, id: KeyId, at: DateTime<Utc>) {
        if let Some(key) = self.keys.get_mut(&id).filter(|key| key.last_used_at < Some(at)) {
            Arc::make_mut(key).last_used_at = Some(at);
        }
    }

    /// The keys that the change has touched; `None` if it is stale, and then nothing was written.
    pub(super) fn apply(&mut self, change: &KeyChange, now: DateTime<Utc>) -> Option<Vec<KeyId>> {
        match change {
            KeyChange::Create(creation) => self.create(creation, now),
            KeyChange::Replace { records } => self.replace(records),
            KeyChange::Revoke { record } => {
                let mut touched = self.replace(std::slice::from_ref(record))?;
                if let Some(revoked) = &record.revoked {
                    touched.extend(self.revoke_descendants(record.id, revoked));
                }
                Some(touched)
            }
            KeyChange::Delete { id, expected, at } => self.delete(*id, *expected, *at),
            KeyChange::Rehash { id, from, to } => self.rehash(*id, from, to),
        }
    }

    fn create(&mut self, creation: &Creation, now: DateTime<Utc>) -> Option<Vec<KeyId>> {
        let record = &creation.record;
        let repeated =
            creation.idempotency.as_ref().is_some_and(|with| self.earlier(&with.key, now).is_some());
        let taken = self.keys.contains_key(&record.id)
            || self.tombstones.contains_key(&record.id)
            || self.digests.contains_key(&record.digest.digest);
        if repeated || taken || !self.can_be_parent(record.lineage.parent) {
            return None;
        }
        let mut touched = self.replace(creation.predecessor.as_slice())?;
        if let Some(predecessor) = &creation.predecessor {
            touched.extend(self.adopt(predecessor.id, record.id));
        }
        self.creations.retain(|_, (_, expires_at)| now < *expires_at);
        if let Some(with) = &creation.idempotency {
            let earlier = EarlierCreation { id: record.id, request: with.request };
            self.creations.insert(with.key.clone(), (earlier, with.expires_at));
        }
        if let Some(sealed) = &creation.sealed {
            self.sealed.insert(record.id, sealed.clone());
        }
        if let Some(parent) = record.lineage.parent {
            self.children.entry(parent).or_default().push(record.id);
        }
        self.in_order.insert(Position::of(record), record.id);
        self.digests.insert(record.digest.digest, record.id);
        self.keys.insert(record.id, record.clone());
        touched.push(record.id);
        Some(touched)
    }

    fn can_be_parent(&self, parent: Option<KeyId>) -> bool {
        parent.is_none_or(|id| self.keys.get(&id).is_some_and(|parent| parent.revoked.is_none()))
    }

    fn replace(&mut self, records: &[Arc<KeyRecord>]) -> Option<Vec<KeyId>> {
        let fits = |record: &Arc<KeyRecord>| {
            self.keys.get(&record.id).is_some_and(|stored| stored.revision.next() == record.revision)
        };
        if !records.iter().all(fits) {
            return None;
        }
        for record in records {
            if let Some(stored) = self.keys.get_mut(&record.id) {
                let last_used_at = stored.last_used_at.max(record.last_used_at);
                // A digest changes by itself only: one that was made anew stays.
                let digest = stored.digest;
                *stored = Arc::new(KeyRecord { last_used_at, digest, ..KeyRecord::clone(record) });
            }
        }
        Some(records.iter().map(|record| record.id).collect())
    }

    fn revoke_descendants(&mut self, parent: KeyId, revoked: &Revocation) -> Vec<KeyId> {
        let mut touched = Vec::new();
        let mut parents = vec![parent];
        while let Some(parent) = parents.pop() {
            for child in self.children.get(&parent).into_iter().flatten() {
                parents.push(*child);
                if let Some(child) = self.keys.get_mut(child).filter(|child| child.revoked.is_none()) {
                    touched.push(child.id);
                    let child = Arc::make_mut(child);
                    child.revoked = Some(revoked.clone());
                    (child.updated_at, child.revision) = (revoked.at, child.revision.next());
                }
            }
        }
        touched
    }

    /// The children of `from` become those of `to`.
    fn adopt(&mut self, from: KeyId, to: KeyId) -> Vec<KeyId> {
        let children = self.children.remove(&from).unwrap_or_default();
        for child in &children {
            if let Some(child) = self.keys.get_mut(child) {
                let child = Arc::make_mut(child);
                child.lineage.parent = Some(to);
                child.revision = child.revision.next();
            }
        }
        self.children.entry(to).or_default().extend(&children);
        children
    }

    fn delete(&mut self, id: KeyId, expected: Revision, at: DateTime<Utc>) -> Option<Vec<KeyId>> {
        let stored = self.keys.get(&id).filter(|stored| stored.revision == expected)?.clone();
        self.in_order.remove(&Position::of(&stored));
        self.digests.remove(&stored.digest.digest);
        self.sealed.remove(&id);
        self.keys.remove(&id);
        self.tombstones.insert(id, Tombstone { id, digest: stored.digest, deleted_at: at });
        let revoked = Revocation { at, reason: Some(DELETED_PARENT.into()), by: None };
        let mut touched = self.revoke_descendants(id, &revoked);
        touched.push(id);
        Some(touched)
    }

    fn rehash(&mut self, id: KeyId, from: &StoredDigest, to: &StoredDigest) -> Option<Vec<KeyId>> {
        if self.digests.contains_key(&to.digest) {
            return None;
        }
        let key = self.keys.get_mut(&id).filter(|key| key.digest == *from)?;
        Arc::make_mut(key).digest = *to;
        self.digests.remove(&from.digest);
        self.digests.insert(to.digest, id);
        Some(vec![id])
    }
}
