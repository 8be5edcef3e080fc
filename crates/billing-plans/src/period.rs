//! Periods of whole days, and the anchors that they follow from.

use std::num::NonZero;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::BillingPeriod;

/// Days from `start` up to, and without, `end`; at least one.
///
/// The dates are those of the payer's calendar: what instant a day begins at is the host's to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(NaiveDate, NaiveDate)", into = "(NaiveDate, NaiveDate)")]
pub struct Period {
    start: NaiveDate,
    end: NaiveDate,
}

impl Period {
    /// The days from `start` up to, and without, `end`.
    ///
    /// # Errors
    /// [`EmptyPeriod`], if there are none.
    pub fn new(start: NaiveDate, end: NaiveDate) -> Result<Self, EmptyPeriod> {
        if start < end { Ok(Self { start, end }) } else { Err(EmptyPeriod) }
    }

    /// The first day.
    pub fn start(self) -> NaiveDate {
        self.start
    }

    /// The day after the last.
    pub fn end(self) -> NaiveDate {
        self.end
    }

    /// How many days there are.
    pub fn days(self) -> NonZero<u32> {
        NonZero::new(days_between(self.start, self.end)).unwrap_or(NonZero::<u32>::MIN)
    }

    /// How many days there are from `day` on, with `day` itself; all of them, if it is before the first.
    pub fn days_from(self, day: NaiveDate) -> u32 {
        days_between(day.max(self.start), self.end)
    }

    /// Whether `day` is one of its days.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.start..self.end).contains(&day)
    }

    /// The days that are in both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }
}

fn days_between(start: NaiveDate, end: NaiveDate) -> u32 {
    u32::try_from(end.signed_duration_since(start).num_days()).unwrap_or_default()
}

impl TryFrom<(NaiveDate, NaiveDate)> for Period {
    type Error = EmptyPeriod;

    fn try_from((start, end): (NaiveDate, NaiveDate)) -> Result<Self, EmptyPeriod> {
        Self::new(start, end)
    }
}

impl From<Period> for (NaiveDate, NaiveDate) {
    fn from(period: Period) -> Self {
        (period.start, period.end)
    }
}

/// A period would have no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period ends after it starts")]
pub struct EmptyPeriod;

/// How long a period is: a number of calendar months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Interval(NonZero<u32>);

impl Interval {
    /// A month.
    pub const MONTH: Self = Self(NonZero::new(1).unwrap());
    /// A year.
    pub const YEAR: Self = Self(NonZero::new(12).unwrap());

    /// A number of months.
    pub const fn months(months: NonZero<u32>) -> Self {
        Self(months)
    }
}

impl From<BillingPeriod> for Interval {
    fn from(period: BillingPeriod) -> Self {
        match period {
            BillingPeriod::Month => Self::MONTH,
            BillingPeriod::Annual => Self::YEAR,
        }
    }
}

/// The day that all periods of a subscription are counted from.
///
/// Every boundary is so many intervals from the anchor, and never from the boundary before: who began on the 31st ends
/// on the 28th of February and on the 31st of March again.
///
/// ```
/// use billing_plans::{Anchor, Interval};
///
/// let day = |text: &str| text.parse().unwrap();
/// let anchor = Anchor::new(day("2025-01-31"), Interval::MONTH);
/// assert_eq!(anchor.boundary(1), Some(day("2025-02-28")));
/// assert_eq!(anchor.boundary(2), Some(day("2025-03-31")));
/// assert_eq!(anchor.period_at(day("2025-03-01")).unwrap().end(), day("2025-03-31"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Anchor {
    /// Months since the year 0.
    month: i64,
    /// The day of the month, of which a shorter month has its last day instead.
    day: u32,
    interval: Interval,
}

const MONTHS_OF_A_YEAR: i64 = 12;

impl Anchor {
    /// Periods that begin on `start`.
    pub fn new(start: NaiveDate, interval: Interval) -> Self {
        Self { month: month_of(start), day: start.day(), interval }
    }

    /// Periods that begin on a day of the month, the first of them on `start` or as soon after it as there is one: in the
    /// month of `start`, or one interval later.
    ///
    /// # Errors
    /// [`InvalidDay`], if no month has the day.
    pub fn on_day(start: NaiveDate, day: u32, interval: Interval) -> Result<Self, InvalidDay> {
        if !(1..=31).contains(&day) {
            return Err(InvalidDay);
        }
        let anchor = Self { day, ..Self::new(start, interval) };
        let is_past = anchor.boundary(0).is_some_and(|first| first < start);
        let skipped = if is_past { i64::from(interval.0.get()) } else { 0 };
        Ok(Self { month: anchor.month.saturating_add(skipped), ..anchor })
    }

    /// How long the periods are.
    pub fn interval(self) -> Interval {
        self.interval
    }

    /// The boundary that is `count` intervals after the anchor; `None` beyond the calendar.
    pub fn boundary(self, count: i32) -> Option<NaiveDate> {
        let months = i64::from(count).checked_mul(i64::from(self.interval.0.get()))?;
        let month = self.month.checked_add(months)?;
        let year = i32::try_from(month.div_euclid(MONTHS_OF_A_YEAR)).ok()?;
        let month = u32::try_from(month.rem_euclid(MONTHS_OF_A_YEAR)).ok()?.checked_add(1)?;
        (28..=self.day).rev().chain([self.day]).find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
    }

    /// The period that `day` is in, also before the anchor; `None` beyond the calendar.
    pub fn period_at(self, day: NaiveDate) -> Option<Period> {
        let months = month_of(day).checked_sub(self.month)?;
        let count = i32::try_from(months.div_euclid(self.interval.0.get().into())).ok()?;
        match self.boundary(count)? {
            start if start <= day => Period::new(start, self.boundary(count.checked_add(1)?)?).ok(),
            end => Period::new(self.boundary(count.checked_sub(1)?)?, end).ok(),
        }
    }

    /// The parts of `span` that lie in one period each, in order, with the period that each is part of.
    ///
    /// A part that is all of its period is due in full; another one is due by its days.
    pub fn parts(self, span: Period) -> impl Iterator<Item = (Period, Period)> {
        let first = self.period_at(span.start());
        let periods = std::iter::successors(first, move |period| self.period_at(period.end()));
        periods.map_while(move |period| period.overlap(span).map(|part| (part, period)))
    }
}

/// The same as stored, before it is looked at.
#[derive(Serialize, Deserialize)]
struct Unchecked {
    month: i64,
    day: u32,
    interval: Interval,
}

impl TryFrom<Unchecked> for Anchor {
    type Error = InvalidDay;

    fn try_from(Unchecked { month, day, interval }: Unchecked) -> Result<Self, InvalidDay> {
        if (1..=31).contains(&day) { Ok(Self { month, day, interval }) } else { Err(InvalidDay) }
    }
}

impl From<Anchor> for Unchecked {
    fn from(Anchor { month, day, interval }: Anchor) -> Self {
        Self { month, day, interval }
    }
}

fn month_of(day: NaiveDate) -> i64 {
    i64::from(day.year()).saturating_mul(MONTHS_OF_A_YEAR).saturating_add(i64::from(day.month0()))
}

/// No month has this day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day of the month is from 1 to 31")]
pub struct InvalidDay;
