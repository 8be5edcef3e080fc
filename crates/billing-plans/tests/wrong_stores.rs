//! Stores that are wrong on purpose, each refused by the check that its test names.

use std::convert::Infallible;

use billing_plans::{
    Catalog, CatalogChange, CatalogStore, Commit, ErrorType, Ledger, LedgerChange, LedgerStore, MemoryStore,
    Month, Page, Payer, Statement, StatementId, StatementReader, TenantId, contract,
};
use store_contract::block_on;

/// What a store does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    ForgetsTheTenant,
    AppliesStaleCatalogChanges,
    CreatesOverAnExistingCatalog,
    OrdersPlansOldestFirst,
    LosesTheLastFeature,
    TakesNullForEmpty,
    AppliesStaleLedgerChanges,
    RewritesClosedStatements,
    MixesUsersWithOrganizations,
    IgnoresTheFirstMonth,
    WritesStatementsOneByOne,
    LosesAdjustments,
    CountsThePageOnly,
    OrdersStatementsOldestFirst,
    FindsByPrefix,
}

use Wrong as W;

#[derive(Debug)]
struct WrongStore {
    inner: MemoryStore,
    wrong: Wrong,
}

fn wrong(wrong: Wrong) -> WrongStore {
    WrongStore { inner: MemoryStore::new(), wrong }
}

impl WrongStore {
    fn does(&self, wrong: Wrong) -> bool {
        self.wrong == wrong
    }

    fn tenant(&self, tenant: &TenantId) -> TenantId {
        if self.does(W::ForgetsTheTenant) { TenantId::new("any").unwrap() } else { tenant.clone() }
    }

    fn payer(&self, payer: &Payer) -> Payer {
        match self.does(W::MixesUsersWithOrganizations) {
            true => Payer::user(payer.id()).unwrap(),
            false => payer.clone(),
        }
    }
}

impl ErrorType for WrongStore {
    type Error = Infallible;
}

impl CatalogStore for WrongStore {
    async fn catalog(&self, tenant: &TenantId) -> Result<Catalog, Infallible> {
        let mut catalog = self.inner.catalog(&self.tenant(tenant)).await?;
        if self.does(W::OrdersPlansOldestFirst) {
            catalog.plans.reverse();
        }
        for plan in &mut catalog.plans {
            if self.does(W::LosesTheLastFeature) {
                plan.features = plan.features.iter().rev().skip(1).rev().cloned().collect();
            }
            if self.does(W::TakesNullForEmpty) && plan.avatar_url.is_none() {
                plan.avatar_url = Some("".into());
            }
        }
        Ok(catalog)
    }

    async fn commit_catalog(&self, tenant: &TenantId, change: &CatalogChange) -> Result<Commit, Infallible> {
        let tenant = self.tenant(tenant);
        let mut change = change.clone();
        let stored = self.inner.catalog(&tenant).await?.revision;
        let creates_again = self.does(W::CreatesOverAnExistingCatalog) && change.expected.is_none();
        if self.does(W::AppliesStaleCatalogChanges) || creates_again {
            change.expected = stored;
        }
        self.inner.commit_catalog(&tenant, &change).await
    }
}

impl LedgerStore for WrongStore {
    async fn ledger(&self, tenant: &TenantId, payer: &Payer, from: Month) -> Result<Ledger, Infallible> {
        let from = if self.does(W::IgnoresTheFirstMonth) { Month::parse("0001-01").unwrap() } else { from };
        let mut ledger = self.inner.ledger(&self.tenant(tenant), &self.payer(payer), from).await?;
        for statement in &mut ledger.statements {
            statement.payer = payer.clone();
            if self.does(W::LosesAdjustments) {
                statement.adjustments = [].into();
            }
        }
        Ok(ledger)
    }

