//! Three plans: one for each way of selling.

use billing_plans::{
    Availability, Billing, BillingStore, Currency, Fee, Name, NewPlan, PayerType, Price, Settings, Slug,
    TenantId,
};
use chrono::{DateTime, Utc};
use rand_core::CryptoRng;
use vestibule::billing_plans;

/// Creates a monthly plan, one that is sold both ways, and an annual-only one, which needs the tenant's opt-in.
pub(crate) async fn create<S: BillingStore>(
    billing: &Billing<S>,
    tenant: &TenantId,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<(), Box<dyn std::error::Error>> {
    billing.change_settings(tenant, Settings { annual_only_plans: true, ..Settings::default() }).await?;
    let (month, year) = (Fee::new(5_000)?, Fee::new(50_000)?);
    for (name, slug, availability) in [
        ("Starter", "starter", Availability::Monthly { month }),
        ("Team", "team", Availability::Both { month, year }),
        ("Enterprise", "enterprise", Availability::Annual { year }),
    ] {
        let price = Price { currency: Currency::USD, availability };
        let plan = NewPlan::new(Name::new(name)?, Slug::new(slug)?, PayerType::Org, price);
        billing.create_plan(tenant, plan, now, rng).await?;
    }
    Ok(())
}
