//! Hashes as the other systems stored them.

use super::{
    ForeignDigest, Scheme,
    decode::{self, Fault},
};

/// A hash out of another system's table, together with the scheme that made it.
///
/// Its digest is had through [`admit`](Self::admit) only, which asks for the token's entropy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredHash {
    scheme: Scheme,
    digest: ForeignDigest,
}

/// How hard the token of an imported hash is to guess; whoever imports it declares so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entropy {
    /// Drawn by a machine from at least 2^128 equally likely tokens.
    AtLeast128Bits,
    /// Anything else: chosen by a person, short, or of unknown origin.
    Low,
}

impl StoredHash {
    /// Reads the text that the other system stored.
    ///
    /// Unkey: base64 with padding; Better Auth: base64url without; DRF API key: `sha512$$` and hex; all others: hex.
    /// Hex may be in either case. Hashes that the origin keeps as bytes may be in PostgreSQL's form, `\x` and hex.
    ///
    /// ```
    /// use apikeys::import::{InvalidStoredHash, Scheme, StoredHash};
    ///
    /// let hash = "NC4g3sUZVW_P1I9UN-BTHx876rNbbrzN25FtJk1n924";
    /// assert!(StoredHash::parse(Scheme::BetterAuth, hash).is_ok());
    /// let refused = StoredHash::parse(Scheme::BetterAuth, &hash.replace('_', "/"));
    /// assert_eq!(refused, Err(InvalidStoredHash::Character { at: 10 }));
    /// ```
    ///
    /// # Errors
    /// [`InvalidStoredHash`], which says where; it does not repeat the text.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self, InvalidStoredHash> {
        let (encoded, start) = without_frame(scheme, text)?;
        let bytes = match scheme {
            Scheme::Unkey => decode::base64(encoded.as_bytes(), *b"+/"),
            Scheme::BetterAuth => decode::base64(encoded.as_bytes(), *b"-_"),
            _ => decode::hex(encoded.as_bytes()),
        };
        let bytes = bytes.map_err(|fault| match fault {
            Fault::Byte(at) => InvalidStoredHash::Character { at: start.saturating_add(at) },
            Fault::Length => InvalidStoredHash::Incomplete,
        })?;
        Self::from_bytes(scheme, &bytes)
    }

    /// Takes the bytes that the other system stored.
    ///
    /// # Errors
    /// [`InvalidStoredHash::Length`], if they are not as many as the scheme's digest has.
    pub fn from_bytes(scheme: Scheme, bytes: &[u8]) -> Result<Self, InvalidStoredHash> {
        let length = InvalidStoredHash::Length { expected: scheme.digest_len(), found: bytes.len() };
        if bytes.len() != scheme.digest_len() {
            return Err(length);
        }
        let digest = ForeignDigest::new(bytes).map_err(|_| length)?;
        Ok(Self { scheme, digest })
    }

    /// The scheme that made it.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The digest to store and look up, if the token can't be guessed.
    ///
    /// # Errors
    /// [`LowEntropy`], unless the token has [at least 128 bits](Entropy::AtLeast128Bits): whoever steals a fast hash of
    /// a weaker one finds it by trying.
    pub fn admit(self, declared: Entropy) -> Result<ForeignDigest, LowEntropy> {
        match declared {
            Entropy::AtLeast128Bits => Ok(self.digest),
            Entropy::Low => Err(LowEntropy { scheme: self.scheme }),
        }
    }
}

/// The text or the bytes are no hash of the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStoredHash {
    /// The text does not start as the scheme's hashes do: another algorithm made it.
    #[error("a hash of the scheme starts with `{expected}`")]
    Start {
        /// What it starts with.
        expected: &'static str,
    },
    /// The text does not end as the scheme's hashes do.
    #[error("a hash of the scheme ends with one `{expected}`")]
    End {
        /// What it ends with.
        expected: char,
    },
    /// A byte of the text is not of the encoding.
    #[error("byte {at} is not of the hash's encoding")]
    Character {
        /// Its index in the text, from 0.
        at: usize,
    },
    /// The text ends within an encoded byte.
    #[error("the hash's last byte is incomplete")]
    Incomplete,
    /// The hash is of another length.
    #[error("the hash has {found} bytes instead of {expected}")]
    Length {
        /// How many bytes the scheme's digests have.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// The key's token can be guessed, so that a fast hash does not protect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "keys of less than 128 bits are not imported under the fast hash of `{scheme}`: issue a new key instead"
)]
pub struct LowEntropy {
    /// The scheme of the hash.
    pub scheme: Scheme,
}

/// The encoded digest, and its index in the text.
fn without_frame(scheme: Scheme, text: &str) -> Result<(&str, usize), InvalidStoredHash> {
    match scheme {
        Scheme::Unkey => {
            let encoded = text.strip_suffix('=').ok_or(InvalidStoredHash::End { expected: '=' })?;
            Ok((encoded, 0))
        }
        Scheme::DrfApiKey => after(text, "sha512$$").ok_or(InvalidStoredHash::Start { expected: "sha512$$" }),
        Scheme::RustRegistry | Scheme::RustRegistryTrustedPublishing | Scheme::Tollgate => {
            Ok(after(text, r"\x").unwrap_or((text, 0)))
        }
        _ => Ok((text, 0)),
    }
}

