//! Changes as values: what to write, and the revision that it was decided from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Payer, Plan, Settings, Statement};

/// How often a catalog or a ledger was changed: 1 after its first change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The revision after the first change.
    pub const FIRST: Self = Self(1);

    /// A revision as it was stored.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The revision after the next change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The revision that a change decided from `stored` leads to.
    #[must_use]
    pub fn after(stored: Option<Self>) -> Self {
        stored.map_or(Self::FIRST, Self::next)
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// All of it is stored.
    Applied,
    /// Nothing of it is stored: the stored revision isn't the one that it was decided from.
    Stale,
}

/// Any change of this crate, for an adapter's `apply`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of a tenant's plans or settings.
    Catalog(CatalogChange),
    /// Of a payer's statements.
    Ledger(LedgerChange),
}

/// A change of a tenant's catalog. Form: *compare*, against the revision of the whole catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogChange {
    /// The revision that it was decided from; `None`: only if the tenant has no catalog yet.
    pub expected: Option<Revision>,
    /// What to write.
    pub write: CatalogWrite,
}

/// What a change of a catalog writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogWrite {
    /// These settings instead of those stored.
    Settings(Settings),
    /// This plan, in addition, or instead of the one with the same id.
    Plan(Arc<Plan>),
}

/// A change of a payer's ledger. Form: *compare*, against the revision of the payer's whole ledger.
///
/// What makes a closed statement final is not left to the decision: a change that names one that is stored as closed
/// is [`Commit::Stale`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerChange {
    /// Whose ledger it is.
    pub payer: Payer,
    /// The revision that it was decided from; `None`: only if the payer has no ledger yet.
    pub expected: Option<Revision>,
    /// The statements to write, each in addition, or instead of the open one with the same id; one per month.
    pub statements: Vec<Statement>,
}

impl From<CatalogChange> for Change {
    fn from(change: CatalogChange) -> Self {
        Self::Catalog(change)
    }
}

impl From<LedgerChange> for Change {
    fn from(change: LedgerChange) -> Self {
        Self::Ledger(change)
    }
}
