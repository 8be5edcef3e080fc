//! Ids that prove by themselves that this host has made them.

use std::fmt;

use zeroize::Zeroizing;

use crate::KeyId;

/// The key of the tags.
#[derive(Clone)]
pub(super) struct IdTag(Zeroizing<[u8; 32]>);

const RANDOM_LEN: usize = 12;

impl IdTag {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        Self(Zeroizing::new(blake3::derive_key("apikeys 2026-11 id tag", secret)))
    }

    /// The id with the first bytes of `id`, and their tag.
    pub(super) fn tagged(&self, id: KeyId) -> KeyId {
        let mut bytes = *id.as_bytes();
        let (random, tag) = bytes.split_at_mut(RANDOM_LEN);
        let hash = blake3::keyed_hash(&self.0, random);
        tag.iter_mut().zip(hash.as_bytes()).for_each(|(place, byte)| *place = *byte);
        KeyId::from_bytes(bytes)
    }
}

impl fmt::Debug for IdTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdTag(..)")
    }
}
