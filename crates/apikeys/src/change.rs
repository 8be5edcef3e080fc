//! Changes as values: what to write, and what it was decided from.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{IdempotencyKey, KeyId, KeyRecord, Month, UsageCounter};

/// Counts the changes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub u64);

impl Revision {
    /// That of a new key.
    pub const FIRST: Self = Self(1);

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Commit {
    /// It was written, all of it.
    Applied,
    /// Another change came first: nothing was written.
    Stale,
}

/// A change of one key; commits as *compare*.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyChange {
    /// Writes a new key, unless its id, or its idempotency key within its window, is taken.
    Create {
        /// The key.
        record: Arc<KeyRecord>,
        /// What a repeated request is recognised by.
        idempotency: Option<Idempotency>,
        /// The month in which the same commit counts one creation, under [`WriterId::STORE`](crate::WriterId::STORE);
        /// none for an import.
        counts_in: Option<Month>,
    },
    /// Replaces a key, if its stored revision is the one before that of `record`.
    ///
    /// Its last use is no part of the change: the later one stays.
    Replace {
        /// The key as it is to be.
        record: Arc<KeyRecord>,
    },
    /// Deletes a key, if its stored revision is `expected`; a tombstone stays, so that its id is never taken again.
    Delete {
        /// The key.
        id: KeyId,
        /// The revision that was seen.
        expected: Revision,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What a repeated request to create a key is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key.
    pub key: IdempotencyKey,
    /// A fingerprint of the request: the same key with another request is a conflict.
    pub request: [u8; 32],
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

/// What is known of an idempotency key that was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierCreation {
    /// The key that was created.
    pub id: KeyId,
    /// The fingerprint of the request that created it.
    pub request: [u8; 32],
}

/// That keys were used; commits as *merge*: order-free and idempotent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsageChange {
    /// Cumulative counters; of two the larger one stays.
    pub counters: Vec<UsageCounter>,
    /// Last uses; of two the later one stays.
    pub last_used: Vec<(KeyId, DateTime<Utc>)>,
}
