//! What one tenant's keys spend.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::{
    Account, Admission, Balance, CreditPlan, DueAt, KeyId, RateLimit, Reservation, ReservationId, Reserved,
    Settlement,
};

#[derive(Debug, Default)]
pub(super) struct Spending {
    rates: HashMap<KeyId, DueAt>,
    accounts: HashMap<Account, Balance>,
    /// Settled ones stay until they expire, so that asking again takes nothing again.
    reservations: HashMap<ReservationId, (Reservation, bool)>,
    by_expiry: BTreeSet<(Account, DateTime<Utc>, ReservationId)>,
}

impl Spending {
    pub(super) fn admit(&mut self, family: KeyId, limit: RateLimit, now: DateTime<Utc>) -> Admission {
        let state = self.rates.entry(family).or_default();
        let (next, admission) = limit.admit(*state, now);
        *state = next;
        admission
    }

    pub(super) fn reserve(&mut self, asked: &Reservation, plan: &CreditPlan, now: DateTime<Utc>) -> Reserved {
        self.expire(asked.account, now);
        let balance = self.accounts.entry(asked.account).or_insert_with(|| plan.open(now));
        if self.reservations.contains_key(&asked.id) {
            return Reserved::Held { available: balance.available };
        }
        *balance = plan.refill(*balance, now);
        match balance.take(asked.cost) {
            None => Reserved::Exhausted { available: balance.available },
            Some(taken) => {
                *balance = taken;
                self.reservations.insert(asked.id, (*asked, true));
                self.by_expiry.insert((asked.account, asked.expires_at, asked.id));
                Reserved::Held { available: taken.available }
            }
        }
    }

    pub(super) fn settle(&mut self, id: ReservationId, settlement: Settlement, now: DateTime<Utc>) -> bool {
        let Some((reservation, is_held)) = self.reservations.get_mut(&id).filter(|(_, is_held)| *is_held)
        else {
            return false;
        };
        *is_held = false;
        let reservation = *reservation;
        if settlement == Settlement::Cancel || now >= reservation.expires_at {
            self.give_back(&reservation);
        }
        true
    }

    pub(super) fn balance(&self, account: Account) -> Option<Balance> {
        self.accounts.get(&account).copied()
    }

    /// Reservations whose time is over go back.
    fn expire(&mut self, account: Account, now: DateTime<Utc>) {
        while let Some(first) =
            self.by_expiry.range((account, DateTime::<Utc>::MIN_UTC, FIRST)..).next().copied()
        {
            if first.0 != account || first.1 > now {
                return;
            }
            self.by_expiry.remove(&first);
            if let Some((reservation, true)) = self.reservations.remove(&first.2) {
                self.give_back(&reservation);
            }
        }
    }

    fn give_back(&mut self, reservation: &Reservation) {
        if let Some(balance) = self.accounts.get_mut(&reservation.account) {
            *balance = balance.give_back(reservation.cost);
        }
    }
}

const FIRST: ReservationId = ReservationId([0; 16]);
