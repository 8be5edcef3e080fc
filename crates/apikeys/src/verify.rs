//! Verifying a presented token: from the proof of its secret to one verdict.

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{KeyRecord, KeyStatus, Malformed, PresentedKey, RequiredScopes, Switches, TenantPeppers};

/// What a request asks of the key that it bears.
///
/// ```
/// use apikeys::Demand;
///
/// let plain = Demand::default();
/// let scoped = Demand::all(&["reports:read"]).from("203.0.113.7".parse().unwrap());
/// let costly = Demand { cost: 5, ..Demand::default() };
/// # let _ = (plain, scoped, costly);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand<'a> {
    /// The scopes that it needs.
    pub scopes: RequiredScopes<'a>,
    /// Where it comes from; a key that is bound to networks is refused without it.
    pub address: Option<IpAddr>,
    /// How many credits it costs, if the key has credits; 0 costs none.
    pub cost: u64,
}

impl Default for Demand<'_> {
    /// No scope, from nowhere in particular, for one credit.
    fn default() -> Self {
        Self { scopes: RequiredScopes::All(&[]), address: None, cost: 1 }
    }
}

impl<'a> Demand<'a> {
    /// Asks for each of these scopes.
    pub fn all(scopes: &'a [&'a str]) -> Self {
        Self { scopes: RequiredScopes::All(scopes), ..Self::default() }
    }

    /// Asks for at least one of these scopes.
    pub fn any(scopes: &'a [&'a str]) -> Self {
        Self { scopes: RequiredScopes::Any(scopes), ..Self::default() }
    }

    /// Says where the request comes from.
    #[must_use]
    pub fn from(self, address: IpAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    /// Whether any key has scopes enough.
    pub(crate) fn asks_nothing(&self) -> bool {
        matches!(self.scopes, RequiredScopes::All([]))
    }
}

/// What came of a verification.
///
/// The secret is proven before anything else is looked at: who could not prove it learns nothing about a key, and
/// [`Malformed`](Self::Malformed) and [`NotFound`](Self::NotFound) get the same public answer
/// ([`wire::Refusal`](crate::wire::Refusal)). A store that fails is an error and no verdict. `T` is what is known of a
/// proven key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict<T = Receipt> {
    /// The key may be used.
    Valid(T),
    /// The text is no token.
    Malformed(Malformed),
    /// There is no such key, or the secret is another one.
    NotFound,
    /// The key's time has not begun.
    NotYetValid(T),
    /// The key's time is over, or it was idle for too long.
    Expired(T),
    /// The key was revoked, or one that it comes from.
    Revoked(T),
    /// The key is disabled, or one that it comes from.
    Disabled(T),
    /// The key was rotated, and its grace has ended.
    GraceEnded(T),
    /// The key may not be used from there.
    IpDenied(T),
    /// A scope is missing that was asked for.
    InsufficientScope(T),
    /// The key was used too often.
    RateLimited {
        /// The key.
        receipt: T,
        /// When a use will fit.
        retry_after: TimeDelta,
    },
    /// The key's credits, or the tenant's free allowance where that is a hard stop, don't suffice.
    CreditsExhausted(T),
    /// Keys of such subjects are switched off.
    SubjectDisabled(T),
    /// What is known of revocations is older than the declared bound: nothing that was cached is trusted.
    FeedLagging,
}

/// That a secret was proven: counts as one verification, whatever else came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// The keys that it comes from, nearest first: what they may not do, it may not.
    pub ancestors: Vec<Arc<KeyRecord>>,
    /// When it was verified.
    pub at: DateTime<Utc>,
}

impl Receipt {
    /// Whether the key has these scopes, too; a second look costs nothing and counts nothing.
    pub fn permits(&self, scopes: RequiredScopes<'_>) -> bool {
        self.family().all(|key| scopes.are_covered_by(&key.scopes))
    }

    fn family(&self) -> impl Iterator<Item = &Arc<KeyRecord>> {
        std::iter::once(&self.key).chain(&self.ancestors)
    }
}

impl<T> Verdict<T> {
    /// The receipt, if the secret was proven.
    pub fn receipt(&self) -> Option<&T> {
        match self {
            Self::Valid(receipt)
            | Self::NotYetValid(receipt)
            | Self::Expired(receipt)
            | Self::Revoked(receipt)
            | Self::Disabled(receipt)
            | Self::GraceEnded(receipt)
            | Self::IpDenied(receipt)
            | Self::InsufficientScope(receipt)
            | Self::RateLimited { receipt, .. }
            | Self::CreditsExhausted(receipt)
            | Self::SubjectDisabled(receipt) => Some(receipt),
            Self::Malformed(_) | Self::NotFound | Self::FeedLagging => None,
        }
    }

