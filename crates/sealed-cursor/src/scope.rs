//! What a cursor is bound to.

/// The tenant and the query that a cursor belongs to, as fingerprints.
///
/// The query is whatever must not change between two pages: order, filter, page size, epoch. Its bytes are the
/// caller's; equal bytes mean the same query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub(crate) tenant: [u8; 8],
    pub(crate) query: [u8; 8],
}

impl Scope {
    /// The scope of one query of one tenant.
    pub fn new(tenant: &str, query: &[u8]) -> Self {
        Self { tenant: fingerprint(tenant.as_bytes()), query: fingerprint(query) }
    }
}

fn fingerprint(bytes: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    blake3::Hasher::new_derive_key("sealed-cursor 2026-11 scope fingerprint")
        .update(bytes)
        .finalize_xof()
        .fill(&mut short);
    short
}