    async fn commit_ledger(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, Infallible> {
        let tenant = self.tenant(tenant);
        let mut change = LedgerChange { payer: self.payer(&change.payer), ..change.clone() };
        let stored = self.inner.ledger(&tenant, &change.payer, Month::parse("0001-01").unwrap()).await?;
        if self.does(W::AppliesStaleLedgerChanges) {
            change.expected = stored.revision;
        }
        if self.does(W::WritesStatementsOneByOne) {
            return self.commit_each(&tenant, &change).await;
        }
        if self.does(W::RewritesClosedStatements) && stored.revision == change.expected {
            change
                .statements
                .retain(|new| stored.statements.iter().all(|old| old.id != new.id || !old.is_closed()));
        }
        self.inner.commit_ledger(&tenant, &change).await
    }
}

impl WrongStore {
    async fn commit_each(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, Infallible> {
        for statement in &change.statements {
            let stored = self.inner.ledger(tenant, &change.payer, Month::parse("0001-01").unwrap()).await?;
            let one = LedgerChange {
                payer: change.payer.clone(),
                expected: stored.revision,
                statements: vec![statement.clone()],
            };
            if self.inner.commit_ledger(tenant, &one).await? == Commit::Stale {
                return Ok(Commit::Stale);
            }
        }
        Ok(Commit::Applied)
    }
}

impl StatementReader for WrongStore {
    async fn statement(&self, tenant: &TenantId, id: &StatementId) -> Result<Option<Statement>, Infallible> {
        let tenant = self.tenant(tenant);
        if self.does(W::FindsByPrefix) {
            let all = self.inner.statements(&tenant, u32::MAX, 0).await?.items;
            return Ok(all.into_iter().find(|statement| statement.id.as_str().starts_with(id.as_str())));
        }
        self.inner.statement(&tenant, id).await
    }

    async fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> Result<Page<Statement>, Infallible> {
        let tenant = self.tenant(tenant);
        let mut page = self.inner.statements(&tenant, limit, offset).await?;
        if self.does(W::CountsThePageOnly) {
            page.total = page.items.len() as u64;
        }
        if self.does(W::OrdersStatementsOldestFirst) {
            page.items.reverse();
        }
        Ok(page)
    }
}

macro_rules! refused {
    ($($test:ident: $wrong:ident by $check:ident;)+) => {$(
        #[test]
        fn $test() {
            assert!(block_on(contract::$check(wrong(W::$wrong))).is_err());
            assert!(block_on(contract::$check(MemoryStore::new())).is_ok());
        }
    )+};
}

refused! {
    forgetting_the_tenant_of_a_catalog: ForgetsTheTenant by catalogs_of_tenants_are_apart;
    forgetting_the_tenant_of_a_ledger: ForgetsTheTenant by ledgers_of_tenants_are_apart;
    applying_a_stale_catalog_change: AppliesStaleCatalogChanges by a_stale_catalog_change_writes_nothing;
    creating_a_catalog_twice: CreatesOverAnExistingCatalog by a_catalog_is_created_once;
    plans_oldest_first: OrdersPlansOldestFirst by plans_are_ordered_newest_first;
    losing_a_feature: LosesTheLastFeature by a_plan_is_read_back_whole;
    taking_null_for_empty: TakesNullForEmpty by a_plan_is_read_back_whole;
    applying_a_stale_ledger_change: AppliesStaleLedgerChanges by a_stale_ledger_change_writes_nothing;
    rewriting_a_closed_statement: RewritesClosedStatements by a_closed_statement_is_never_rewritten;
    mixing_users_with_organizations: MixesUsersWithOrganizations by ledgers_of_payers_are_apart;
    ignoring_the_first_month: IgnoresTheFirstMonth by a_ledger_starts_at_the_month_asked_for;
    writing_statements_one_by_one: WritesStatementsOneByOne by a_refused_statement_takes_the_others_with_it;
    losing_adjustments: LosesAdjustments by a_statement_is_read_back_whole;
    counting_the_page_only: CountsThePageOnly by statements_are_paged_newest_first;
    statements_oldest_first: OrdersStatementsOldestFirst by statements_are_paged_newest_first;
    finding_by_prefix: FindsByPrefix by a_statement_is_found_by_its_id;
}
