//! From a presented text to the digests that it may be stored under.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512, Sha512_256, digest::Output};

use super::{ForeignDigest, Scheme, decode};

/// How many bytes a foreign token has at most; longer texts are refused before they are hashed.
pub const MAX_FOREIGN_LEN: usize = 512;

/// What two schemes need beside the presented text: Tollgate its secret, Talos its tenant.
///
/// A scheme whose key is absent yields no candidate; ask [`serve`](Self::serve) when a host starts.
///
/// ```
/// use apikeys::import::{Scheme, SchemeKeys};
///
/// let keys = SchemeKeys::new().with_tollgate(b"secret-from-the-environment");
/// assert!(keys.serve(Scheme::Tollgate));
/// assert!(!keys.serve(Scheme::Talos));
/// assert!(keys.serve(Scheme::Unkey));
/// ```
#[derive(Clone, Default)]
pub struct SchemeKeys {
    tollgate: Option<Hmac<Sha256>>,
    talos: Option<Arc<str>>,
}

impl SchemeKeys {
    /// No keys: for all schemes but [`Scheme::Tollgate`] and [`Scheme::Talos`].
    pub fn new() -> Self {
        Self::default()
    }

    /// With the secret that Tollgate's registry was made with, of any length.
    #[must_use]
    pub fn with_tollgate(self, secret: &[u8]) -> Self {
        // Never an error: HMAC takes keys of any length (RFC 2104 §2).
        Self { tollgate: Hmac::new_from_slice(secret).ok(), ..self }
    }

    /// With the text of the network id that the keys were imported into Talos under, a UUID in lower case with hyphens.
    ///
    /// The open-source edition has one network, `00000000-0000-0000-0000-000000000000`.
    ///
    /// # Errors
    /// [`InvalidTalosTenant`], if the text is empty or has a zero byte, which ends it in the hashed input.
    pub fn with_talos(self, tenant: &str) -> Result<Self, InvalidTalosTenant> {
        if tenant.is_empty() || tenant.contains('\0') {
            return Err(InvalidTalosTenant);
        }
        Ok(Self { talos: Some(tenant.into()), ..self })
    }

    /// Whether they hold what the scheme needs.
    pub fn serve(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Tollgate => self.tollgate.is_some(),
            Scheme::Talos => self.talos.is_some(),
            _ => true,
        }
    }
}

impl fmt::Debug for SchemeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SchemeKeys(..)")
    }
}

/// The text is no tenant's of Talos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant of Talos has at least one character and no zero byte")]
pub struct InvalidTalosTenant;

/// The digests that a presented text has under each of `schemes`, in their order.
///
/// A text that is empty, longer than [`MAX_FOREIGN_LEN`] or not of visible ASCII characters has none; neither has it
/// under a scheme whose tokens it can't be one of. The text is hashed once per scheme, when the iterator comes to it:
/// give the schemes only that the tenant has imported keys of.
///
/// ```
/// use apikeys::import::{Scheme, SchemeKeys, candidates};
///
/// let found: Vec<_> =
///     candidates(&[Scheme::Seam, Scheme::RustRegistry], &SchemeKeys::new(), b"mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG")
///         .map(|(scheme, _)| scheme)
///         .collect();
/// assert_eq!(found, [Scheme::Seam]);
/// ```
pub fn candidates<'a>(
    schemes: &'a [Scheme],
    keys: &'a SchemeKeys,
    presented: &'a [u8],
) -> impl Iterator<Item = (Scheme, ForeignDigest)> + 'a {
    let schemes = if is_token(presented) { schemes } else { &[] };
    schemes.iter().filter_map(|scheme| Some((*scheme, digest(*scheme, keys, presented)?)))
}

fn is_token(presented: &[u8]) -> bool {
    (1..=MAX_FOREIGN_LEN).contains(&presented.len()) && presented.iter().all(u8::is_ascii_graphic)
}

fn digest(scheme: Scheme, keys: &SchemeKeys, presented: &[u8]) -> Option<ForeignDigest> {
    let part = hashed_part(scheme, presented)?;
    match scheme {
        Scheme::DrfApiKey | Scheme::Knox => finished(Sha512::digest(part)),
        Scheme::Knox4 => finished(lower_hex_hash(part)?),
        Scheme::Tollgate => finished(keys.tollgate.clone()?.chain_update(part).finalize().into_bytes()),
        Scheme::Talos => {
            let tenant = Sha512_256::new_with_prefix(keys.talos.as_deref()?);
            finished(tenant.chain_update([0]).chain_update(part).finalize())
        }
        _ => finished(Sha256::digest(part)),
    }
}

/// What of the text the scheme hashes; nothing, if the text is none of its tokens.
fn hashed_part(scheme: Scheme, presented: &[u8]) -> Option<&[u8]> {
    match scheme {
        Scheme::Seam => long_token(presented),
        Scheme::DrfApiKey => presented.contains(&b'.').then_some(presented),
        Scheme::RustRegistry => presented.starts_with(b"cio").then_some(presented),
        Scheme::RustRegistryTrustedPublishing => trusted_publishing_body(presented),
        Scheme::Sanctum => Some(presented.splitn(2, |byte| *byte == b'|').last().unwrap_or(presented)),
        _ => Some(presented),
    }
}

