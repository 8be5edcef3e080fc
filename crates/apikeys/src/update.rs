//! Changing, disabling, revoking and deleting a key.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use crate::{
    KeyChange, KeyRecord, ParentError, Revocation, Rules, Scope, Subject,
    limits::{self, LimitError},
    lineage,
};

/// What is to change of a key; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyUpdate {
    /// Whom it acts for.
    pub subject: Option<Subject>,
    /// `Some(None)` takes the description away.
    pub description: Option<Option<Arc<str>>>,
    /// All scopes.
    pub scopes: Option<Vec<Scope>>,
    /// `Some(None)` takes the claims away.
    pub claims: Option<Option<Value>>,
    /// `Some(None)` takes the metadata away.
    pub metadata: Option<Option<Value>>,
    /// How long it lives from now on; `Some(None)` is without end.
    pub lifetime: Option<Option<TimeDelta>>,
    /// All rules.
    pub rules: Option<Rules>,
}

/// A key as it is to be, and what to write for that; `None` if it is stored like this already.
pub type Changed = (Arc<KeyRecord>, Option<KeyChange>);

/// Decides how `update` changes a key; `parent` is the key that it was created with, if there is one.
///
/// # Errors
/// [`UpdateError`].
pub fn update(
    key: &Arc<KeyRecord>,
    parent: Option<&KeyRecord>,
    update: KeyUpdate,
    now: DateTime<Utc>,
) -> Result<Changed, UpdateError> {
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
        next.claims = limits::present(claims);
    }
    if let Some(metadata) = update.metadata {
        limits::check_metadata(metadata.as_ref())?;
        next.metadata = limits::present(metadata);
    }
    if let Some(lifetime) = update.lifetime {
        next.expires_at = lifetime.map(|lifetime| limits::expiry(now, lifetime)).transpose()?;
    }
    if let Some(rules) = update.rules {
        next.rules = rules;
    }
    limits::check_rules(&next.rules, next.expires_at, now)?;
    if let Some(parent) = parent {
        check_child(parent, &next)?;
    }
    Ok(replace(key, next, now))
}

/// Decides how a key is disabled: it can't be used until it is [`enable`]d.
pub fn disable(key: &Arc<KeyRecord>, now: DateTime<Utc>) -> Changed {
    let disabled_at = key.disabled_at.or(Some(now.trunc_subsecs(3)));
    replace(key, KeyRecord { disabled_at, ..KeyRecord::clone(key) }, now)
}

/// Decides how a disabled key is enabled; a revoked one stays revoked.
pub fn enable(key: &Arc<KeyRecord>, now: DateTime<Utc>) -> Changed {
    replace(key, KeyRecord { disabled_at: None, ..KeyRecord::clone(key) }, now)
}

/// Decides how a key is revoked, and all keys that descend from it; one that is revoked already keeps its time, reason and
/// actor.
///
/// # Errors
/// [`LimitError`], if the reason is too long.
pub fn revoke(
    key: &Arc<KeyRecord>,
    reason: Option<Arc<str>>,
    by: Option<Subject>,
    now: DateTime<Utc>,
) -> Result<Changed, LimitError> {
    limits::check_reason(reason.as_deref())?;
    if key.revoked.is_some() {
        return Ok((key.clone(), None));
    }
    let at = now.trunc_subsecs(3);
    let revoked = Some(Revocation { at, reason, by });
    let record = Arc::new(KeyRecord {
        revoked,
        updated_at: at,
        revision: key.revision.next(),
        ..KeyRecord::clone(key)
    });
    Ok((record.clone(), Some(KeyChange::Revoke { record })))
}

/// Decides how a key is deleted.
pub fn delete(key: &KeyRecord, now: DateTime<Utc>) -> KeyChange {
    KeyChange::Delete { id: key.id, expected: key.revision, at: now.trunc_subsecs(3) }
}

fn replace(key: &Arc<KeyRecord>, mut next: KeyRecord, now: DateTime<Utc>) -> Changed {
    if next == **key {
        return (key.clone(), None);
    }
    next.updated_at = now.trunc_subsecs(3);
    next.revision = key.revision.next();
    let next = Arc::new(next);
    (next.clone(), Some(KeyChange::replace(next)))
}

fn check_child(parent: &KeyRecord, child: &KeyRecord) -> Result<(), ParentError> {
    if parent.subject != child.subject {
        return Err(ParentError::Subject);
    }
    lineage::check_within(parent, &child.scopes, child.expires_at)
}

/// Why a key is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// A value is too large.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// It would exceed its parent.
    #[error(transparent)]
    Parent(#[from] ParentError),
}
