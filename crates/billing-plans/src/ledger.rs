//! The ledger: a payer's statements.

use crate::{Month, Revision, Statement};

/// The statements of one payer from some month on, as of one revision of the payer's whole ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// The revision that was loaded; `None` if the payer has no ledger yet.
    pub revision: Option<Revision>,
    /// The statements, one per month, oldest month first.
    pub statements: Vec<Statement>,
}

impl Ledger {
    /// The statement of a month, if there is one.
    pub fn statement(&self, month: Month) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.month == month)
    }
}
