//! Importing a key: its hash is stored, and its token stays with its user.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use super::{ForeignDigest, Scheme};
use crate::{Creation, IssueError, KeyRecord, Lineage, Mint, NewKey, Revision, issue, limits};

/// A key of another system.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// How its token was hashed.
    pub scheme: Scheme,
    /// The hash; [`StoredHash::admit`](super::StoredHash::admit) gives it.
    pub digest: ForeignDigest,
    /// What it is to be here. Its parent and its idempotency key don't count: importing the same hash twice is refused.
    pub key: NewKey,
    /// When it was created there.
    pub created_at: DateTime<Utc>,
}

/// Decides how a key of another system is stored.
///
/// The hash is hashed once more under the current pepper, so that a stolen table can't be matched against leaked tokens. An
/// import counts as no creation.
///
/// # Errors
/// [`IssueError`], as for a key that is issued; its lifetime counts from `now` on.
pub fn import(
    mint: Mint<'_>,
    foreign: ForeignKey,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Creation, IssueError> {
    let ForeignKey { scheme, digest, key: new, created_at } = foreign;
    issue::check(&new)?;
    let now = now.trunc_subsecs(3);
    let expires_at = new.lifetime.map(|lifetime| limits::expiry(now, lifetime)).transpose()?;
    limits::check_rules(&new.rules, expires_at, now)?;
    let id = mint.format.new_id(rng);
    let record = Arc::new(KeyRecord {
        id,
        subject: new.subject,
        kind: new.kind,
        name: new.name,
        description: new.description,
        scopes: new.scopes.into(),
        claims: limits::present(new.claims),
        metadata: limits::present(new.metadata),
        created_by: new.created_by,
        digest: mint.peppers.foreign_digest(scheme.into(), digest.as_bytes()),
        created_at: created_at.trunc_subsecs(3),
        updated_at: now,
        expires_at,
        disabled_at: None,
        revoked: None,
        rules: new.rules,
        lineage: Lineage::founding(id),
        last_used_at: None,
        revision: Revision::FIRST,
    });
    Ok(Creation { record, idempotency: None, counts_in: None, predecessor: None, sealed: None })
}
