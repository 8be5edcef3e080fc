//! Counting what keys are used for, month by month.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};

/// A calendar month in UTC: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: u16,
    month: u8,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageKind {
    /// A key was issued. An import or a repeated request is none.
    Creation,
    /// A key's secret was proven, whatever came of it. A malformed or unknown key is none.
    Verification,
}

/// Who counts: one run of one process. Its counters only grow, and no other writer touches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WriterId(pub u64);

impl WriterId {
    /// The store itself, which counts a creation in the commit that writes the key.
    pub const STORE: Self = Self(0);
}

/// How much one writer has counted in one month so far: a total and not a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UsageCounter {
    /// Who counted.
    pub writer: WriterId,
    /// The month.
    pub month: Month,
    /// What was counted.
    pub kind: UsageKind,
    /// How much, since the writer began.
    pub total: u64,
}

/// What a tenant's keys were used for in a month, over all writers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UsageTotals {
    /// Keys issued.
    pub creations: u64,
    /// Secrets proven.
    pub verifications: u64,
}

impl UsageTotals {
    /// The totals with one writer's counter added.
    #[must_use]
    pub fn with(mut self, kind: UsageKind, total: u64) -> Self {
        let of = match kind {
            UsageKind::Creation => &mut self.creations,
            UsageKind::Verification => &mut self.verifications,
        };
        *of = of.saturating_add(total);
        self
    }
}

impl Month {
    /// The month of an instant.
    ///
    /// Years before 0 and after 9999 count as those.
    pub fn of(now: DateTime<Utc>) -> Self {
        let year = u16::try_from(now.year().clamp(0, 9999)).unwrap_or(0);
        Self { year, month: u8::try_from(now.month()).unwrap_or(1) }
    }
}

impl Month {
    /// From its first millisecond to that of the next, since 1970.
    pub(crate) fn span_ms(self) -> (i64, i64) {
        let first =
            chrono::NaiveDate::from_ymd_opt(self.year.into(), self.month.into(), 1).unwrap_or_default();
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
        let start =
            |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        (start(first), start(next))
    }

    /// When the next one begins.
    pub fn end(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.span_ms().1).unwrap_or_default()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        let digits = |text: &str, len| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(InvalidMonth);
        }
        let (year, month) =
            (year.parse().map_err(|_| InvalidMonth)?, month.parse().map_err(|_| InvalidMonth)?);
        if (1..=12).contains(&month) { Ok(Self { year, month }) } else { Err(InvalidMonth) }
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;

    fn try_from(text: String) -> Result<Self, InvalidMonth> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// The text is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as `2026-11`")]
pub struct InvalidMonth;
