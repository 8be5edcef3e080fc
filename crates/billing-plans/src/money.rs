//! Amounts in whole minor units of one currency.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Currency;

/// An amount in minor units (cents, yen, fils) of one currency; negative for credits.
///
/// There is no arithmetic across currencies and none that can overflow: both answer [`MoneyError`].
///
/// ```
/// use billing_plans::{Currency, Money};
///
/// let ten = Money::new(10_00, Currency::USD);
/// assert_eq!(ten.formatted(), "10.00");
/// assert_eq!(ten.plus(Money::new(5, Currency::USD))?.amount(), 1005);
/// assert!(ten.plus(Money::new(5, Currency::parse("EUR").unwrap())).is_err());
/// # Ok::<_, billing_plans::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// How many minor units.
    pub fn amount(self) -> i64 {
        self.amount
    }

    /// Of which currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The wire's `amount_formatted`: a plain decimal without symbol or grouping, `-0.05`, `10.00`, `1000` (JPY).
    pub fn formatted(self) -> String {
        let sign = if self.amount < 0 { "-" } else { "" };
        let digits = self.amount.unsigned_abs().to_string();
        match self.currency.exponent() as usize {
            0 => format!("{sign}{digits}"),
            places => {
                let digits = format!("{digits:0>width$}", width = places.saturating_add(1));
                let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
                format!("{sign}{whole}.{fraction}")
            }
        }
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`MoneyError`], if the currencies differ or the sum is no `i64`.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_add(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// What is left when `other` is taken away.
    ///
    /// # Errors
    /// As [`plus`](Self::plus).
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_sub(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The sum of all `amounts`; zero of `currency` if there are none.
    ///
    /// # Errors
    /// As [`plus`](Self::plus).
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::MixedCurrencies(self.currency, other.currency))
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.formatted(), self.currency)
    }
}

/// Why a calculation with money has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Amounts of two currencies met in one calculation.
    #[error("{0} and {1} can't be mixed in one amount")]
    MixedCurrencies(Currency, Currency),
    /// The result is too large to be an amount.
    #[error("the amount is too large")]
    Overflow,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, Currency::parse(code).unwrap())
    }

    #[test]
    fn amounts_are_formatted_by_exponent() {
        let shown = |amount, code| money(amount, code).formatted();
        assert_eq!(shown(0, "USD"), "0.00");
        assert_eq!(shown(5, "USD"), "0.05");
        assert_eq!(shown(-5, "USD"), "-0.05");
        assert_eq!(shown(123_456, "USD"), "1234.56");
        assert_eq!(shown(1000, "JPY"), "1000");
        assert_eq!(shown(-1, "KWD"), "-0.001");
        assert_eq!(shown(i64::MIN, "USD"), "-92233720368547758.08");
        assert_eq!(money(1000, "USD").to_string(), "10.00 USD");
    }

    #[test]
    fn currencies_do_not_mix_and_nothing_overflows() {
        let mixed = Err(MoneyError::MixedCurrencies(Currency::USD, Currency::parse("JPY").unwrap()));
        assert_eq!(money(1, "USD").plus(money(1, "JPY")), mixed);
        assert_eq!(money(1, "USD").minus(money(0, "JPY")), mixed);
        assert_eq!(Money::sum(Currency::USD, [money(1, "USD"), money(1, "JPY")]), mixed);
        assert_eq!(money(i64::MAX, "USD").plus(money(1, "USD")), Err(MoneyError::Overflow));
        assert_eq!(money(i64::MIN, "USD").minus(money(1, "USD")), Err(MoneyError::Overflow));
        assert_eq!(Money::sum(Currency::USD, []), Ok(Money::zero(Currency::USD)));
    }

    proptest! {
        #[test]
        fn formatting_is_the_decimal(amount: i64, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let money = money(amount, code);
            let decimal = Decimal::from_i128_with_scale(i128::from(amount), money.currency().exponent());
            prop_assert_eq!(money.formatted(), decimal.to_string());
        }
    }
}
