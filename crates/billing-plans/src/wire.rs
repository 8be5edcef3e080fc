//! The JSON shapes of the public API.

mod error_code;
mod field;
mod money;
mod plan;
mod read_plan;
mod statement;

pub use self::{
    error_code::ErrorCode,
    money::MoneyBody,
    plan::{BlockTierBody, FeatureBody, FeatureObject, PlanBody, PlanObject, UnitPricesBody},
    read_plan::ReadPlanError,
    statement::{
        AdjustmentBody, PayerBody, StatementBody, StatementGroupBody, StatementTotalsBody, UsageLineBody,
    },
};

use serde::{Deserialize, Serialize};

/// A page of a list: `{data, total_count}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListBody<T> {
    /// The items of the page.
    pub data: Vec<T>,
    /// How many items the whole list has.
    pub total_count: u64,
}

impl<T> ListBody<T> {
    /// The shape of a page, each item turned into its own.
    pub fn new<U>(page: crate::Page<U>, item: impl FnMut(U) -> T) -> Self {
        Self { data: page.items.into_iter().map(item).collect(), total_count: page.total }
    }
}
