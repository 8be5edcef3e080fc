//! API keys and their usage.

mod read;
mod write;

use std::sync::Arc;

use apikeys::{
    Commit, EarlierCreation, ErrorType, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyLister, KeyPage,
    KeyReader, KeyRecord, KeyWriter, Month, Start, TenantId, UsageChange, UsageStore, UsageTotals,
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
