//! Load, decide, commit.

use std::{error::Error, sync::Arc};

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;

use crate::{
    Commit, IssueError, Issued, KeyChange, KeyFilter, KeyId, KeyPage, KeyRecord, KeyStore, KeyUpdate, Month,
    NewKey, Peppers, Receipt, Secret, Start, TenantId, TokenFormat, UsageTotals, Verdict, delete, issue,
    limits::LimitError, meter::Meter, revoke, update, verify,
};

/// The keys of all tenants, on a store.
///
/// Each method loads what it needs, decides, and commits; if another commit came between, it does so again, at most
/// three times.
///
/// ```
/// use apikeys::*;
/// # store_contract::block_on(async {
///
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
/// let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
/// let keys = ApiKeys::new(MemoryStore::new(), TokenFormat::new("ak", "live")?, peppers, &mut rng);
/// let (tenant, now) = (TenantId::new("ins_1")?, chrono::DateTime::UNIX_EPOCH);
///
/// let subject = "user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse()?;
/// let (key, secret) = keys.issue(&tenant, NewKey::new(subject, "Builds"), now, &mut rng).await?;
/// let verdict = keys.verify(&tenant, &secret.reveal(), &[], now).await?;
/// assert!(matches!(verdict, Verdict::Valid(receipt) if receipt.key.id == key.id));
/// assert_eq!(keys.usage(&tenant, Month::of(now)).await?, UsageTotals { creations: 1, verifications: 1 });
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct ApiKeys<S> {
    store: S,
    format: TokenFormat,
    peppers: Peppers,
    meter: Meter,
}

/// How often a decision is made anew because another commit came between.
const RETRIES: u32 = 3;

impl<S: KeyStore> ApiKeys<S> {
    /// Keys on `store`, whose tokens have this format.
    ///
    /// `rng` names this process among the writers of usage counters. Every verification is stored before it is answered;
    /// [`with_loss_bound`](Self::with_loss_bound) trades that for speed.
    pub fn new(store: S, format: TokenFormat, peppers: Peppers, rng: &mut impl CryptoRng) -> Self {
        Self { store, format, peppers, meter: Meter::new(0, rng) }
    }

    /// Stores usage only when more than `verifications` of a tenant wait: so many, and their last uses, a crash may lose.
    ///
    /// The host then calls [`flush_usage`](Self::flush_usage) now and then, and when it stops.
    #[must_use]
    pub fn with_loss_bound(mut self, verifications: u64, rng: &mut impl CryptoRng) -> Self {
        self.meter = Meter::new(verifications, rng);
        self
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What its tokens look like.
    pub fn format(&self) -> &TokenFormat {
        &self.format
    }

    /// Issues a key; it is stored before its secret is handed out.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`issue`].
    pub async fn issue(
        &self,
        tenant: &TenantId,
        new: NewKey,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<(Arc<KeyRecord>, Secret), ServiceError<IssueError, S::Error>> {
        for _ in 0..=RETRIES {
            let earlier = match &new.idempotency_key {
                Some(key) => {
                    self.store.earlier_creation(tenant, key, now).await.map_err(ServiceError::Store)?
                }
                None => None,
            };
            let with = (tenant, &self.format, &self.peppers);
            let Issued { record, change, secret } =
                issue(with, new.clone(), earlier, now, rng).map_err(ServiceError::Refused)?;
            if self.is_stored(tenant, Some(change), now).await? {
                return Ok((record, secret));
            }
        }
        Err(ServiceError::Contended)
    }

    /// Verifies a presented text, and counts it if its secret is proven.
    ///
    /// `required` scopes must all be the key's own.
    ///
    /// # Errors
    /// The store's; no verdict is given then.
    pub async fn verify(
        &self,
        tenant: &TenantId,
        presented: &str,
        required: &[&str],
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let presented = match self.format.parse(presented) {
            Ok(presented) => presented,
            Err(malformed) => return Ok(Verdict::Malformed(malformed)),
        };
        let stored = self.store.key(tenant, presented.id()).await?;
        let verdict = verify(tenant, &self.peppers, &presented, stored, required, now);
        if let Some(receipt) = verdict.receipt() {
            self.count(tenant, receipt).await?;
        }
        Ok(verdict)
    }

    /// The key with this id, if the tenant has it.
    ///
    /// # Errors
    /// The store's.
    pub async fn key(&self, tenant: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, S::Error> {
        self.store.key(tenant, id).await
    }

    /// At most `limit` keys that match, newest first, from `start` on.
    ///
    /// # Errors
    /// The store's.
    pub async fn keys(
        &self,
        tenant: &TenantId,
        filter: &KeyFilter,
        start: Start,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<KeyPage, S::Error> {
        self.store.keys(tenant, filter, start, limit, now).await
    }

    /// Changes a key; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`update`].
    pub async fn update(
        &self,
        tenant: &TenantId,
        id: KeyId,
        changes: KeyUpdate,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| update(key, changes.clone(), now)).await
    }

    /// Revokes a key for good; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`revoke`].
    pub async fn revoke(
        &self,
        tenant: &TenantId,
        id: KeyId,
        reason: Option<Arc<str>>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| revoke(key, reason.clone(), now)).await
    }

    /// Deletes a key; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; never refused.
    pub async fn delete(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| Ok((key.clone(), Some(delete(key, now))))).await
    }

    /// What a tenant's keys were used for in a month; this process's uses are stored first.
    ///
    /// # Errors
    /// The store's.
    pub async fn usage(&self, tenant: &TenantId, month: Month) -> Result<UsageTotals, S::Error> {
        self.flush_usage().await?;
        self.store.usage(tenant, month).await
    }

    /// Stores the uses that wait.
    ///
    /// # Errors
    /// The store's; what could not be stored waits on.
    pub async fn flush_usage(&self) -> Result<(), S::Error> {
        let mut failure = None;
        for (tenant, change) in self.meter.waiting() {
            match self.store.merge(&tenant, &change).await {
                Ok(()) => self.meter.confirm(&tenant, &change),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn count(&self, tenant: &TenantId, receipt: &Receipt) -> Result<(), S::Error> {
        let Some(change) = self.meter.count_verification(tenant, receipt) else { return Ok(()) };
        self.store.merge(tenant, &change).await?;
        self.meter.confirm(tenant, &change);
        Ok(())
    }

    async fn change<R: Error>(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
        decide: impl Fn(&Arc<KeyRecord>) -> Result<(Arc<KeyRecord>, Option<KeyChange>), R>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<R, S::Error>> {
        for _ in 0..=RETRIES {
            let stored = self.store.key(tenant, id).await.map_err(ServiceError::Store)?;
            let Some(key) = stored else { return Ok(None) };
            let (next, change) = decide(&key).map_err(ServiceError::Refused)?;
            if self.is_stored(tenant, change, now).await? {
                return Ok(Some(next));
            }
        }
        Err(ServiceError::Contended)
    }

    async fn is_stored<R: Error>(
        &self,
        tenant: &TenantId,
        change: Option<KeyChange>,
        now: DateTime<Utc>,
    ) -> Result<bool, ServiceError<R, S::Error>> {
        let Some(change) = change else { return Ok(true) };
        let commit = self.store.commit(tenant, &change, now).await.map_err(ServiceError::Store)?;
        Ok(commit == Commit::Applied)
    }
}

/// Why an operation didn't happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError<R: Error, E: Error + 'static> {
    /// It was refused.
    #[error(transparent)]
    Refused(R),
    /// Other commits came between too often; it may be tried again.
    #[error("other changes came between too often")]
    Contended,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}
