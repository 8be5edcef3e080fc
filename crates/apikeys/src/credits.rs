//! Credits: uses that are paid for in advance, spent never twice and never below zero.

use chrono::{DateTime, Datelike, Days, Months, TimeDelta, Utc};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::{KeyId, Month, UsageKind};

/// How many credits an account has, and when they come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CreditPlan {
    /// How many there are at the beginning.
    pub initial: u64,
    /// When the account is topped up; `None`: never.
    pub refill: Option<Refill>,
}

/// A refill: at each time that is due, an account that has less than `amount` has `amount` again.
///
/// It is lazy: the next spending that comes after the time makes up for it, once, however many were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refill {
    /// How many credits there are then at least.
    pub amount: u64,
    /// When.
    pub every: Every,
}

/// When a refill is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each time so many seconds have gone since the account was opened; 0 counts as 1.
    Seconds(u32),
    /// Each month at midnight UTC on this day; in a shorter month on its last.
    MonthDay(u8),
}

/// What credits are spent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The credits of a family of keys: whoever was rotated from one key, spends from the same.
    Family(KeyId),
    /// What a tenant may use in a month without paying, where that is a hard stop.
    Allowance(Month, UsageKind),
}

/// What an account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Balance {
    /// Credits that can be spent.
    pub available: u64,
    /// When the account was opened.
    pub opened_at: DateTime<Utc>,
    /// Until when refills have been looked at.
    pub refilled_at: DateTime<Utc>,
}

/// The name of a reservation, chosen by who asks for it, so that asking twice takes once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReservationId(pub [u8; 16]);

/// Credits that are set aside until it is known whether they are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reservation {
    /// Its name.
    pub id: ReservationId,
    /// What it takes from.
    pub account: Account,
    /// How many credits.
    pub cost: u64,
    /// Unless it is settled by then, it is cancelled.
    pub expires_at: DateTime<Utc>,
}

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reserved {
    /// The credits are set aside; or were, by an earlier call with this id.
    Held {
        /// What is left.
        available: u64,
    },
    /// There are not enough; nothing was taken.
    Exhausted {
        /// What there is.
        available: u64,
    },
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// The credits are spent.
    Commit,
    /// They go back.
    Cancel,
}

impl ReservationId {
    /// A random one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

impl CreditPlan {
    /// An account as it is opened.
    pub fn open(&self, now: DateTime<Utc>) -> Balance {
        Balance { available: self.initial, opened_at: now, refilled_at: now }
    }

    /// The account with the refills that were due until `now`.
    pub fn refill(&self, balance: Balance, now: DateTime<Utc>) -> Balance {
        let Some(refill) = self.refill.filter(|refill| refill.every.is_due(&balance, now)) else {
            return balance;
        };
        Balance { available: balance.available.max(refill.amount), refilled_at: now, ..balance }
    }
}

impl Balance {
    /// The account once `cost` is taken; `None` if it has less.
    pub fn take(self, cost: u64) -> Option<Self> {
        self.available.checked_sub(cost).map(|available| Self { available, ..self })
    }

    /// The account once `cost` has come back.
    #[must_use]
    pub fn give_back(self, cost: u64) -> Self {
        Self { available: self.available.saturating_add(cost), ..self }
    }
}

impl Every {
    /// Whether a time of refill lies behind the last look, and not behind `now`.
    fn is_due(self, balance: &Balance, now: DateTime<Utc>) -> bool {
        self.last_before(balance.opened_at, now).is_some_and(|due| due > balance.refilled_at)
    }

    /// The last time of refill until `now`.
    fn last_before(self, opened_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Seconds(seconds) => {
                let period = i64::from(seconds.max(1));
                let gone = now.signed_duration_since(opened_at).num_seconds();
                let times = gone.checked_div(period)?;
                opened_at.checked_add_signed(TimeDelta::try_seconds(times.checked_mul(period)?)?)
            }
            Self::MonthDay(day) => {
                let this = in_month_of(now, day)?;
                if this <= now {
                    Some(this)
                } else {
                    in_month_of(now.checked_sub_months(Months::new(1))?, day)
                }
            }
        }
    }
}

