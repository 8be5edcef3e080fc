//! Changing what a tenant allows.

use crate::{Catalog, CatalogChange, CatalogWrite, MAX_PLANS, Settings, Slug};

/// Decides whether the settings of `catalog` can become `settings`; `None` if they are that already.
///
/// ```
/// use billing_plans::{Catalog, Settings, change_settings};
///
/// let catalog = Catalog::default();
/// let opted_in = Settings { annual_only_plans: true, ..catalog.settings };
/// assert!(change_settings(&catalog, opted_in)?.is_some());
/// assert!(change_settings(&catalog, catalog.settings)?.is_none());
/// # Ok::<_, billing_plans::SettingsError>(())
/// ```
///
/// # Errors
/// [`SettingsError`], if a plan exists that they wouldn't allow.
pub fn change_settings(
    catalog: &Catalog,
    settings: Settings,
) -> Result<Option<CatalogChange>, SettingsError> {
    if settings.max_plans > MAX_PLANS {
        return Err(SettingsError::TooManyPlans);
    }
    let annual_only = catalog.plans.iter().find(|plan| plan.price.availability.is_annual_only());
    if let (false, Some(plan)) = (settings.annual_only_plans, annual_only) {
        return Err(SettingsError::AnnualOnlyPlanExists(plan.slug.clone()));
    }
    let tried = catalog.plans.iter().find(|plan| plan.free_trial.is_enabled());
    if let (false, Some(plan)) = (settings.free_trials, tried) {
        return Err(SettingsError::TrialExists(plan.slug.clone()));
    }
    let write = CatalogWrite::Settings(settings);
    Ok((catalog.settings != settings).then_some(CatalogChange { expected: catalog.revision, write }))
}

/// Why a tenant's settings can't be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A plan is sold by the year only, so the opt-in can't be taken back.
    #[error("the plan `{0}` is sold by the year only")]
    AnnualOnlyPlanExists(Slug),
    /// A plan can be tried, so trials can't be turned off.
    #[error("the plan `{0}` has a free trial")]
    TrialExists(Slug),
    /// More plans than a catalog can hold.
    #[error("a catalog can't have more than {MAX_PLANS} plans")]
    TooManyPlans,
}