    /// The same verdict with another receipt.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Valid(receipt) => Verdict::Valid(map(receipt)),
            Self::Malformed(malformed) => Verdict::Malformed(malformed),
            Self::NotFound => Verdict::NotFound,
            Self::NotYetValid(receipt) => Verdict::NotYetValid(map(receipt)),
            Self::Expired(receipt) => Verdict::Expired(map(receipt)),
            Self::Revoked(receipt) => Verdict::Revoked(map(receipt)),
            Self::Disabled(receipt) => Verdict::Disabled(map(receipt)),
            Self::GraceEnded(receipt) => Verdict::GraceEnded(map(receipt)),
            Self::IpDenied(receipt) => Verdict::IpDenied(map(receipt)),
            Self::InsufficientScope(receipt) => Verdict::InsufficientScope(map(receipt)),
            Self::RateLimited { receipt, retry_after } => {
                Verdict::RateLimited { receipt: map(receipt), retry_after }
            }
            Self::CreditsExhausted(receipt) => Verdict::CreditsExhausted(map(receipt)),
            Self::SubjectDisabled(receipt) => Verdict::SubjectDisabled(map(receipt)),
            Self::FeedLagging => Verdict::FeedLagging,
        }
    }

    /// Its name in metrics and the audit log; never changes.
    pub fn name(&self) -> &'static str {
        NAMES.get(usize::from(self.index())).copied().unwrap_or("unknown")
    }

    /// Its number in metrics, from 0; never changes.
    pub fn index(&self) -> u8 {
        match self {
            Self::Valid(_) => 0,
            Self::Malformed(_) => 1,
            Self::NotFound => 2,
            Self::NotYetValid(_) => 3,
            Self::Expired(_) => 4,
            Self::Revoked(_) => 5,
            Self::Disabled(_) => 6,
            Self::GraceEnded(_) => 7,
            Self::IpDenied(_) => 8,
            Self::InsufficientScope(_) => 9,
            Self::RateLimited { .. } => 10,
            Self::CreditsExhausted(_) => 11,
            Self::SubjectDisabled(_) => 12,
            Self::FeedLagging => 13,
        }
    }
}

const NAMES: [&str; 14] = [
    "valid",
    "malformed",
    "not_found",
    "not_yet_valid",
    "expired",
    "revoked",
    "disabled",
    "grace_ended",
    "ip_denied",
    "insufficient_scope",
    "rate_limited",
    "credits_exhausted",
    "subject_disabled",
    "feed_lagging",
];

/// Whether `presented` is the token of `stored`; takes equally long if nothing is stored.
pub(crate) fn prove(
    peppers: &TenantPeppers,
    presented: PresentedKey<'_>,
    stored: Option<Arc<KeyRecord>>,
) -> Option<Arc<KeyRecord>> {
    match stored {
        None => {
            peppers.hash_in_vain(presented);
            None
        }
        Some(key) => peppers.proves(presented, &key.digest).then_some(key),
    }
}

/// Decides on a key whose secret is proven; what it spends is asked of the store afterwards, and last.
///
/// In this order: its status and that of the keys it comes from, what the tenant has switched off, networks, scopes.
pub fn judge(receipt: Receipt, switches: Switches, demand: &Demand<'_>) -> Verdict {
    if let Some(bad) = worst_status(&receipt) {
        return refused(bad, receipt);
    }
    if switches.is_off(receipt.key.subject.kind()) {
        Verdict::SubjectDisabled(receipt)
    } else if !receipt.family().all(|key| admits(key, demand.address)) {
        Verdict::IpDenied(receipt)
    } else if !receipt.permits(demand.scopes) {
        Verdict::InsufficientScope(receipt)
    } else {
        Verdict::Valid(receipt)
    }
}

/// The strongest status of the key and those it comes from; `None` if all are active.
fn worst_status(receipt: &Receipt) -> Option<KeyStatus> {
    let Receipt { key, ancestors, at } = receipt;
    // A key that comes from none of the keys that it names was orphaned by a deletion.
    let nearest = ancestors.first().map(|parent| parent.id);
    if key.lineage.parent != nearest || ancestors.last().is_some_and(|eldest| eldest.lineage.parent.is_some())
    {
        return Some(KeyStatus::Revoked);
    }
    let own = std::iter::once(key.status(*at));
    // The children of a rotated key are its successor's: the end of its grace is not theirs.
    let inherited =
        ancestors.iter().map(|key| key.status(*at)).filter(|status| *status != KeyStatus::GraceEnded);
    own.chain(inherited).min().filter(|status| *status != KeyStatus::Active)
}

fn refused(status: KeyStatus, receipt: Receipt) -> Verdict {
    match status {
        KeyStatus::Revoked => Verdict::Revoked(receipt),
        KeyStatus::GraceEnded => Verdict::GraceEnded(receipt),
        KeyStatus::Disabled => Verdict::Disabled(receipt),
        KeyStatus::Expired => Verdict::Expired(receipt),
        KeyStatus::NotYetValid => Verdict::NotYetValid(receipt),
        KeyStatus::Active => Verdict::Valid(receipt),
    }
}

fn admits(key: &KeyRecord, address: Option<IpAddr>) -> bool {
    let networks = &key.rules.networks;
    networks.is_empty() || address.is_some_and(|address| networks.iter().any(|range| range.contains(address)))
}
