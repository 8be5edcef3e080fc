//! Money on the wire.

use serde::{Deserialize, Serialize};

use crate::{Currency, Money, UnknownCurrency};

/// Money: the wire's `CommerceMoneyResponse`, four keys and no other.
///
/// ```
/// use billing_plans::{Currency, Money, wire::MoneyBody};
///
/// let body = serde_json::to_value(MoneyBody::from(Money::new(1_000, Currency::USD)))?;
/// let expected = serde_json::json!({
///     "amount": 1000, "amount_formatted": "10.00", "currency": "USD", "currency_symbol": "$",
/// });
/// assert_eq!(body, expected);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyBody {
    /// The amount in minor units.
    pub amount: i64,
    /// The amount as a plain decimal, without symbol. Shown only: reading takes no notice of it.
    pub amount_formatted: String,
    /// The code of the currency.
    pub currency: String,
    /// The symbol of the currency. Shown only: reading takes no notice of it.
    pub currency_symbol: String,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount(),
            amount_formatted: money.formatted(),
            currency: money.currency().code().to_owned(),
            currency_symbol: money.currency().symbol().to_owned(),
        }
    }
}

impl TryFrom<MoneyBody> for Money {
    type Error = UnknownCurrency;

    fn try_from(body: MoneyBody) -> Result<Self, UnknownCurrency> {
        Ok(Self::new(body.amount, Currency::parse(&body.currency)?))
    }
}
