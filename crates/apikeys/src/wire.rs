//! The JSON shapes of the public API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use chrono::{DateTime, Utc};

use crate::{KeyPage, KeyRecord, Secret};

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
    /// When its secret was proven last, in milliseconds since 1970, or null.
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
