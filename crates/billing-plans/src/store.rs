//! What this crate asks of a store: one small trait per authority.
//!
//! Whoever implements them proves it with the checks behind feature `contract`.

use std::{error::Error, future::Future, sync::Arc};

use crate::{
    Catalog, CatalogChange, Commit, Ledger, LedgerChange, Month, Page, Payer, Statement, StatementId,
    TenantId,
};

/// The error of a store, the same for each of its traits.
pub trait ErrorType {
    /// What can go wrong with the store itself; never a refusal of the domain.
    type Error: Error + Send + Sync + 'static;
}

/// Plans and settings.
pub trait CatalogStore: ErrorType + Send + Sync {
    /// The catalog of a tenant.
    ///
    /// # Contract
    /// Revision, settings and plans are of one point in time. The plans are ordered by `created_at`, newest first, then
    /// by id, largest first. A tenant that was never written to has [`Catalog::default`].
    fn catalog(&self, tenant: &TenantId) -> impl Future<Output = Result<Catalog, Self::Error>> + Send;

    /// Writes a change of a catalog.
    ///
    /// # Contract
    /// *Compare*: applied only if the stored revision is `change.expected`, and `None` only if there is none; the stored
    /// revision is then the next one. Otherwise nothing is written and the answer is [`Commit::Stale`]. Two changes
    /// decided from the same revision are never both applied.
    fn commit_catalog(
        &self,
        tenant: &TenantId,
        change: &CatalogChange,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Statements, by payer.
pub trait LedgerStore: ErrorType + Send + Sync {
    /// The ledger of a payer, without the statements of months before `from`.
    ///
    /// # Contract
    /// Revision and statements are of one point in time; the statements are ordered by month, oldest first. A user and an
    /// organization with the same id are two payers. A payer that was never written to has [`Ledger::default`].
    fn ledger(
        &self,
        tenant: &TenantId,
        payer: &Payer,
        from: Month,
    ) -> impl Future<Output = Result<Ledger, Self::Error>> + Send;

    /// Writes a change of a ledger, all of its statements or none.
    ///
    /// # Contract
    /// *Compare*, as [`CatalogStore::commit_catalog`], against the revision of the payer's ledger. [`Commit::Stale`], too,
    /// if one of the statements is stored as closed, or another statement of the payer is stored for its month.
    fn commit_ledger(
        &self,
        tenant: &TenantId,
        change: &LedgerChange,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Statements, of all payers.
pub trait StatementReader: ErrorType + Send + Sync {
    /// The statement with this id, if the tenant has it.
    ///
    /// # Contract
    /// The whole statement as it was committed last, whoever its payer is. The id must match to the byte; an id of another
    /// tenant's statement is `None`.
    fn statement(
        &self,
        tenant: &TenantId,
        id: &StatementId,
    ) -> impl Future<Output = Result<Option<Statement>, Self::Error>> + Send;

    /// At most `limit` statements of a tenant, without the first `offset`.
    ///
    /// # Contract
    /// Ordered by `created_at`, newest first, then by id, largest first. `total` counts all of the tenant's statements.
    fn statements(
        &self,
        tenant: &TenantId,
        limit: u32,
        offset: u32,
    ) -> impl Future<Output = Result<Page<Statement>, Self::Error>> + Send;
}

/// All of them.
pub trait BillingStore: CatalogStore + LedgerStore + StatementReader {}

impl<S: CatalogStore + LedgerStore + StatementReader> BillingStore for S {}

macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        impl<S: ErrorType + ?Sized> ErrorType for $pointer {
            type Error = S::Error;
        }

        impl<S: CatalogStore + ?Sized> CatalogStore for $pointer {
            fn catalog(&self, tenant: &TenantId) -> impl Future<Output = Result<Catalog, Self::Error>> + Send {
                (**self).catalog(tenant)
            }

            fn commit_catalog(
                &self,
                tenant: &TenantId,
                change: &CatalogChange,
            ) -> impl Future<Output = Result<Commit, Self::Error>> + Send {
                (**self).commit_catalog(tenant, change)
            }
        }

        impl<S: LedgerStore + ?Sized> LedgerStore for $pointer {
            fn ledger(
                &self,
                tenant: &TenantId,
                payer: &Payer,
                from: Month,
            ) -> impl Future<Output = Result<Ledger, Self::Error>> + Send {
                (**self).ledger(tenant, payer, from)
            }

            fn commit_ledger(
                &self,
                tenant: &TenantId,
                change: &LedgerChange,
            ) -> impl Future<Output = Result<Commit, Self::Error>> + Send {
                (**self).commit_ledger(tenant, change)
            }
        }

        impl<S: StatementReader + ?Sized> StatementReader for $pointer {
            fn statement(
                &self,
                tenant: &TenantId,
                id: &StatementId,
            ) -> impl Future<Output = Result<Option<Statement>, Self::Error>> + Send {
                (**self).statement(tenant, id)
            }

            fn statements(
                &self,
                tenant: &TenantId,
                limit: u32,
                offset: u32,
            ) -> impl Future<Output = Result<Page<Statement>, Self::Error>> + Send {
                (**self).statements(tenant, limit, offset)
            }
        }
    )*};
}

delegate!(&S, Arc<S>);
