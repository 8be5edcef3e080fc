//! Which keys a key comes from: families of rotated keys, parents and children.

use chrono::{DateTime, Utc};

use crate::{KeyId, KeyRecord, KeyStatus, Scope};

/// How many generations of keys there may be: a key, its children, and theirs.
pub const MAX_GENERATIONS: usize = 3;

/// Which keys a key comes from, and which came from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lineage {
    /// The first key that it was rotated from, one after another; itself, if it was not rotated. Credits and rate limits
    /// are the family's.
    pub family: KeyId,
    /// The key that it took over from.
    pub predecessor: Option<Predecessor>,
    /// The key that takes over from it.
    pub successor: Option<Successor>,
    /// The key that it was created with, whose scopes and expiry bound its own.
    pub parent: Option<KeyId>,
}

/// The key that a key took over from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Predecessor {
    /// Its id.
    pub id: KeyId,
    /// Whether its grace ends once this key is used.
    pub ends_on_use: bool,
}

/// The key that takes over from a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Successor {
    /// Its id.
    pub id: KeyId,
    /// From this instant on only the successor may be used.
    pub grace_until: DateTime<Utc>,
}

impl Lineage {
    /// That of a key which comes from no other.
    pub fn founding(id: KeyId) -> Self {
        Self { family: id, predecessor: None, successor: None, parent: None }
    }

    /// Whether another key has taken over.
    pub fn grace_ended(&self, now: DateTime<Utc>) -> bool {
        self.successor.is_some_and(|successor| now >= successor.grace_until)
    }
}

/// Whether a key with these scopes, which dies at `expires_at`, keeps within its parent.
///
/// # Errors
/// [`ParentError`].
pub(crate) fn check_within(
    parent: &KeyRecord,
    scopes: &[Scope],
    expires_at: Option<DateTime<Utc>>,
) -> Result<(), ParentError> {
    let granted =
        |scope: &&Scope| parent.scopes.iter().any(|own| own.covers(scope.as_str()) || own == *scope);
    if let Some(beyond) = scopes.iter().find(|scope| !granted(scope)) {
        return Err(ParentError::Scope(beyond.clone()));
    }
    match (parent.expires_at, expires_at) {
        (Some(end), None) => Err(ParentError::Expiry(end)),
        (Some(end), Some(own)) if own > end => Err(ParentError::Expiry(end)),
        _ => Ok(()),
    }
}

/// Whether a key may have children at `now`, given the keys that it comes from itself, nearest first.
///
/// # Errors
/// [`ParentError`].
pub(crate) fn check_parent(
    ancestors: &[impl AsRef<KeyRecord>],
    now: DateTime<Utc>,
) -> Result<(), ParentError> {
    if ancestors.iter().any(|ancestor| ancestor.as_ref().status(now) != KeyStatus::Active) {
        return Err(ParentError::NotActive);
    }
    if ancestors.len() >= MAX_GENERATIONS { Err(ParentError::TooDeep) } else { Ok(()) }
}

/// Why a key can't be what its parent's child is to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParentError {
    /// There is no such key.
    #[error("there is no parent key with this id")]
    Unknown,
    /// It, or a key that it comes from, is not active.
    #[error("the parent key is not active")]
    NotActive,
    /// It acts for another subject.
    #[error("a child key acts for the subject of its parent")]
    Subject,
    /// The parent lacks a scope.
    #[error("the parent key lacks the scope `{0}`")]
    Scope(Scope),
    /// The parent dies before.
    #[error("the parent key expires at {0}: its child must not live longer")]
    Expiry(DateTime<Utc>),
    /// The parent is a child's child.
    #[error("there are at most {MAX_GENERATIONS} generations of keys")]
    TooDeep,
}
