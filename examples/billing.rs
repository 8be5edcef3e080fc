//! What does a plan look like on the wire, and what does a month of API keys cost?
//!
//! `cargo run -p examples --example billing`

use billing_plans::{
    Availability, Billing, Currency, Fee, MemoryStore, Month, Name, NewPlan, Payer, PayerType, Price,
    RateCard, Settings, Slug, TenantId, UsageReport, UsageTotals,
    wire::{ListBody, PlanBody, StatementBody},
};
use chrono::{DateTime, Utc};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    store_contract::block_on(run())
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let billing = Billing::new(MemoryStore::new());
    let tenant = TenantId::new("acme")?;
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse()?;

    // Plans that are sold by the year only are an opt-in: older clients can't read their `"fee": null`.
    billing.change_settings(&tenant, Settings { annual_only_plans: true, ..Settings::default() }).await?;
    let (month, year) = (Fee::new(5_000)?, Fee::new(50_000)?);
    let sold = [
        ("Monthly", Availability::Monthly { month }),
        ("Monthly and annual", Availability::Both { month, year }),
        ("Annual", Availability::Annual { year }),
    ];
    for (name, availability) in sold {
        let slug = Slug::new(&name.to_lowercase().replace(' ', "-"))?;
        let price = Price { currency: Currency::USD, availability };
        let new = NewPlan::new(Name::new(name)?, slug, PayerType::Org, price);
        billing.create_plan(&tenant, new, now, &mut rng).await?;
    }
    let plans = billing.plans(&tenant, None, (10, 0)).await?;
    println!("{}", serde_json::to_string_pretty(&ListBody::new(plans, |plan| PlanBody::from(&plan)))?);

    // Reports are totals, so it does no harm to repeat one.
    let card = RateCard::api_keys();
    let report = UsageReport {
        payer: Payer::organization("org_1")?,
        month: Month::of(now),
        totals: UsageTotals::api_keys(1_145, 150_500),
    };
    billing.report_usage(&tenant, &card, &report, now, &mut rng).await?;
    let statement = billing.report_usage(&tenant, &card, &report, now, &mut rng).await?;
    println!("{}", serde_json::to_string_pretty(&StatementBody::new(&tenant, &statement))?);
    Ok(())
}
