//! Issuing a key.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand_core::CryptoRng;
use serde_json::Value;

use crate::{
    EarlierCreation, Idempotency, KeyChange, KeyId, KeyRecord, Month, Peppers, Revision, Secret, Subject,
    TenantId, TokenFormat, limits,
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
    pub scopes: Vec<Arc<str>>,
    /// See [`KeyRecord::claims`].
    pub claims: Option<Value>,
    /// See [`KeyRecord::created_by`].
    pub created_by: Option<Subject>,
    /// How long it lives; `None` is without end.
    pub lifetime: Option<TimeDelta>,
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
            created_by: None,
            lifetime: None,
            idempotency_key: None,
        }
    }

    /// Equal for equal requests.
    fn fingerprint(&self) -> [u8; 32] {
        // `Debug` of these types writes every field, and quotes text, so that no two requests look alike.
        *blake3::hash(format!("{self:?}").as_bytes()).as_bytes()
    }
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

/// A key that is to be stored, and its secret, which must not be revealed before it is.
#[derive(Debug)]
pub struct Issued {
    /// The key.
    pub record: Arc<KeyRecord>,
    /// What to write.
    pub change: KeyChange,
    /// Its token.
    pub secret: Secret,
}

/// Decides whether `new` can be issued, and how it is stored.
///
/// `earlier` is what the store knows of its idempotency key.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    (tenant, format, peppers): (&TenantId, &TokenFormat, &Peppers),
    new: NewKey,
    earlier: Option<EarlierCreation>,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Issued, IssueError> {
    check(&new)?;
    let request = new.fingerprint();
    refuse_repetition(earlier, request)?;
    let now = now.trunc_subsecs(3);
    let expires_at = new.lifetime.map(|lifetime| limits::expiry(now, lifetime)).transpose()?;
    let (presented, secret) = format.generate(rng);
    let idempotency = new.idempotency_key.clone().map(|key| Idempotency {
        key,
        request,
        expires_at: now.checked_add_signed(IDEMPOTENCY_WINDOW).unwrap_or(now),
    });
    let record = Arc::new(KeyRecord {
        id: presented.id(),
        subject: new.subject,
        kind: new.kind,
        name: new.name,
        description: new.description,
        scopes: new.scopes.into(),
        claims: new.claims.filter(|claims| !claims.is_null()).map(Arc::new),
        created_by: new.created_by,
        digest: peppers.digest(tenant, &presented),
        created_at: now,
        updated_at: now,
        expires_at,
        revoked: None,
        last_used_at: None,
        revision: Revision::FIRST,
    });
    let change = KeyChange::Create { record: record.clone(), idempotency, counts_in: Some(Month::of(now)) };
    Ok(Issued { record, change, secret })
}

fn check(new: &NewKey) -> Result<(), IssueError> {
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
    match &new.created_by {
        Some(creator) if creator.kind() != crate::SubjectKind::User => Err(IssueError::CreatedBy),
        _ => Ok(()),
    }
}

/// The wire's pattern of a name matches within one line.
fn has_line_break(name: &str) -> bool {
    name.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

fn refuse_repetition(earlier: Option<EarlierCreation>, request: [u8; 32]) -> Result<(), IssueError> {
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
    /// The idempotency key is empty, too long, or has an invisible character.
    #[error("an idempotency key must have 1 to 255 visible ASCII characters")]
    IdempotencyKey,
    /// The same request has been carried out before; its secret has been shown, and only its digest is left.
    #[error("this request was carried out before: it created {0}, whose secret was shown then")]
    AlreadyIssued(KeyId),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for another request")]
    IdempotencyConflict,
}
