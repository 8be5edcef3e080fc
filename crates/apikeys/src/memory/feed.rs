//! The changes of one tenant's keys, in the order of their commits.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::{ChangedKeys, FeedCursor, KeyId};

#[derive(Debug, Default)]
pub(super) struct Feed {
    by_place: BTreeMap<u64, KeyId>,
    places: HashMap<KeyId, u64>,
    last: u64,
}

impl Feed {
    pub(super) fn push(&mut self, id: KeyId) {
        self.last = self.last.saturating_add(1);
        if let Some(earlier) = self.places.insert(id, self.last) {
            self.by_place.remove(&earlier);
        }
        self.by_place.insert(self.last, id);
    }

    pub(super) fn page(&self, cursor: Option<FeedCursor>, limit: u32, now: DateTime<Utc>) -> ChangedKeys {
        let Some(FeedCursor(after)) = cursor else {
            return ChangedKeys { ids: Vec::new(), next: FeedCursor(self.last), more: false, as_of: now };
        };
        let mut behind = self.by_place.range(after.saturating_add(1)..);
        let page: Vec<_> = behind.by_ref().take(limit as usize).collect();
        let next = FeedCursor(page.last().map_or(after, |(place, _)| **place));
        let more = behind.next().is_some();
        ChangedKeys { ids: page.into_iter().map(|(_, id)| *id).collect(), next, more, as_of: now }
    }
}
