//! The codes by which the public API tells refusals.

use crate::{
    ExtendTrialError, NameError, PlanError, SettingsError, SlugError, TrialDaysError, UnitPricesError,
};

/// The code of a refusal on the wire, and the HTTP status that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code.
    pub code: &'static str,
    /// The status.
    pub status: u16,
}

impl ErrorCode {
    /// The tenant has no such statement.
    pub const STATEMENT_NOT_FOUND: Self = Self::new("commerce_statement_not_found", 404);

    const fn new(code: &'static str, status: u16) -> Self {
        Self { code, status }
    }
}

impl From<&PlanError> for ErrorCode {
    fn from(error: &PlanError) -> Self {
        let (code, status) = match error {
            PlanError::Name(error) => return error.into(),
            PlanError::Slug(error) => return error.into(),
            PlanError::TrialDays(error) => return error.into(),
            PlanError::UnitPrices(error) => return error.into(),
            PlanError::PayerType => ("payer_type_invalid", 400),
            PlanError::Currency(_) | PlanError::Money(_) => ("currency_invalid", 400),
            PlanError::Fee(_) | PlanError::NoFee => ("plan_amount_invalid", 422),
            PlanError::FeeTooLarge => ("plan_amount_exceeds_upper_limit", 422),
            PlanError::AnnualOnlyNotEnabled => ("billing_annual_only_plans_not_enabled", 403),
            PlanError::TrialWithoutDays => ("billing_too_few_free_trial_days", 400),
            PlanError::TrialsNotEnabled => ("plan_free_trials_disabled", 403),
            PlanError::TrialOfFreePlan => ("free_trial_not_allowed_on_free_plan", 422),
            PlanError::UnitPriceCurrency => ("unit_price_currency_invalid", 422),
            PlanError::UnitPricedTwice(_) => ("unit_price_name_invalid", 422),
            PlanError::UnitPricesForUsers => ("unit_prices_not_allowed_for_user_plans", 422),
            PlanError::FeatureTwice(_) => ("feature_already_in_plan", 409),
            PlanError::NameTaken(_) => ("plan_name_already_exists", 409),
            PlanError::SlugTaken(_) => ("plan_slug_already_exists", 409),
            PlanError::TooManyPlans(_) => ("commerce_plans_quota_exceeded", 403),
            PlanError::DefaultExists => ("default_plans_already_created", 409),
            PlanError::DefaultNotFree => ("default_plan_price_creation_forbidden", 422),
            PlanError::DefaultFee => ("default_plan_amount_update_forbidden", 422),
            PlanError::DefaultPeriods => ("default_plan_supported_billing_periods_update_forbidden", 422),
            PlanError::NotFound(_) => ("plan_not_found", 404),
        };
        Self::new(code, status)
    }
}

impl From<&NameError> for ErrorCode {
    fn from(error: &NameError) -> Self {
        match error {
            NameError::Missing => Self::new("missing_name", 400),
            NameError::Length => Self::new("name_invalid_length", 400),
            NameError::Format => Self::new("name_invalid_format", 400),
        }
    }
}

impl From<&SlugError> for ErrorCode {
    fn from(error: &SlugError) -> Self {
        match error {
            SlugError::Missing => Self::new("missing_slug", 400),
            SlugError::Length => Self::new("slug_invalid_length", 400),
            SlugError::Format => Self::new("slug_invalid_format", 400),
        }
    }
}

impl From<&TrialDaysError> for ErrorCode {
    fn from(error: &TrialDaysError) -> Self {
        match error {
            TrialDaysError::TooFew => Self::new("billing_too_few_free_trial_days", 400),
            TrialDaysError::TooMany => Self::new("billing_too_many_free_trial_days", 400),
        }
    }
}

impl From<&ExtendTrialError> for ErrorCode {
    fn from(error: &ExtendTrialError) -> Self {
        match error {
            ExtendTrialError::NotRunning => Self::new("subscription_item_not_in_free_trial", 403),
            ExtendTrialError::Shorter => Self::new("billing_date_error", 400),
            ExtendTrialError::TooLong => Self::new("billing_too_many_free_trial_days", 400),
        }
    }
}

impl From<&UnitPricesError> for ErrorCode {
    fn from(error: &UnitPricesError) -> Self {
        let code = match error {
            UnitPricesError::BlockSize => "unit_price_block_size_invalid",
            UnitPricesError::NoTiers => "unit_price_tiers_missing",
            UnitPricesError::StartsAtBlock => "unit_price_starts_at_block_invalid",
            UnitPricesError::EndsAfterBlock => "unit_price_ends_after_block_invalid",
            UnitPricesError::UnlimitedBeforeLast => "unit_price_unlimited_tier_must_be_last",
            UnitPricesError::GapOrOverlap => "unit_price_tier_gap_or_overlap_detected",
            UnitPricesError::FreeAfterPaid => "unit_price_free_tier_after_paid_tier",
        };
        Self::new(code, 422)
    }
}

impl From<&SettingsError> for ErrorCode {
    fn from(error: &SettingsError) -> Self {
        match error {
            SettingsError::AnnualOnlyPlanExists(_) => Self::new("supported_billing_period_mismatch", 422),
            SettingsError::TrialExists(_) => Self::new("plan_free_trials_disabled", 403),
            SettingsError::TooManyPlans => Self::new("commerce_plans_quota_exceeded", 403),
        }
    }
}
