//! The catalog: all plans of a tenant, and its settings.

use serde::{Deserialize, Serialize};

use crate::{Page, PayerType, Plan, PlanId, Revision};

/// All plans of a tenant and the settings that rule them, as of one revision.
///
/// It is loaded as a whole and committed against its revision, so what holds between plans (unique slugs, one default
/// plan, no annual-only plan without opt-in) holds under concurrency, too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// The revision that was loaded; `None` if the tenant has no catalog yet.
    pub revision: Option<Revision>,
    /// What the tenant allows.
    pub settings: Settings,
    /// The plans, newest first.
    pub plans: Vec<Plan>,
}

/// What a tenant allows its plans to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether plans may be sold by the year only; clients that are older than this can't read such plans.
    pub annual_only_plans: bool,
    /// Whether plans may be tried before they are paid.
    pub free_trials: bool,
    /// How many plans there may be, at most [`MAX_PLANS`].
    pub max_plans: u32,
}

/// The largest number of plans of one tenant; a catalog is always loaded whole.
pub const MAX_PLANS: u32 = 500;

impl Default for Settings {
    fn default() -> Self {
        Self { annual_only_plans: false, free_trials: true, max_plans: MAX_PLANS }
    }
}

impl Catalog {
    /// The plan with this id, if there is one.
    pub fn plan(&self, id: &PlanId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == *id)
    }

    /// A page of the plans, newest first: at most `limit` of those for `payer_type`, without the first `offset`.
    pub fn page(&self, payer_type: Option<PayerType>, limit: usize, offset: usize) -> Page<Plan> {
        let wanted = |plan: &&Plan| payer_type.is_none_or(|wanted| plan.payer_type == wanted);
        let found = || self.plans.iter().filter(wanted);
        Page { items: found().skip(offset).take(limit).cloned().collect(), total: found().count() as u64 }
    }
}
