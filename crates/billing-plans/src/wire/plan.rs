//! Plans on the wire.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{MoneyBody, field};
use crate::{
    Availability, BlockTier, Currency, Feature, FeatureId, Fee, FreeTrial, Money, MoneyError, Name,
    PayerType, Plan, PlanError, PlanId, Price, Slug, TrialDays, UnitPrices,
};

/// A plan: the wire's `commerce_plan`.
///
/// What is null, what is absent and what is zero stay three things, reading and writing: a fee of `null` isn't sold, a
/// fee of zero is free, and a fee that is absent is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBody {
    /// `commerce_plan`.
    pub object: PlanObject,
    /// See [`Plan::id`].
    pub id: String,
    /// See [`Plan::name`].
    pub name: String,
    /// The fee of a month; null if the plan is sold by the year only.
    #[serde(deserialize_with = "field::nullable")]
    pub fee: Option<MoneyBody>,
    /// A twelfth of the fee of a year; null if the plan is sold by the month only.
    #[serde(deserialize_with = "field::nullable")]
    pub annual_monthly_fee: Option<MoneyBody>,
    /// The fee of a year; null together with `annual_monthly_fee`.
    #[serde(deserialize_with = "field::nullable")]
    pub annual_fee: Option<MoneyBody>,
    /// See [`Plan::description`].
    #[serde(deserialize_with = "field::nullable")]
    pub description: Option<Arc<str>>,
    /// The deprecated product: one for each payer type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// See [`Plan::is_default`].
    pub is_default: bool,
    /// See [`Plan::is_recurring`].
    pub is_recurring: bool,
    /// See [`Plan::publicly_visible`].
    pub publicly_visible: bool,
    /// See [`Plan::has_base_fee`].
    pub has_base_fee: bool,
    /// `org` or `user`.
    pub for_payer_type: PayerType,
    /// See [`Plan::slug`].
    pub slug: String,
    /// See [`Plan::avatar_url`].
    #[serde(deserialize_with = "field::nullable")]
    pub avatar_url: Option<Arc<str>>,
    /// See [`Plan::features`]; may be absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::optional")]
    pub features: Option<Vec<FeatureBody>>,
    /// Whether the plan can be tried.
    pub free_trial_enabled: bool,
    /// How many days; may be null or absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::optional")]
    pub free_trial_days: Option<Option<i64>>,
    /// See [`Plan::unit_prices`]; may be absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::optional")]
    pub unit_prices: Option<Vec<UnitPricesBody>>,
}

/// The object type of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanObject {
    /// Its only value.
    #[serde(rename = "commerce_plan")]
    CommercePlan,
}

/// A feature of a plan: the wire's `feature`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureBody {
    /// `feature`.
    pub object: FeatureObject,
    /// See [`Feature::id`].
    pub id: String,
    /// See [`Feature::name`].
    pub name: String,
    /// See [`Feature::description`].
    #[serde(deserialize_with = "field::nullable")]
    pub description: Option<Arc<str>>,
    /// See [`Feature::slug`].
    pub slug: String,
    /// See [`Feature::avatar_url`].
    #[serde(deserialize_with = "field::nullable")]
    pub avatar_url: Option<Arc<str>>,
}

/// The object type of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeatureObject {
    /// Its only value.
    #[serde(rename = "feature")]
    Feature,
}

/// The price of a unit: an entry of the wire's `unit_prices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPricesBody {
    /// What the unit is called.
    pub name: String,
    /// How many units a block holds.
    pub block_size: u64,
    /// The tiers, in order.
    pub tiers: Vec<BlockTierBody>,
}

/// A tier of the price of a unit.
///
/// A client's API also gives tiers an id and an object type; reading takes no notice of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockTierBody {
    /// The first block.
    pub starts_at_block: u64,
    /// The last block; null if there is none.
    #[serde(default)]
    pub ends_after_block: Option<u64>,
    /// What a block costs.
    pub fee_per_block: MoneyBody,
}

impl From<&Plan> for PlanBody {
    fn from(plan: &Plan) -> Self {
        Self {
            object: PlanObject::CommercePlan,
            id: plan.id.to_string(),
            name: plan.name.to_string(),
            fee: plan.price.fee().map(MoneyBody::from),
            annual_monthly_fee: plan.price.annual_monthly_fee().map(MoneyBody::from),
            annual_fee: plan.price.annual_fee().map(MoneyBody::from),
            description: plan.description.clone(),
            product_id: Some(format!("cprod_{}", plan.payer_type.as_str())),
            is_default: plan.is_default,
            is_recurring: plan.is_recurring,
            publicly_visible: plan.publicly_visible,
            has_base_fee: plan.has_base_fee,
            for_payer_type: plan.payer_type,
            slug: plan.slug.to_string(),
            avatar_url: plan.avatar_url.clone(),
            features: Some(plan.features.iter().map(FeatureBody::from).collect()),
            free_trial_enabled: plan.free_trial.is_enabled(),
            free_trial_days: Some(plan.free_trial.days().map(i64::from)),
            unit_prices: (!plan.unit_prices.is_empty()).then(|| {
                plan.unit_prices.iter().map(|prices| unit_prices_body(prices, plan.price.currency)).collect()
            }),
        }
    }
}

impl From<&Feature> for FeatureBody {
    fn from(feature: &Feature) -> Self {
        Self {
            object: FeatureObject::Feature,
            id: feature.id.to_string(),
            name: feature.name.to_string(),
            description: feature.description.clone(),
            slug: feature.slug.to_string(),
            avatar_url: feature.avatar_url.clone(),
        }
    }
}

fn unit_prices_body(prices: &UnitPrices, currency: Currency) -> UnitPricesBody {
    let tier = |tier: &BlockTier| BlockTierBody {
        starts_at_block: tier.starts_at_block,
        ends_after_block: tier.ends_after_block,
        fee_per_block: Money::new(tier.fee_per_block.amount(), currency).into(),
    };
    UnitPricesBody {
        name: prices.name().to_string(),
        block_size: prices.block_size().get(),
        tiers: prices.tiers().iter().map(tier).collect(),
    }
}

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
