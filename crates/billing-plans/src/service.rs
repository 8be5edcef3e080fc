//! Load, decide, commit.

use std::{error::Error, sync::Arc};

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;

use crate::{
    BillError, BillingStore, CatalogChange, Commit, LedgerChange, NewPlan, Page, PayerType, Plan, PlanError,
    PlanId, PlanUpdate, RateCard, Settings, SettingsError, Statement, StatementId, TenantId, UsageReport,
    bill, change_settings, create_plan, update_plan,
};

/// Plans and statements of all tenants, on a store.
///
/// Each method loads what it needs, decides, and commits; if another commit came between, it does so again, at most
/// three times.
///
/// ```
/// use billing_plans::*;
/// # store_contract::block_on(async {
///
/// let billing = Billing::new(MemoryStore::new());
/// let tenant = TenantId::new("ins_1")?;
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
/// let now = chrono::DateTime::UNIX_EPOCH;
///
/// let report = UsageReport {
///     payer: Payer::organization("org_1")?,
///     month: Month::of(now),
///     totals: UsageTotals::api_keys(1_500, 101_500),
/// };
/// let statement = billing.report_usage(&tenant, &RateCard::api_keys(), &report, now, &mut rng).await?;
/// assert_eq!(statement.total.formatted(), "0.52");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Billing<S> {
    store: S,
}

/// How often a decision is made anew because another commit came between.
const RETRIES: u32 = 3;

impl<S: BillingStore> Billing<S> {
    /// Billing on `store`.
    pub fn new(store: S) -> Self {
        Self { store }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Creates a plan.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`create_plan`].
    pub async fn create_plan(
        &self,
        tenant: &TenantId,
        new: NewPlan,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Arc<Plan>, ServiceError<PlanError, S::Error>> {
        for _ in 0..=RETRIES {
            let catalog = self.store.catalog(tenant).await.map_err(ServiceError::Store)?;
            let planned = create_plan(&catalog, new.clone(), now, rng).map_err(ServiceError::Refused)?;
            if self.is_stored(tenant, planned.change.as_ref()).await? {
                return Ok(planned.plan);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Changes a plan.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`update_plan`].
    pub async fn update_plan(
        &self,
        tenant: &TenantId,
        id: &PlanId,
        update: PlanUpdate,
        now: DateTime<Utc>,
    ) -> Result<Arc<Plan>, ServiceError<PlanError, S::Error>> {
        for _ in 0..=RETRIES {
            let catalog = self.store.catalog(tenant).await.map_err(ServiceError::Store)?;
            let planned = update_plan(&catalog, id, update.clone(), now).map_err(ServiceError::Refused)?;
            if self.is_stored(tenant, planned.change.as_ref()).await? {
                return Ok(planned.plan);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Changes what a tenant allows.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`change_settings`].
    pub async fn change_settings(
        &self,
        tenant: &TenantId,
        settings: Settings,
    ) -> Result<(), ServiceError<SettingsError, S::Error>> {
        for _ in 0..=RETRIES {
            let catalog = self.store.catalog(tenant).await.map_err(ServiceError::Store)?;
            let change = change_settings(&catalog, settings).map_err(ServiceError::Refused)?;
            if self.is_stored(tenant, change.as_ref()).await? {
                return Ok(());
            }
        }
        Err(ServiceError::Contended)
    }

    /// A page of a tenant's plans, as [`Catalog::page`](crate::Catalog::page).
    ///
    /// # Errors
    /// The store's.
    pub async fn plans(
        &self,
        tenant: &TenantId,
        payer_type: Option<PayerType>,
        (limit, offset): (u32, u32),
    ) -> Result<Page<Plan>, S::Error> {
        Ok(self.store.catalog(tenant).await?.page(payer_type, limit as usize, offset as usize))
    }

    /// States what a payer used in a month, and answers that month's statement.
    ///
    /// A report is a total and not a difference: it may be repeated, and arrive late or out of order.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`bill`].
    pub async fn report_usage(
        &self,
        tenant: &TenantId,
        card: &RateCard,
        report: &UsageReport,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Statement, ServiceError<BillError, S::Error>> {
        for _ in 0..=RETRIES {
            let ledger =
                self.store.ledger(tenant, &report.payer, report.month).await.map_err(ServiceError::Store)?;
            let billed = bill(&ledger, card, report, now, rng).map_err(ServiceError::Refused)?;
            if self.is_stated(tenant, billed.change.as_ref()).await? {
                return Ok(billed.statement);
            }
        }
        Err(ServiceError::Contended)
    }

    /// The statement with this id, if the tenant has it.
    ///
    /// # Errors
    /// The store's.
    pub async fn statement(
        &self,
        tenant: &TenantId,
        id: &StatementId,
    ) -> Result<Option<Statement>, S::Error> {
        self.store.statement(tenant, id).await
    }

    /// At most `limit` statements of a tenant, newest first, without the first `offset`.
    ///
    /// # Errors
    /// The store's.
    pub async fn statements(
        &self,
        tenant: &TenantId,
        (limit, offset): (u32, u32),
    ) -> Result<Page<Statement>, S::Error> {
        self.store.statements(tenant, limit, offset).await
    }

    async fn is_stored<R: Error>(
        &self,
        tenant: &TenantId,
        change: Option<&CatalogChange>,
    ) -> Result<bool, ServiceError<R, S::Error>> {
        let Some(change) = change else { return Ok(true) };
        let commit = self.store.commit_catalog(tenant, change).await.map_err(ServiceError::Store)?;
        Ok(commit == Commit::Applied)
    }

    async fn is_stated<R: Error>(
        &self,
        tenant: &TenantId,
        change: Option<&LedgerChange>,
    ) -> Result<bool, ServiceError<R, S::Error>> {
        let Some(change) = change else { return Ok(true) };
        let commit = self.store.commit_ledger(tenant, change).await.map_err(ServiceError::Store)?;
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
