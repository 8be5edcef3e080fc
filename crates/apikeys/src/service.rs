//! Load, decide, commit.

mod admin;
#[cfg(feature = "import")]
mod import;
mod leaks;
mod spend;
mod tenant_state;
mod usage;
mod verify;

use std::{
    collections::HashMap,
    error::Error,
    sync::{Arc, PoisonError, RwLock, atomic::AtomicU64},
};

use rand_core::CryptoRng;

use self::tenant_state::TenantState;
pub use self::{admin::WithSecret, leaks::SecretError};
use crate::{
    CachePolicy, KeyStore, Peppers, TenantId, TenantPolicy, TokenFormat, Vault, WriterId, cache::News,
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
/// let verdict = keys.verify(&tenant, &secret.reveal(), &Demand::default(), now).await?;
/// assert!(matches!(verdict, Verdict::Valid(receipt) if receipt.key.id == key.id));
/// assert_eq!(keys.usage(&tenant, Month::of(now)).await?, UsageTotals { creations: 1, verifications: 1 });
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct ApiKeys<S> {
    store: S,
    format: TokenFormat,
    peppers: Peppers,
    writer: WriterId,
    /// How many names of reservations and events were given.
    sequence: AtomicU64,
    loss_bound: u64,
    cache: Option<CachePolicy>,
    news: Option<News>,
    vault: Option<Arc<dyn Vault>>,
    #[cfg(feature = "import")]
    foreign: import::Foreign,
    tenants: RwLock<HashMap<TenantId, Arc<TenantState>>>,
}

/// The keys of one tenant: what [`ApiKeys`] knows of it is looked up once, for as many verifications as there are.
#[derive(Debug)]
pub struct TenantKeys<'a, S> {
    keys: &'a ApiKeys<S>,
    state: Arc<TenantState>,
}

/// How often a decision is made anew because another commit came between.
const RETRIES: u32 = 3;

impl<S: KeyStore> ApiKeys<S> {
    /// Keys on `store`, whose tokens have this format.
    ///
    /// `rng` names this process among the writers of usage counters. Every verification reads the store, and is stored
    /// before it is answered; [`with_cache`](Self::with_cache) and [`with_loss_bound`](Self::with_loss_bound) trade that for
    /// speed.
    pub fn new(store: S, format: TokenFormat, peppers: Peppers, rng: &mut impl CryptoRng) -> Self {
        Self {
            store,
            format,
            peppers,
            // 0 is the store itself.
            writer: WriterId(rng.next_u64().max(1)),
            sequence: AtomicU64::new(0),
            loss_bound: 0,
            cache: None,
            news: None,
            vault: None,
            #[cfg(feature = "import")]
            foreign: import::Foreign::default(),
            tenants: RwLock::default(),
        }
    }

    /// Stores usage only when more than `verifications` of a tenant wait: so many, and their last uses, a crash may lose.
    ///
    /// The host then calls [`flush_usage`](Self::flush_usage) now and then, and when it stops.
    #[must_use]
    pub fn with_loss_bound(self, verifications: u64) -> Self {
        Self { loss_bound: verifications, ..self.without_tenants() }
    }

    /// Keeps keys in memory, under this policy.
    #[must_use]
    pub fn with_cache(self, policy: CachePolicy) -> Self {
        Self { cache: Some(policy), news: Some(News::new(&policy)), ..self.without_tenants() }
    }

    /// Seals the secret of each key that is issued from now on, so that [`secret`](Self::secret) can show it again.
    #[must_use]
    pub fn with_vault(self, vault: Arc<dyn Vault>) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What its tokens look like.
    pub fn format(&self) -> &TokenFormat {
        &self.format
    }

    /// Decides for a tenant which subjects' keys may be used, and what happens past the free allowance.
    ///
    /// Holds for this process, from the next verification on; a host tells each of its processes.
    pub fn set_policy(&self, tenant: &TenantId, policy: TenantPolicy) {
        self.state(tenant).set_policy(policy);
    }

    /// The keys of one tenant.
    pub fn tenant(&self, tenant: &TenantId) -> TenantKeys<'_, S> {
        TenantKeys { keys: self, state: self.state(tenant) }
    }

    fn state(&self, tenant: &TenantId) -> Arc<TenantState> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = tenants.get(tenant) {
            return Arc::clone(state);
        }
        drop(tenants);
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(TenantState::new(tenant.clone(), self.peppers.of(tenant), self));
        Arc::clone(tenants.entry(tenant.clone()).or_insert_with(fresh))
    }

    fn states(&self) -> Vec<Arc<TenantState>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// What is known of tenants depends on what is being configured.
    fn without_tenants(self) -> Self {
        Self { tenants: RwLock::default(), ..self }
    }

    /// A name that nothing else has.
    fn next_name(&self) -> [u8; 16] {
        let number = self.sequence.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut name = [0; 16];
        let (writer, rest) = name.split_at_mut(8);
        writer.copy_from_slice(&self.writer.0.to_be_bytes());
        rest.copy_from_slice(&number.to_be_bytes());
        name
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
    /// The vault failed.
    #[error("the vault failed")]
    Vault(#[source] crate::VaultError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}
