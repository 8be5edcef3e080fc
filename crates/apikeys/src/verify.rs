//! Verifying a presented token.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{KeyRecord, Malformed, Peppers, PresentedKey, TenantId};

/// What came of a verification.
///
/// The secret is proven before anything else is looked at: who could not prove it learns nothing about a key, and
/// [`Malformed`](Self::Malformed) and [`NotFound`](Self::NotFound) get the same public answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The key may be used.
    Valid(Receipt),
    /// The text is no token.
    Malformed(Malformed),
    /// There is no such key, or the secret is another one.
    NotFound,
    /// The key's time is over.
    Expired(Receipt),
    /// The key was revoked.
    Revoked(Receipt),
    /// A scope is missing that was asked for.
    InsufficientScope(Receipt),
}

/// That a secret was proven: counts as one verification, whatever else came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// When it was verified.
    pub at: DateTime<Utc>,
}

impl Verdict {
    /// The receipt, if the secret was proven.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Valid(receipt)
            | Self::Expired(receipt)
            | Self::Revoked(receipt)
            | Self::InsufficientScope(receipt) => Some(receipt),
            Self::Malformed(_) | Self::NotFound => None,
        }
    }
}

/// Decides on a well-formed token, given what is stored under its id.
///
/// `required` scopes must all be the key's own; scopes are compared as they are, without wildcards.
pub fn verify(
    tenant: &TenantId,
    peppers: &Peppers,
    presented: &PresentedKey,
    stored: Option<Arc<KeyRecord>>,
    required: &[&str],
    now: DateTime<Utc>,
) -> Verdict {
    let Some(key) = stored else {
        peppers.hash_in_vain(tenant, presented);
        return Verdict::NotFound;
    };
    if !peppers.proves(tenant, presented, &key.digest) {
        return Verdict::NotFound;
    }
    judge(Receipt { key, at: now }, required)
}

/// Everything that is looked at once the secret is proven.
fn judge(receipt: Receipt, required: &[&str]) -> Verdict {
    let Receipt { key, at } = &receipt;
    let lacks = |scope: &&str| !key.scopes.iter().any(|own| &**own == *scope);
    if key.revoked.is_some() {
        Verdict::Revoked(receipt)
    } else if key.is_expired(*at) {
        Verdict::Expired(receipt)
    } else if required.iter().any(lacks) {
        Verdict::InsufficientScope(receipt)
    } else {
        Verdict::Valid(receipt)
    }
}