/// Midnight on this day of the month of `now`, or on its last day.
fn in_month_of(now: DateTime<Utc>, day: u8) -> Option<DateTime<Utc>> {
    let first = now.date_naive().with_day(1)?;
    let last = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?.day();
    let day = first.with_day(u32::from(day).clamp(1, last))?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn plan(amount: u64, every: Every) -> CreditPlan {
        CreditPlan { initial: 5, refill: Some(Refill { amount, every }) }
    }

    #[test]
    fn nothing_is_spent_that_is_not_there() {
        let balance = CreditPlan { initial: 3, refill: None }.open(at("2026-01-01T00:00:00Z"));
        assert_eq!(balance.take(3).unwrap().available, 0);
        assert_eq!(balance.take(4), None);
        assert_eq!(balance.take(2).unwrap().give_back(2), balance);
    }

    #[test]
    fn a_monthly_refill_falls_on_the_last_day_of_a_short_month() {
        let plan = plan(9, Every::MonthDay(31));
        let opened = plan.open(at("2026-01-31T12:00:00Z"));
        assert_eq!(plan.refill(opened, at("2026-02-27T23:59:59Z")).available, 5);
        let refilled = plan.refill(opened, at("2026-02-28T00:00:00Z"));
        assert_eq!(refilled.available, 9);
        let spent = refilled.take(9).unwrap();
        assert_eq!(plan.refill(spent, at("2026-03-30T23:59:59Z")).available, 0, "once a month");
        assert_eq!(plan.refill(spent, at("2026-03-31T00:00:00Z")).available, 9);
        assert_eq!(
            plan.refill(spent, at("2024-02-29T00:00:00Z")).available,
            0,
            "a clock that runs back refills nothing"
        );
    }

    #[test]
    fn missed_refills_are_made_up_for_once() {
        let plan = plan(4, Every::Seconds(60));
        let opened = plan.open(at("2026-01-01T00:00:00Z")).take(5).unwrap();
        assert_eq!(plan.refill(opened, at("2026-01-01T00:00:59Z")).available, 0);
        let refilled = plan.refill(opened, at("2026-01-01T01:00:30Z"));
        assert_eq!(refilled.available, 4);
        let spent = refilled.take(4).unwrap();
        assert_eq!(plan.refill(spent, at("2026-01-01T01:00:59Z")).available, 0, "the rhythm stays");
        assert_eq!(plan.refill(spent, at("2026-01-01T01:01:00Z")).available, 4);
    }

    #[test]
    fn a_refill_takes_nothing_away() {
        let plan = plan(2, Every::Seconds(1));
        let opened = plan.open(at("2026-01-01T00:00:00Z"));
        assert_eq!(plan.refill(opened, at("2026-01-02T00:00:00Z")).available, 5);
    }

    proptest! {
        #[test]
        fn looking_often_refills_no_more_than_spending_allows(
            every in prop_oneof![(1_u32..5000).prop_map(Every::Seconds), (0_u8..40).prop_map(Every::MonthDay)],
            steps in prop::collection::vec((0_i64..4000, 0_u64..4), 1..60),
        ) {
            let plan = plan(3, every);
            let (mut now, mut balance) = (at("2026-01-30T23:00:00Z"), plan.open(at("2026-01-30T23:00:00Z")));
            for (gap, cost) in steps {
                now += TimeDelta::seconds(gap);
                let refilled = plan.refill(balance, now);
                prop_assert_eq!(plan.refill(refilled, now), refilled, "a second look changes nothing");
                prop_assert!(refilled.available <= balance.available.max(3));
                balance = refilled.take(cost).unwrap_or(refilled);
            }
        }
    }
}
