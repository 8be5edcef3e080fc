//! Load, decide, commit: what happens when another commit comes between, or the store fails.

use std::{
    convert::Infallible,
    error::Error,
    sync::atomic::{AtomicU32, Ordering},
};

use billing_plans::{
    Availability, Billing, Catalog, CatalogChange, CatalogStore, CatalogWrite, Commit, Currency, ErrorType,
    Fee, Ledger, LedgerChange, LedgerStore, MemoryStore, Month, Name, NewPlan, Page, Payer, PayerType,
    PlanError, PlanUpdate, Price, RateCard, ServiceError, Settings, SettingsError, Slug, Statement,
    StatementId, StatementReader, TenantId, UsageReport, UsageTotals,
};
use chrono::{DateTime, Utc};
use store_contract::{Fault, FaultError, FaultPlan, block_on};

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn new(slug: &str) -> NewPlan {
    let availability = Availability::Annual { year: Fee::new(500).unwrap() };
    let price = Price { currency: Currency::USD, availability };
    NewPlan::new(Name::new(slug).unwrap(), Slug::new(slug).unwrap(), PayerType::User, price)
}

fn opted_in() -> Settings {
    Settings { annual_only_plans: true, ..Settings::default() }
}

fn report(creations: u64) -> UsageReport {
    UsageReport {
        payer: Payer::organization("org_1").unwrap(),
        month: Month::of(now()),
        totals: UsageTotals::api_keys(creations, 0),
    }
}

/// A store on which another service commits first, so many times.
#[derive(Debug)]
struct Raced {
    inner: MemoryStore,
    times: AtomicU32,
    /// What the other service makes of the settings.
    theirs: Settings,
}

impl Raced {
    fn new(times: u32, theirs: Settings) -> Self {
        let inner = MemoryStore::new();
        block_on(Billing::new(&inner).change_settings(&tenant(), opted_in())).unwrap();
        Self { inner, times: times.into(), theirs }
    }

