//! The JSON shapes of the public API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use chrono::{DateTime, Utc};

use crate::{KeyPage, KeyRecord, Secret, Verdict};

/// A key: the wire's `api_key`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyBody {
    /// `api_key`.
    pub object: String,
    /// `ak_` and 32 hexadecimal digits.
    pub id: String,
    /// `api_key`, unless the host says otherwise.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it acts for.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// What it is for, or null.
    pub description: Option<String>,
    /// Whatever the host added, or null.
    pub claims: Option<Value>,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why, or null.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// When it expires, in milliseconds since 1970, or null.
    pub expiration: Option<i64>,
    /// The user who created it, or null.
    pub created_by: Option<String>,
    /// When it was used last, in milliseconds since 1970, or null.
    pub last_used_at: Option<i64>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was changed last, in milliseconds since 1970.
    pub updated_at: i64,
}

/// A key that was just created: the only answer with a secret.
#[derive(Serialize)]
pub struct CreatedKeyBody {
    #[serde(flatten)]
    key: KeyBody,
    secret: zeroize::Zeroizing<String>,
}

/// The secret of a key, shown again.
#[derive(Serialize)]
pub struct SecretBody {
    secret: zeroize::Zeroizing<String>,
}

/// A page of keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyPageBody {
    /// The keys, newest first.
    pub data: Vec<KeyBody>,
    /// How many match in all.
    pub total_count: u64,
}

/// That a key was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedKeyBody {
    /// `api_key`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// Always true.
    pub deleted: bool,
}

impl KeyBody {
    /// The shape of a key at `now`, which decides whether it is expired.
    pub fn new(key: &KeyRecord, now: DateTime<Utc>) -> Self {
        Self {
            object: "api_key".to_owned(),
            id: key.id.to_string(),
            kind: key.kind.to_string(),
            subject: key.subject.to_string(),
            name: key.name.to_string(),
            description: key.description.as_deref().map(str::to_owned),
            claims: key.claims.as_deref().cloned(),
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            revoked: key.revoked.is_some(),
            revocation_reason: key
                .revoked
                .as_ref()
                .and_then(|revoked| revoked.reason.as_deref())
                .map(str::to_owned),
            expired: key.is_expired(now),
            expiration: key.expires_at.map(|at| at.timestamp_millis()),
            created_by: key.created_by.as_ref().map(ToString::to_string),
            last_used_at: key.last_used_at.map(|at| at.timestamp_millis()),
            created_at: key.created_at.timestamp_millis(),
            updated_at: key.updated_at.timestamp_millis(),
        }
    }
}

impl CreatedKeyBody {
    /// The shape of a key that was just created; takes its secret.
    pub fn new(key: &KeyRecord, secret: Secret, now: DateTime<Utc>) -> Self {
        Self { key: KeyBody::new(key, now), secret: secret.reveal() }
    }
}

impl std::fmt::Debug for CreatedKeyBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKeyBody").field("key", &self.key).finish_non_exhaustive()
    }
}

impl SecretBody {
    /// The shape of a secret.
    pub fn new(secret: zeroize::Zeroizing<String>) -> Self {
        Self { secret }
    }
}

impl std::fmt::Debug for SecretBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBody(..)")
    }
}

impl KeyPageBody {
    /// The shape of a page at `now`.
    pub fn new(page: &KeyPage, now: DateTime<Utc>) -> Self {
        Self { data: page.keys.iter().map(|key| KeyBody::new(key, now)).collect(), total_count: page.total }
    }
}

impl DeletedKeyBody {
    /// That this key was deleted.
    pub fn new(key: &KeyRecord) -> Self {
        Self { object: "api_key".to_owned(), id: key.id.to_string(), deleted: true }
    }
}

/// What a refused verification is answered with: an HTTP status, a code, and a sentence.
///
/// Whatever is no key of the tenant's has one answer, so that nobody learns which ids exist; the others are told only to
/// whoever has proven the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status of an answer to the request that bore the key: 401, 403, 429 or 503 (RFC 9110 §15, RFC 6585 §4).
    pub status: u16,
    /// The status with which `POST /api_keys/verify` answers its caller.
    pub verify_status: u16,
    /// The wire's `code`.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
    /// RFC 6750 §3.1: the `error` of `WWW-Authenticate`, where there is one.
    pub bearer_error: Option<&'static str>,
    /// RFC 9110 §10.2.3: after how many seconds it may be tried again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// The refusal of a verdict; `None` if the key is valid.
    ///
    /// ```
    /// use apikeys::{Verdict, wire::Refusal};
    ///
    /// let refusal = Refusal::of(&Verdict::<()>::NotFound).unwrap();
    /// assert_eq!((refusal.status, refusal.verify_status), (401, 404));
    /// assert_eq!(refusal.problem()["title"], "there is no API key with this secret");
    /// ```
    pub fn of<T>(verdict: &Verdict<T>) -> Option<Self> {
        const INVALID: Option<&str> = Some("invalid_token");
        let proven = |status, verify_status, code, message, bearer_error| {
            Some(Self { status, verify_status, code, message, bearer_error, retry_after: None })
        };
        match verdict {
            Verdict::Valid(_) => None,
            Verdict::Malformed(_) | Verdict::NotFound => {
                proven(401, 404, "resource_not_found", "there is no API key with this secret", INVALID)
            }
            Verdict::NotYetValid(_) => {
                proven(401, 400, "api_key_not_yet_valid", "the API key is not valid yet", INVALID)
            }
            Verdict::Expired(_) => proven(401, 400, "api_key_expired", "the API key has expired", INVALID),
            Verdict::Revoked(_) => proven(401, 400, "api_key_revoked", "the API key was revoked", INVALID),
            Verdict::Disabled(_) => proven(401, 400, "api_key_disabled", "the API key is disabled", INVALID),
            Verdict::GraceEnded(_) => proven(
                401,
                400,
                "api_key_rotated",
                "the API key was rotated: another one has taken over",
                INVALID,
            ),
            Verdict::IpDenied(_) => {
                proven(403, 400, "api_key_ip_denied", "the API key may not be used from this address", None)
            }
            Verdict::InsufficientScope(_) => proven(
                403,
                400,
                "api_key_insufficient_scope",
                "the API key lacks a scope",
                Some("insufficient_scope"),
            ),
            Verdict::SubjectDisabled(_) => proven(
                403,
                400,
                "api_key_subject_disabled",
                "API keys of such subjects are switched off",
                None,
            ),
            Verdict::CreditsExhausted(_) => {
                proven(429, 429, "api_key_usage_exceeded", "the credits of the API key are used up", None)
            }
            Verdict::RateLimited { retry_after, .. } => {
                let milliseconds = u64::try_from(retry_after.num_milliseconds()).unwrap_or(0);
                let seconds = Some(milliseconds.div_ceil(1_000).max(1));
                proven(429, 429, "api_key_rate_limited", "the API key was used too often", None)
                    .map(|refusal| Self { retry_after: seconds, ..refusal })
            }
            Verdict::FeedLagging => proven(
                503,
                503,
                "api_key_state_unknown",
                "the state of the API key is not known: try again",
                None,
            )
            .map(|refusal| Self { retry_after: Some(1), ..refusal }),
        }
    }

    /// The refusal as a problem document (RFC 9457), to be sent as `application/problem+json`.
    pub fn problem(&self) -> Value {
        serde_json::json!({
            "type": "about:blank",
            "title": self.message,
            "status": self.status,
            "code": self.code,
        })
    }
}
