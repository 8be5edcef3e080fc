//! Sealing and opening.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};

use crate::Scope;

/// The longest text that [`CursorKey::open`] looks at, in bytes.
pub const MAX_TEXT_LEN: usize = 2048;

const VERSION: u8 = 1;
const EXPIRY: std::ops::Range<usize> = 17..25;
const HEADER_LEN: usize = 25;
const MAC_LEN: usize = 16;

/// The key that seals cursors: one per application, kept as secret as a signing key.
///
/// Layout of the sealed bytes: version, tenant fingerprint (8), query fingerprint (8), expiry in milliseconds since 1970
/// (8, big-endian), position, MAC (16).
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// A key derived from 32 secret bytes; the same bytes may serve other purposes too.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(blake3::derive_key("sealed-cursor 2026-11 authentication", secret))
    }

    /// The text of a cursor at `position`, which opens in the same `scope` until `expires_at`.
    ///
    /// A position of more than about 1,400 bytes makes a text that [`open`](Self::open) refuses as
    /// [`TooLong`](OpenError::TooLong).
    pub fn seal(&self, scope: Scope, expires_at: DateTime<Utc>, position: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(HEADER_LEN + position.len() + MAC_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&scope.tenant);
        bytes.extend_from_slice(&scope.query);
        bytes.extend_from_slice(&expires_at.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(position);
        let mac = self.mac(&bytes);
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position in a cursor's text, if it was sealed with this key for this scope and `now` is before its expiry.
    ///
    /// # Errors
    /// [`OpenError`]: the reasons are told apart only for a text that this key has sealed.
    pub fn open(&self, scope: Scope, now: DateTime<Utc>, text: &str) -> Result<Vec<u8>, OpenError> {
        if text.len() > MAX_TEXT_LEN {
            return Err(OpenError::TooLong);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| OpenError::Malformed)?;
        let sealed_len = bytes.len().checked_sub(MAC_LEN).ok_or(OpenError::Malformed)?;
        let presented = bytes.split_off(sealed_len);
        let header: [u8; HEADER_LEN] =
            bytes.get(..HEADER_LEN).and_then(|h| h.try_into().ok()).ok_or(OpenError::Malformed)?;
        if header[0] != VERSION {
            return Err(OpenError::Malformed);
        }
        if !same(&self.mac(&bytes), &presented) {
            return Err(OpenError::Forged);
        }
        if header[1..9] != scope.tenant {
            return Err(OpenError::WrongTenant);
        }
        if header[9..17] != scope.query {
            return Err(OpenError::WrongQuery);
        }
        let mut expiry = [0; 8];
        expiry.copy_from_slice(&header[EXPIRY]);
        if now.timestamp_millis() >= i64::from_be_bytes(expiry) {
            return Err(OpenError::Expired);
        }
        Ok(bytes.split_off(HEADER_LEN))
    }

    fn mac(&self, bytes: &[u8]) -> [u8; MAC_LEN] {
        let mut mac = [0; MAC_LEN];
        blake3::Hasher::new_keyed(&self.0).update(bytes).finalize_xof().fill(&mut mac);
        mac
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

/// Why a cursor does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The text is longer than [`MAX_TEXT_LEN`].
    #[error("cursor is longer than {MAX_TEXT_LEN} bytes")]
    TooLong,
    /// The text is not what [`CursorKey::seal`] writes.
    #[error("cursor is malformed")]
    Malformed,
    /// The text was not sealed with this key, or was altered since.
    #[error("cursor was not issued here")]
    Forged,
    /// The cursor belongs to another tenant.
    #[error("cursor belongs to another tenant")]
    WrongTenant,
    /// The cursor belongs to another query: its order, filter or page size has changed since.
    #[error("cursor belongs to another query: start again from the first page")]
    WrongQuery,
    /// The cursor's time is over.
    #[error("cursor has expired: start again from the first page")]
    Expired,
}

/// Constant-time comparison, by way of BLAKE3's own hash type.
fn same(a: &[u8; MAC_LEN], b: &[u8]) -> bool {
    let Ok(b) = <&[u8; MAC_LEN]>::try_from(b) else { return false };
    let widen = |short: &[u8; MAC_LEN]| {
        let mut wide = [0; 32];
        wide[..MAC_LEN].copy_from_slice(short);
        blake3::Hash::from_bytes(wide)
    };
    widen(a) == widen(b)
}
