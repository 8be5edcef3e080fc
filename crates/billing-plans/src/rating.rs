//! What a quantity costs: per unit, per package, or in tiers.

use std::{num::NonZero, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{ExactAmount, MoneyError, UnitPrice};

/// How a quantity is priced.
///
/// The price of a range of usage is the difference of two totals, `exact(after) - exact(before)`, so that statements
/// can be split anywhere without drifting.
///
/// ```
/// use billing_plans::{Tier, Tiers, UnitPrice, UsagePrice};
///
/// let unit = |cents| UnitPrice::from_minor_units(cents).unwrap();
/// let tier = |up_to, cents| Tier { up_to, unit: unit(cents), flat: UnitPrice::FREE };
/// let tiers = Tiers::new(&[tier(Some(10), 10), tier(None, 5)])?;
/// let price = |usage: UsagePrice, quantity| usage.exact(quantity).unwrap().as_e12() / 1_000_000_000_000;
/// assert_eq!(price(UsagePrice::Graduated(tiers.clone()), 11), 105);
/// assert_eq!(price(UsagePrice::Volume(tiers), 11), 55);
/// # Ok::<_, billing_plans::TiersError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsagePrice {
    /// Every unit costs the same.
    PerUnit(UnitPrice),
    /// Units are sold in packages; a package that is begun is due.
    Package {
        /// How many units a package holds.
        size: NonZero<u64>,
        /// What a package costs.
        price: UnitPrice,
    },
    /// Each unit costs what the tier says that it falls in.
    Graduated(Tiers),
    /// All units cost what the tier says that the total falls in.
    Volume(Tiers),
}

impl UsagePrice {
    /// The exact price of `quantity` units.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if it can't be held exactly.
    pub fn exact(&self, quantity: u64) -> Result<ExactAmount, MoneyError> {
        match self {
            Self::PerUnit(price) => price.times(quantity),
            Self::Package { size, price } => price.times(quantity.div_ceil(size.get())),
            Self::Graduated(tiers) => tiers.graduated(quantity),
            Self::Volume(tiers) => tiers.volume(quantity),
        }
    }
}

/// Tiers of a price, in order: each holds the quantities up to its upper bound, which belongs to it.
///
/// The last has no bound. The first tier's flat part is due from the first unit on, unless the price says
/// [`ZeroUsage::FlatPart`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Tiers {
    tiers: Arc<[Tier]>,
    zero_usage: ZeroUsage,
}

/// One tier of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The largest quantity of the tier; `None` for the last tier.
    pub up_to: Option<u64>,
    /// What each unit costs.
    pub unit: UnitPrice,
    /// What is due once when the tier is entered.
    pub flat: UnitPrice,
}

/// What a tiered price with a flat part charges if nothing was used. Engines differ: Lago charges the flat part, OpenMeter
/// doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroUsage {
    /// Nothing.
    #[default]
    Free,
    /// The flat part of the first tier.
    FlatPart,
}

impl Tiers {
    /// A price in `tiers` that charges nothing for nothing.
    ///
    /// # Errors
    /// [`TiersError`], if there are none, the bounds don't rise, or the last one has a bound.
    pub fn new(tiers: &[Tier]) -> Result<Self, TiersError> {
        let bounds = || tiers.iter().map(|tier| tier.up_to);
        match tiers {
            [] => return Err(TiersError::NoTiers),
            [.., last] if last.up_to.is_some() => return Err(TiersError::LastIsBounded),
            _ => {}
        }
        let rises = |(bound, next): (Option<u64>, Option<u64>)| match (bound, next) {
            (Some(bound), Some(next)) => bound < next,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if bounds().next() == Some(Some(0)) || !bounds().zip(bounds().skip(1)).all(rises) {
            return Err(TiersError::NotRising);
        }
        Ok(Self { tiers: tiers.into(), zero_usage: ZeroUsage::Free })
    }

    /// The same with another charge for nothing.
    #[must_use]
    pub fn with_zero_usage(mut self, zero_usage: ZeroUsage) -> Self {
        self.zero_usage = zero_usage;
        self
    }

    /// The tiers, in order.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    fn graduated(&self, quantity: u64) -> Result<ExactAmount, MoneyError> {
        let mut sum = self.at_zero();
        let mut below = 0;
        for tier in self.tiers.iter() {
            if quantity <= below {
                break;
            }
            let bound = tier.up_to.unwrap_or(u64::MAX).min(quantity);
            sum = sum.plus(tier.unit.times(bound.saturating_sub(below))?)?;
            sum = self.plus_flat(sum, tier, below == 0)?;
            below = bound;
        }
        Ok(sum)
    }

    fn volume(&self, quantity: u64) -> Result<ExactAmount, MoneyError> {
        let holds = |tier: &&Tier| tier.up_to.is_none_or(|bound| quantity <= bound);
        match self.tiers.iter().find(holds) {
            Some(tier) if quantity > 0 => tier.unit.times(quantity)?.plus(tier.flat.into()),
            _ => Ok(self.at_zero()),
        }
    }

    fn at_zero(&self) -> ExactAmount {
        match (self.zero_usage, self.tiers.first()) {
            (ZeroUsage::FlatPart, Some(first)) => first.flat.into(),
            _ => ExactAmount::ZERO,
        }
    }

    fn plus_flat(&self, sum: ExactAmount, tier: &Tier, is_first: bool) -> Result<ExactAmount, MoneyError> {
        let already_due = is_first && self.zero_usage == ZeroUsage::FlatPart;
        if already_due { Ok(sum) } else { sum.plus(tier.flat.into()) }
    }
}

/// The same as stored, before it is looked at.
#[derive(Serialize, Deserialize)]
struct Unchecked {
    tiers: Arc<[Tier]>,
    zero_usage: ZeroUsage,
}

impl TryFrom<Unchecked> for Tiers {
    type Error = TiersError;

    fn try_from(read: Unchecked) -> Result<Self, TiersError> {
        Self::new(&read.tiers).map(|tiers| tiers.with_zero_usage(read.zero_usage))
    }
}

impl From<Tiers> for Unchecked {
    fn from(tiers: Tiers) -> Self {
        Self { tiers: tiers.tiers, zero_usage: tiers.zero_usage }
    }
}

/// What is wrong with the tiers of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TiersError {
    /// There are none.
    #[error("a tiered price has at least one tier")]
    NoTiers,
    /// The last tier has an upper bound, so larger quantities would have no price.
    #[error("the last tier has no upper bound")]
    LastIsBounded,
    /// A bound isn't larger than the one before.
    #[error("the upper bounds of the tiers must rise")]
    NotRising,
}
