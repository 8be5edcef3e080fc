//! Ranges of UTC days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// The longest range, in days.
pub const MAX_DAYS: u16 = 731;

/// Days (UTC), one after the other: at least one, and no more than 731 but for what completes a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

impl Days {
    /// The days from `first` to `last`, both among them.
    ///
    /// # Errors
    /// [`InvalidDays`], if `last` lies before `first`, or they are more than [`MAX_DAYS`].
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, InvalidDays> {
        let apart = last.signed_duration_since(first).num_days();
        if apart < 0 {
            return Err(InvalidDays::Reversed);
        }
        if apart >= i64::from(MAX_DAYS) {
            return Err(InvalidDays::TooMany);
        }
        Ok(Self { first, last })
    }

    /// The days from `first` to `last`, however many; `first`, if `last` lies before it.
    pub(crate) fn between(first: NaiveDate, last: NaiveDate) -> Self {
        Self { first, last: last.max(first) }
    }

    /// The last `count` complete days: up to the end of the day before `now`.
    ///
    /// A count of 0 is taken for 1, and one above [`MAX_DAYS`] for that.
    pub fn complete_before(now: DateTime<Utc>, count: u16) -> Self {
        let last = now.date_naive().pred_opt().unwrap_or(NaiveDate::MIN);
        let back = chrono::Days::new(count.clamp(1, MAX_DAYS).saturating_sub(1).into());
        Self { first: last.checked_sub_days(back).unwrap_or(NaiveDate::MIN), last }
    }

    /// The first day.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day.
    pub fn last(self) -> NaiveDate {
        self.last
    }

    /// Each day, in order.
    pub fn iter(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last)
    }

    /// Whether a day is one of them.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Those of the days that aren't after `day`, if there are any.
    pub fn until(self, day: NaiveDate) -> Option<Self> {
        (self.first <= day).then(|| Self { first: self.first, last: self.last.min(day) })
    }
}

/// The days are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDays {
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    Reversed,
    /// The range is longer than [`MAX_DAYS`].
    #[error("a range has at most {MAX_DAYS} days")]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_is_bounded_and_in_order() {
        assert_eq!(Days::new(day("2026-02-02"), day("2026-02-01")), Err(InvalidDays::Reversed));
        assert!(Days::new(day("2024-01-01"), day("2025-12-31")).is_ok());
        assert_eq!(Days::new(day("2024-01-01"), day("2026-01-01")), Err(InvalidDays::TooMany));
        let three = Days::new(day("2026-02-27"), day("2026-03-01")).unwrap();
        assert_eq!(three.iter().count(), 3);
        assert_eq!(three.until(day("2026-02-28")).unwrap().last(), day("2026-02-28"));
        assert_eq!(three.until(day("2026-02-26")), None);
    }

    #[test]
    fn complete_days_end_yesterday() {
        let now = "2026-05-02T00:00:00Z".parse().unwrap();
        let days = Days::complete_before(now, 2);
        assert_eq!((days.first(), days.last()), (day("2026-04-30"), day("2026-05-01")));
        assert_eq!(Days::complete_before(now, 0).iter().count(), 1);
        assert_eq!(Days::complete_before(now, u16::MAX).iter().count(), usize::from(MAX_DAYS));
    }
}
