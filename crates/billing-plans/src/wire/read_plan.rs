//! Plans as they were read from the wire.

use chrono::{DateTime, Utc};

use super::{BlockTierBody, FeatureBody, MoneyBody, PlanBody, UnitPricesBody};
use crate::{
    Availability, BlockTier, Currency, Feature, FeatureId, Fee, FreeTrial, Money, MoneyError, Name, Plan,
    PlanError, PlanId, Price, Slug, TrialDays, UnitPrices,
};

impl PlanBody {
    /// The plan that this body tells of, created at `created_at`, which the wire doesn't say.
    ///
    /// It isn't checked against a catalog.
    ///
    /// # Errors
    /// [`ReadPlanError`], if it tells of no plan that there can be.
    pub fn into_plan(self, created_at: DateTime<Utc>) -> Result<Plan, ReadPlanError> {
        let price = read_price(self.fee, self.annual_fee, self.annual_monthly_fee)?;
        let free_trial = read_trial(self.free_trial_enabled, self.free_trial_days.flatten())?;
        let unit_prices = self.unit_prices.unwrap_or_default().into_iter();
        Ok(Plan {
            id: PlanId::new(&self.id),
            name: Name::new(&self.name).map_err(PlanError::from)?,
            slug: Slug::new(&self.slug).map_err(PlanError::from)?,
            description: self.description,
            avatar_url: self.avatar_url,
            payer_type: self.for_payer_type,
            price,
            is_default: self.is_default,
            is_recurring: self.is_recurring,
            publicly_visible: self.publicly_visible,
            has_base_fee: self.has_base_fee,
            features: self
                .features
                .unwrap_or_default()
                .into_iter()
                .map(read_feature)
                .collect::<Result<_, _>>()?,
            unit_prices: unit_prices
                .map(|unit| read_unit_prices(unit, price.currency))
                .collect::<Result<_, _>>()?,
            free_trial,
            created_at,
            updated_at: created_at,
        })
    }
}

fn read_price(
    month: Option<MoneyBody>,
    year: Option<MoneyBody>,
    annual_month: Option<MoneyBody>,
) -> Result<Price, ReadPlanError> {
    let read = |body: Option<MoneyBody>| body.map(Money::try_from).transpose().map_err(PlanError::from);
    let (month, year, annual_month) = (read(month)?, read(year)?, read(annual_month)?);
    if year.is_some() != annual_month.is_some() {
        return Err(ReadPlanError::AnnualPair);
    }
    let fee = |money: Money| Fee::new(money.amount()).map_err(PlanError::from);
    let (currency, availability) = match (month, year) {
        (None, None) => return Err(PlanError::NoFee.into()),
        (Some(month), None) => (month.currency(), Availability::Monthly { month: fee(month)? }),
        (None, Some(year)) => (year.currency(), Availability::Annual { year: fee(year)? }),
        (Some(month), Some(year)) if month.currency() == year.currency() => {
            (month.currency(), Availability::Both { month: fee(month)?, year: fee(year)? })
        }
        (Some(month), Some(year)) => {
            return Err(
                PlanError::from(MoneyError::MixedCurrencies(month.currency(), year.currency())).into()
            );
        }
    };
    let price = Price { currency, availability };
    if price.annual_monthly_fee() == annual_month { Ok(price) } else { Err(ReadPlanError::AnnualMonthly) }
}

fn read_trial(is_enabled: bool, days: Option<i64>) -> Result<FreeTrial, PlanError> {
    match (is_enabled, days) {
        (false, None) => Ok(FreeTrial::None),
        (false, Some(days)) => Ok(FreeTrial::Disabled { days: TrialDays::new(days)? }),
        (true, Some(days)) => Ok(FreeTrial::Enabled { days: TrialDays::new(days)? }),
        (true, None) => Err(PlanError::TrialWithoutDays),
    }
}

fn read_feature(body: FeatureBody) -> Result<Feature, PlanError> {
    Ok(Feature {
        id: FeatureId::new(&body.id),
        name: Name::new(&body.name)?,
        slug: Slug::new(&body.slug)?,
        description: body.description,
        avatar_url: body.avatar_url,
    })
}

fn read_unit_prices(body: UnitPricesBody, currency: Currency) -> Result<UnitPrices, PlanError> {
    let tier = |tier: BlockTierBody| {
        let fee = Money::try_from(tier.fee_per_block)?;
        if fee.currency() != currency {
            return Err(PlanError::UnitPriceCurrency);
        }
        Ok(BlockTier {
            starts_at_block: tier.starts_at_block,
            ends_after_block: tier.ends_after_block,
            fee_per_block: Fee::new(fee.amount())?,
        })
    };
    let tiers = body.tiers.into_iter().map(tier).collect::<Result<Vec<_>, _>>()?;
    Ok(UnitPrices::new(Name::new(&body.name)?, body.block_size, &tiers)?)
}

/// Why a body tells of no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadPlanError {
    /// One of the two annual fees is null, and the other isn't.
    #[error("`annual_fee` and `annual_monthly_fee` are null together or not at all")]
    AnnualPair,
    /// The annual fee per month isn't a twelfth of the annual fee.
    #[error("`annual_monthly_fee` is not a twelfth of `annual_fee`")]
    AnnualMonthly,
    /// A part of it is no part of a plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
}
