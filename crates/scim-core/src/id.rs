//! Ids.

use std::{fmt, sync::Arc};

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_LEN: usize = 27;

/// The id of a resource, given by the service provider: 27 random characters that need no escaping anywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(Arc<str>);

/// The id of a directory: `dir_` and 27 random characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DirectoryId(Arc<str>);

/// What one request or one change is called in every event about it (RFC 8417 §2.2, `txn`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransactionId(Arc<str>);

impl TransactionId {
    /// A random id.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random(rng).into())
    }

    /// One of the host's own.
    pub fn named(text: &str) -> Self {
        Self(text.into())
    }

    /// That of one operation of a bulk request, counted from 0 (RFC 9967 §2.5.1.2).
    #[must_use]
    pub fn of_operation(&self, at: usize) -> Self {
        Self(format!("{}:{at}", self.0).into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ResourceId {
    /// A random id.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random(rng).into())
    }

    /// The id that a client names; whether there is such a resource is still to be seen.
    pub fn named(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DirectoryId {
    /// A random id.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(format!("dir_{}", random(rng)).into())
    }

    /// The id that a client names; whether there is such a directory is still to be seen.
    pub fn named(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 135 random bits.
pub(crate) fn random(rng: &mut impl CryptoRng) -> String {
    let mut bytes = [0; RANDOM_LEN];
    rng.fill_bytes(&mut bytes);
    let digit = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from);
    bytes.iter().map(digit).collect()
}
