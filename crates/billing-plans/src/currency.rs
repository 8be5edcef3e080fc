//! Currencies: how many digits their minor unit has, and how they are written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// A currency of ISO 4217, with the number of digits of its minor unit.
///
/// Only currencies of the table exist: an amount whose exponent is guessed is wrong by a factor of a hundred.
///
/// ```
/// use billing_plans::Currency;
///
/// assert_eq!(Currency::parse("USD")?.exponent(), 2);
/// assert_eq!(Currency::parse("JPY")?.exponent(), 0);
/// assert_eq!(Currency::parse("KWD")?.exponent(), 3);
/// assert!(Currency::parse("usd").is_err());
/// # Ok::<_, billing_plans::UnknownCurrency>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Currency {
    code: &'static str,
    exponent: u32,
}

impl Currency {
    /// The dollar of the United States.
    pub const USD: Self = Self { code: "USD", exponent: 2 };

    /// The currency with this code of three capital letters.
    ///
    /// # Errors
    /// [`UnknownCurrency`], if the table has no such code.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let find = |table: &'static str, exponent| {
            table.split(' ').find(|known| *known == code).map(|code| Self { code, exponent })
        };
        find(TWO_DIGITS, 2)
            .or_else(|| find(WITHOUT_MINOR_UNIT, 0))
            .or_else(|| find(THREE_DIGITS, 3))
            .ok_or_else(|| UnknownCurrency(code.chars().take(SHOWN).collect()))
    }

    /// The code: three capital letters.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many digits the minor unit has: 0, 2 or 3.
    pub fn exponent(self) -> u32 {
        self.exponent
    }

    /// The wire's `currency_symbol`: `$` for `USD`; the code where no symbol is in common use.
    pub fn symbol(self) -> &'static str {
        SYMBOLS.iter().find(|(code, _)| *code == self.code).map_or(self.code, |(_, symbol)| symbol)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

// Derived, it would ask for input that lives as long as the table.
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code.to_owned()
    }
}

/// The table has no currency with this code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no currency that can be billed in")]
pub struct UnknownCurrency(String);

/// How much of an unknown code an error repeats, in characters.
const SHOWN: usize = 16;

const WITHOUT_MINOR_UNIT: &str = "\
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

const TWO_DIGITS: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD \
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD \
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON \
    RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD \
    TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

const THREE_DIGITS: &str = "\
    BHD IQD JOD KWD LYD OMR TND";

const SYMBOLS: &[(&str, &str)] = &[
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("CRC", "₡"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("GEL", "₾"),
    ("GHS", "GH₵"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "¥"),
    ("KRW", "₩"),
    ("KZT", "₸"),
    ("MXN", "MX$"),
    ("NGN", "₦"),
    ("NZD", "NZ$"),
    ("PHP", "₱"),
    ("PYG", "₲"),
    ("TRY", "₺"),
    ("TWD", "NT$"),
    ("UAH", "₴"),
    ("USD", "$"),
    ("VND", "₫"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_hold_each_code_once() {
        let codes: Vec<_> = [WITHOUT_MINOR_UNIT, TWO_DIGITS, THREE_DIGITS]
            .iter()
            .flat_map(|table| table.split(' '))
            .collect();
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
        assert!(
            codes.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        );
        assert!(SYMBOLS.iter().all(|(code, _)| codes.contains(code)));
    }

    #[test]
    fn the_constant_is_the_one_of_the_table() {
        assert_eq!(Currency::parse("USD"), Ok(Currency::USD));
        assert_eq!(Currency::USD.symbol(), "$");
        assert_eq!(Currency::parse("CHF").unwrap().symbol(), "CHF");
    }

    #[test]
    fn unknown_codes_are_refused() {
        for bad in ["", "US", "USDX", "usd", "CLF", "U D", "XXX", " ", "USD "] {
            assert!(Currency::parse(bad).is_err(), "{bad}");
        }
        assert!(Currency::parse(&"A".repeat(10_000)).unwrap_err().to_string().len() < 100);
    }
}
