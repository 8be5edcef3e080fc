//! Digests as the other systems made them.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use serde::{Deserialize, Serialize};

use super::decode;

/// The digest of a foreign token: 32 or 64 bytes.
///
/// Compares in constant time. `Debug` does not show it; [`as_bytes`](Self::as_bytes) and serde (lower-case hex) give it
/// to a store.
///
/// ```
/// use apikeys::import::ForeignDigest;
///
/// let digest = ForeignDigest::new(&[7; 32])?;
/// assert_eq!(digest.as_bytes(), [7; 32]);
/// assert_eq!(format!("{digest:?}"), "ForeignDigest(..)");
/// # Ok::<_, apikeys::import::InvalidForeignDigest>(())
/// ```
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ForeignDigest(Bytes);

#[derive(Clone, Copy)]
enum Bytes {
    Short([[u8; 32]; 1]),
    Long([[u8; 32]; 2]),
}

impl ForeignDigest {
    /// The digest of these bytes, which a store kept.
    ///
    /// # Errors
    /// [`InvalidForeignDigest`], if there are not 32 or 64 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, InvalidForeignDigest> {
        let (first, rest) = bytes.split_first_chunk().ok_or(InvalidForeignDigest)?;
        if rest.is_empty() {
            return Ok(Self(Bytes::Short([*first])));
        }
        let second = rest.try_into().map_err(|_| InvalidForeignDigest)?;
        Ok(Self(Bytes::Long([*first, second])))
    }

    /// Its bytes, to be stored and looked up.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short(halves) => halves.as_flattened(),
            Bytes::Long(halves) => halves.as_flattened(),
        }
    }
}

impl PartialEq for ForeignDigest {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Bytes::Short([a]), Bytes::Short([b])) => equal(a, b),
            (Bytes::Long([a, b]), Bytes::Long([c, d])) => equal(a, c) & equal(b, d),
            _ => false,
        }
    }
}

impl Eq for ForeignDigest {}

impl Hash for ForeignDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for ForeignDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForeignDigest(..)")
    }
}

impl From<[u8; 32]> for ForeignDigest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Bytes::Short([bytes]))
    }
}

impl TryFrom<String> for ForeignDigest {
    type Error = InvalidForeignDigest;

    fn try_from(hex: String) -> Result<Self, InvalidForeignDigest> {
        Self::new(&decode::hex(hex.as_bytes()).map_err(|_| InvalidForeignDigest)?)
    }
}

impl From<ForeignDigest> for String {
    fn from(digest: ForeignDigest) -> Self {
        digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The bytes are no digest's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a foreign digest has 32 or 64 bytes")]
pub struct InvalidForeignDigest;

/// In constant time, as `blake3::Hash` compares.
fn equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    blake3::Hash::from_bytes(*a) == blake3::Hash::from_bytes(*b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_32_or_64_bytes_are_a_digest() {
        for len in 0..=130 {
            let digest = ForeignDigest::new(&vec![1; len]);
            assert_eq!(digest.is_ok(), len == 32 || len == 64, "{len}");
        }
    }

    #[test]
    fn every_byte_counts() {
        for len in [32, 64] {
            let digest = ForeignDigest::new(&vec![1; len]).unwrap();
            for at in 0..len {
                let mut other = vec![1; len];
                other[at] ^= 0x80;
                assert_ne!(ForeignDigest::new(&other), Ok(digest), "{at} of {len}");
            }
        }
        assert_ne!(ForeignDigest::new(&[1; 32]), ForeignDigest::new(&[1; 64]));
    }

    #[test]
    fn a_store_reads_back_what_it_kept() {
        for len in [32, 64] {
            let digest = ForeignDigest::new(&vec![0xa5; len]).unwrap();
            assert_eq!(ForeignDigest::new(digest.as_bytes()), Ok(digest));
            let json = serde_json::to_string(&digest).unwrap();
            assert_eq!(json, format!("\"{}\"", "a5".repeat(len)));
            assert_eq!(serde_json::from_str::<ForeignDigest>(&json).unwrap(), digest);
        }
        assert!(serde_json::from_str::<ForeignDigest>("\"a5\"").is_err());
    }
}
