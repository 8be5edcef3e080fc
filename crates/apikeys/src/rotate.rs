//! Rotating a key: a successor takes over, and the key goes on for a grace.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand_core::CryptoRng;
use serde_json::json;

use crate::{
    Creation, EarlierCreation, IdempotencyKey, IssueError, Issued, KeyChange, KeyId, KeyRecord, KeyStatus,
    Lineage, Mint, Month, ParentError, Predecessor, Revision, Successor, issue,
    limits::{self, LimitError},
};

/// How a key is rotated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rotation {
    /// How long the key may be used beside its successor; zero ends it at once.
    pub grace: TimeDelta,
    /// Ends the grace as soon as the successor is used.
    pub ends_on_use: bool,
    /// How long the successor lives; `None` is until the key would have died.
    pub lifetime: Option<TimeDelta>,
    /// What a repeated request is recognised by, for 24 hours.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Decides how `key` is rotated.
///
/// The successor is a key of its own, with another id and secret, and otherwise like it; the two are of one family, which
/// shares credits and rate limits. `predecessor` is the key that `key` itself took over from: of a family at most two keys
/// live at a time.
///
/// # Errors
/// [`RotateError`].
pub fn rotate(
    mint: Mint<'_>,
    key: &Arc<KeyRecord>,
    predecessor: Option<&KeyRecord>,
    rotation: &Rotation,
    earlier: Option<EarlierCreation>,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Issued, RotateError> {
    let request = fingerprint(key.id, rotation);
    issue::refuse_repetition(earlier, request)?;
    check(key, predecessor, now)?;
    let now = now.trunc_subsecs(3);
    let grace_until = limits::grace_end(now, rotation.grace)?;
    let expires_at = match rotation.lifetime {
        Some(lifetime) => Some(limits::expiry(now, lifetime)?),
        None => key.expires_at,
    };
    check_child(key, expires_at)?;
    let ((id, digest), secret) = mint.token(rng);
    let record = Arc::new(KeyRecord {
        id,
        digest,
        created_at: now,
        updated_at: now,
        expires_at,
        lineage: Lineage {
            predecessor: Some(Predecessor { id: key.id, ends_on_use: rotation.ends_on_use }),
            successor: None,
            ..key.lineage
        },
        last_used_at: None,
        revision: Revision::FIRST,
        ..KeyRecord::clone(key)
    });
    let lineage = Lineage { successor: Some(Successor { id, grace_until }), ..key.lineage };
    let predecessor = revised(key, KeyRecord { lineage, ..KeyRecord::clone(key) }, now);
    let creation = Creation {
        record,
        idempotency: issue::idempotency(rotation.idempotency_key.clone(), request, now),
        counts_in: Some(Month::of(now)),
        predecessor: Some(predecessor),
        sealed: None,
    };
    Ok(Issued { creation, secret })
}

/// Decides how the grace of `predecessor` ends because `successor` was used; `None` if there is nothing to end.
pub fn end_grace(
    predecessor: &Arc<KeyRecord>,
    successor: &Arc<KeyRecord>,
    now: DateTime<Utc>,
) -> Option<KeyChange> {
    let now = now.trunc_subsecs(3);
    let before =
        successor.lineage.predecessor.filter(|before| before.ends_on_use && before.id == predecessor.id)?;
    let after = predecessor.lineage.successor.filter(|after| after.id == successor.id)?;
    let mut ended = KeyRecord::clone(predecessor);
    ended.lineage.successor = Some(Successor { grace_until: after.grace_until.min(now), ..after });
    let mut settled = KeyRecord::clone(successor);
    settled.lineage.predecessor = Some(Predecessor { ends_on_use: false, ..before });
    Some(KeyChange::Replace {
        records: vec![revised(predecessor, ended, now), revised(successor, settled, now)],
    })
}

fn revised(key: &KeyRecord, next: KeyRecord, now: DateTime<Utc>) -> Arc<KeyRecord> {
    Arc::new(KeyRecord { updated_at: now, revision: key.revision.next(), ..next })
}

fn check(key: &KeyRecord, predecessor: Option<&KeyRecord>, now: DateTime<Utc>) -> Result<(), RotateError> {
    if let Some(successor) = key.lineage.successor {
        return Err(RotateError::AlreadyRotated(successor.id));
    }
    if !matches!(key.status(now), KeyStatus::Active | KeyStatus::NotYetValid) {
        return Err(RotateError::NotActive);
    }
    match predecessor {
        Some(before) if before.is_valid(now) => Err(RotateError::GraceRuns(before.id)),
        _ => Ok(()),
    }
}

/// A child was bound by its parent when it was created; its successor lives no longer.
fn check_child(key: &KeyRecord, expires_at: Option<DateTime<Utc>>) -> Result<(), ParentError> {
    match key.expires_at.filter(|_| key.lineage.parent.is_some()) {
        Some(end) if expires_at.is_none_or(|own| own > end) => Err(ParentError::Expiry(end)),
        _ => Ok(()),
    }
}

fn fingerprint(id: KeyId, rotation: &Rotation) -> [u8; 32] {
    let lifetime = rotation.lifetime.map(|lifetime| lifetime.num_milliseconds());
    issue::fingerprint(&json!([
        "rotate",
        id,
        rotation.grace.num_milliseconds(),
        rotation.ends_on_use,
        lifetime
    ]))
}

/// Why a key is not rotated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// It was revoked, is disabled, or its time is over.
    #[error("only an active key can be rotated")]
    NotActive,
    /// It was rotated before.
    #[error("the key was rotated before: {0} has taken over")]
    AlreadyRotated(KeyId),
    /// The key that it took over from is still in its grace.
    #[error("the grace of {0} still runs: at most two keys of a family live at a time")]
    GraceRuns(KeyId),
    /// The successor would outlive its parent.
    #[error(transparent)]
    Parent(#[from] ParentError),
    /// A value is too large.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// As with any key that is issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
}
