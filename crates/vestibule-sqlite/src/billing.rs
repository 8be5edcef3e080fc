//! The stores of `billing-plans`.

mod catalog;
mod column;
mod ledger;

use billing_plans::{
    Catalog, CatalogChange, CatalogStore, Change, Commit, ErrorType, Ledger, LedgerChange, LedgerStore,
    Month, Page, Payer, Statement, StatementId, StatementReader, TenantId,
};
use rusqlite::Transaction;

use crate::{SqliteError, SqliteStore};

/// Writes a change of `billing-plans` inside a host's own transaction.
///
/// [`Commit::Stale`]: nothing was written, and the transaction can go on.
///
/// ```
/// use billing_plans::{CatalogChange, CatalogWrite, Commit, Settings, TenantId};
/// use vestibule_sqlite::{Database, billing};
///
/// # store_contract::block_on(async {
/// let database = Database::in_memory()?;
/// let commit = database.write(|tx| {
///     tx.execute_batch("CREATE TABLE mine (n INTEGER)")?;
///     let settings = Settings { annual_only_plans: true, ..Settings::default() };
///     let change = CatalogChange { expected: None, write: CatalogWrite::Settings(settings) };
///     billing::apply(tx, &TenantId::new("acme").unwrap(), &change.into())
/// });
/// assert_eq!(commit.await?, Commit::Applied);
/// # Ok::<_, vestibule_sqlite::SqliteError>(()) }).unwrap();
/// ```
///
/// # Errors
/// [`SqliteError`], and then the transaction must be rolled back.
pub fn apply(tx: &Transaction<'_>, tenant: &TenantId, change: &Change) -> Result<Commit, SqliteError> {
    match change {
        Change::Catalog(change) => catalog::apply(tx, tenant, change),
        Change::Ledger(change) => ledger::apply(tx, tenant, change),
    }
}

impl ErrorType for SqliteStore {
    type Error = SqliteError;
}

impl CatalogStore for SqliteStore {
    async fn catalog(&self, tenant: &TenantId) -> Result<Catalog, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| catalog::read(db, &tenant)).await
    }

    async fn commit_catalog(&self, tenant: &TenantId, change: &CatalogChange) -> Result<Commit, SqliteError> {
        let (tenant, change) = (tenant.clone(), change.clone());
        self.database.write(move |tx| catalog::apply(tx, &tenant, &change)).await
    }
}

impl LedgerStore for SqliteStore {
    async fn ledger(&self, tenant: &TenantId, payer: &Payer, from: Month) -> Result<Ledger, SqliteError> {
        let (tenant, payer) = (tenant.clone(), payer.clone());
        self.database.read(move |db| ledger::read(db, &tenant, &payer, from)).await
    }

    async fn commit_ledger(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, SqliteError> {
        let (tenant, change) = (tenant.clone(), change.clone());
        self.database.write(move |tx| ledger::apply(tx, &tenant, &change)).await
    }
}

impl StatementReader for SqliteStore {
    async fn statement(&self, tenant: &TenantId, id: &StatementId) -> Result<Option<Statement>, SqliteError> {
        let (tenant, id) = (tenant.clone(), id.clone());
        self.database.read(move |db| ledger::statement(db, &tenant, &id)).await
    }

    async fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> Result<Page<Statement>, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| ledger::statements(db, &tenant, limit, offset)).await
    }
}
