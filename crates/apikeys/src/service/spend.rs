//! What a verification spends.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ApiKeys, TenantKeys, tenant_state::lock};
use crate::{
    Account, Admission, Allowance, Balance, CreditPlan, Demand, KeyRecord, KeyStore, Month, Receipt,
    Reservation, ReservationId, Reserved, Settlement, TenantId, UsageKind, Verdict,
};

/// How long a reservation that nobody settles is held.
const HELD_FOR: TimeDelta = TimeDelta::minutes(1);
/// How many blocks a month's hard allowance is taken in: a process that ends loses at most one of them to its tenant.
const ALLOWANCE_BLOCKS: u64 = 1_000;

impl<S: KeyStore> ApiKeys<S> {
    /// Sets credits of a key aside until it is known whether they are spent; `None` if it has no credits of its own.
    ///
    /// What is not [`settle`](Self::settle)d within `hold` goes back. A repeated `id` takes nothing again.
    ///
    /// # Errors
    /// The store's; the same `id` may then be tried again.
    pub async fn reserve(
        &self,
        tenant: &TenantId,
        key: &KeyRecord,
        id: ReservationId,
        cost: u64,
        hold: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<Reserved>, S::Error> {
        let Some(plan) = key.rules.credits else { return Ok(None) };
        let expires_at = now.checked_add_signed(hold).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let reservation = Reservation { id, account: Account::Family(key.lineage.family), cost, expires_at };
        self.store.reserve(tenant, &reservation, &plan, now).await.map(Some)
    }

    /// Ends a reservation; answers whether it was still there.
    ///
    /// # Errors
    /// The store's; it may then be tried again.
    pub async fn settle(
        &self,
        tenant: &TenantId,
        id: ReservationId,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<bool, S::Error> {
        self.store.settle(tenant, id, settlement, now).await
    }

    /// What a key's family has left, refills that are due included; `None` if the key has no credits of its own.
    ///
    /// # Errors
    /// The store's.
    pub async fn credits(
        &self,
        tenant: &TenantId,
        key: &KeyRecord,
        now: DateTime<Utc>,
    ) -> Result<Option<Balance>, S::Error> {
        let Some(plan) = key.rules.credits else { return Ok(None) };
        let stored = self.store.balance(tenant, Account::Family(key.lineage.family)).await?;
        Ok(Some(plan.refill(stored.unwrap_or_else(|| plan.open(now)), now)))
    }

    /// One creation of a hard allowance, set aside until the key is stored; `None` where nothing need be.
    pub(super) async fn reserve_creation(
        &self,
        tenant: &TenantId,
        allowance: Allowance,
        now: DateTime<Utc>,
    ) -> Result<Option<(ReservationId, Reserved)>, S::Error> {
        let Allowance::HardStop { creations, .. } = allowance else { return Ok(None) };
        let id = ReservationId(self.next_name());
        let account = Account::Allowance(Month::of(now), UsageKind::Creation);
        let reservation = Reservation { id, account, cost: 1, expires_at: held_until(now) };
        let plan = CreditPlan { initial: creations, refill: None };
        Ok(Some((id, self.store.reserve(tenant, &reservation, &plan, now).await?)))
    }
}

impl<S: KeyStore> TenantKeys<'_, S> {
    /// The last of a verification: the rate limit, and then the credits.
    pub(super) async fn spend(
        &self,
        receipt: Receipt,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let (store, tenant) = (&self.keys.store, &self.state.tenant);
        let family = receipt.key.lineage.family;
        if let Some(limit) = receipt.key.rules.rate_limit {
            if let Admission::Limited { retry_after } = store.admit(tenant, family, limit, now).await? {
                return Ok(Verdict::RateLimited { receipt, retry_after });
            }
        }
        let Some(plan) = receipt.key.rules.credits.filter(|_| demand.cost > 0) else {
            return Ok(Verdict::Valid(receipt));
        };
        let reservation = Reservation {
            id: ReservationId(self.keys.next_name()),
            account: Account::Family(family),
            cost: demand.cost,
            expires_at: held_until(now),
        };
        Ok(match store.spend(tenant, &reservation, &plan, now).await? {
            Reserved::Held { .. } => Verdict::Valid(receipt),
            Reserved::Exhausted { .. } => Verdict::CreditsExhausted(receipt),
        })
    }

    /// Takes one verification of a hard allowance: from the block that this process has, or from a new one.
    pub(super) async fn take_allowance(&self, now: DateTime<Utc>) -> Result<bool, S::Error> {
        let Allowance::HardStop { verifications, .. } = self.state.policy().allowance else {
            return Ok(true);
        };
        let month = Month::of(now);
        if self.take_from_block(month) {
            return Ok(true);
        }
        let block = (verifications / ALLOWANCE_BLOCKS).max(1);
        let plan = CreditPlan { initial: verifications, refill: None };
        // The last block may be a smaller one.
        for cost in [block, 1] {
            let reservation = Reservation {
                id: ReservationId(self.keys.next_name()),
                account: Account::Allowance(month, UsageKind::Verification),
                cost,
                expires_at: held_until(now),
            };
            let taken = self.keys.store.spend(&self.state.tenant, &reservation, &plan, now).await?;
            if matches!(taken, Reserved::Held { .. }) {
                self.add_block(month, cost.saturating_sub(1));
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn take_from_block(&self, month: Month) -> bool {
        match &mut *lock(&self.state.allowance) {
            Some((of, left)) if *of == month => match left.checked_sub(1) {
                Some(fewer) => {
                    *left = fewer;
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    fn add_block(&self, month: Month, verifications: u64) {
        let mut block = lock(&self.state.allowance);
        let left = block.filter(|(of, _)| *of == month).map_or(0, |(_, left)| left);
        *block = Some((month, left.saturating_add(verifications)));
    }
}

fn held_until(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(HELD_FOR).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
