//! Issuing a key.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand_core::CryptoRng;
use serde_json::{Value, json};

use crate::{
    Creation, EarlierCreation, Idempotency, KeyChange, KeyId, KeyRecord, Lineage, Month, ParentError,
    Revision, Rules, Scope, Secret, StoredDigest, Subject, SubjectKind, TenantPeppers, TokenFormat, limits,
    lineage,
};

/// How long a repeated request is recognised.
const IDEMPOTENCY_WINDOW: TimeDelta = TimeDelta::hours(24);

/// What a key is issued from.
///
/// [`NewKey::new`] gives what most keys are: without expiry, scopes, claims or description.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKey {
    /// Whom it acts for; the host has made sure that the caller may ask for that.
    pub subject: Subject,
    /// See [`KeyRecord::name`].
    pub name: Arc<str>,
    /// See [`KeyRecord::kind`].
    pub kind: Arc<str>,
    /// See [`KeyRecord::description`].
    pub description: Option<Arc<str>>,
    /// See [`KeyRecord::scopes`].
    pub scopes: Vec<Scope>,
    /// See [`KeyRecord::claims`].
    pub claims: Option<Value>,
    /// See [`KeyRecord::metadata`].
    pub metadata: Option<Value>,
    /// See [`KeyRecord::created_by`].
    pub created_by: Option<Subject>,
    /// How long it lives; `None` is without end, and for a child as long as its parent.
    pub lifetime: Option<TimeDelta>,
    /// See [`KeyRecord::rules`].
    pub rules: Rules,
    /// The key that asks for it, and bounds its scopes and expiry.
    pub parent: Option<KeyId>,
    /// What a repeated request is recognised by, for 24 hours.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl NewKey {
    /// A key with this name, which acts for `subject`.
    pub fn new(subject: Subject, name: impl Into<Arc<str>>) -> Self {
        Self {
            subject,
            name: name.into(),
            kind: "api_key".into(),
            description: None,
            scopes: Vec::new(),
            claims: None,
            metadata: None,
            created_by: None,
            lifetime: None,
            rules: Rules::default(),
            parent: None,
            idempotency_key: None,
        }
    }

    /// Equal for equal requests, whichever version of this crate was asked.
    fn fingerprint(&self) -> [u8; 32] {
        let rules = &self.rules;
        fingerprint(&json!([
            "issue",
            self.subject,
            self.name,
            self.kind,
            self.description,
            self.scopes,
            self.claims,
            self.metadata,
            self.created_by,
            self.lifetime.map(|lifetime| lifetime.num_milliseconds()),
            self.parent,
            rules.not_before.map(|begin| begin.timestamp_millis()),
            rules.idle_ttl.map(|idle| idle.num_milliseconds()),
            rules.networks,
            rules.rate_limit,
            rules.credits,
        ]))
    }
}

/// A fingerprint of what was asked for, as JSON.
pub(crate) fn fingerprint(request: &Value) -> [u8; 32] {
    *blake3::hash(request.to_string().as_bytes()).as_bytes()
}

/// A caller's name for a request, under which a repetition is recognised: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The key with this text.
    ///
    /// # Errors
    /// [`IssueError::IdempotencyKey`], if it is empty, too long, or has another character.
    pub fn new(text: &str) -> Result<Self, IssueError> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.into())).ok_or(IssueError::IdempotencyKey)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What new tokens are made with.
#[derive(Debug, Clone, Copy)]
pub struct Mint<'a> {
    /// What they look like.
    pub format: &'a TokenFormat,
    /// What they are hashed with.
    pub peppers: &'a TenantPeppers,
}

impl Mint<'_> {
    /// The id and the digest of a fresh token, and the token.
    pub(crate) fn token(&self, rng: &mut impl CryptoRng) -> ((KeyId, StoredDigest), Secret) {
        self.format.generate_with(rng, |key| (key.id(), self.peppers.digest(key)))
    }
}

/// A key that is to be stored, and its secret, which must not be revealed before it is.
#[derive(Debug)]
pub struct Issued {
    /// What to write.
    pub creation: Creation,
    /// Its token.
    pub secret: Secret,
}

impl Issued {
    /// The key.
    pub fn record(&self) -> &Arc<KeyRecord> {
        &self.creation.record
    }

    /// What to write, as a change.
    pub fn change(&self) -> KeyChange {
        KeyChange::Create(self.creation.clone())
    }
}

