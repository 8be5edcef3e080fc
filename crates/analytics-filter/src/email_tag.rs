//! Sub-addresses that mark a test user.

use serde::{Deserialize, Serialize};

const MAX_LEN: usize = 64;

/// A tag in an e-mail address, such as `clerk_test` in `jane+clerk_test@example.com`.
///
/// An address has it if, with its ASCII letters in lower case, `+` and the tag stand somewhere in it, followed by `@` or
/// another `+`. Every engine can compute that with plain substring tests; letters outside ASCII are never folded, so
/// that the Kelvin sign is no `k`.
///
/// ```
/// use analytics_filter::EmailTag;
///
/// let tag = EmailTag::new("clerk_test")?;
/// assert!(tag.is_in("jane+CLERK_TEST@example.com"));
/// assert!(!tag.is_in("jane+clerk_tester@example.com"));
/// # Ok::<_, analytics_filter::InvalidEmailTag>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailTag(String);

impl EmailTag {
    /// The tag of this name: 1 to 64 characters of `a-z`, `0-9`, `_`, `-` and `.`.
    ///
    /// # Errors
    /// [`InvalidEmailTag`], if it is anything else.
    pub fn new(tag: &str) -> Result<Self, InvalidEmailTag> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')
        };
        if (1..=MAX_LEN).contains(&tag.len()) && tag.bytes().all(allowed) {
            Ok(Self(tag.to_owned()))
        } else {
            Err(InvalidEmailTag)
        }
    }

    pub(crate) fn announced() -> Self {
        Self("clerk_test".to_owned())
    }

    /// The tag itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an address has the tag.
    pub fn is_in(&self, address: &str) -> bool {
        let mut rest = address;
        while let Some((_, after)) = rest.split_once('+') {
            if self.opens(after.as_bytes()) {
                return true;
            }
            rest = after;
        }
        false
    }

    fn opens(&self, text: &[u8]) -> bool {
        let Some((head, rest)) = text.split_at_checked(self.0.len()) else { return false };
        matches!(rest.first(), Some(b'@' | b'+')) && head.eq_ignore_ascii_case(self.0.as_bytes())
    }
}

impl TryFrom<String> for EmailTag {
    type Error = InvalidEmailTag;

    fn try_from(tag: String) -> Result<Self, InvalidEmailTag> {
        Self::new(&tag)
    }
}

impl From<EmailTag> for String {
    fn from(tag: EmailTag) -> Self {
        tag.0
    }
}

/// The text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tag has 1 to {MAX_LEN} characters of `a-z`, `0-9`, `_`, `-` and `.`")]
pub struct InvalidEmailTag;
