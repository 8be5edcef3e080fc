//! One record, merged from whatever arrived of it.

use chrono::{DateTime, Utc};

use crate::Version;

#[derive(Debug)]
pub(super) struct Record<T> {
    latest: Option<Latest<T>>,
    deleted: bool,
}

#[derive(Debug)]
struct Latest<T> {
    version: Version,
    created_at: DateTime<Utc>,
    state: T,
}

impl<T> Default for Record<T> {
    fn default() -> Self {
        Self { latest: None, deleted: false }
    }
}

impl<T> Record<T> {
    pub(super) fn merge(&mut self, version: Version, created_at: DateTime<Utc>, state: T) {
        let created_at = to_millis(created_at);
        match &mut self.latest {
            None => self.latest = Some(Latest { version, created_at, state }),
            Some(latest) => {
                latest.created_at = latest.created_at.min(created_at);
                if latest.version < version {
                    latest.version = version;
                    latest.state = state;
                }
            }
        }
    }

    pub(super) fn delete(&mut self) {
        self.deleted = true;
    }

    /// Changes what a deleted record must not keep.
    pub(super) fn forget_if_deleted(&mut self, forget: impl FnOnce(&mut T)) {
        if let (true, Some(latest)) = (self.deleted, &mut self.latest) {
            forget(&mut latest.state);
        }
    }

    /// The latest state and its creation, deleted or not.
    pub(super) fn latest(&self) -> Option<(&T, DateTime<Utc>)> {
        self.latest.as_ref().map(|latest| (&latest.state, latest.created_at))
    }

    /// The latest state and its creation, if the record wasn't deleted.
    pub(super) fn live(&self) -> Option<(&T, DateTime<Utc>)> {
        self.latest().filter(|_| !self.deleted)
    }
}

fn to_millis(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}
