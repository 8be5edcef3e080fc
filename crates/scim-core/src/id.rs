//! Ids.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_LEN: usize = 27;
/// As many digits as fifty bits have: until the year 37,000.
const TIME_LEN: usize = 10;

/// The id of a resource, given by the service provider: characters that need no escaping anywhere.
///
/// It begins with the millisecond of its creation, which `meta.created` tells as well, so that what is created one after
/// the other is stored side by side; 17 random characters follow.
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
    /// The id of what is created now.
    pub fn generate(now: DateTime<Utc>, rng: &mut impl CryptoRng) -> Self {
        let mut milliseconds = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let mut time = [0; TIME_LEN];
        for place in time.iter_mut().rev() {
            *place = u8::try_from(milliseconds % 32).unwrap_or_default();
            milliseconds /= 32;
        }
        Self(time.into_iter().map(digit).chain(random(rng).chars().skip(TIME_LEN)).collect::<String>().into())
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
    bytes.into_iter().map(digit).collect()
}

/// The digit of the lowest five bits.
fn digit(byte: u8) -> char {
    ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use rand_core::UnwrapErr;

    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_creation_and_differ_within_a_millisecond() {
        let at = |milliseconds| {
            let now = DateTime::from_timestamp_millis(milliseconds).unwrap();
            ResourceId::generate(now, &mut UnwrapErr(SysRng))
        };
        let moments =
            [-1, 1, 31, 32, 1_023, 1_024, 1_795_669_200_000, 1_795_669_200_001, 253_402_300_799_999];
        let ids = moments.map(at);
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.as_str().len() == RANDOM_LEN));
        assert_ne!(at(7), at(7));
        assert_eq!(at(7).as_str().get(..TIME_LEN), at(7).as_str().get(..TIME_LEN));
    }
}
