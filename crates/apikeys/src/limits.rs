//! How large the parts of a key may be.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// The longest name, in bytes.
pub const MAX_NAME_LEN: usize = 255;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_LEN: usize = 255;
/// The most scopes of a key.
pub const MAX_SCOPES: usize = 100;
/// The longest scope, in bytes.
pub const MAX_SCOPE_LEN: usize = 255;
/// The largest claims, in bytes of JSON.
pub const MAX_CLAIMS_LEN: usize = 16 * 1024;
/// The longest reason of a revocation, in characters.
pub const MAX_REASON_LEN: usize = 255;
/// The longest life, in days: a hundred years.
pub const MAX_LIFETIME_DAYS: i64 = 36_525;

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
    /// The reason.
    #[error("revocation_reason must have at most {MAX_REASON_LEN} characters")]
    Reason,
    /// The lifetime.
    #[error("a key must live longer than 0 seconds, and at most {MAX_LIFETIME_DAYS} days")]
    Lifetime,
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

pub(crate) fn check_scopes(scopes: &[Arc<str>]) -> Result<(), LimitError> {
    let fits =
        |scope: &str| (1..=MAX_SCOPE_LEN).contains(&scope.len()) && !scope.contains(char::is_whitespace);
    let all = scopes.len() <= MAX_SCOPES && scopes.iter().all(|scope| fits(scope));
    if all { Ok(()) } else { Err(LimitError::Scopes) }
}

pub(crate) fn check_claims(claims: Option<&Value>) -> Result<(), LimitError> {
    let fits = claims.is_none_or(|claims| claims.to_string().len() <= MAX_CLAIMS_LEN);
    if fits { Ok(()) } else { Err(LimitError::Claims) }
}

pub(crate) fn check_reason(reason: Option<&str>) -> Result<(), LimitError> {
    let fits = reason.is_none_or(|text| text.chars().count() <= MAX_REASON_LEN);
    if fits { Ok(()) } else { Err(LimitError::Reason) }
}
