//! Plans on the wire.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{MoneyBody, field};
use crate::{BlockTier, Currency, Feature, Money, PayerType, Plan, UnitPrices};

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
