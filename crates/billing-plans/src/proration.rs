//! What a part of a period costs, and what a change in the middle of one is worth.

use std::num::NonZero;

use chrono::NaiveDate;

use crate::{Anchor, Interval, Money, MoneyError, Period, rounding::divide_half_away};

/// What of `amount`, the price of a whole period, is for the days from `day` to its end.
///
/// All other amounts are differences of this one, so however a period is split, its parts add up to `amount`.
///
/// ```
/// use billing_plans::{Currency, Money, Period, remaining};
///
/// let day = |text: &str| text.parse().unwrap();
/// let june = Period::new(day("2025-06-01"), day("2025-07-01")).unwrap();
/// assert_eq!(remaining(Money::new(10_000, Currency::USD), june, day("2025-06-11")).amount(), 6_667);
/// ```
pub fn remaining(amount: Money, period: Period, day: NaiveDate) -> Money {
    let weighted = i128::from(amount.amount()).saturating_mul(period.days_from(day).into());
    let rounded = divide_half_away(weighted, NonZero::<i128>::from(NonZero::<i64>::from(period.days())));
    // A part is never larger than the whole.
    let part = rounded.and_then(|part| i64::try_from(part).ok()).unwrap_or(amount.amount());
    Money::new(part, amount.currency())
}

/// What of `amount`, the price of a whole period, is for the days of `part` that lie in it.
///
/// # Errors
/// [`MoneyError::Overflow`], never for parts of a period.
pub fn share(amount: Money, period: Period, part: Period) -> Result<Money, MoneyError> {
    remaining(amount, period, part.start()).minus(remaining(amount, period, part.end()))
}

/// To which plan the day belongs on which a plan is changed. Engines differ: most give it to the new plan; Lago bills the
/// day on which a subscription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayOfChange {
    /// The new plan begins on it.
    #[default]
    New,
    /// The old plan still has it.
    Old,
}

impl DayOfChange {
    fn first_of_new(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::New => day,
            Self::Old => day.succ_opt().unwrap_or(day),
        }
    }
}

/// What a change in the middle of a period is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proration {
    /// What was paid for days that the old plan won't be had on.
    pub credit: Money,
    /// What the days cost that the new plan is had on.
    pub charge: Money,
    /// How many days of the period are left.
    pub days_remaining: u32,
    /// How many days the period has.
    pub days_total: u32,
}

/// Who pays whom after a change: at most one of the two is more than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// What the payer owes at once.
    pub due: Money,
    /// What is put on the payer's balance.
    pub to_balance: Money,
}

impl Proration {
    /// The charge less the credit; negative, if the payer gets something back.
    ///
    /// # Errors
    /// [`MoneyError`], if the plans have different currencies.
    pub fn net(self) -> Result<Money, MoneyError> {
        self.charge.minus(self.credit)
    }

    /// The net as something to pay or to keep: there is no negative invoice.
    ///
    /// # Errors
    /// As [`net`](Self::net).
    pub fn settle(self) -> Result<Settlement, MoneyError> {
        let net = self.net()?;
        let nothing = Money::zero(net.currency());
        match net.amount() {
            ..0 => Ok(Settlement { due: nothing, to_balance: nothing.minus(net)? }),
            _ => Ok(Settlement { due: net, to_balance: nothing }),
        }
    }
}

/// The change from one plan to another that is paid for the same period, whose boundaries stay.
///
/// `old` and `new` are prices of the whole period. What was paid for the old plan less the credit is the price of the days
/// that it was had on, so a chain of changes never credits more than was paid.
///
/// # Errors
/// [`MoneyError::MixedCurrencies`], if the plans have different currencies.
pub fn change_plan(
    (old, new): (Money, Money),
    period: Period,
    day: NaiveDate,
    day_of_change: DayOfChange,
) -> Result<Proration, MoneyError> {
    let first = day_of_change.first_of_new(day);
    let proration = Proration {
        credit: remaining(old, period, first),
        charge: remaining(new, period, first),
        days_remaining: period.days_from(first),
        days_total: period.days().get(),
    };
    proration.net().map(|_| proration)
}

/// The change to a plan that is paid for another interval: the new one is charged in full, and its periods are counted from
/// the day of the change. The anchor of these is answered, to be stored: it doesn't follow from the old one.
///
/// # Errors
/// As [`change_plan`].
pub fn change_interval(
    (old, new): (Money, Money),
    period: Period,
    (day, interval): (NaiveDate, Interval),
    day_of_change: DayOfChange,
) -> Result<(Proration, Anchor), MoneyError> {
    let first = day_of_change.first_of_new(day);
    let proration = change_plan((old, new), period, day, day_of_change)?;
    Ok((Proration { charge: new, ..proration }, Anchor::new(first, interval)))
}
