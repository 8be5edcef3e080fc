//! What the Overview's charts and tiles show.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{Days, Filter, Fingerprint, IdentifierPolicy, Interval, Ratio, Split, TestUserRule};

/// What a store counted, real and test users apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activities {
    /// Each day, in order.
    pub days: Vec<DayActivity>,
    /// Users who were active on any of the days, each counted once.
    pub active_users: Split<u64>,
    /// For each of the periods asked for: users who were active on any of its days, each counted once.
    pub periods: Vec<Split<u64>>,
}

/// What happened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayActivity {
    /// The day (UTC).
    pub day: NaiveDate,
    /// Accounts that were created.
    pub sign_ups: Split<u64>,
    /// Users with any activity, sign-up included.
    pub active_users: Split<u64>,
}

/// The numbers of a range, and by what rule, when and over what they were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The rule that told test users apart.
    pub rule: Fingerprint,
    /// Which of a user's identifiers it looked at.
    pub identifiers: IdentifierPolicy,
    /// How long its periods are.
    pub interval: Interval,
    /// The days that its periods cover.
    pub days: Days,
    /// When it was made.
    pub epoch: DateTime<Utc>,
    /// The last day that is complete: the one before `epoch`'s.
    pub complete_through: NaiveDate,
    /// The numbers.
    pub activities: Activities,
}

impl Report {
    /// The report of what was counted at `epoch` of an interval's [periods](Interval::periods).
    pub fn new(
        rule: &TestUserRule,
        (interval, days): (Interval, Days),
        epoch: DateTime<Utc>,
        activities: Activities,
    ) -> Self {
        Self {
            rule: rule.fingerprint(),
            identifiers: rule.identifiers(),
            interval,
            days,
            epoch,
            complete_through: Days::complete_before(epoch, 1).last(),
            activities,
        }
    }

    /// The charts and tiles under a filter; what is derived from the numbers is derived after the choice.
    pub fn view(&self, filter: Filter) -> ReportView {
        let periods: Vec<_> = match self.interval {
            Interval::Day => self.activities.days.iter().map(|day| self.day(day, filter)).collect(),
            longer => {
                let counted = longer.periods(self.days).into_iter().zip(&self.activities.periods);
                counted.map(|(period, active)| self.period(period, active.view(filter), filter)).collect()
            }
        };
        let sign_ups = self.sign_ups(self.days, filter);
        let active_users = self.activities.active_users.view(filter);
        let new_among_active = Ratio { part: sign_ups, whole: active_users };
        ReportView { filter, periods, tiles: Tiles { sign_ups, active_users, new_among_active } }
    }

    fn day(&self, day: &DayActivity, filter: Filter) -> PeriodView {
        PeriodView {
            from: day.day,
            to: day.day,
            sign_ups: day.sign_ups.view(filter),
            active_users: day.active_users.view(filter),
            complete: day.day <= self.complete_through,
        }
    }

    fn period(&self, period: Days, active_users: u64, filter: Filter) -> PeriodView {
        PeriodView {
            from: period.first(),
            to: period.last(),
            sign_ups: self.sign_ups(period, filter),
            active_users,
            complete: period.last() <= self.complete_through,
        }
    }

    /// Sign-ups add up over days; active users don't.
    fn sign_ups(&self, days: Days, filter: Filter) -> u64 {
        let within = self.activities.days.iter().filter(|day| days.contains(day.day));
        within.fold(0, |sum, day| sum.saturating_add(day.sign_ups.view(filter)))
    }
}

/// A report under one filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportView {
    /// The filter.
    pub filter: Filter,
    /// Each period, in order.
    pub periods: Vec<PeriodView>,
    /// The range as a whole.
    pub tiles: Tiles,
}

/// One point of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PeriodView {
    /// Its first day (UTC).
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// Accounts that were created.
    pub sign_ups: u64,
    /// Users with any activity, each counted once.
    pub active_users: u64,
    /// Whether it was over when the report was made; one that was not is no decline.
    pub complete: bool,
}

/// What the range amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tiles {
    /// Accounts that were created.
    pub sign_ups: u64,
    /// Users with any activity, each counted once for the whole range.
    pub active_users: u64,
    /// How many of the active users signed up in the range.
    pub new_among_active: Ratio,
}
