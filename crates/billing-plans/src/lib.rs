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

mod catalog;
mod change;
mod currency;
mod id;
mod label;
mod ledger;
mod meter;
mod money;
mod month;
mod page;
mod payer;
mod plan;
mod price;
mod rate_card;
mod rating;
mod rounding;
mod statement;
mod store;
mod tenant;
mod unit_price;
mod unit_prices;

pub use crate::{
    catalog::{Catalog, MAX_PLANS, Settings},
    change::{CatalogChange, CatalogWrite, Change, Commit, LedgerChange, Revision},
    currency::{Currency, UnknownCurrency},
    id::{FeatureId, PlanId, StatementId},
    label::{Name, NameError, Slug, SlugError},
    ledger::Ledger,
    meter::{InvalidMeterName, MeterName, UsageTotals},
    money::{Money, MoneyError},
    month::{InvalidMonth, Month},
    page::Page,
    payer::{InvalidPayer, Payer, PayerType},
    plan::{Feature, FreeTrial, Plan, TrialDays, TrialDaysError},
    price::{Availability, BillingPeriod, Fee, NegativeFee, Price},
    rate_card::{DuplicateMeter, Meter, RateCard, UsageLine},
    rating::{Tier, Tiers, TiersError, UsagePrice, ZeroUsage},
    statement::{Adjustment, Statement, StatementStatus},
    store::{BillingStore, CatalogStore, ErrorType, LedgerStore, StatementReader},
    tenant::{InvalidTenantId, TenantId},
    unit_price::{ExactAmount, NegativeUnitPrice, UnitPrice},
    unit_prices::{BlockTier, UnitPrices, UnitPricesError},
};
