//! Creating a plan.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use crate::{
    Catalog, CatalogChange, CatalogWrite, Feature, FreeTrial, Name, PayerType, Plan, PlanError, PlanId,
    Price, Slug, UnitPrices, plan_rules,
};

/// What a plan is created from.
///
/// [`NewPlan::new`] gives what most plans are: recurring, visible to everyone, no default, without trial, features and
/// unit prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    /// See [`Plan::name`].
    pub name: Name,
    /// See [`Plan::slug`].
    pub slug: Slug,
    /// See [`Plan::description`].
    pub description: Option<Arc<str>>,
    /// See [`Plan::avatar_url`].
    pub avatar_url: Option<Arc<str>>,
    /// See [`Plan::payer_type`].
    pub payer_type: PayerType,
    /// See [`Plan::price`].
    pub price: Price,
    /// See [`Plan::is_default`].
    pub is_default: bool,
    /// See [`Plan::is_recurring`].
    pub is_recurring: bool,
    /// See [`Plan::publicly_visible`].
    pub publicly_visible: bool,
    /// See [`Plan::features`].
    pub features: Vec<Feature>,
    /// See [`Plan::unit_prices`].
    pub unit_prices: Vec<UnitPrices>,
    /// See [`Plan::free_trial`].
    pub free_trial: FreeTrial,
}

impl NewPlan {
    /// A plan with this name, slug and price, for payers of this type.
    pub fn new(name: Name, slug: Slug, payer_type: PayerType, price: Price) -> Self {
        Self {
            name,
            slug,
            description: None,
            avatar_url: None,
            payer_type,
            price,
            is_default: false,
            is_recurring: true,
            publicly_visible: true,
            features: Vec::new(),
            unit_prices: Vec::new(),
            free_trial: FreeTrial::None,
        }
    }
}

/// A plan as it is to be, and what to write for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The plan.
    pub plan: Arc<Plan>,
    /// What to write; `None` if the plan is stored like this already.
    pub change: Option<CatalogChange>,
}

impl Planned {
    pub(crate) fn new(catalog: &Catalog, plan: Plan) -> Self {
        let plan = Arc::new(plan);
        let change = CatalogChange { expected: catalog.revision, write: CatalogWrite::Plan(plan.clone()) };
        Self { plan, change: Some(change) }
    }
}

/// Decides whether `new` can be a plan of `catalog`, and how it is stored.
///
/// The plan has a base fee if a month of it costs something: a plan that is sold by the year only has none.
///
/// ```
/// use billing_plans::*;
///
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
///
/// let year = Fee::new(50_000)?;
/// let price = Price { currency: Currency::USD, availability: Availability::Annual { year } };
/// let new = NewPlan::new(Name::new("Annual")?, Slug::new("annual")?, PayerType::User, price);
/// let now = chrono::DateTime::UNIX_EPOCH;
///
/// let mut catalog = Catalog::default();
/// assert_eq!(create_plan(&catalog, new.clone(), now, &mut rng), Err(PlanError::AnnualOnlyNotEnabled));
/// catalog.settings.annual_only_plans = true;
/// assert!(create_plan(&catalog, new, now, &mut rng).is_ok());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PlanError`], if the plan isn't allowed, or collides with another one.
pub fn create_plan(
    catalog: &Catalog,
    new: NewPlan,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Planned, PlanError> {
    let allowed = catalog.settings.max_plans.min(crate::MAX_PLANS);
    if catalog.plans.len() >= allowed as usize {
        return Err(PlanError::TooManyPlans(allowed));
    }
    let plan = build(new, now.trunc_subsecs(3), PlanId::generate(rng));
    plan_rules::check(catalog, &plan)?;
    plan_rules::check_default(catalog, &plan)?;
    Ok(Planned::new(catalog, plan))
}

fn build(new: NewPlan, now: DateTime<Utc>, id: PlanId) -> Plan {
    Plan {
        id,
        name: new.name,
        slug: new.slug,
        description: new.description,
        avatar_url: new.avatar_url,
        payer_type: new.payer_type,
        price: new.price,
        is_default: new.is_default,
        is_recurring: new.is_recurring,
        publicly_visible: new.publicly_visible,
        has_base_fee: new.price.fee().is_some_and(|fee| fee.amount() > 0),
        features: new.features.into(),
        unit_prices: new.unit_prices.into(),
        free_trial: new.free_trial,
        created_at: now,
        updated_at: now,
    }
}
