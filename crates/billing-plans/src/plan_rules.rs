//! What must hold for a plan, whether it is new or changed.

use std::collections::BTreeSet;

use crate::{
    Availability, BlockTier, Catalog, Fee, FreeTrial, MAX_FEE, PayerType, Plan, PlanError, Settings,
};

/// Checks `plan` by itself and against the others of `catalog`.
pub(crate) fn check(catalog: &Catalog, plan: &Plan) -> Result<(), PlanError> {
    check_price(&catalog.settings, plan)?;
    check_trial(&catalog.settings, plan)?;
    check_features(plan)?;
    check_unit_prices(plan)?;
    check_labels(catalog, plan)
}

/// Checks that a default plan is free by the month and the only one of its payer type.
pub(crate) fn check_default(catalog: &Catalog, plan: &Plan) -> Result<(), PlanError> {
    if !plan.is_default {
        return Ok(());
    }
    let is_other_default =
        |other: &Plan| other.is_default && other.payer_type == plan.payer_type && other.id != plan.id;
    match plan.price.availability {
        _ if catalog.plans.iter().any(is_other_default) => Err(PlanError::DefaultExists),
        Availability::Monthly { month: Fee::FREE } => Ok(()),
        Availability::Monthly { .. } => Err(PlanError::DefaultNotFree),
        Availability::Annual { .. } | Availability::Both { .. } => Err(PlanError::DefaultPeriods),
    }
}

fn check_price(settings: &Settings, plan: &Plan) -> Result<(), PlanError> {
    let availability = plan.price.availability;
    let too_large = |fee: Fee| fee.amount() > MAX_FEE;
    if availability.month().is_some_and(too_large) || availability.year().is_some_and(too_large) {
        return Err(PlanError::FeeTooLarge);
    }
    if availability.is_annual_only() && !settings.annual_only_plans {
        return Err(PlanError::AnnualOnlyNotEnabled);
    }
    Ok(())
}

fn check_trial(settings: &Settings, plan: &Plan) -> Result<(), PlanError> {
    match plan.free_trial {
        FreeTrial::None | FreeTrial::Disabled { .. } => Ok(()),
        FreeTrial::Enabled { .. } if !settings.free_trials => Err(PlanError::TrialsNotEnabled),
        FreeTrial::Enabled { .. } if plan.price.is_free() => Err(PlanError::TrialOfFreePlan),
        FreeTrial::Enabled { .. } => Ok(()),
    }
}

fn check_features(plan: &Plan) -> Result<(), PlanError> {
    let mut slugs = BTreeSet::new();
    match plan.features.iter().find(|feature| !slugs.insert(&feature.slug)) {
        Some(twice) => Err(PlanError::FeatureTwice(twice.slug.clone())),
        None => Ok(()),
    }
}

fn check_unit_prices(plan: &Plan) -> Result<(), PlanError> {
    if plan.payer_type == PayerType::User && !plan.unit_prices.is_empty() {
        return Err(PlanError::UnitPricesForUsers);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = plan.unit_prices.iter().find(|unit| !names.insert(unit.name())) {
        return Err(PlanError::UnitPricedTwice(twice.name().clone()));
    }
    let too_large = |tier: &BlockTier| tier.fee_per_block.amount() > MAX_FEE;
    if plan.unit_prices.iter().any(|unit| unit.tiers().iter().any(too_large)) {
        return Err(PlanError::FeeTooLarge);
    }
    Ok(())
}

fn check_labels(catalog: &Catalog, plan: &Plan) -> Result<(), PlanError> {
    let others = || catalog.plans.iter().filter(|other| other.id != plan.id);
    if others().any(|other| other.name == plan.name && other.payer_type == plan.payer_type) {
        return Err(PlanError::NameTaken(plan.name.clone()));
    }
    if others().any(|other| other.slug == plan.slug) {
        return Err(PlanError::SlugTaken(plan.slug.clone()));
    }
    Ok(())
}
