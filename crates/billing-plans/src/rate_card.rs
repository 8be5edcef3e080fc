//! Which meters are billed, and the line that one makes on a statement.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Currency, MeterName, Money, MoneyError, UnitPrice, UsagePrice};

/// The meters that a tenant bills, in one currency, in the order of a statement's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCard {
    currency: Currency,
    meters: Arc<[Meter]>,
}

/// What a meter costs: a free allowance every calendar month, then a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// What is counted.
    pub name: MeterName,
    /// How many units of every month are free.
    pub included: u64,
    /// What the others cost.
    pub price: UsagePrice,
}

/// One meter's usage of a month, rated: a line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageLine {
    /// What was counted.
    pub meter: MeterName,
    /// How much was used.
    pub quantity: u64,
    /// How much of a month is free.
    pub included: u64,
    /// How the rest was priced.
    pub price: UsagePrice,
    /// What is due, rounded once, half away from zero.
    pub amount: Money,
}

impl RateCard {
    /// A card that bills `meters` in `currency`.
    ///
    /// # Errors
    /// [`DuplicateMeter`], if a meter is there twice.
    pub fn new(currency: Currency, meters: &[Meter]) -> Result<Self, DuplicateMeter> {
        let mut seen = BTreeSet::new();
        match meters.iter().find(|meter| !seen.insert(&meter.name)) {
            Some(twice) => Err(DuplicateMeter(twice.name.clone())),
            None => Ok(Self { currency, meters: meters.into() }),
        }
    }

    /// The price of API keys: each month 1,000 creations are free, then 0.001 USD each, and 100,000 verifications are
    /// free, then 0.00001 USD each.
    ///
    /// ```
    /// use billing_plans::RateCard;
    ///
    /// let card = RateCard::api_keys();
    /// let creations = card.meters()[0].rate(1_145, card.currency())?;
    /// assert_eq!((creations.billable(), creations.amount.amount()), (145, 15));
    /// # Ok::<_, billing_plans::MoneyError>(())
    /// ```
    pub fn api_keys() -> Self {
        let meter =
            |name, included, e12| Meter { name, included, price: UsagePrice::PerUnit(UnitPrice::known(e12)) };
        let creations = meter(MeterName::API_KEY_CREATIONS, 1_000, 100_000_000_000);
        let verifications = meter(MeterName::API_KEY_VERIFICATIONS, 100_000, 1_000_000_000);
        Self { currency: Currency::USD, meters: [creations, verifications].into() }
    }

    /// The currency of all its prices.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Its meters, in order.
    pub fn meters(&self) -> &[Meter] {
        &self.meters
    }

    /// The meter of this name, if it is billed.
    pub fn meter(&self, name: &MeterName) -> Option<&Meter> {
        self.meters.iter().find(|meter| meter.name == *name)
    }
}

impl Meter {
    /// The line for a month in which `quantity` units were used.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if what is due is no amount.
    pub fn rate(&self, quantity: u64, currency: Currency) -> Result<UsageLine, MoneyError> {
        let exact = self.price.exact(quantity.saturating_sub(self.included))?;
        Ok(UsageLine {
            meter: self.name.clone(),
            quantity,
            included: self.included,
            price: self.price.clone(),
            amount: exact.round(currency)?,
        })
    }
}

impl UsageLine {
    /// How much was used beyond what is free.
    pub fn billable(&self) -> u64 {
        self.quantity.saturating_sub(self.included)
    }

    /// What a month with another quantity would have cost at the price of this line.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if that is no amount.
    pub fn amount_at(&self, quantity: u64) -> Result<Money, MoneyError> {
        self.price.exact(quantity.saturating_sub(self.included))?.round(self.amount.currency())
    }
}

/// A rate card has a meter twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the meter `{0}` is on the rate card twice")]
pub struct DuplicateMeter(MeterName);
