//! How many of those who signed up come back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{Days, Filter, Fingerprint, IdentifierPolicy, Interval, Ratio, Split, TestUserRule};

/// The most cohorts that a table of retention has.
pub const MAX_COHORTS: usize = 60;

/// Those who signed up in one period, and how many of them were active in it and in each later one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cohort {
    /// How many signed up.
    pub size: Split<u64>,
    /// How many of them were active in exactly that period: first in their own, then in each later one.
    pub active: Vec<Split<u64>>,
}

/// Retention by period of sign-up, and by what rule, when and over what it was counted.
///
/// It is *bounded*: who was active in a period counts for that period, and not for those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The rule that told test users apart.
    pub rule: Fingerprint,
    /// Which of a user's identifiers it looked at.
    pub identifiers: IdentifierPolicy,
    /// How long its periods are.
    pub interval: Interval,
    /// When it was made.
    pub epoch: DateTime<Utc>,
    /// The last day that is complete: the one before `epoch`'s.
    pub complete_through: NaiveDate,
    /// The periods, in order.
    pub periods: Vec<Days>,
    /// The cohort of each period.
    pub cohorts: Vec<Cohort>,
}

impl Retention {
    /// The retention that was counted at `epoch`.
    pub fn new(
        rule: &TestUserRule,
        (interval, periods): (Interval, Vec<Days>),
        epoch: DateTime<Utc>,
        cohorts: Vec<Cohort>,
    ) -> Self {
        Self {
            rule: rule.fingerprint(),
            identifiers: rule.identifiers(),
            interval,
            epoch,
            complete_through: Days::complete_before(epoch, 1).last(),
            periods,
            cohorts,
        }
    }

    /// The table under a filter: cohorts and their sizes are filtered alike, and shares are derived after the choice.
    pub fn view(&self, filter: Filter) -> Vec<CohortView> {
        let starts = (0..).zip(self.periods.iter().zip(&self.cohorts));
        starts
            .map(|(start, (period, cohort))| CohortView {
                from: period.first(),
                to: period.last(),
                size: cohort.size.view(filter),
                periods: self.cells(start, cohort, filter),
            })
            .collect()
    }

    fn cells(&self, start: usize, cohort: &Cohort, filter: Filter) -> Vec<RetainedView> {
        let cells = self.periods.iter().skip(start).zip(&cohort.active);
        cells
            .map(|(period, active)| {
                let share = Ratio { part: active.view(filter), whole: cohort.size.view(filter) };
                RetainedView {
                    active_users: share.part,
                    basis_points: share.basis_points(),
                    complete: period.last() <= self.complete_through,
                }
            })
            .collect()
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CohortView {
    /// The first day (UTC) on which its users signed up.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// How many signed up.
    pub size: u64,
    /// Its own period, and each later one.
    pub periods: Vec<RetainedView>,
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetainedView {
    /// How many of the cohort were active.
    pub active_users: u64,
    /// Their share in hundredths of a percent; absent of an empty cohort.
    pub basis_points: Option<u64>,
    /// Whether the period was over; one that was not is no decline.
    pub complete: bool,
}
