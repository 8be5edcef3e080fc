//! Changes as values: what to write, and what it was decided from.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{IdempotencyKey, KeyId, KeyRecord, Month, SealedSecret, StoredDigest, UsageCounter};

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

/// A change of keys, all of which is written or nothing; commits as *compare* unless it says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyChange {
    /// Writes a new key.
    Create(Creation),
    /// Replaces keys, if the stored revision of each is the one before that of its record.
    ///
    /// Last uses are no part of the change: the later one stays.
    Replace {
        /// The keys as they are to be.
        records: Vec<Arc<KeyRecord>>,
    },
    /// Replaces a key by its revoked self, if its stored revision is the one before; every key that descends from it and is
    /// not revoked is revoked alike (*conditional*), and its revision counts on.
    Revoke {
        /// The key as it is to be.
        record: Arc<KeyRecord>,
    },
    /// Deletes a key, if its stored revision is `expected`.
    ///
    /// A tombstone keeps its digest, so that its id is never taken again, and a report of its token is still answered. Every
    /// key that descends from it is revoked as with [`Revoke`](Self::Revoke), for the reason [`DELETED_PARENT`].
    Delete {
        /// The key.
        id: KeyId,
        /// The revision that was seen.
        expected: Revision,
        /// When.
        at: DateTime<Utc>,
    },
    /// Replaces a digest by another one of the same secret, if it is still the stored one (*conditional*); no revision, and
    /// no time is touched.
    Rehash {
        /// The key.
        id: KeyId,
        /// The digest that was seen.
        from: StoredDigest,
        /// The new one.
        to: StoredDigest,
    },
}

/// Why the children of a deleted key are revoked.
pub const DELETED_PARENT: &str = "the parent key was deleted";

/// A new key: stale if its id, its digest, or its idempotency key within its window, is taken, or its parent is gone or
/// revoked.
#[derive(Debug, Clone, PartialEq)]
pub struct Creation {
    /// The key.
    pub record: Arc<KeyRecord>,
    /// What a repeated request is recognised by.
    pub idempotency: Option<Idempotency>,
    /// The month in which the same commit counts one creation, under [`WriterId::STORE`](crate::WriterId::STORE);
    /// none for an import.
    pub counts_in: Option<Month>,
    /// The key that it takes over from, as that is to be; written in the same commit under the same rule as
    /// [`Replace`](KeyChange::Replace), and its children become those of the new key.
    pub predecessor: Option<Arc<KeyRecord>>,
    /// Its secret, for a host that must show it again.
    pub sealed: Option<SealedSecret>,
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

/// What is left of a deleted key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    /// Its id.
    pub id: KeyId,
    /// Its digest.
    pub digest: StoredDigest,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
}

/// That keys were used; commits as *merge*: order-free and idempotent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsageChange {
    /// Cumulative counters; of two the larger one stays.
    pub counters: Vec<UsageCounter>,
    /// Last uses; of two the later one stays.
    pub last_used: Vec<(KeyId, DateTime<Utc>)>,
}

impl KeyChange {
    /// The keys that it names; those that descend from them may change with them.
    pub fn ids(&self) -> Vec<KeyId> {
        match self {
            Self::Create(creation) => {
                let predecessor = creation.predecessor.iter().map(|key| key.id);
                std::iter::once(creation.record.id).chain(predecessor).collect()
            }
            Self::Replace { records } => records.iter().map(|key| key.id).collect(),
            Self::Revoke { record } => vec![record.id],
            Self::Delete { id, .. } | Self::Rehash { id, .. } => vec![*id],
        }
    }

    /// Replaces one key.
    pub fn replace(record: Arc<KeyRecord>) -> Self {
        Self::Replace { records: vec![record] }
    }
}
