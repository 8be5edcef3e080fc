//! Free trials: who may have one, how long it lasts, and when its end is announced.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{FreeTrial, Plan, TrialDays};

/// What a payer has done before, as far as trials go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayerHistory {
    /// Whether they have ever paid.
    pub has_paid: bool,
    /// Whether they have ever had a trial, of whatever plan.
    pub has_tried: bool,
}

/// How long a payer with this history may try `plan` for, if at all: the wire's `eligible_for_free_trial`.
///
/// Only who never paid and never tried may try a plan.
pub fn trial_offered(plan: &Plan, history: PayerHistory) -> Option<TrialDays> {
    match (plan.free_trial, history) {
        (FreeTrial::Enabled { days }, PayerHistory { has_paid: false, has_tried: false }) => Some(days),
        _ => None,
    }
}

/// A trial that a payer has; it ends by itself.
///
/// ```
/// use billing_plans::{Trial, TrialDays};
///
/// let now = "2026-11-20T10:00:00Z".parse()?;
/// let trial = Trial::start(TrialDays::new(14)?, now).unwrap();
/// assert_eq!(trial.ends_at().to_rfc3339(), "2026-12-04T10:00:00+00:00");
/// assert_eq!(trial.announced_at().to_rfc3339(), "2026-12-01T10:00:00+00:00");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Trial {
    started_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// How long before its end a trial's end is announced.
const NOTICE: TimeDelta = TimeDelta::days(3);

/// How far a trial can be extended at once.
const LONGEST_EXTENSION: TimeDelta = TimeDelta::days(365);

impl Trial {
    /// A trial that begins at `now`, in milliseconds; `None` if it would end beyond the calendar.
    pub fn start(days: TrialDays, now: DateTime<Utc>) -> Option<Self> {
        let started_at = now.trunc_subsecs(3);
        let ends_at = started_at.checked_add_signed(TimeDelta::days(days.get().into()))?;
        Some(Self { started_at, ends_at })
    }

    /// Its first instant.
    pub fn started_at(self) -> DateTime<Utc> {
        self.started_at
    }

    /// The first instant after it.
    pub fn ends_at(self) -> DateTime<Utc> {
        self.ends_at
    }

    /// Whether it runs at `now`.
    pub fn is_running(self, now: DateTime<Utc>) -> bool {
        (self.started_at..self.ends_at).contains(&now)
    }

    /// When its end is announced: three days before, or at once if it is shorter than that.
    pub fn announced_at(self) -> DateTime<Utc> {
        self.ends_at.checked_sub_signed(NOTICE).map_or(self.started_at, |at| at.max(self.started_at))
    }

    /// The same trial, running until `until`; to extend it to its end again changes nothing.
    ///
    /// # Errors
    /// [`ExtendTrialError`], if it doesn't run, or `until` is earlier than its end or more than 365 days after it.
    pub fn extend(self, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Self, ExtendTrialError> {
        let ends_at = until.trunc_subsecs(3);
        if !self.is_running(now) {
            return Err(ExtendTrialError::NotRunning);
        }
        match ends_at.signed_duration_since(self.ends_at) {
            longer if longer < TimeDelta::zero() => Err(ExtendTrialError::Shorter),
            longer if longer > LONGEST_EXTENSION => Err(ExtendTrialError::TooLong),
            _ => Ok(Self { ends_at, ..self }),
        }
    }
}

/// Why a trial can't be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtendTrialError {
    /// It has ended, or hasn't begun.
    #[error("the free trial does not run")]
    NotRunning,
    /// It would end earlier than it does.
    #[error("a free trial can't be shortened")]
    Shorter,
    /// It would end more than 365 days later than it does.
    #[error("a free trial can't be extended by more than 365 days")]
    TooLong,
}
