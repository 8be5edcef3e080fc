//! The life of keys: issuing, changing, ending, listing.

use std::{error::Error, sync::Arc};

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{ApiKeys, RETRIES, ServiceError, tenant_state::TenantState};
use crate::{
    Commit, Creation, EarlierCreation, IdempotencyKey, IssueError, Issued, KeyChange, KeyFilter, KeyId,
    KeyPage, KeyRecord, KeyStore, KeyUpdate, Mint, NewKey, Reserved, RotateError, Rotation, Secret,
    Settlement, Start, Subject, TenantId, UpdateError, VaultError, delete, disable, enable, issue,
    limits::LimitError, revoke, rotate, update,
};

/// A key, and its secret, which is handed out once.
pub type WithSecret = (Arc<KeyRecord>, Secret);

impl<S: KeyStore> ApiKeys<S> {
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
    ) -> Result<WithSecret, ServiceError<IssueError, S::Error>> {
        let keys = self.tenant(tenant);
        for _ in 0..=RETRIES {
            let earlier = self.earlier(tenant, new.idempotency_key.as_ref(), now).await?;
            let mut ancestors = Vec::new();
            if let Some(parent) = self.stored(tenant, new.parent).await? {
                ancestors = keys.ancestors(&parent, now).await.map_err(ServiceError::Store)?;
                ancestors.insert(0, parent);
            }
            let issued = issue(self.mint(&keys.state), new.clone(), &ancestors, earlier, now, rng);
            let issued = issued.map_err(ServiceError::Refused)?;
            if let Some(issued) = self.create(&keys.state, issued, now, IssueError::AllowanceUsedUp).await? {
                return Ok(issued);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Rotates a key; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`rotate`].
    pub async fn rotate(
        &self,
        tenant: &TenantId,
        id: KeyId,
        rotation: &Rotation,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<WithSecret>, ServiceError<RotateError, S::Error>> {
        let state = self.state(tenant);
        for _ in 0..=RETRIES {
            let earlier = self.earlier(tenant, rotation.idempotency_key.as_ref(), now).await?;
            let Some(key) = self.stored(tenant, Some(id)).await? else { return Ok(None) };
            let before = self.stored(tenant, key.lineage.predecessor.map(|before| before.id)).await?;
            let issued = rotate(self.mint(&state), &key, before.as_deref(), rotation, earlier, now, rng);
            let issued = issued.map_err(ServiceError::Refused)?;
            let used_up = RotateError::Issue(IssueError::AllowanceUsedUp);
            if let Some(issued) = self.create(&state, issued, now, used_up).await? {
                return Ok(Some(issued));
            }
        }
        Err(ServiceError::Contended)
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
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<UpdateError, S::Error>> {
        let parent = match self.stored(tenant, Some(id)).await? {
            Some(key) => self.stored(tenant, key.lineage.parent).await?,
            None => return Ok(None),
        };
        self.change(tenant, id, now, |key| update(key, parent.as_deref(), changes.clone(), now)).await
    }

    /// Disables a key until it is enabled again; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; never refused.
    pub async fn disable(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| Ok(disable(key, now))).await
    }

    /// Enables a key that was disabled; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; never refused.
    pub async fn enable(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| Ok(enable(key, now))).await
    }

    /// Revokes a key and all that descend from it for good; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`revoke`].
    pub async fn revoke(
        &self,
        tenant: &TenantId,
        id: KeyId,
        reason: Option<Arc<str>>,
        by: Option<Subject>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<LimitError, S::Error>> {
        self.change(tenant, id, now, |key| revoke(key, reason.clone(), by.clone(), now)).await
    }

    /// Deletes a key, and revokes all that descend from it; `None` if the tenant has none with this id.
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

    pub(super) fn mint<'a>(&'a self, state: &'a TenantState) -> Mint<'a> {
        Mint { format: &self.format, peppers: &state.peppers }
    }

    async fn earlier<R: Error>(
        &self,
        tenant: &TenantId,
        key: Option<&IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierCreation>, ServiceError<R, S::Error>> {
        match key {
            None => Ok(None),
            Some(key) => self.store.earlier_creation(tenant, key, now).await.map_err(ServiceError::Store),
        }
    }

    async fn stored<R: Error>(
        &self,
        tenant: &TenantId,
        id: Option<KeyId>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<R, S::Error>> {
        match id {
            None => Ok(None),
            Some(id) => self.store.key(tenant, id).await.map_err(ServiceError::Store),
        }
    }

    /// Writes a new key, within a hard allowance and sealed, where the host has asked for that; `None` if it is stale.
    async fn create<R: Error>(
        &self,
        state: &TenantState,
        issued: Issued,
        now: DateTime<Utc>,
        used_up: R,
    ) -> Result<Option<WithSecret>, ServiceError<R, S::Error>> {
        let Issued { creation, secret } = issued;
        let (creation, secret) = self.sealed(&state.tenant, creation, secret).map_err(ServiceError::Vault)?;
        let allowance = state.policy().allowance;
        let held = self.reserve_creation(&state.tenant, allowance, now).await.map_err(ServiceError::Store)?;
        if let Some((_, Reserved::Exhausted { .. })) = held {
            return Err(ServiceError::Refused(used_up));
        }
        let record = creation.record.clone();
        let commit =
            self.commit(state, &KeyChange::Create(creation), now).await.map_err(ServiceError::Store)?;
        if let Some((id, _)) = held {
            let settlement = if commit == Commit::Applied { Settlement::Commit } else { Settlement::Cancel };
            self.store.settle(&state.tenant, id, settlement, now).await.map_err(ServiceError::Store)?;
        }
        Ok((commit == Commit::Applied).then_some((record, secret)))
    }

    fn sealed(
        &self,
        tenant: &TenantId,
        creation: Creation,
        secret: Secret,
    ) -> Result<(Creation, Secret), VaultError> {
        let Some(vault) = &self.vault else { return Ok((creation, secret)) };
        let token: Zeroizing<String> = secret.reveal();
        let sealed = Some(vault.seal(tenant, creation.record.id, &token)?);
        Ok((Creation { sealed, ..creation }, Secret::new(token)))
    }

    async fn change<R: Error>(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
        decide: impl Fn(&Arc<KeyRecord>) -> Result<(Arc<KeyRecord>, Option<KeyChange>), R>,
    ) -> Result<Option<Arc<KeyRecord>>, ServiceError<R, S::Error>> {
        let state = self.state(tenant);
        for _ in 0..=RETRIES {
            let Some(key) = self.stored(tenant, Some(id)).await? else { return Ok(None) };
            let (next, change) = decide(&key).map_err(ServiceError::Refused)?;
            let Some(change) = change else { return Ok(Some(next)) };
            let commit = self.commit(&state, &change, now).await.map_err(ServiceError::Store)?;
            if commit == Commit::Applied {
                return Ok(Some(next));
            }
        }
        Err(ServiceError::Contended)
    }

    /// Commits, and forgets what is cached of the keys: also if it failed, since it may have been written all the same.
    pub(super) async fn commit(
        &self,
        state: &TenantState,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, S::Error> {
        let commit = self.store.commit(&state.tenant, change, now).await;
        change.ids().into_iter().for_each(|id| state.shards.invalidate(id));
        commit
    }
}