/// Decides whether `new` can be issued, and how it is stored.
///
/// `ancestors` are its parent, if it has one, and the keys that this comes from, nearest first; `earlier` is what the store
/// knows of its idempotency key.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    mint: Mint<'_>,
    new: NewKey,
    ancestors: &[Arc<KeyRecord>],
    earlier: Option<EarlierCreation>,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Issued, IssueError> {
    check(&new)?;
    let request = new.fingerprint();
    refuse_repetition(earlier, request)?;
    let now = now.trunc_subsecs(3);
    let lifetime = new.lifetime.map(|lifetime| limits::expiry(now, lifetime)).transpose()?;
    let expires_at = lifetime.or_else(|| ancestors.first().and_then(|parent| parent.expires_at));
    limits::check_rules(&new.rules, expires_at, now)?;
    check_ancestors(&new, ancestors, expires_at, now)?;
    let ((id, digest), secret) = mint.token(rng);
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
        digest,
        created_at: now,
        updated_at: now,
        expires_at,
        disabled_at: None,
        revoked: None,
        rules: new.rules,
        lineage: Lineage { parent: new.parent, ..Lineage::founding(id) },
        last_used_at: None,
        revision: Revision::FIRST,
    });
    let creation = Creation {
        record,
        idempotency: idempotency(new.idempotency_key, request, now),
        counts_in: Some(Month::of(now)),
        predecessor: None,
        sealed: None,
    };
    Ok(Issued { creation, secret })
}

pub(crate) fn idempotency(
    key: Option<IdempotencyKey>,
    request: [u8; 32],
    now: DateTime<Utc>,
) -> Option<Idempotency> {
    let expires_at = now.checked_add_signed(IDEMPOTENCY_WINDOW).unwrap_or(now);
    key.map(|key| Idempotency { key, request, expires_at })
}

pub(crate) fn check(new: &NewKey) -> Result<(), IssueError> {
    let trimmed = new.name.trim() == &*new.name;
    if new.name.chars().count() < 3
        || new.name.len() > limits::MAX_NAME_LEN
        || !trimmed
        || has_line_break(&new.name)
    {
        return Err(IssueError::Name);
    }
    if !(3..=25).contains(&new.kind.chars().count()) {
        return Err(IssueError::Kind);
    }
    limits::check_description(new.description.as_deref())?;
    limits::check_scopes(&new.scopes)?;
    limits::check_claims(new.claims.as_ref())?;
    limits::check_metadata(new.metadata.as_ref())?;
    match &new.created_by {
        Some(creator) if creator.kind() != SubjectKind::User => Err(IssueError::CreatedBy),
        _ => Ok(()),
    }
}

/// The wire's pattern of a name matches within one line.
fn has_line_break(name: &str) -> bool {
    name.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

fn check_ancestors(
    new: &NewKey,
    ancestors: &[Arc<KeyRecord>],
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), ParentError> {
    if new.parent.is_none() {
        return Ok(());
    }
    let parent =
        ancestors.first().filter(|parent| Some(parent.id) == new.parent).ok_or(ParentError::Unknown)?;
    lineage::check_parent(ancestors, now)?;
    if parent.subject != new.subject {
        return Err(ParentError::Subject);
    }
    lineage::check_within(parent, &new.scopes, expires_at)
}

pub(crate) fn refuse_repetition(
    earlier: Option<EarlierCreation>,
    request: [u8; 32],
) -> Result<(), IssueError> {
    match earlier {
        None => Ok(()),
        Some(earlier) if earlier.request == request => Err(IssueError::AlreadyIssued(earlier.id)),
        Some(_) => Err(IssueError::IdempotencyConflict),
    }
}

/// Why a key is not issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The name is too short or too long, has space around it, or a line break in it.
    #[error("name must have 3 to {} characters in one line, and no space around it", limits::MAX_NAME_LEN)]
    Name,
    /// The type is too short or too long.
    #[error("type must have 3 to 25 characters")]
    Kind,
    /// The creator is no user.
    #[error("created_by must be a user")]
    CreatedBy,
    /// A value is too large.
    #[error(transparent)]
    Limit(#[from] limits::LimitError),
    /// It would exceed its parent.
    #[error(transparent)]
    Parent(#[from] ParentError),
    /// The idempotency key is empty, too long, or has an invisible character.
    #[error("an idempotency key must have 1 to 255 visible ASCII characters")]
    IdempotencyKey,
    /// The same request has been carried out before; its secret has been shown, and only its digest is left.
    #[error("this request was carried out before: it created {0}, whose secret was shown then")]
    AlreadyIssued(KeyId),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for another request")]
    IdempotencyConflict,
    /// The tenant has used up what it may create in a month without paying, and that is a hard stop.
    #[error("no more keys can be created this month: the plan's allowance is used up")]
    AllowanceUsedUp,
}
