//! The store in memory: reference semantics, the test double, and enough for a small host.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    Catalog, CatalogChange, CatalogStore, CatalogWrite, Commit, ErrorType, Ledger, LedgerChange, LedgerStore,
    Month, Page, Payer, Plan, Revision, Statement, StatementId, StatementReader, TenantId,
};

/// All stores of this crate, in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: Mutex<BTreeMap<TenantId, Records>>,
}

#[derive(Debug, Default)]
struct Records {
    catalog: Catalog,
    ledgers: BTreeMap<Payer, Ledger>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantId, Records>> {
        // Each write is the last step of its method, so a panic leaves nothing half-written.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default>(&self, tenant: &TenantId, read: impl FnOnce(&Records) -> T) -> T {
        self.lock().get(tenant).map(read).unwrap_or_default()
    }
}

impl ErrorType for MemoryStore {
    type Error = Infallible;
}

impl CatalogStore for MemoryStore {
    async fn catalog(&self, tenant: &TenantId) -> Result<Catalog, Infallible> {
        Ok(self.read(tenant, |records| records.catalog.clone()))
    }

    async fn commit_catalog(&self, tenant: &TenantId, change: &CatalogChange) -> Result<Commit, Infallible> {
        let mut tenants = self.lock();
        let catalog = &mut tenants.entry(tenant.clone()).or_default().catalog;
        if catalog.revision != change.expected {
            return Ok(Commit::Stale);
        }
        catalog.revision = Some(Revision::after(change.expected));
        match &change.write {
            CatalogWrite::Settings(settings) => catalog.settings = *settings,
            CatalogWrite::Plan(plan) => put(&mut catalog.plans, plan),
        }
        Ok(Commit::Applied)
    }
}

impl LedgerStore for MemoryStore {
    async fn ledger(&self, tenant: &TenantId, payer: &Payer, from: Month) -> Result<Ledger, Infallible> {
        Ok(self.read(tenant, |records| {
            let mut ledger = records.ledgers.get(payer).cloned().unwrap_or_default();
            ledger.statements.retain(|statement| statement.month >= from);
            ledger
        }))
    }

    async fn commit_ledger(&self, tenant: &TenantId, change: &LedgerChange) -> Result<Commit, Infallible> {
        let mut tenants = self.lock();
        let ledger =
            tenants.entry(tenant.clone()).or_default().ledgers.entry(change.payer.clone()).or_default();
        if ledger.revision != change.expected || !change.statements.iter().all(|new| is_writable(ledger, new))
        {
            return Ok(Commit::Stale);
        }
        ledger.revision = Some(Revision::after(change.expected));
        ledger.statements.retain(|stored| change.statements.iter().all(|new| new.id != stored.id));
        ledger.statements.extend(change.statements.iter().cloned());
        ledger.statements.sort_by_key(|statement| statement.month);
        Ok(Commit::Applied)
    }
}

impl StatementReader for MemoryStore {
    async fn statement(&self, tenant: &TenantId, id: &StatementId) -> Result<Option<Statement>, Infallible> {
        Ok(self.read(tenant, |records| all(records).find(|statement| statement.id == *id).cloned()))
    }

    async fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> Result<Page<Statement>, Infallible> {
        let mut found: Vec<_> = self.read(tenant, |records| all(records).cloned().collect());
        let total = found.len() as u64;
        found.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        let items = found.into_iter().skip(offset as usize).take(limit as usize).collect();
        Ok(Page { items, total })
    }
}

fn put(plans: &mut Vec<Plan>, plan: &Plan) {
    plans.retain(|stored| stored.id != plan.id);
    plans.push(plan.clone());
    plans.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
}

fn is_writable(ledger: &Ledger, new: &Statement) -> bool {
    let collides = |stored: &Statement| match stored.id == new.id {
        true => stored.is_closed() || stored.month != new.month,
        false => stored.month == new.month,
    };
    !ledger.statements.iter().any(collides)
}

fn all(records: &Records) -> impl Iterator<Item = &Statement> {
    records.ledgers.values().flat_map(|ledger| &ledger.statements)
}