fn after<'a>(text: &'a str, start: &str) -> Option<(&'a str, usize)> {
    Some((text.strip_prefix(start)?, start.len()))
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37";

    #[test]
    fn what_was_made_otherwise_is_refused() {
        use InvalidStoredHash::{Character, End, Incomplete, Length, Start};
        let refused = |scheme, text: &str| StoredHash::parse(scheme, text).unwrap_err();
        let slow = "pbkdf2_sha256$600000$c2FsdA$aGFzaA==";
        assert_eq!(refused(Scheme::DrfApiKey, slow), Start { expected: "sha512$$" });
        let at = "sha512$$".len() + 2;
        assert_eq!(refused(Scheme::DrfApiKey, "sha512$$00x0"), Character { at });
        let unpadded = "NC4g3sUZVW/P1I9UN+BTHx876rNbbrzN25FtJk1n924";
        assert_eq!(refused(Scheme::Unkey, unpadded), End { expected: '=' });
        assert_eq!(refused(Scheme::Unkey, &format!("{unpadded}==")), Character { at: 43 });
        assert_eq!(refused(Scheme::BetterAuth, "A"), Incomplete);
        assert_eq!(refused(Scheme::Seam, ""), Length { expected: 32, found: 0 });
        assert_eq!(refused(Scheme::Seam, &HEX[1..]), Incomplete);
        assert_eq!(refused(Scheme::Seam, &format!("{HEX}00")), Length { expected: 32, found: 33 });
        assert_eq!(refused(Scheme::Knox, HEX), Length { expected: 64, found: 32 });
        assert_eq!(refused(Scheme::Seam, &format!(" {HEX}")), Character { at: 0 });
        assert_eq!(refused(Scheme::Tollgate, r"\x0ä"), Character { at: 3 });
    }

    #[test]
    fn hashes_kept_as_bytes_are_read_in_three_forms() {
        let bytes = decode::hex(HEX.as_bytes()).unwrap();
        for scheme in [Scheme::RustRegistry, Scheme::RustRegistryTrustedPublishing, Scheme::Tollgate] {
            let hash = StoredHash::from_bytes(scheme, &bytes);
            assert!(hash.is_ok());
            assert_eq!(StoredHash::parse(scheme, HEX), hash);
            assert_eq!(StoredHash::parse(scheme, &format!(r"\x{HEX}")), hash);
            assert_eq!(StoredHash::parse(scheme, &HEX.to_uppercase()), hash);
        }
        assert!(StoredHash::parse(Scheme::Seam, &format!(r"\x{HEX}")).is_err());
    }

    #[test]
    fn weak_keys_are_refused() {
        for scheme in Scheme::ALL {
            let hash = StoredHash::from_bytes(scheme, &vec![1; scheme.digest_len()]).unwrap();
            assert_eq!(hash.scheme(), scheme);
            assert_eq!(hash.admit(Entropy::Low), Err(LowEntropy { scheme }));
            assert_eq!(hash.admit(Entropy::AtLeast128Bits).unwrap().as_bytes().len(), scheme.digest_len());
        }
    }

    /// As the origin writes a digest.
    fn written(scheme: Scheme, digest: &[u8]) -> String {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        match scheme {
            Scheme::Unkey => STANDARD.encode(digest),
            Scheme::BetterAuth => URL_SAFE_NO_PAD.encode(digest),
            Scheme::DrfApiKey => format!("sha512$${hex}"),
            _ => hex,
        }
    }

    proptest! {
        #[test]
        fn every_digest_is_read_as_its_origin_writes_it(bytes: [u8; 32], more: [u8; 32]) {
            for scheme in Scheme::ALL {
                let digest = &[bytes, more].concat()[..scheme.digest_len()];
                let read = StoredHash::parse(scheme, &written(scheme, digest));
                prop_assert_eq!(read, StoredHash::from_bytes(scheme, digest));
                prop_assert!(read.is_ok());
            }
        }

        /// Whatever the text, the refusal is about a place in it, and repeats nothing of it.
        #[test]
        fn other_texts_are_refused_without_being_repeated(text in "[g-z~ äß€]{9,90}") {
            for scheme in Scheme::ALL {
                let refused = StoredHash::parse(scheme, &text).unwrap_err();
                let said = format!("{refused} {refused:?}");
                prop_assert!(!said.contains(&text));
                if let InvalidStoredHash::Character { at } = refused {
                    prop_assert!(at < text.len());
                }
            }
        }
    }

    #[test]
    fn nothing_shows_a_hash() {
        let hash = StoredHash::parse(Scheme::Seam, HEX).unwrap();
        assert_eq!(format!("{hash:?}"), "StoredHash { scheme: Seam, digest: ForeignDigest(..) }");
    }
}
