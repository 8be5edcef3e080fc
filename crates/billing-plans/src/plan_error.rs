//! Why a plan can't be created or changed.

use crate::{
    MoneyError, Name, NameError, NegativeFee, PlanId, Slug, SlugError, TrialDaysError, UnitPricesError,
    UnknownCurrency,
};

/// Why a plan can't be created or changed; the wire's code of each is told by [`ErrorCode`](crate::wire::ErrorCode).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The name can't be one.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The slug can't be one.
    #[error(transparent)]
    Slug(#[from] SlugError),
    /// The payer type is none.
    #[error("the payer type must be `user` or `org`")]
    PayerType,
    /// The currency can't be billed in.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// A fee is negative.
    #[error(transparent)]
    Fee(#[from] NegativeFee),
    /// The fees of one plan have two currencies, or their sum is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A fee is larger than the largest that can be charged.
    #[error("a fee can't be more than {MAX_FEE} minor units")]
    FeeTooLarge,
    /// There is neither a monthly nor an annual fee.
    #[error("a plan has a monthly fee, an annual fee, or both; a free plan has a fee of zero")]
    NoFee,
    /// The plan would be sold by the year only, and the tenant hasn't opted in.
    #[error("plans that are sold by the year only are not enabled")]
    AnnualOnlyNotEnabled,
    /// The length of the trial can't be one.
    #[error(transparent)]
    TrialDays(#[from] TrialDaysError),
    /// A trial is enabled and its length isn't said.
    #[error("a free trial needs a number of days")]
    TrialWithoutDays,
    /// The tenant has no trials.
    #[error("free trials are not enabled")]
    TrialsNotEnabled,
    /// A free plan can't be tried.
    #[error("a free plan can't have a free trial")]
    TrialOfFreePlan,
    /// The price of a unit is not well-formed.
    #[error(transparent)]
    UnitPrices(#[from] UnitPricesError),
    /// A unit is priced in another currency than the plan.
    #[error("the price of a unit must have the currency of the plan")]
    UnitPriceCurrency,
    /// A unit has two prices.
    #[error("the unit `{0}` has more than one price")]
    UnitPricedTwice(Name),
    /// Plans for users have no units.
    #[error("a plan for users can't have unit prices")]
    UnitPricesForUsers,
    /// A feature is there twice.
    #[error("the feature `{0}` is in the plan already")]
    FeatureTwice(Slug),
    /// Another plan for the same payer type has the name.
    #[error("another plan has the name `{0}`")]
    NameTaken(Name),
    /// Another plan has the slug.
    #[error("another plan has the slug `{0}`")]
    SlugTaken(Slug),
    /// The tenant has as many plans as it may have.
    #[error("no more than {0} plans are allowed")]
    TooManyPlans(u32),
    /// The payer type has a default plan.
    #[error("this payer type has a default plan")]
    DefaultExists,
    /// The default plan must be free.
    #[error("the default plan is free")]
    DefaultNotFree,
    /// The fee of the default plan can't be changed.
    #[error("the fee of the default plan can't be changed")]
    DefaultFee,
    /// The default plan is sold by the month, and this can't be changed.
    #[error("the default plan is sold by the month")]
    DefaultPeriods,
    /// The tenant has no such plan.
    #[error("no plan has the id `{0}`")]
    NotFound(PlanId),
}

/// The largest fee of a period, in minor units.
pub const MAX_FEE: i64 = 99_999_999;
