//! API keys, their usage, and what they spend.

mod audit;
mod feed;
mod lineage;
mod read;
mod spend;
mod write;

use std::sync::Arc;

use apikeys::{
    Account, Admission, AuditEvent, AuditStore, Balance, ChangeFeed, ChangedKeys, Commit, CreditPlan, Digest,
    EarlierCreation, ErrorType, FeedCursor, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister, KeyPage,
    KeyReader, KeyRecord, KeyWriter, Month, RateLimit, Reservation, ReservationId, Reserved, SealedSecret,
    Settlement, SpendStore, Start, TenantId, Tombstone, UsageChange, UsageStore, UsageTotals,
};
use chrono::{DateTime, Utc};

pub use self::write::{apply, apply_usage};
use crate::{SqliteError, SqliteStore};

impl ErrorType for SqliteStore {
    type Error = SqliteError;
}

impl KeyReader for SqliteStore {
    async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| read::key(db, &tenant, id)).await
    }

    async fn key_by_digest(
        &self,
        tenant: &TenantId,
        digests: &[Digest],
    ) -> Result<Option<Arc<KeyRecord>>, SqliteError> {
        let (tenant, digests) = (tenant.clone(), digests.to_vec());
        self.database.read(move |db| read::key_by_digest(db, &tenant, &digests)).await
    }

    async fn tombstone(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Tombstone>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| read::tombstone(db, &tenant, id)).await
    }

    async fn sealed_secret(&self, tenant: &TenantId, id: KeyId) -> Result<Option<SealedSecret>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| read::sealed_secret(db, &tenant, id)).await
    }
}

impl KeyLister for SqliteStore {
    async fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<KeyPage, SqliteError> {
        let (tenant, filter) = (tenant.clone(), filter.clone());
        self.database.read(move |db| read::keys(db, &tenant, &filter, start, limit, now)).await
    }
}

impl KeyWriter for SqliteStore {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, SqliteError> {
        let (tenant, key) = (tenant.clone(), key.clone());
        self.database.read(move |db| read::earlier_creation(db, &tenant, &key, now)).await
    }

    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, SqliteError> {
        let (tenant, change) = (tenant.clone(), change.clone());
        self.database.write(move |tx| apply(tx, &tenant, &change, now)).await
    }
}

impl ChangeFeed for SqliteStore {
    async fn changed_keys(
        &self,
        tenant: &TenantId,
        cursor: Option<FeedCursor>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<ChangedKeys, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| feed::page(db, &tenant, cursor, limit, now)).await
    }
}

impl UsageStore for SqliteStore {
    async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), SqliteError> {
        let (tenant, change) = (tenant.clone(), change.clone());
        self.database.write(move |tx| apply_usage(tx, &tenant, &change)).await
    }

    async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| read::usage(db, &tenant, month)).await
    }
}

impl SpendStore for SqliteStore {
    async fn admit(
        &self,
        tenant: &TenantId,
        family: KeyId,
        limit: RateLimit,
        now: DateTime<Utc>,
    ) -> Result<Admission, SqliteError> {
        let tenant = tenant.clone();
        self.database.write(move |tx| spend::admit(tx, &tenant, family, limit, now)).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> Result<Reserved, SqliteError> {
        let (tenant, reservation, plan) = (tenant.clone(), *reservation, *plan);
        self.database.write(move |tx| spend::reserve(tx, &tenant, &reservation, &plan, now)).await
    }

    async fn spend(
        &self,
        tenant: &TenantId,
        reservation: &Reservation,
        plan: &CreditPlan,
        now: DateTime<Utc>,
    ) -> Result<Reserved, SqliteError> {
        let (tenant, reservation, plan) = (tenant.clone(), *reservation, *plan);
        self.database.write(move |tx| spend::spend(tx, &tenant, &reservation, &plan, now)).await
    }

    async fn settle(
        &self,
        tenant: &TenantId,
        id: ReservationId,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<bool, SqliteError> {
        let tenant = tenant.clone();
        self.database.write(move |tx| spend::settle(tx, &tenant, id, settlement, now)).await
    }

    async fn balance(&self, tenant: &TenantId, account: Account) -> Result<Option<Balance>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| spend::balance(db, &tenant, account)).await
    }
}

impl AuditStore for SqliteStore {
    async fn append(&self, tenant: &TenantId, events: &[AuditEvent]) -> Result<(), SqliteError> {
        let (tenant, events) = (tenant.clone(), events.to_vec());
        self.database.write(move |tx| audit::append(tx, &tenant, &events)).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| audit::latest(db, &tenant, key, limit)).await
    }
}

/// SQLite has signed integers only; none that is ever reached is larger than a column can hold.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
