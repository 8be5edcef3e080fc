//! Changing a plan.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use crate::{
    Catalog, Feature, FreeTrial, Name, Plan, PlanError, PlanId, Planned, Price, Slug, UnitPrices, plan_rules,
};

/// What to change about a plan; `None` leaves a part as it is.
///
/// What can be absent from a plan has two layers: `Some(None)` takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanUpdate {
    /// See [`Plan::name`].
    pub name: Option<Name>,
    /// See [`Plan::slug`].
    pub slug: Option<Slug>,
    /// See [`Plan::description`].
    pub description: Option<Option<Arc<str>>>,
    /// See [`Plan::avatar_url`].
    pub avatar_url: Option<Option<Arc<str>>>,
    /// See [`Plan::price`].
    pub price: Option<Price>,
    /// See [`Plan::publicly_visible`].
    pub publicly_visible: Option<bool>,
    /// See [`Plan::features`]; an empty list takes all away.
    pub features: Option<Vec<Feature>>,
    /// See [`Plan::unit_prices`]; an empty list takes all away.
    pub unit_prices: Option<Vec<UnitPrices>>,
    /// See [`Plan::free_trial`].
    pub free_trial: Option<FreeTrial>,
}

/// Decides whether a plan of `catalog` can be changed by `update`.
///
/// Whether payers who have the plan already pay another price is the host's choice, and none of this decision's.
///
/// ```
/// use billing_plans::{Catalog, PlanError, PlanId, PlanUpdate, update_plan};
///
/// let hide = PlanUpdate { publicly_visible: Some(false), ..PlanUpdate::default() };
/// let unknown = PlanId::new("cplan_unknown");
/// let refused = update_plan(&Catalog::default(), &unknown, hide, chrono::DateTime::UNIX_EPOCH);
/// assert_eq!(refused, Err(PlanError::NotFound(unknown)));
/// ```
///
/// # Errors
/// [`PlanError::NotFound`]; otherwise as [`create_plan`](crate::create_plan).
pub fn update_plan(
    catalog: &Catalog,
    id: &PlanId,
    update: PlanUpdate,
    now: DateTime<Utc>,
) -> Result<Planned, PlanError> {
    let stored = catalog.plan(id).ok_or_else(|| PlanError::NotFound(id.clone()))?;
    let plan = apply(stored.clone(), update);
    if plan == *stored {
        return Ok(Planned { plan: Arc::new(plan), change: None });
    }
    check_default_price(stored, plan.price)?;
    plan_rules::check(catalog, &plan)?;
    Ok(Planned::new(catalog, Plan { updated_at: now.trunc_subsecs(3), ..plan }))
}

fn check_default_price(stored: &Plan, price: Price) -> Result<(), PlanError> {
    match stored.is_default {
        true if !price.availability.same_periods(stored.price.availability) => Err(PlanError::DefaultPeriods),
        true if price != stored.price => Err(PlanError::DefaultFee),
        _ => Ok(()),
    }
}

fn apply(mut plan: Plan, update: PlanUpdate) -> Plan {
    replace(&mut plan.name, update.name);
    replace(&mut plan.slug, update.slug);
    replace(&mut plan.description, update.description);
    replace(&mut plan.avatar_url, update.avatar_url);
    if let Some(price) = update.price {
        plan.price = price;
        plan.has_base_fee = price.fee().is_some_and(|fee| fee.amount() > 0);
    }
    replace(&mut plan.publicly_visible, update.publicly_visible);
    replace(&mut plan.features, update.features.map(Arc::from));
    replace(&mut plan.unit_prices, update.unit_prices.map(Arc::from));
    replace(&mut plan.free_trial, update.free_trial);
    plan
}

fn replace<T>(part: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *part = new;
    }
}