/// The last of at least three parts: prefix, short token, long token.
fn long_token(presented: &[u8]) -> Option<&[u8]> {
    let mut from_the_right = presented.rsplitn(3, |byte| *byte == b'_');
    let long = from_the_right.next().filter(|long| !long.is_empty());
    from_the_right.nth(1).and(long)
}

/// The body of `cio_tp_`, 31 letters and digits, and a check character.
fn trusted_publishing_body(presented: &[u8]) -> Option<&[u8]> {
    const CHECKS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let (check, body) = presented.strip_prefix(b"cio_tp_")?.split_last()?;
    let sum = body.iter().fold(0, |sum, byte| sum ^ byte);
    let is_body = body.len() == 31 && body.iter().all(u8::is_ascii_alphanumeric);
    (is_body && CHECKS.get(usize::from(sum % 62)) == Some(check)).then_some(body)
}

/// SHA-512 of the bytes that lower-case hex stands for.
fn lower_hex_hash(token: &[u8]) -> Option<Output<Sha512>> {
    let mut hash = Sha512::new();
    for pair in token.chunks(2) {
        let lower = !pair.iter().any(u8::is_ascii_uppercase);
        hash.update([decode::hex_byte(pair).ok().filter(|_| lower)?]);
    }
    Some(hash.finalize())
}

fn finished(digest: impl AsRef<[u8]>) -> Option<ForeignDigest> {
    ForeignDigest::new(digest.as_ref()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_keys() -> SchemeKeys {
        SchemeKeys::new().with_tollgate(b"secret").with_talos("tenant").unwrap()
    }

    fn found(presented: &str) -> Vec<Scheme> {
        candidates(&Scheme::ALL, &all_keys(), presented.as_bytes()).map(|(scheme, _)| scheme).collect()
    }

    fn has(scheme: Scheme, presented: &str) -> bool {
        found(presented).contains(&scheme)
    }

    #[test]
    fn what_is_no_token_is_not_hashed() {
        for text in ["", "two words", "tab\t", "nul\0", "ümlaut", "line\n", &"a".repeat(513)] {
            assert_eq!(found(text), [], "{text}");
        }
        assert!(has(Scheme::Unkey, &"a".repeat(512)));
    }

    #[test]
    fn a_scheme_takes_only_what_may_be_its_token() {
        assert!(has(Scheme::Seam, "my_company_short_long"));
        for text in ["long", "short_long", "my_short_"] {
            assert!(!has(Scheme::Seam, text), "{text}");
        }
        assert!(has(Scheme::DrfApiKey, "prefix.secret"));
        assert!(!has(Scheme::DrfApiKey, "prefix-secret"));
        assert!(has(Scheme::Knox4, "00ff"));
        for text in ["00f", "00FF", "00fg"] {
            assert!(!has(Scheme::Knox4, text), "{text}");
        }
        assert!(!has(Scheme::RustRegistry, "ses0123"));
    }

    #[test]
    fn every_changed_character_of_a_trusted_publishing_token_is_seen_or_hashed() {
        let token = "cio_tp_0123456789ABCDEFGHIJKLMNOPQRSTUC";
        let scheme = [Scheme::RustRegistryTrustedPublishing];
        let keys = SchemeKeys::new();
        let whole = candidates(&scheme, &keys, token.as_bytes()).next();
        assert!(whole.is_some());
        for at in 0..token.len() {
            let mut other = token.as_bytes().to_vec();
            other[at] = if other[at] == b'z' { b'y' } else { b'z' };
            assert_ne!(candidates(&scheme, &keys, &other).next(), whole, "{at}");
        }
        for text in ["cio_tp_", "cio_tp_C", &token[..38], &format!("{token}C")] {
            assert_eq!(candidates(&scheme, &keys, text.as_bytes()).next(), None, "{text}");
        }
    }

    #[test]
    fn a_scheme_without_its_key_yields_nothing() {
        let keys = SchemeKeys::new();
        for scheme in Scheme::ALL {
            let needs_key = matches!(scheme, Scheme::Tollgate | Scheme::Talos);
            assert_eq!(keys.serve(scheme), !needs_key);
            assert!(all_keys().serve(scheme));
        }
        assert_eq!(candidates(&[Scheme::Tollgate, Scheme::Talos], &keys, b"token").count(), 0);
        assert_eq!(SchemeKeys::new().with_talos("").unwrap_err(), InvalidTalosTenant);
        assert_eq!(SchemeKeys::new().with_talos("a\0b").unwrap_err(), InvalidTalosTenant);
    }

    #[test]
    fn nothing_shows_a_key() {
        assert_eq!(format!("{:?}", all_keys()), "SchemeKeys(..)");
    }

    proptest! {
        /// No input panics, and each digest has its scheme's length.
        #[test]
        fn any_bytes_have_digests_of_the_right_length(presented: Vec<u8>, text in "[!-~]{0,80}") {
            for presented in [presented.as_slice(), text.as_bytes()] {
                for (scheme, digest) in candidates(&Scheme::ALL, &all_keys(), presented) {
                    prop_assert_eq!(digest.as_bytes().len(), scheme.digest_len());
                }
            }
        }
    }
}
