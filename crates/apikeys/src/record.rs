//! A key as it is stored.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{CreditPlan, KeyId, Lineage, Network, RateLimit, Revision, Scope, StoredDigest, Subject};

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
    pub scopes: Arc<[Scope]>,
    /// Whatever the host adds for whom the key is shown to; `None` is the wire's null.
    pub claims: Option<Arc<Value>>,
    /// Whatever the host adds for itself; not on the wire.
    pub metadata: Option<Arc<Value>>,
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
    /// Since when it is disabled; may be enabled again.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Set once, and never unset.
    pub revoked: Option<Revocation>,
    /// Under which conditions it may be used.
    pub rules: Rules,
    /// Which keys it comes from.
    pub lineage: Lineage,
    /// When it was used last, to the minute; a refused use is none.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub revision: Revision,
}

/// Under which conditions a key may be used, beside its expiry and its scopes; by default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Before this instant it is not yet valid.
    pub not_before: Option<DateTime<Utc>>,
    /// It expires when it was not used for so long; at least an hour.
    pub idle_ttl: Option<TimeDelta>,
    /// It may be used only from these networks; from anywhere, if there are none.
    pub networks: Arc<[Network]>,
    /// How often it may be used; counts for its whole family.
    pub rate_limit: Option<RateLimit>,
    /// What its uses cost, and are paid from; counts for its whole family.
    pub credits: Option<CreditPlan>,
}

/// That a key was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in free text.
    pub reason: Option<Arc<str>>,
    /// Who did it.
    pub by: Option<Subject>,
}

/// What a key's times and switches make of it, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyStatus {
    /// For good.
    Revoked,
    /// It was rotated, and its successor has taken over.
    GraceEnded,
    /// Until it is enabled again.
    Disabled,
    /// Its time is over, or it was idle for too long.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// None of these.
    Active,
}

impl KeyRecord {
    /// What it is at `now`.
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        if self.revoked.is_some() {
            KeyStatus::Revoked
        } else if self.lineage.grace_ended(now) {
            KeyStatus::GraceEnded
        } else if self.disabled_at.is_some() {
            KeyStatus::Disabled
        } else if self.dies_at().is_some_and(|end| now >= end) {
            KeyStatus::Expired
        } else if self.rules.not_before.is_some_and(|begin| now < begin) {
            KeyStatus::NotYetValid
        } else {
            KeyStatus::Active
        }
    }

    /// Whether its time is over: at its very expiry it is, and so it is when it was idle for too long, or rotated and its
    /// grace has ended.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.lineage.grace_ended(now) || self.dies_at().is_some_and(|end| now >= end)
    }

    /// Whether it is neither revoked nor disabled nor expired; one that is not yet valid is.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        matches!(self.status(now), KeyStatus::Active | KeyStatus::NotYetValid)
    }

    /// When it expires, unless it is used again.
    fn dies_at(&self) -> Option<DateTime<Utc>> {
        let idle = self.idle_at();
        match self.expires_at {
            None => idle,
            Some(expiry) => Some(idle.map_or(expiry, |idle| idle.min(expiry))),
        }
    }

    /// When it will have been idle for too long.
    pub(crate) fn idle_at(&self) -> Option<DateTime<Utc>> {
        let since = self.last_used_at.map_or(self.created_at, |used| used.max(self.created_at));
        self.rules.idle_ttl.map(|ttl| since.checked_add_signed(ttl).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}
