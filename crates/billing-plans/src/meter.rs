//! What is metered, and how much of it was used.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// The name of something that is counted per month, such as `api_key_verifications`.
///
/// 1 to 64 characters of `a-z`, `0-9` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MeterName(Cow<'static, str>);

const MAX_LEN: usize = 64;

impl MeterName {
    /// API keys that were created: issued, given to a child, or rotated.
    pub const API_KEY_CREATIONS: Self = Self(Cow::Borrowed("api_key_creations"));
    /// API keys that were verified.
    pub const API_KEY_VERIFICATIONS: Self = Self(Cow::Borrowed("api_key_verifications"));

    /// The meter of this name.
    ///
    /// # Errors
    /// [`InvalidMeterName`], if the name is empty, too long, or has another character.
    pub fn new(name: &str) -> Result<Self, InvalidMeterName> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=MAX_LEN).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(Cow::Owned(name.to_owned())))
        } else {
            Err(InvalidMeterName)
        }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MeterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MeterName {
    type Error = InvalidMeterName;

    fn try_from(name: String) -> Result<Self, InvalidMeterName> {
        Self::new(&name)
    }
}

impl From<MeterName> for String {
    fn from(name: MeterName) -> Self {
        name.0.into_owned()
    }
}

/// The name is no meter's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a meter's name has 1 to {MAX_LEN} characters of `a-z`, `0-9` and `_`")]
pub struct InvalidMeterName;

/// How much was used in a month, in whole units per meter: totals since the month began, never differences.
///
/// Merging takes the larger total of each meter, so reports may arrive late, twice or out of order.
///
/// ```
/// use billing_plans::UsageTotals;
///
/// let early = UsageTotals::api_keys(3, 500);
/// let late = UsageTotals::api_keys(4, 200);
/// assert_eq!(early.merge(&late), UsageTotals::api_keys(4, 500));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsageTotals(BTreeMap<MeterName, u64>);

impl UsageTotals {
    /// Nothing used.
    pub fn new() -> Self {
        Self::default()
    }

    /// The usage of API keys in a month.
    pub fn api_keys(creations: u64, verifications: u64) -> Self {
        Self::new()
            .with(MeterName::API_KEY_CREATIONS, creations)
            .with(MeterName::API_KEY_VERIFICATIONS, verifications)
    }

    /// The same with another total.
    #[must_use]
    pub fn with(mut self, meter: MeterName, quantity: u64) -> Self {
        self.0.insert(meter, quantity);
        self
    }

    /// The larger total of each meter.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        for (meter, quantity) in &other.0 {
            let total = self.0.entry(meter.clone()).or_default();
            *total = (*total).max(*quantity);
        }
        self
    }

    /// How much of `meter` was used; nothing, if that was never said.
    pub fn of(&self, meter: &MeterName) -> u64 {
        self.0.get(meter).copied().unwrap_or_default()
    }

    /// All totals, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&MeterName, u64)> {
        self.0.iter().map(|(meter, quantity)| (meter, *quantity))
    }
}
