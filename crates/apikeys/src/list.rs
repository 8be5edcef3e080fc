//! Listing keys.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{KeyId, KeyRecord, KeyStatus, Subject};

/// Which keys are listed; what is `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Keys that act for this subject.
    pub subject: Option<Subject>,
    /// Keys of this type.
    pub kind: Option<Arc<str>>,
    /// Keys whose name has this text in it; ASCII letters match in either case.
    pub name: Option<Arc<str>>,
    /// Keys that are revoked, disabled or expired, too.
    pub include_invalid: bool,
    /// Keys with this status; says more than `include_invalid`, which does not count then.
    pub status: Option<KeyStatus>,
    /// Keys that have an expiry, and one before this.
    pub expires_before: Option<DateTime<Utc>>,
    /// Keys that were last used before this, or never.
    pub last_used_before: Option<DateTime<Utc>>,
}

/// Where a page starts, in the order of creation, newest first; equally old keys by id, largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Behind this key, whether or not it still exists: no key is repeated or left out while others come and go.
    After(Position),
    /// Behind so many keys; 0 is the first page.
    Offset(u32),
}

/// A key's place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: KeyId,
}

/// A page of keys, and how many match in all.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPage {
    /// The keys, newest first.
    pub keys: Vec<Arc<KeyRecord>>,
    /// How many match in all.
    pub total: u64,
}

impl KeyFilter {
    /// Whether a key is listed at `now`.
    pub fn matches(&self, key: &KeyRecord, now: DateTime<Utc>) -> bool {
        self.subject.as_ref().is_none_or(|subject| *subject == key.subject)
            && self.kind.as_ref().is_none_or(|kind| *kind == key.kind)
            && self.name.as_ref().is_none_or(|name| contains(&key.name, name))
            && self
                .status
                .map_or(self.include_invalid || key.is_valid(now), |status| key.status(now) == status)
            && self.expires_before.is_none_or(|end| key.expires_at.is_some_and(|expiry| expiry < end))
            && self.last_used_before.is_none_or(|end| key.last_used_at.is_none_or(|used| used < end))
    }
}

impl Position {
    /// The place of a key.
    pub fn of(key: &KeyRecord) -> Self {
        Self { created_at: key.created_at, id: key.id }
    }
}

fn contains(name: &str, sought: &str) -> bool {
    name.to_ascii_lowercase().contains(&sought.to_ascii_lowercase())
}
