//! What this crate asks of a store: one small trait per authority.
//!
//! Whoever implements them proves it with the checks behind feature `contract`.

use std::{error::Error, future::Future, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    Commit, EarlierCreation, IdempotencyKey, KeyChange, KeyFilter, KeyId, KeyPage, KeyRecord, Month, Start,
    TenantId, UsageChange, UsageTotals,
};

/// The error of a store, the same for each of its traits.
pub trait ErrorType {
    /// What can go wrong with the store itself; never a refusal of the domain.
    type Error: Error + Send + Sync + 'static;
}

/// Reading one key: all that a verification needs.
pub trait KeyReader: ErrorType + Send + Sync {
    /// The key with this id.
    ///
    /// # Contract
    /// What was committed before the call began is seen. A deleted key is none, and neither is another tenant's.
    fn key(
        &self,
        tenant: &TenantId,
        id: KeyId,
    ) -> impl Future<Output = Result<Option<Arc<KeyRecord>>, Self::Error>> + Send;
}

/// Reading many keys.
pub trait KeyLister: ErrorType + Send + Sync {
    /// At most `limit` keys that match `filter` at `now`, from `start` on, and how many match in all.
    ///
    /// # Contract
    /// Newest first, equally old ones by id, largest first; page and total are of one point in time.
    fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<KeyPage, Self::Error>> + Send;
}

/// Writing keys.
pub trait KeyWriter: ErrorType + Send + Sync {
    /// What is known of an idempotency key.
    ///
    /// # Contract
    /// Answers what [`KeyChange::Create`] wrote with it, until its `expires_at`; that instant is past it.
    fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<EarlierCreation>, Self::Error>> + Send;

    /// Writes a change of a key.
    ///
    /// # Contract
    /// *Compare*, as each [`KeyChange`] says; all of it or nothing, and durable before it is answered. Two changes
    /// decided from the same revision are never both applied, and an id that was used once, even by a deleted key, is
    /// never given to another.
    fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Counting uses.
pub trait UsageStore: ErrorType + Send + Sync {
    /// Merges counters and last uses.
    ///
    /// # Contract
    /// *Merge*: by writer, month and kind the larger total stays, and by key the later use; so a change may be repeated
    /// or arrive out of order. The last use of a key that is gone is ignored. A use does not touch a key's revision.
    fn merge(
        &self,
        tenant: &TenantId,
        change: &UsageChange,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// What a tenant's keys were used for in a month.
    ///
    /// # Contract
    /// The sum of all writers' counters.
    fn usage(
        &self,
        tenant: &TenantId,
        month: Month,
    ) -> impl Future<Output = Result<UsageTotals, Self::Error>> + Send;
}

/// Everything that [`ApiKeys`](crate::ApiKeys) needs.
pub trait KeyStore: KeyReader + KeyLister + KeyWriter + UsageStore {}

impl<S: KeyReader + KeyLister + KeyWriter + UsageStore> KeyStore for S {}

macro_rules! through_pointer {
    ($pointer:ty) => {
        impl<S: ErrorType + ?Sized> ErrorType for $pointer {
            type Error = S::Error;
        }

        impl<S: KeyReader> KeyReader for $pointer {
            async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, S::Error> {
                (**self).key(tenant, id).await
            }
        }

        impl<S: KeyLister> KeyLister for $pointer {
            async fn keys(
                &self,
                tenant: &TenantId,
                filter: &KeyFilter,
                start: Start,
                limit: u32,
                now: DateTime<Utc>,
            ) -> Result<KeyPage, S::Error> {
                (**self).keys(tenant, filter, start, limit, now).await
            }
        }

        impl<S: KeyWriter> KeyWriter for $pointer {
            async fn earlier_creation(
                &self,
                tenant: &TenantId,
                key: &IdempotencyKey,
                now: DateTime<Utc>,
            ) -> Result<Option<EarlierCreation>, S::Error> {
                (**self).earlier_creation(tenant, key, now).await
            }

            async fn commit(
                &self,
                tenant: &TenantId,
                change: &KeyChange,
                now: DateTime<Utc>,
            ) -> Result<Commit, S::Error> {
                (**self).commit(tenant, change, now).await
            }
        }

        impl<S: UsageStore> UsageStore for $pointer {
            async fn merge(&self, tenant: &TenantId, change: &UsageChange) -> Result<(), S::Error> {
                (**self).merge(tenant, change).await
            }

            async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, S::Error> {
                (**self).usage(tenant, month).await
            }
        }
    };
}

through_pointer!(&S);
through_pointer!(Arc<S>);
