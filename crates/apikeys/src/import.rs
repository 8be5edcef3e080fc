//! Keys that another system issued: which hash of them it stored, and how to recognize them when they are presented.
//!
//! A host that moves to this crate has a table of hashes and no tokens. It imports each hash with the [`Scheme`] that
//! made it; the tokens stay in its users' hands and work on. When a presented text is no token of the host's own
//! [`TokenFormat`](crate::TokenFormat), [`candidates`] hashes it under each scheme that the tenant has imported keys
//! of; the host looks the digests up, and equality of digest and scheme proves the token.
//!
//! | scheme | stored form | what of the presented text is hashed |
//! |---|---|---|
//! | [`Unkey`](Scheme::Unkey) | SHA-256, base64 with padding | all |
//! | [`BetterAuth`](Scheme::BetterAuth) | SHA-256, base64url without padding | all |
//! | [`Seam`](Scheme::Seam) | SHA-256, hex | what follows the last `_` |
//! | [`DrfApiKey`](Scheme::DrfApiKey) | `sha512$$`, then SHA-512 in hex | all, which has a `.` |
//! | [`Knox`](Scheme::Knox) | SHA-512, hex | all |
//! | [`Knox4`](Scheme::Knox4) | SHA-512, hex | the bytes that its hex stands for |
//! | [`RustRegistry`](Scheme::RustRegistry) | SHA-256, bytes | all, which starts with `cio` |
//! | [`RustRegistryTrustedPublishing`](Scheme::RustRegistryTrustedPublishing) | SHA-256, bytes | the 31 characters between `cio_tp_` and the check character |
//! | [`Tollgate`](Scheme::Tollgate) | HMAC-SHA256, bytes | all |
//! | [`Talos`](Scheme::Talos) | SHA-512/256, hex | the tenant, a zero byte, all |
//! | [`Sanctum`](Scheme::Sanctum) | SHA-256, hex | what follows the first <code>&#124;</code>, or all |
//!
//! Fast hashes are right for random secrets only: who imports a key declares its [`Entropy`], and keys that a person
//! may have chosen are refused. What an origin stores beside the hash (Seam's short token, Sanctum's row number) is no
//! part of the proof here: the hashed secret alone is. Knox before 4.2 salted its hashes, and DRF API key before 3.0
//! used slow password hashers: no digest of the token finds such a row, so they can't be imported.
//!
//! ```
//! use std::collections::HashMap;
//! use apikeys::import::{Entropy, Scheme, SchemeKeys, StoredHash, candidates};
//!
//! // Importing one row of the other system's table:
//! let stored = StoredHash::parse(Scheme::Unkey, "NC4g3sUZVW/P1I9UN+BTHx876rNbbrzN25FtJk1n924=")?;
//! let digest = stored.admit(Entropy::AtLeast128Bits)?;
//! let rows = HashMap::from([((Scheme::Unkey, digest), "user_2xhFjEI5X2qWRvtV13BzSj8H6Dk")]);
//!
//! // Verifying:
//! let presented = b"sk_live_0123456789abcdef";
//! let keys = SchemeKeys::new();
//! let subject = candidates(&[Scheme::Unkey, Scheme::Knox], &keys, presented).find_map(|found| rows.get(&found));
//! assert_eq!(subject, Some(&"user_2xhFjEI5X2qWRvtV13BzSj8H6Dk"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod candidates;
mod decode;
mod digest;
mod keys;
mod scheme;
mod stored;

pub use self::{
    candidates::{InvalidTalosTenant, MAX_FOREIGN_LEN, SchemeKeys, candidates},
    digest::{ForeignDigest, InvalidForeignDigest},
    keys::{ForeignKey, import},
    scheme::{Scheme, UnknownScheme},
    stored::{Entropy, InvalidStoredHash, LowEntropy, StoredHash},
};
