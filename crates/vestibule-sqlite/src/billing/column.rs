//! What columns of plans and statements hold.

use billing_plans::{PayerType, Revision};

use crate::{SqliteError, column::Columns};

impl Columns<'_> {
    pub(super) fn payer_type(self, column: &str) -> Result<PayerType, SqliteError> {
        self.parsed(column, |text: String| PayerType::parse(&text).ok_or("no payer type"))
    }

    pub(super) fn revision(self) -> Result<Revision, SqliteError> {
        self.parsed("revision", |number: i64| u64::try_from(number).map(Revision::new))
    }
}

/// The column of a revision; none that is stored, if it is larger than a column can hold.
pub(super) fn revision(revision: Revision) -> i64 {
    i64::try_from(revision.get()).unwrap_or(-1)
}
