//! Statements: what a payer owes for a month.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Currency, MeterName, Money, Month, Payer, StatementId, UsageLine};

/// What a payer owes for the usage of one calendar month: the wire's `commerce_statement`.
///
/// Open while the month runs, and rated anew whenever usage is reported; closed at the first report after it. A closed
/// statement never changes: usage that arrives later becomes an [`Adjustment`] on the statement of a later month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// Who owes it.
    pub payer: Payer,
    /// The month that it is for.
    pub month: Month,
    /// Whether it can still change.
    pub status: StatementStatus,
    /// The usage of the month, one line per meter.
    pub usage: Arc<[UsageLine]>,
    /// The corrections of earlier statements, in the order in which they were made.
    pub adjustments: Arc<[Adjustment]>,
    /// The sum of all lines; it has the currency of them all.
    pub total: Money,
    /// When it was opened, in milliseconds.
    pub created_at: DateTime<Utc>,
    /// When it was changed last, in milliseconds.
    pub updated_at: DateTime<Utc>,
}

/// Whether a statement can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementStatus {
    /// Its month runs, or no usage was reported since it ended.
    Open,
    /// It is final.
    Closed,
}

/// Usage that became known after its statement was closed, billed on a later one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The closed statement that it corrects.
    pub corrects: StatementId,
    /// The month of that statement.
    pub month: Month,
    /// What was counted.
    pub meter: MeterName,
    /// How much of the month's usage had been billed before.
    pub billed_quantity: u64,
    /// How much of the month's usage is billed with this adjustment.
    pub quantity: u64,
    /// The price of the whole month's usage now, less its price before.
    pub amount: Money,
}

impl Statement {
    /// The currency of all its lines.
    pub fn currency(&self) -> Currency {
        self.total.currency()
    }

    /// Whether it is final.
    pub fn is_closed(&self) -> bool {
        self.status == StatementStatus::Closed
    }

    /// The line of a meter, if it has one.
    pub fn line(&self, meter: &MeterName) -> Option<&UsageLine> {
        self.usage.iter().find(|line| line.meter == *meter)
    }
}