    fn is_raced(&self) -> bool {
        self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

impl ErrorType for Raced {
    type Error = Infallible;
}

impl CatalogStore for Raced {
    async fn catalog(&self, tenant: &TenantId) -> Result<Catalog, Infallible> {
        self.inner.catalog(tenant).await
    }

    async fn commit_catalog(&self, tenant: &TenantId, change: &CatalogChange) -> Result<Commit, Infallible> {
        if self.is_raced() {
            let write = CatalogWrite::Settings(self.theirs);
            self.inner.commit_catalog(tenant, &CatalogChange { write, ..change.clone() }).await?;
        }
        self.inner.commit_catalog(tenant, change).await
    }
}

impl LedgerStore for Raced {
    async fn ledger(&self, tenant: &TenantId, payer: &Payer, from: Month) -> Result<Ledger, Infallible> {
        self.inner.ledger(tenant, payer, from).await
    }

    async fn commit_ledger(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, Infallible> {
        if self.is_raced() {
            self.inner.commit_ledger(tenant, change).await?;
        }
        self.inner.commit_ledger(tenant, change).await
    }
}

impl StatementReader for Raced {
    async fn statement(&self, tenant: &TenantId, id: &StatementId) -> Result<Option<Statement>, Infallible> {
        self.inner.statement(tenant, id).await
    }

    async fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> Result<Page<Statement>, Infallible> {
        self.inner.statements(tenant, limit, offset).await
    }
}

#[test]
fn a_decision_is_made_anew_three_times_and_then_given_up() {
    let create = |times| {
        let billing = Billing::new(Raced::new(times, opted_in()));
        block_on(billing.create_plan(&tenant(), new("a"), now(), &mut rng()))
    };
    assert!(create(0).is_ok());
    assert!(create(3).is_ok());
    assert_eq!(create(4), Err(ServiceError::Contended));
}

#[test]
fn an_opt_in_that_is_taken_back_in_between_refuses_the_plan() {
    let billing = Billing::new(Raced::new(1, Settings::default()));
    let refused = block_on(billing.create_plan(&tenant(), new("a"), now(), &mut rng()));
    assert_eq!(refused, Err(ServiceError::Refused(PlanError::AnnualOnlyNotEnabled)));
    assert!(block_on(billing.plans(&tenant(), None, (10, 0))).unwrap().items.is_empty());
}

#[test]
fn the_same_report_from_two_sides_is_one_statement() {
    let billing = Billing::new(Raced::new(1, opted_in()));
    let card = RateCard::api_keys();
    let statement =
        block_on(billing.report_usage(&tenant(), &card, &report(2_000), now(), &mut rng())).unwrap();
    let page = block_on(billing.statements(&tenant(), (10, 0))).unwrap();
    assert_eq!((page.items, page.total), (vec![statement], 1));
}

#[test]
fn updates_and_settings_go_through_the_service() {
    let billing = Billing::new(MemoryStore::new());
    block_on(billing.change_settings(&tenant(), opted_in())).unwrap();
    let plan = block_on(billing.create_plan(&tenant(), new("a"), now(), &mut rng())).unwrap();
    let update = PlanUpdate { publicly_visible: Some(false), ..PlanUpdate::default() };
    let updated = block_on(billing.update_plan(&tenant(), &plan.id, update.clone(), now())).unwrap();
    assert!(!updated.publicly_visible);
    let before = block_on(billing.store().catalog(&tenant())).unwrap();
    assert_eq!(block_on(billing.update_plan(&tenant(), &plan.id, update, now())), Ok(updated));
    assert_eq!(block_on(billing.store().catalog(&tenant())).unwrap(), before, "nothing new writes nothing");
    let refused = block_on(billing.change_settings(&tenant(), Settings::default()));
    assert_eq!(refused, Err(ServiceError::Refused(SettingsError::AnnualOnlyPlanExists(plan.slug.clone()))));
}

/// A store whose calls fail as planned.
#[derive(Debug)]
struct Faulty {
    inner: MemoryStore,
    faults: FaultPlan,
}

impl ErrorType for Faulty {
    type Error = FaultError<Infallible>;
}

impl CatalogStore for Faulty {
    async fn catalog(&self, tenant: &TenantId) -> Result<Catalog, Self::Error> {
        self.faults.call(|| self.inner.catalog(tenant)).await
    }

    async fn commit_catalog(&self, tenant: &TenantId, change: &CatalogChange) -> Result<Commit, Self::Error> {
        self.faults.call(|| self.inner.commit_catalog(tenant, change)).await
    }
}

impl LedgerStore for Faulty {
    async fn ledger(&self, tenant: &TenantId, payer: &Payer, from: Month) -> Result<Ledger, Self::Error> {
        self.faults.call(|| self.inner.ledger(tenant, payer, from)).await
    }

    async fn commit_ledger(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, Self::Error> {
        self.faults.call(|| self.inner.commit_ledger(tenant, change)).await
    }
}

impl StatementReader for Faulty {
    async fn statement(&self, tenant: &TenantId, id: &StatementId) -> Result<Option<Statement>, Self::Error> {
        self.faults.call(|| self.inner.statement(tenant, id)).await
    }

    async fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> Result<Page<Statement>, Self::Error> {
        self.faults.call(|| self.inner.statements(tenant, limit, offset)).await
    }
}

#[test]
fn a_failure_of_the_store_keeps_its_source() {
    let store = Faulty { inner: MemoryStore::new(), faults: FaultPlan::new([Some(Fault::Before)]) };
    let failed = block_on(Billing::new(store).change_settings(&tenant(), opted_in())).unwrap_err();
    assert!(matches!(failed, ServiceError::Store(FaultError::Injected(Fault::Before))));
    assert_eq!(failed.source().unwrap().to_string(), "injected fault: Before");
}

/// Whatever fails, and however often a call arrives, the month is stated once and in full when the host tries again.
#[test]
fn a_report_is_safe_to_repeat_after_any_fault() {
    let kinds = [None, Some(Fault::Before), Some(Fault::After), Some(Fault::Twice)];
    for n in 0..64 {
        let plan = [n, n / 4, n / 16].map(|n| kinds[n % 4]);
        let billing = Billing::new(Faulty { inner: MemoryStore::new(), faults: FaultPlan::new(plan) });
        let card = RateCard::api_keys();
        let stated = (0..6).find_map(|_| {
            block_on(billing.report_usage(&tenant(), &card, &report(2_000), now(), &mut rng())).ok()
        });
        assert_eq!(stated.unwrap().total.amount(), 100, "{plan:?}");
        assert_eq!(
            block_on(billing.store().inner.statements(&tenant(), 10, 0)).unwrap().total,
            1,
            "{plan:?}"
        );
    }
}
