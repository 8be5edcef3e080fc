//! Plans: what a payer can subscribe to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{FeatureId, Name, PayerType, PlanId, Price, Slug, UnitPrices};

/// A plan of a tenant's catalog.
///
/// Made by [`create_plan`](crate::create_plan), changed by [`update_plan`](crate::update_plan); both times have
/// milliseconds, as the wire has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Its name, unlike that of any other plan for the same payer type.
    pub name: Name,
    /// Its slug, unlike that of any other plan of the tenant.
    pub slug: Slug,
    /// What it is, for people.
    pub description: Option<Arc<str>>,
    /// The address of its picture.
    pub avatar_url: Option<Arc<str>>,
    /// Whether users or organizations can have it.
    pub payer_type: PayerType,
    /// What it costs, and for which periods it is sold.
    pub price: Price,
    /// Whether a payer who has subscribed to nothing has it.
    pub is_default: bool,
    /// Whether its fee is due every period.
    pub is_recurring: bool,
    /// Whether it is offered to everyone.
    pub publicly_visible: bool,
    /// Whether a fee is due every month besides the prices of units; `false` for a plan that is sold by the year only.
    pub has_base_fee: bool,
    /// What it gives.
    pub features: Arc<[Feature]>,
    /// What it costs per unit, such as a seat, besides its fee.
    pub unit_prices: Arc<[UnitPrices]>,
    /// How long it can be tried.
    pub free_trial: FreeTrial,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Something that a plan gives: the wire's `feature`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// Its id.
    pub id: FeatureId,
    /// Its name.
    pub name: Name,
    /// Its slug, by which a program asks whether a payer has it.
    pub slug: Slug,
    /// What it is, for people.
    pub description: Option<Arc<str>>,
    /// The address of its picture.
    pub avatar_url: Option<Arc<str>>,
}

/// Whether and how long a plan can be tried before it is paid: the wire's `free_trial_enabled` and `free_trial_days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreeTrial {
    /// Not at all.
    None,
    /// Not now, though its length is known.
    Disabled {
        /// How long it was, or will be.
        days: TrialDays,
    },
    /// By a payer who never paid and never tried.
    Enabled {
        /// How long.
        days: TrialDays,
    },
}

impl FreeTrial {
    /// Whether a payer can try the plan now.
    pub fn is_enabled(self) -> bool {
        matches!(self, Self::Enabled { .. })
    }

    /// How long a trial is, if that is known.
    pub fn days(self) -> Option<TrialDays> {
        match self {
            Self::None => None,
            Self::Disabled { days } | Self::Enabled { days } => Some(days),
        }
    }
}

/// The length of a trial: 1 to 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct TrialDays(u16);

/// The longest trial, in days.
const LONGEST_TRIAL: u16 = 365;

impl TrialDays {
    /// `days` days.
    ///
    /// # Errors
    /// [`TrialDaysError`], if these are fewer than 1 or more than 365.
    pub fn new(days: i64) -> Result<Self, TrialDaysError> {
        match u16::try_from(days) {
            Ok(days @ 1..=LONGEST_TRIAL) => Ok(Self(days)),
            _ if days < 1 => Err(TrialDaysError::TooFew),
            _ => Err(TrialDaysError::TooMany),
        }
    }

    /// How many.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<i64> for TrialDays {
    type Error = TrialDaysError;

    fn try_from(days: i64) -> Result<Self, TrialDaysError> {
        Self::new(days)
    }
}

impl From<TrialDays> for i64 {
    fn from(days: TrialDays) -> Self {
        days.0.into()
    }
}

/// A trial can't have this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrialDaysError {
    /// Fewer than 1 day.
    #[error("a free trial has at least 1 day")]
    TooFew,
    /// More than 365 days.
    #[error("a free trial has at most {LONGEST_TRIAL} days")]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_has_a_day_to_a_year() {
        assert_eq!(TrialDays::new(0), Err(TrialDaysError::TooFew));
        assert_eq!(TrialDays::new(i64::MIN), Err(TrialDaysError::TooFew));
        assert_eq!(TrialDays::new(1).unwrap().get(), 1);
        assert_eq!(TrialDays::new(365).unwrap().get(), 365);
        assert_eq!(TrialDays::new(366), Err(TrialDaysError::TooMany));
        assert_eq!(TrialDays::new(i64::MAX), Err(TrialDaysError::TooMany));
    }
}
