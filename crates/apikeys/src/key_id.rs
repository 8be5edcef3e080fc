//! The id of a key.

use std::{fmt, str::FromStr};

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// The id of a key: 16 random bytes, `ak_` and 32 hexadecimal digits on the wire.
///
/// The same bytes stand in the key's token, so that one converts into the other without a table. An id is no secret.
///
/// ```
/// let id: apikeys::KeyId = "ak_3beecc9c60adb5f9b850e91a8ee1e992".parse()?;
/// assert_eq!("api_key_3BEECC9C60ADB5F9B850E91A8EE1E992".parse(), Ok(id));
/// assert_eq!(id.to_string(), "ak_3beecc9c60adb5f9b850e91a8ee1e992");
/// # Ok::<_, apikeys::InvalidKeyId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A random id.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        let digits =
            text.strip_prefix("ak_").or_else(|| text.strip_prefix("api_key_")).ok_or(InvalidKeyId)?;
        // `from_str_radix` would take a sign.
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidKeyId);
        }
        let number = u128::from_str_radix(digits, 16).map_err(|_| InvalidKeyId)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ak_{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidKeyId;

    fn try_from(text: String) -> Result<Self, InvalidKeyId> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

/// The text is no key's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's id is `ak_` and 32 hexadecimal digits")]
pub struct InvalidKeyId;
