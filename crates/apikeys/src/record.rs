//! A key as it is stored.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{KeyId, Revision, StoredDigest, Subject};

/// A key as it is stored: everything but its secret, of which there is only a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRecord {
    /// Its id, which its token holds, too.
    pub id: KeyId,
    /// Whom it acts for.
    pub subject: Subject,
    /// The wire's `type`: 3 to 25 characters.
    pub kind: Arc<str>,
    /// Its name: at least 3 characters; never changes.
    pub name: Arc<str>,
    /// At most 255 characters.
    pub description: Option<Arc<str>>,
    /// What it may be used for.
    pub scopes: Arc<[Arc<str>]>,
    /// Whatever the host adds; `None` is the wire's null.
    pub claims: Option<Arc<Value>>,
    /// The user who created it.
    pub created_by: Option<Subject>,
    /// The keyed digest of its token.
    pub digest: StoredDigest,
    /// When it was created, in milliseconds.
    pub created_at: DateTime<Utc>,
    /// When it was changed last; a use is no change.
    pub updated_at: DateTime<Utc>,
    /// From this instant on it is dead.
    pub expires_at: Option<DateTime<Utc>>,
    /// Set once, and never unset.
    pub revoked: Option<Revocation>,
    /// When its secret was proven last.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub revision: Revision,
}

/// That a key was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in free text.
    pub reason: Option<Arc<str>>,
}

impl KeyRecord {
    /// Whether its time is over: at its very expiry it is.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|expiry| now >= expiry)
    }

    /// Whether it is neither revoked nor expired.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && !self.is_expired(now)
    }
}
