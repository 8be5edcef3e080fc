//! How large the parts of a key may be.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{Rules, Scope};

/// The longest name, in bytes.
pub const MAX_NAME_LEN: usize = 255;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_LEN: usize = 255;
/// The most scopes of a key.
pub const MAX_SCOPES: usize = 100;
/// The longest scope, in bytes.
pub const MAX_SCOPE_LEN: usize = 255;
/// The largest claims, and the largest metadata, in bytes of JSON.
pub const MAX_CLAIMS_LEN: usize = 16 * 1024;
/// The longest reason of a revocation, in characters.
pub const MAX_REASON_LEN: usize = 255;
/// The longest life, and the longest time until it begins, in days: a hundred years.
pub const MAX_LIFETIME_DAYS: i64 = 36_525;
/// The most networks of a key.
pub const MAX_NETWORKS: usize = 100;
/// The shortest time after which an idle key expires: well above the minutes that a last use takes to be stored.
pub const MIN_IDLE: TimeDelta = TimeDelta::hours(1);
/// The longest grace of a key that was rotated, in days.
pub const MAX_GRACE_DAYS: i64 = 90;

/// Which part of a key is too large, or of the wrong shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The description.
    #[error("description must have at most {MAX_DESCRIPTION_LEN} characters")]
    Description,
    /// The scopes.
    #[error("scopes must be at most {MAX_SCOPES}, each of 1 to {MAX_SCOPE_LEN} bytes without space")]
    Scopes,
    /// The claims.
    #[error("claims must have at most {MAX_CLAIMS_LEN} bytes of JSON")]
    Claims,
    /// The metadata.
    #[error("metadata must have at most {MAX_CLAIMS_LEN} bytes of JSON")]
    Metadata,
    /// The reason.
    #[error("revocation_reason must have at most {MAX_REASON_LEN} characters")]
    Reason,
    /// The lifetime.
    #[error("a key must live longer than 0 seconds, and at most {MAX_LIFETIME_DAYS} days")]
    Lifetime,
    /// The time at which it becomes valid.
    #[error("a key must become valid before it expires, and within {MAX_LIFETIME_DAYS} days")]
    NotBefore,
    /// The idle time.
    #[error("a key may expire when it is idle for an hour or longer, and at most {MAX_LIFETIME_DAYS} days")]
    Idle,
    /// The networks.
    #[error("networks must be at most {MAX_NETWORKS}")]
    Networks,
    /// The grace of a rotation.
    #[error("the grace of a rotated key is from 0 to {MAX_GRACE_DAYS} days")]
    Grace,
}

pub(crate) fn expiry(now: DateTime<Utc>, lifetime: TimeDelta) -> Result<DateTime<Utc>, LimitError> {
    if lifetime <= TimeDelta::zero() || lifetime.num_days() > MAX_LIFETIME_DAYS {
        return Err(LimitError::Lifetime);
    }
    now.checked_add_signed(lifetime).ok_or(LimitError::Lifetime)
}

pub(crate) fn check_description(description: Option<&str>) -> Result<(), LimitError> {
    let fits = description.is_none_or(|text| text.chars().count() <= MAX_DESCRIPTION_LEN);
    if fits { Ok(()) } else { Err(LimitError::Description) }
}

pub(crate) fn check_scopes(scopes: &[Scope]) -> Result<(), LimitError> {
    if scopes.len() <= MAX_SCOPES { Ok(()) } else { Err(LimitError::Scopes) }
}

pub(crate) fn check_claims(claims: Option<&Value>) -> Result<(), LimitError> {
    if fits(claims) { Ok(()) } else { Err(LimitError::Claims) }
}

pub(crate) fn check_metadata(metadata: Option<&Value>) -> Result<(), LimitError> {
    if fits(metadata) { Ok(()) } else { Err(LimitError::Metadata) }
}

pub(crate) fn check_reason(reason: Option<&str>) -> Result<(), LimitError> {
    let fits = reason.is_none_or(|text| text.chars().count() <= MAX_REASON_LEN);
    if fits { Ok(()) } else { Err(LimitError::Reason) }
}

pub(crate) fn check_rules(
    rules: &Rules,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), LimitError> {
    if let Some(begin) = rules.not_before {
        let far = begin.signed_duration_since(now).num_days() > MAX_LIFETIME_DAYS;
        if far || expires_at.is_some_and(|end| begin >= end) {
            return Err(LimitError::NotBefore);
        }
    }
    if rules.idle_ttl.is_some_and(|idle| idle < MIN_IDLE || idle.num_days() > MAX_LIFETIME_DAYS) {
        return Err(LimitError::Idle);
    }
    if rules.networks.len() > MAX_NETWORKS { Err(LimitError::Networks) } else { Ok(()) }
}

pub(crate) fn grace_end(now: DateTime<Utc>, grace: TimeDelta) -> Result<DateTime<Utc>, LimitError> {
    if grace < TimeDelta::zero() || grace > TimeDelta::days(MAX_GRACE_DAYS) {
        return Err(LimitError::Grace);
    }
    now.checked_add_signed(grace).ok_or(LimitError::Grace)
}

/// What the host gave, without the wire's null.
pub(crate) fn present(value: Option<Value>) -> Option<Arc<Value>> {
    value.filter(|value| !value.is_null()).map(Arc::new)
}

fn fits(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.to_string().len() <= MAX_CLAIMS_LEN)
}
