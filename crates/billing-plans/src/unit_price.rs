//! Prices of one unit, far below a cent, and exact sums of them.

use std::num::NonZero;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Currency, Money, MoneyError, rounding::divide_half_away};

/// The price of one unit, in 1e-12 minor units; never negative.
///
/// One verification of an API key at 0.00001 USD is 0.001 cents, which is `1_000_000_000`. Nothing is rounded until a
/// whole line is summed: see [`ExactAmount::round`].
///
/// ```
/// use billing_plans::{Currency, UnitPrice};
///
/// let verification = UnitPrice::from_e12(1_000_000_000)?;
/// assert_eq!(verification.in_major_units(Currency::USD), "0.00001");
/// assert_eq!(verification.times(23_456_789)?.round(Currency::USD)?.amount(), 23_457);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i128);

/// One minor unit in the scale of unit prices.
const MINOR_UNIT: NonZero<i128> = NonZero::new(1_000_000_000_000).unwrap();

/// How many digits a unit price has below the minor unit.
const DIGITS: u32 = 12;

impl UnitPrice {
    /// No charge.
    pub const FREE: Self = Self(0);

    /// `amount` in 1e-12 minor units.
    ///
    /// # Errors
    /// [`NegativeUnitPrice`], if it is less than zero.
    pub const fn from_e12(amount: i128) -> Result<Self, NegativeUnitPrice> {
        if amount < 0 { Err(NegativeUnitPrice) } else { Ok(Self(amount)) }
    }

    /// `amount` whole minor units.
    ///
    /// # Errors
    /// [`NegativeUnitPrice`], if it is less than zero.
    pub fn from_minor_units(amount: i64) -> Result<Self, NegativeUnitPrice> {
        Self::from_e12(i128::from(amount).saturating_mul(MINOR_UNIT.get()))
    }

    /// A price that is known not to be negative.
    pub(crate) const fn known(amount: u64) -> Self {
        Self(amount as i128)
    }

    /// The price in 1e-12 minor units.
    pub fn as_e12(self) -> i128 {
        self.0
    }

    /// The price as a plain decimal in major units, without trailing zeros: `0.001`, `5`.
    pub fn in_major_units(self, currency: Currency) -> String {
        let places = DIGITS.saturating_add(currency.exponent()) as usize;
        let digits = format!("{:0>width$}", self.0, width = places.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
        match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        }
    }

    /// The exact price of `quantity` units.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if it can't be held exactly.
    pub fn times(self, quantity: u64) -> Result<ExactAmount, MoneyError> {
        self.0.checked_mul(i128::from(quantity)).map(ExactAmount).ok_or(MoneyError::Overflow)
    }
}

impl Serialize for UnitPrice {
    // As text: few readers of JSON keep integers of this size.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let amount = text.parse().map_err(D::Error::custom)?;
        Self::from_e12(amount).map_err(D::Error::custom)
    }
}

/// An exact amount of money in 1e-12 minor units, on its way to be rounded once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExactAmount(i128);

impl ExactAmount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount in 1e-12 minor units.
    pub fn as_e12(self) -> i128 {
        self.0
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if it can't be held exactly.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// The amount in whole minor units of `currency`, rounded half away from zero.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if it is larger than an amount can be.
    pub fn round(self, currency: Currency) -> Result<Money, MoneyError> {
        divide_half_away(self.0, MINOR_UNIT)
            .and_then(|amount| i64::try_from(amount).ok())
            .map(|amount| Money::new(amount, currency))
            .ok_or(MoneyError::Overflow)
    }
}

impl From<UnitPrice> for ExactAmount {
    fn from(price: UnitPrice) -> Self {
        Self(price.0)
    }
}

/// A unit price is less than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a unit price can't be negative")]
pub struct NegativeUnitPrice;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_a_trillionth_of_a_minor_unit() {
        assert_eq!(UnitPrice::from_minor_units(1).unwrap().as_e12(), 1_000_000_000_000);
        assert_eq!(UnitPrice::known(100_000_000_000).in_major_units(Currency::USD), "0.001");
        assert_eq!(UnitPrice::from_minor_units(500).unwrap().in_major_units(Currency::USD), "5");
        assert_eq!(UnitPrice::FREE.in_major_units(Currency::parse("JPY").unwrap()), "0");
    }

    #[test]
    fn bounds_are_errors() {
        assert_eq!(UnitPrice::from_e12(-1), Err(NegativeUnitPrice));
        assert_eq!(UnitPrice::from_minor_units(-1), Err(NegativeUnitPrice));
        assert_eq!(UnitPrice::from_e12(i128::MAX).unwrap().times(2), Err(MoneyError::Overflow));
        let huge = UnitPrice::from_e12(i128::MAX).unwrap().times(1).unwrap();
        assert_eq!(huge.plus(huge), Err(MoneyError::Overflow));
        assert_eq!(huge.round(Currency::USD), Err(MoneyError::Overflow));
    }

    #[test]
    fn the_largest_price_is_kept_as_text() {
        let price = UnitPrice::from_e12(i128::MAX).unwrap();
        let text = serde_json::to_string(&price).unwrap();
        assert_eq!(serde_json::from_str::<UnitPrice>(&text).unwrap(), price);
        for bad in ["\"-1\"", "\"1.5\"", "1", "null", "\"\""] {
            assert!(serde_json::from_str::<UnitPrice>(bad).is_err(), "{bad}");
        }
    }
}
