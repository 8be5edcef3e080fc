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

    fn digest(&self, tenant: &TenantId, presented: &PresentedKey) -> blake3::Hash {
        // The tenant goes into the key and not into the input, which stays one block long.
        let key = Zeroizing::new(*blake3::keyed_hash(&self.0, tenant.as_str().as_bytes()).as_bytes());
        blake3::keyed_hash(&key, presented.body())
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
    /// New digests are made with `current`; those of `retired` still count.
    pub fn new(current: (PepperId, Pepper), retired: impl IntoIterator<Item = (PepperId, Pepper)>) -> Self {
        Self { current, retired: retired.into_iter().collect() }
    }

    /// The digest of a token under the current pepper.
    pub(crate) fn digest(&self, tenant: &TenantId, presented: &PresentedKey) -> StoredDigest {
        let (pepper, key) = &self.current;
        StoredDigest { pepper: *pepper, digest: Digest(*key.digest(tenant, presented).as_bytes()) }
    }

    /// Whether `presented` is what `stored` was made of; compares in constant time.
    pub(crate) fn proves(&self, tenant: &TenantId, presented: &PresentedKey, stored: &StoredDigest) -> bool {
        let mut all = std::iter::once(&self.current).chain(self.retired.iter());
        let pepper = all.find(|(id, _)| *id == stored.pepper);
        // `blake3::Hash` compares in constant time.
        pepper.is_some_and(|(_, key)| {
            key.digest(tenant, presented) == blake3::Hash::from_bytes(stored.digest.0)
        })
    }

    /// Hashes what nothing is stored for, so that an unknown id takes as long as a wrong secret.
    pub(crate) fn hash_in_vain(&self, tenant: &TenantId, presented: &PresentedKey) {
        std::hint::black_box(self.current.1.digest(tenant, presented));
    }
}

/// BLAKE3 in keyed mode of a token's body.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

/// A digest, and the pepper that it was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDigest {
    /// The pepper.
    pub pepper: PepperId,
    /// The digest.
    pub digest: Digest,
}
