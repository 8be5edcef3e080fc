#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod allocation;
mod bill;
mod catalog;
mod change;
mod change_settings;
#[cfg(feature = "contract")]
pub mod contract;
mod create_plan;
mod currency;
mod entitlement;
mod id;
mod label;
mod ledger;
mod memory;
mod meter;
mod money;
mod month;
mod page;
mod payer;
mod period;
mod plan;
mod plan_error;
mod plan_rules;
mod price;
mod proration;
mod rate_card;
mod rating;
mod rounding;
mod service;
mod statement;
mod store;
mod tenant;
mod trial;
mod unit_price;
mod unit_prices;
mod update_plan;
pub mod wire;

pub use crate::{
    allocation::allocate,
    bill::{BillError, Billed, UsageReport, bill},
    catalog::{Catalog, MAX_PLANS, Settings},
    change::{CatalogChange, CatalogWrite, Change, Commit, LedgerChange, Revision},
    change_settings::{SettingsError, change_settings},
    create_plan::{NewPlan, Planned, create_plan},
    currency::{Currency, UnknownCurrency},
    entitlement::{Asked, Claim, MalformedClaim, is_entitled},
    id::{FeatureId, PlanId, StatementId},
    label::{Name, NameError, Slug, SlugError},
    ledger::Ledger,
    memory::MemoryStore,
    meter::{InvalidMeterName, MeterName, UsageTotals},
    money::{Money, MoneyError},
    month::{InvalidMonth, Month},
    page::Page,
    payer::{InvalidPayer, Payer, PayerType},
    period::{Anchor, EmptyPeriod, Interval, InvalidDay, Period},
    plan::{Feature, FreeTrial, Plan, TrialDays, TrialDaysError},
    plan_error::{MAX_FEE, PlanError},
    price::{Availability, BillingPeriod, Fee, NegativeFee, Price},
    proration::{DayOfChange, Proration, Settlement, change_interval, change_plan, remaining, share},
    rate_card::{DuplicateMeter, Meter, RateCard, UsageLine},
    rating::{Tier, Tiers, TiersError, UsagePrice, ZeroUsage},
    service::{Billing, ServiceError},
    statement::{Adjustment, Statement, StatementStatus},
    store::{BillingStore, CatalogStore, ErrorType, LedgerStore, StatementReader},
    tenant::{InvalidTenantId, TenantId},
    trial::{ExtendTrialError, PayerHistory, Trial, trial_offered},
    unit_price::{ExactAmount, NegativeUnitPrice, UnitPrice},
    unit_prices::{BlockTier, UnitPrices, UnitPricesError},
    update_plan::{PlanUpdate, update_plan},
};

#[cfg(feature = "contract")]
#[doc(hidden)]
pub use store_contract as __store_contract;
