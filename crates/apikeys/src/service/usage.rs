//! What was counted, and what was refused: from this process to the store.

use chrono::{DateTime, Utc};

use super::{
    ApiKeys,
    tenant_state::{TenantState, lock},
};
use crate::{AuditEvent, KeyId, KeyStore, Month, TenantId, UsageChange, UsageCounter, UsageTotals};

impl<S: KeyStore> ApiKeys<S> {
    /// What a tenant's keys were used for in a month; this process's uses are stored first.
    ///
    /// # Errors
    /// The store's.
    pub async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, S::Error> {
        self.store_usage(&self.state(tenant)).await?;
        self.store.usage(tenant, month).await
    }

    /// Stores the uses of all tenants that wait, and the refusals that the audit log waits for.
    ///
    /// # Errors
    /// The store's, the last one; what could not be stored waits on.
    pub async fn flush_usage(&self, now: DateTime<Utc>) -> Result<(), S::Error> {
        let mut failure = None;
        for state in self.states() {
            failure = self.store_usage(&state).await.err().or(failure);
            failure = self.store_refusals(&state, now).await.err().or(failure);
        }
        failure.map_or(Ok(()), Err)
    }

    /// The last `limit` events of a tenant, or of one of its keys, latest first; this process's refusals are stored first.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit_log(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<AuditEvent>, S::Error> {
        self.store_refusals(&self.state(tenant), now).await?;
        self.store.events(tenant, key, limit).await
    }

    /// Stores one use that has no leave to wait, and its key's last use if that waits.
    pub(super) async fn store_use(
        &self,
        state: &TenantState,
        id: KeyId,
        counter: UsageCounter,
    ) -> Result<(), S::Error> {
        let last_used = state.shards.last_use(id).map(|at| (id, at));
        let change = UsageChange { counters: vec![counter], last_used: last_used.into_iter().collect() };
        self.store.merge(&state.tenant, &change).await?;
        state.shards.confirm(&state.meter, &change);
        Ok(())
    }

    pub(super) async fn store_usage(&self, state: &TenantState) -> Result<(), S::Error> {
        let change = state.shards.waiting(&state.meter);
        if change.counters.is_empty() && change.last_used.is_empty() {
            return Ok(());
        }
        self.store.merge(&state.tenant, &change).await?;
        state.shards.confirm(&state.meter, &change);
        Ok(())
    }

    async fn store_refusals(&self, state: &TenantState, now: DateTime<Utc>) -> Result<(), S::Error> {
        let events = lock(&state.refusals).take(now, || self.next_name());
        if events.is_empty() {
            return Ok(());
        }
        let stored = self.store.append(&state.tenant, &events).await;
        if stored.is_err() {
            lock(&state.refusals).put_back(events);
        }
        stored
    }
}
