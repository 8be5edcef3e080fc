//! The hash schemes by name and number.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How another system turned a token into the hash that it stored.
///
/// Names and numbers are stable: a store may keep either.
///
/// ```
/// use apikeys::import::Scheme;
///
/// assert_eq!("better-auth".parse(), Ok(Scheme::BetterAuth));
/// assert_eq!(Scheme::BetterAuth.number(), 2);
/// assert_eq!(Scheme::from_number(2), Some(Scheme::BetterAuth));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
#[non_exhaustive]
#[repr(u8)]
pub enum Scheme {
    /// Unkey: SHA-256 of the whole key.
    Unkey = 1,
    /// Better Auth's API key plugin: SHA-256 of the whole key.
    BetterAuth = 2,
    /// Seam's prefixed API keys (npm and Rust packages `prefixed-api-key`): SHA-256 of the long token.
    Seam = 3,
    /// Django REST Framework API Key from 3.0 on: SHA-512 of `prefix.secret`.
    DrfApiKey = 4,
    /// Knox from 5.0 on with its default hash: SHA-512 of the token's text.
    Knox = 5,
    /// Knox 4.2 with its default hash: SHA-512 of the bytes that the token's hex stands for.
    Knox4 = 6,
    /// API tokens of crates.io: SHA-256 of the whole token.
    RustRegistry = 7,
    /// Trusted publishing tokens of crates.io: SHA-256 of the body.
    RustRegistryTrustedPublishing = 8,
    /// Tollgate: HMAC-SHA256 of the whole credential under the server's secret.
    Tollgate = 9,
    /// Keys imported into Ory Talos: SHA-512/256 of the tenant, a zero byte and the key.
    Talos = 10,
    /// Laravel Sanctum: SHA-256 of what follows the row number.
    Sanctum = 11,
}

impl Scheme {
    /// All schemes, by number.
    pub const ALL: [Self; 11] = [
        Self::Unkey,
        Self::BetterAuth,
        Self::Seam,
        Self::DrfApiKey,
        Self::Knox,
        Self::Knox4,
        Self::RustRegistry,
        Self::RustRegistryTrustedPublishing,
        Self::Tollgate,
        Self::Talos,
        Self::Sanctum,
    ];

    /// Its name: lower-case letters, digits and `-`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unkey => "unkey",
            Self::BetterAuth => "better-auth",
            Self::Seam => "seam",
            Self::DrfApiKey => "drf-api-key",
            Self::Knox => "knox",
            Self::Knox4 => "knox-4",
            Self::RustRegistry => "rust-registry",
            Self::RustRegistryTrustedPublishing => "rust-registry-trusted-publishing",
            Self::Tollgate => "tollgate",
            Self::Talos => "talos",
            Self::Sanctum => "sanctum",
        }
    }

    /// The scheme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// Its number, from 1 on.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The scheme of this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.number() == number)
    }

    /// How many bytes its digests have: 32 or 64.
    pub const fn digest_len(self) -> usize {
        match self {
            Self::DrfApiKey | Self::Knox | Self::Knox4 => 64,
            _ => 32,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::from_name(name).ok_or(UnknownScheme)
    }
}

impl TryFrom<String> for Scheme {
    type Error = UnknownScheme;

    fn try_from(name: String) -> Result<Self, UnknownScheme> {
        name.parse()
    }
}

impl From<Scheme> for &'static str {
    fn from(scheme: Scheme) -> Self {
        scheme.name()
    }
}

/// The name is no scheme's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no hash scheme has this name")]
pub struct UnknownScheme;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a store keeps must mean the same for ever.
    #[test]
    fn names_and_numbers_are_stable() {
        let stored: Vec<_> = Scheme::ALL.iter().map(|scheme| (scheme.number(), scheme.name())).collect();
        let expected = [
            (1, "unkey"),
            (2, "better-auth"),
            (3, "seam"),
            (4, "drf-api-key"),
            (5, "knox"),
            (6, "knox-4"),
            (7, "rust-registry"),
            (8, "rust-registry-trusted-publishing"),
            (9, "tollgate"),
            (10, "talos"),
            (11, "sanctum"),
        ];
        assert_eq!(stored, expected);
    }

    #[test]
    fn names_and_numbers_lead_back() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.name().parse(), Ok(scheme));
            assert_eq!(Scheme::from_number(scheme.number()), Some(scheme));
            let json = serde_json::to_string(&scheme).unwrap();
            assert_eq!(json, format!("\"{scheme}\""));
            assert_eq!(serde_json::from_str::<Scheme>(&json).unwrap(), scheme);
        }
        assert_eq!("Unkey".parse::<Scheme>(), Err(UnknownScheme));
        assert_eq!(Scheme::from_number(0), None);
        assert_eq!(Scheme::from_number(12), None);
    }
}
