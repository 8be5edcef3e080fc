//! Calendar months in UTC.

use std::fmt;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A calendar month in UTC, the period that usage is counted and stated for: `2026-11`.
///
/// ```
/// use billing_plans::Month;
///
/// let november = Month::parse("2026-11")?;
/// assert_eq!(november.next().unwrap().to_string(), "2026-12");
/// assert_eq!(november.start().to_rfc3339(), "2026-11-01T00:00:00+00:00");
/// # Ok::<_, billing_plans::InvalidMonth>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(NaiveDate);

impl Month {
    /// The month that `now` lies in.
    pub fn of(now: DateTime<Utc>) -> Self {
        let today = now.date_naive();
        // Every month has a first day.
        Self(today.with_day(1).unwrap_or(today))
    }

    /// The month that is written `YYYY-MM`.
    ///
    /// # Errors
    /// [`InvalidMonth`], if it is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidMonth> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(InvalidMonth);
        }
        let (year, month) =
            (year.parse().map_err(|_| InvalidMonth)?, month.parse().map_err(|_| InvalidMonth)?);
        NaiveDate::from_ymd_opt(year, month, 1).map(Self).ok_or(InvalidMonth)
    }

    /// Its first instant.
    pub fn start(self) -> DateTime<Utc> {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// The month after it; `None` at the end of the calendar.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add_months(Months::new(1)).map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;

    fn try_from(text: String) -> Result<Self, InvalidMonth> {
        Self::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// The text is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as four digits, a hyphen and two digits")]
pub struct InvalidMonth;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_as_they_are_written() {
        for text in ["2026-11", "2024-02", "0001-01", "9999-12"] {
            assert_eq!(Month::parse(text).unwrap().to_string(), text);
        }
        for bad in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "26-01",
            "2026-1",
            "2026-11-01",
            "+026-11",
            "2026-+1",
            "２026-11",
        ] {
            assert_eq!(Month::parse(bad), Err(InvalidMonth), "{bad}");
        }
    }

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let december = Month::parse("2026-12").unwrap();
        let after = december.next().unwrap();
        assert_eq!(after.to_string(), "2027-01");
        assert_eq!(Month::of(after.start()), after);
        assert_eq!(Month::of(after.start() - chrono::TimeDelta::nanoseconds(1)), december);
    }
}
