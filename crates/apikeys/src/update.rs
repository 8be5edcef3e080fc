//! Changing, revoking and deleting a key.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use crate::{
    KeyChange, KeyRecord, Revocation, Subject,
    limits::{self, LimitError},
};

/// What is to change of a key; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyUpdate {
    /// Whom it acts for.
    pub subject: Option<Subject>,
    /// `Some(None)` takes the description away.
    pub description: Option<Option<Arc<str>>>,
    /// All scopes.
    pub scopes: Option<Vec<Arc<str>>>,
    /// `Some(None)` takes the claims away.
    pub claims: Option<Option<Value>>,
    /// How long it lives from now on; `Some(None)` is without end.
    pub lifetime: Option<Option<TimeDelta>>,
}

/// A key as it is to be, and what to write for that; `None` if it is stored like this already.
pub type Changed = (Arc<KeyRecord>, Option<KeyChange>);

/// Decides how `update` changes a key.
///
/// # Errors
/// [`LimitError`], if a value is too large.
pub fn update(key: &Arc<KeyRecord>, update: KeyUpdate, now: DateTime<Utc>) -> Result<Changed, LimitError> {
    let now = now.trunc_subsecs(3);
    let mut next = KeyRecord::clone(key);
    if let Some(subject) = update.subject {
        next.subject = subject;
    }
    if let Some(description) = update.description {
        limits::check_description(description.as_deref())?;
        next.description = description;
    }
    if let Some(scopes) = update.scopes {
        limits::check_scopes(&scopes)?;
        next.scopes = scopes.into();
    }
    if let Some(claims) = update.claims {
        limits::check_claims(claims.as_ref())?;
        next.claims = claims.filter(|claims| !claims.is_null()).map(Arc::new);
    }
    if let Some(lifetime) = update.lifetime {
        next.expires_at = lifetime.map(|lifetime| limits::expiry(now, lifetime)).transpose()?;
    }
    Ok(replace(key, next, now))
}

/// Decides how a key is revoked; one that is revoked already keeps its time and reason.
///
/// # Errors
/// [`LimitError`], if the reason is too long.
pub fn revoke(
    key: &Arc<KeyRecord>,
    reason: Option<Arc<str>>,
    now: DateTime<Utc>,
) -> Result<Changed, LimitError> {
    limits::check_reason(reason.as_deref())?;
    if key.revoked.is_some() {
        return Ok((key.clone(), None));
    }
    let now = now.trunc_subsecs(3);
    let next = KeyRecord { revoked: Some(Revocation { at: now, reason }), ..KeyRecord::clone(key) };
    Ok(replace(key, next, now))
}

/// Decides how a key is deleted.
pub fn delete(key: &KeyRecord, now: DateTime<Utc>) -> KeyChange {
    KeyChange::Delete { id: key.id, expected: key.revision, at: now.trunc_subsecs(3) }
}

fn replace(key: &Arc<KeyRecord>, mut next: KeyRecord, now: DateTime<Utc>) -> Changed {
    if next == **key {
        return (key.clone(), None);
    }
    next.updated_at = now;
    next.revision = key.revision.next();
    let next = Arc::new(next);
    (next.clone(), Some(KeyChange::Replace { record: next }))
}
