//! Fictional phone numbers.

use serde::{Deserialize, Serialize};

/// Phone numbers in E.164, written as the North American numbering plan writes its own: `N` is a digit from 2 to 9, `X`
/// any digit, and any other digit is itself.
///
/// ```
/// use analytics_filter::PhonePattern;
///
/// let fictional = PhonePattern::new("+1NXX55501XX")?;
/// assert!(fictional.matches("+12015550100"));
/// assert!(!fictional.matches("+1 (201) 555-0100"));
/// # Ok::<_, analytics_filter::InvalidPhonePattern>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhonePattern(String);

impl PhonePattern {
    /// The pattern with this text: `+`, a digit from 1 to 9 or `N`, and up to 14 more of digits, `N` and `X`.
    ///
    /// # Errors
    /// [`InvalidPhonePattern`], if it is anything else.
    pub fn new(pattern: &str) -> Result<Self, InvalidPhonePattern> {
        let starts = matches!(pattern.as_bytes(), [b'+', b'1'..=b'9' | b'N', ..]);
        let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'N' | b'X');
        if starts && pattern.len() <= MAX_LEN && pattern.bytes().skip(1).all(allowed) {
            Ok(Self(pattern.to_owned()))
        } else {
            Err(InvalidPhonePattern)
        }
    }

    /// The one number that the announcement names.
    pub(crate) fn announced() -> Self {
        Self("+15555550100".to_owned())
    }

    /// The hundred numbers of each area code that the documentation names.
    pub(crate) fn documented() -> Self {
        Self("+1NXX55501XX".to_owned())
    }

    /// The pattern itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a pattern of this number.
    pub fn matches(&self, phone: &str) -> bool {
        phone.len() == self.0.len()
            && self.0.bytes().zip(phone.bytes()).all(|(pattern, byte)| fits(pattern, byte))
    }
}

/// Whether a phone number is in E.164: `+`, a digit from 1 to 9, and up to 14 more.
pub(crate) fn is_e164(phone: &str) -> bool {
    matches!(phone.as_bytes(), [b'+', b'1'..=b'9', ..])
        && phone.len() <= MAX_LEN
        && phone.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

/// E.164 allows 15 digits, and `+`.
const MAX_LEN: usize = 16;

fn fits(pattern: u8, byte: u8) -> bool {
    match pattern {
        b'N' => matches!(byte, b'2'..=b'9'),
        b'X' => byte.is_ascii_digit(),
        exact => exact == byte,
    }
}

impl TryFrom<String> for PhonePattern {
    type Error = InvalidPhonePattern;

    fn try_from(pattern: String) -> Result<Self, InvalidPhonePattern> {
        Self::new(&pattern)
    }
}

impl From<PhonePattern> for String {
    fn from(pattern: PhonePattern) -> Self {
        pattern.0
    }
}

/// The text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone pattern is `+` and up to 15 of digits, `N` and `X`, the first of them not `0` or `X`")]
pub struct InvalidPhonePattern;
