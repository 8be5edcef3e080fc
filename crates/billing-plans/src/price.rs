//! What a plan costs, and for which periods it is sold.

use std::num::NonZero;

use serde::{Deserialize, Serialize};

use crate::{Currency, Money, rounding::divide_half_away};

/// The price of a plan: a currency and the periods that it is sold for.
///
/// A free plan has a price of zero; there is no plan without a price. The annual price per month is derived.
///
/// ```
/// use billing_plans::{Availability, BillingPeriod, Currency, Fee, Price};
///
/// let price = Price {
///     currency: Currency::USD,
///     availability: Availability::Annual { year: Fee::new(50_000)? },
/// };
/// assert_eq!(price.fee(), None);
/// assert_eq!(price.annual_monthly_fee().unwrap().amount(), 4_167);
/// assert_eq!(price.period_for(BillingPeriod::Month), BillingPeriod::Annual);
/// # Ok::<_, billing_plans::NegativeFee>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Price {
    /// The currency of all its fees.
    pub currency: Currency,
    /// The periods that the plan is sold for.
    pub availability: Availability,
}

/// The periods that a plan is sold for, with the fee of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// By the month only.
    Monthly {
        /// The fee of a month.
        month: Fee,
    },
    /// By the year only.
    Annual {
        /// The fee of a year.
        year: Fee,
    },
    /// By the month or the year, as the payer chooses.
    Both {
        /// The fee of a month.
        month: Fee,
        /// The fee of a year.
        year: Fee,
    },
}

/// How often a payer pays: the wire's `plan_period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingPeriod {
    /// Once a month.
    Month,
    /// Once a year.
    Annual,
}

const MONTHS_OF_A_YEAR: NonZero<i128> = NonZero::new(12).unwrap();

impl Price {
    /// The fee of a month; `None` if the plan is sold by the year only.
    pub fn fee(self) -> Option<Money> {
        self.availability.month().map(|fee| self.money(fee))
    }

    /// The fee of a year; `None` if the plan is sold by the month only.
    pub fn annual_fee(self) -> Option<Money> {
        self.availability.year().map(|fee| self.money(fee))
    }

    /// A twelfth of the fee of a year, rounded half away from zero; only to be shown, never to be charged.
    pub fn annual_monthly_fee(self) -> Option<Money> {
        self.availability.year().map(|fee| self.money(fee.twelfth()))
    }

    /// The fee of `period`; `None` if the plan isn't sold for it.
    pub fn fee_of(self, period: BillingPeriod) -> Option<Money> {
        match period {
            BillingPeriod::Month => self.fee(),
            BillingPeriod::Annual => self.annual_fee(),
        }
    }

    /// The period that a payer gets who asks for `requested`: the other one, if the plan isn't sold for it.
    pub fn period_for(self, requested: BillingPeriod) -> BillingPeriod {
        match self.availability {
            Availability::Monthly { .. } => BillingPeriod::Month,
            Availability::Annual { .. } => BillingPeriod::Annual,
            Availability::Both { .. } => requested,
        }
    }

    /// Whether no period costs anything.
    pub fn is_free(self) -> bool {
        let free = |fee: Option<Fee>| fee.is_none_or(|fee| fee == Fee::FREE);
        free(self.availability.month()) && free(self.availability.year())
    }

    fn money(self, fee: Fee) -> Money {
        Money::new(fee.amount(), self.currency)
    }
}

impl Availability {
    /// The fee of a month, if the plan is sold by the month.
    pub fn month(self) -> Option<Fee> {
        match self {
            Self::Monthly { month } | Self::Both { month, .. } => Some(month),
            Self::Annual { .. } => None,
        }
    }

    /// The fee of a year, if the plan is sold by the year.
    pub fn year(self) -> Option<Fee> {
        match self {
            Self::Annual { year } | Self::Both { year, .. } => Some(year),
            Self::Monthly { .. } => None,
        }
    }

    /// Whether the plan is sold by the year only.
    pub fn is_annual_only(self) -> bool {
        matches!(self, Self::Annual { .. })
    }

    /// Whether both are sold for the same periods, at whatever fees.
    pub fn same_periods(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// What one period costs, in minor units; zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Fee(i64);

impl Fee {
    /// Nothing to pay: a price like any other, and not the absence of one.
    pub const FREE: Self = Self(0);

    /// `amount` minor units.
    ///
    /// # Errors
    /// [`NegativeFee`], if it is less than zero.
    pub const fn new(amount: i64) -> Result<Self, NegativeFee> {
        if amount < 0 { Err(NegativeFee) } else { Ok(Self(amount)) }
    }

    /// How many minor units.
    pub fn amount(self) -> i64 {
        self.0
    }

    fn twelfth(self) -> Self {
        let rounded = divide_half_away(i128::from(self.0), MONTHS_OF_A_YEAR);
        // A twelfth is never larger than the whole.
        Self(rounded.and_then(|amount| i64::try_from(amount).ok()).unwrap_or(self.0))
    }
}

impl TryFrom<i64> for Fee {
    type Error = NegativeFee;

    fn try_from(amount: i64) -> Result<Self, NegativeFee> {
        Self::new(amount)
    }
}

impl From<Fee> for i64 {
    fn from(fee: Fee) -> Self {
        fee.0
    }
}

/// A fee is less than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fee can't be negative")]
pub struct NegativeFee;

#[cfg(test)]
mod tests {
    use super::*;

    fn price(month: Option<i64>, year: Option<i64>) -> Price {
        let fee = |amount| Fee::new(amount).unwrap();
        let availability = match (month.map(fee), year.map(fee)) {
            (Some(month), Some(year)) => Availability::Both { month, year },
            (Some(month), None) => Availability::Monthly { month },
            (None, Some(year)) => Availability::Annual { year },
            (None, None) => unreachable!("a plan is sold for a period"),
        };
        Price { currency: Currency::USD, availability }
    }

    #[test]
    fn a_period_that_is_not_sold_falls_back_to_the_other() {
        use BillingPeriod::{Annual, Month};
        let cases = [
            (price(Some(1), None), Month, Month),
            (price(Some(1), None), Annual, Month),
            (price(None, Some(1)), Month, Annual),
            (price(None, Some(1)), Annual, Annual),
            (price(Some(1), Some(1)), Month, Month),
            (price(Some(1), Some(1)), Annual, Annual),
        ];
        for (price, requested, given) in cases {
            assert_eq!(price.period_for(requested), given, "{price:?}");
            assert!(price.fee_of(given).is_some());
        }
    }

    #[test]
    fn the_annual_price_per_month_is_derived_and_rounded() {
        let per_month = |year| price(None, Some(year)).annual_monthly_fee().unwrap().amount();
        assert_eq!(per_month(50_000), 4_167);
        assert_eq!(per_month(50_004), 4_167);
        assert_eq!(per_month(6), 1);
        assert_eq!(per_month(5), 0);
        assert_eq!(per_month(0), 0);
        assert_eq!(per_month(i64::MAX), 768_614_336_404_564_651);
        assert_eq!(price(Some(5_000), None).annual_monthly_fee(), None);
    }

    #[test]
    fn free_is_a_price_of_zero() {
        assert!(price(Some(0), None).is_free());
        assert!(price(Some(0), Some(0)).is_free());
        assert!(!price(None, Some(1)).is_free());
        assert!(!price(Some(0), Some(1)).is_free());
        assert_eq!(price(Some(0), None).fee().unwrap().amount(), 0);
        assert_eq!(Fee::new(-1), Err(NegativeFee));
    }
}
