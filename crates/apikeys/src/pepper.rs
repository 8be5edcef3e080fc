//! Keyed digests of tokens.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{PresentedKey, TenantId};

/// The number of a pepper: it is stored with each digest, so that a pepper can be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PepperId(pub u16);

/// A secret key that is kept outside of the database: without it a stolen table can't be matched against leaked tokens.
#[derive(Clone)]
pub struct Pepper(Zeroizing<[u8; 32]>);

impl Pepper {
    /// A pepper derived from 32 secret bytes; the same bytes may serve other purposes too.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Zeroizing::new(blake3::derive_key("apikeys 2026-11 pepper", secret)))
    }

    /// The tenant goes into the keys and not into the input, which stays one block long.
    fn of(&self, tenant: &TenantId) -> DigestKeys {
        let derive = |purpose: &[u8]| {
            let mut hasher = blake3::Hasher::new_keyed(&self.0);
            hasher.update(tenant.as_str().as_bytes()).update(purpose);
            Zeroizing::new(*hasher.finalize().as_bytes())
        };
        DigestKeys {
            token: derive(b""),
            // No tenant's name has a zero byte.
            #[cfg(feature = "import")]
            foreign: derive(b"\0foreign"),
        }
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(..)")
    }
}

/// The current pepper, and retired ones whose digests are still accepted.
#[derive(Debug, Clone)]
pub struct Peppers {
    current: (PepperId, Pepper),
    retired: Arc<[(PepperId, Pepper)]>,
}

impl Peppers {
    /// New digests are made with `current`; those of `retired` still count, and are made anew when their keys are used.
    pub fn new(current: (PepperId, Pepper), retired: impl IntoIterator<Item = (PepperId, Pepper)>) -> Self {
        Self { current, retired: retired.into_iter().collect() }
    }

    /// The peppers as a tenant's digests are made with them.
    pub fn of(&self, tenant: &TenantId) -> TenantPeppers {
        let derive = |(id, pepper): &(PepperId, Pepper)| (*id, pepper.of(tenant));
        TenantPeppers { current: derive(&self.current), retired: self.retired.iter().map(derive).collect() }
    }
}

/// The keys of one tenant's digests.
pub struct TenantPeppers {
    current: (PepperId, DigestKeys),
    retired: Vec<(PepperId, DigestKeys)>,
}

struct DigestKeys {
    token: Zeroizing<[u8; 32]>,
    #[cfg(feature = "import")]
    foreign: Zeroizing<[u8; 32]>,
}

impl TenantPeppers {
    /// What a token would have to be stored as now.
    #[inline(always)]
    pub(crate) fn current_digest(&self, presented: PresentedKey<'_>) -> Digest {
        self.current.1.of_token(presented)
    }

    /// The digest of a token under the current pepper.
    pub(crate) fn digest(&self, presented: PresentedKey<'_>) -> StoredDigest {
        let (pepper, keys) = &self.current;
        StoredDigest { pepper: *pepper, scheme: DigestScheme::TOKEN, digest: keys.of_token(presented) }
    }

    /// Whether `presented` is what `stored` was made of; compares in constant time.
    pub(crate) fn proves(&self, presented: PresentedKey<'_>, stored: &StoredDigest) -> bool {
        let keys = self.all().find(|(id, _)| *id == stored.pepper);
        stored.scheme == DigestScheme::TOKEN
            && keys.is_some_and(|(_, keys)| keys.of_token(presented).equals(&stored.digest))
    }

    /// Whether a digest was made with the current pepper.
    pub(crate) fn is_current(&self, stored: &StoredDigest) -> bool {
        stored.pepper == self.current.0
    }

    /// Hashes what nothing is stored for, so that an unknown id takes as long as a wrong secret.
    pub(crate) fn hash_in_vain(&self, presented: PresentedKey<'_>) {
        std::hint::black_box(self.current.1.of_token(presented));
    }

    /// What is stored for a key that another software has issued and hashed.
    #[cfg(feature = "import")]
    pub(crate) fn foreign_digest(&self, scheme: DigestScheme, digest: &[u8]) -> StoredDigest {
        let (pepper, keys) = &self.current;
        StoredDigest { pepper: *pepper, scheme, digest: keys.of_foreign(scheme, digest) }
    }

    /// What may be stored for such a key: under the current pepper first.
    #[cfg(feature = "import")]
    pub(crate) fn foreign<'a>(
        &'a self,
        scheme: DigestScheme,
        digest: &'a [u8],
    ) -> impl Iterator<Item = StoredDigest> + 'a {
        self.all().map(move |(pepper, keys)| StoredDigest {
            pepper: *pepper,
            scheme,
            digest: keys.of_foreign(scheme, digest),
        })
    }

    fn all(&self) -> impl Iterator<Item = &(PepperId, DigestKeys)> {
        std::iter::once(&self.current).chain(&self.retired)
    }
}

impl fmt::Debug for TenantPeppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantPeppers").field("current", &self.current.0).finish_non_exhaustive()
    }
}

impl DigestKeys {
    #[inline(always)]
    fn of_token(&self, presented: PresentedKey<'_>) -> Digest {
        Digest(*blake3::keyed_hash(&self.token, presented.body()).as_bytes())
    }

    #[cfg(feature = "import")]
    fn of_foreign(&self, scheme: DigestScheme, digest: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.foreign);
        hasher.update(&[scheme.0]).update(digest);
        Digest(*hasher.finalize().as_bytes())
    }
}

/// BLAKE3 in keyed mode: of a token's body, or of the digest that another software had stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Whether both are the same; takes equally long wherever they differ.
    #[inline]
    pub(crate) fn equals(&self, other: &Self) -> bool {
        // `blake3::Hash` compares in constant time.
        blake3::Hash::from_bytes(self.0) == blake3::Hash::from_bytes(other.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

/// What a digest was made of, as a number that is stored: [`TOKEN`](Self::TOKEN), or the scheme of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DigestScheme(pub u8);

#[cfg(feature = "import")]
impl From<crate::import::Scheme> for DigestScheme {
    fn from(scheme: crate::import::Scheme) -> Self {
        Self(scheme.number())
    }
}

impl DigestScheme {
    /// A token of [`TokenFormat`](crate::TokenFormat).
    pub const TOKEN: Self = Self(0);
}

/// A digest, the pepper that it was made with, and what it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoredDigest {
    /// The pepper.
    pub pepper: PepperId,
    /// What was hashed.
    pub scheme: DigestScheme,
    /// The digest.
    pub digest: Digest,
}

#[cfg(feature = "import")]
impl StoredDigest {
    /// Whether both are the same; takes equally long wherever the digests differ.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.pepper == other.pepper && self.scheme == other.scheme && self.digest.equals(&other.digest)
    }
}
