//! Periods of a chart.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::Days;

/// How long the periods of a chart are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// A day (UTC).
    #[default]
    Day,
    /// A calendar week, from Monday to Sunday (ISO 8601); never the last seven days.
    Week,
    /// A calendar month.
    Month,
}

impl Interval {
    /// The interval of this name: `day`, `week` or `month`.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    /// The period that a day lies in.
    pub fn period(self, day: NaiveDate) -> Days {
        let (first, last) = match self {
            Self::Day => (Some(day), Some(day)),
            Self::Week => {
                let passed = u64::from(day.weekday().num_days_from_monday());
                let left = 6_u64.saturating_sub(passed);
                (
                    day.checked_sub_days(chrono::Days::new(passed)),
                    day.checked_add_days(chrono::Days::new(left)),
                )
            }
            Self::Month => {
                let first = day.with_day(1);
                let next = first.and_then(|first| first.checked_add_months(Months::new(1)));
                (first, next.and_then(|next| next.pred_opt()))
            }
        };
        // Only the calendar's own ends have no whole period.
        Days::between(first.unwrap_or(day), last.unwrap_or(day))
    }

    /// The days of all periods that `days` touch, and those whose active users have to be counted for themselves: days
    /// are counted one by one anyway.
    pub(crate) fn covering(self, days: Days) -> (Days, Vec<Days>) {
        if self == Self::Day {
            return (days, Vec::new());
        }
        let covered = Days::between(self.period(days.first()).first(), self.period(days.last()).last());
        (covered, self.periods(days))
    }

    /// The periods that `days` touch, each whole, in order.
    pub fn periods(self, days: Days) -> Vec<Days> {
        let mut periods = Vec::new();
        let mut next = Some(days.first());
        while let Some(day) = next.filter(|day| *day <= days.last()) {
            let period = self.period(day);
            next = period.last().succ_opt();
            periods.push(period);
        }
        periods
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: &str, last: &str) -> Days {
        Days::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    #[test]
    fn weeks_run_from_monday_to_sunday_across_years() {
        let weeks = Interval::Week.periods(days("2026-12-31", "2027-01-04"));
        assert_eq!(weeks, [days("2026-12-28", "2027-01-03"), days("2027-01-04", "2027-01-10")]);
    }

    #[test]
    fn months_are_as_long_as_they_are() {
        let months = Interval::Month.periods(days("2024-01-31", "2024-03-01"));
        let expected = [
            days("2024-01-01", "2024-01-31"),
            days("2024-02-01", "2024-02-29"),
            days("2024-03-01", "2024-03-31"),
        ];
        assert_eq!(months, expected);
    }

    #[test]
    fn days_are_themselves() {
        let two = days("2026-05-01", "2026-05-02");
        assert_eq!(
            Interval::Day.periods(two),
            [days("2026-05-01", "2026-05-01"), days("2026-05-02", "2026-05-02")]
        );
    }

    #[test]
    fn the_ends_of_the_calendar_have_periods_too() {
        for interval in [Interval::Day, Interval::Week, Interval::Month] {
            for day in [NaiveDate::MIN, NaiveDate::MAX] {
                assert!(interval.period(day).contains(day));
                assert_eq!(interval.periods(Days::between(day, day)).len(), 1);
            }
        }
    }

    #[test]
    fn an_interval_is_found_by_its_code_which_is_its_json() {
        for interval in [Interval::Day, Interval::Week, Interval::Month] {
            let code = serde_json::to_value(interval).unwrap();
            assert_eq!(Interval::from_code(code.as_str().unwrap()), Some(interval));
        }
        assert_eq!(Interval::from_code("hour"), None);
    }
}
