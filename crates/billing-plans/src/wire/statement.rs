//! Statements on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::MoneyBody;
use crate::{
    Adjustment, Money, Payer, PayerType, Statement, StatementStatus, TenantId, UsageLine, UsagePrice,
};

/// A statement: the wire's `commerce_statement`, with the lines that its `totals` sum.
///
/// The public shape knows payments only; `month`, `lines` and `adjustments` are this crate's own, and a client that
/// doesn't know them leaves them alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementBody {
    /// `commerce_statement`.
    pub object: String,
    /// See [`Statement::id`].
    pub id: String,
    /// The tenant.
    pub instance_id: String,
    /// When it was opened, in milliseconds since 1970.
    pub timestamp: i64,
    /// Who owes it.
    pub payer: PayerBody,
    /// `open` or `closed`.
    pub status: StatementStatus,
    /// Its sums.
    pub totals: StatementTotalsBody,
    /// Payments; a host that collects none leaves it empty.
    pub groups: Vec<StatementGroupBody>,
    /// The month that it is for, `2026-11`.
    pub month: String,
    /// The usage of the month.
    pub lines: Vec<UsageLineBody>,
    /// The corrections of earlier statements.
    pub adjustments: Vec<AdjustmentBody>,
}

/// A payer: the wire's `commerce_payer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerBody {
    /// `commerce_payer`.
    pub object: String,
    /// The host's id of the user or the organization.
    pub id: String,
    /// The tenant.
    pub instance_id: String,
    /// The user, if it is one.
    pub user_id: Option<String>,
    /// The organization, if it is one.
    pub organization_id: Option<String>,
}

/// The sums of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementTotalsBody {
    /// What is owed.
    pub grand_total: MoneyBody,
    /// The same without tax.
    pub subtotal: MoneyBody,
    /// The part that isn't usage.
    pub base_fee: MoneyBody,
    /// The tax, always zero.
    pub tax_total: MoneyBody,
}

/// Payments of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementGroupBody {
    /// `commerce_statement_group`.
    pub object: String,
    /// When they were made, in milliseconds since 1970.
    pub timestamp: i64,
    /// The payments, as the host's payment provider tells of them.
    pub items: Vec<serde_json::Value>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageLineBody {
    /// What was counted.
    pub meter: String,
    /// How much was used.
    pub quantity: u64,
    /// How much of a month is free.
    pub included: u64,
    /// How much is not.
    pub billable: u64,
    /// `per_unit`, `package`, `graduated` or `volume`.
    pub pricing: String,
    /// The price of a unit or a package as a plain decimal in major units; null if it has tiers.
    pub unit_price: Option<String>,
    /// What is due.
    pub amount: MoneyBody,
}

/// A correction of an earlier statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentBody {
    /// The statement that it corrects.
    pub statement_id: String,
    /// The month of that statement.
    pub month: String,
    /// What was counted.
    pub meter: String,
    /// How much had been billed.
    pub billed_quantity: u64,
    /// How much is billed now.
    pub quantity: u64,
    /// What is due for the difference.
    pub amount: MoneyBody,
}

impl StatementBody {
    /// The shape of a statement of `tenant`.
    pub fn new(tenant: &TenantId, statement: &Statement) -> Self {
        Self {
            object: "commerce_statement".to_owned(),
            id: statement.id.to_string(),
            instance_id: tenant.to_string(),
            timestamp: milliseconds(statement.created_at),
            payer: PayerBody::new(tenant, &statement.payer),
            status: statement.status,
            totals: StatementTotalsBody::from(statement),
            groups: Vec::new(),
            month: statement.month.to_string(),
            lines: statement.usage.iter().map(UsageLineBody::from).collect(),
            adjustments: statement.adjustments.iter().map(AdjustmentBody::from).collect(),
        }
    }
}

impl PayerBody {
    fn new(tenant: &TenantId, payer: &Payer) -> Self {
        let id_of = |kind| (payer.kind() == kind).then(|| payer.id().to_owned());
        Self {
            object: "commerce_payer".to_owned(),
            id: payer.id().to_owned(),
            instance_id: tenant.to_string(),
            user_id: id_of(PayerType::User),
            organization_id: id_of(PayerType::Org),
        }
    }
}

impl From<&Statement> for StatementTotalsBody {
    fn from(statement: &Statement) -> Self {
        let nothing = MoneyBody::from(Money::zero(statement.currency()));
        Self {
            grand_total: statement.total.into(),
            subtotal: statement.total.into(),
            base_fee: nothing.clone(),
            tax_total: nothing,
        }
    }
}

impl From<&UsageLine> for UsageLineBody {
    fn from(line: &UsageLine) -> Self {
        let (pricing, unit_price) = match &line.price {
            UsagePrice::PerUnit(price) => ("per_unit", Some(price)),
            UsagePrice::Package { price, .. } => ("package", Some(price)),
            UsagePrice::Graduated(_) => ("graduated", None),
            UsagePrice::Volume(_) => ("volume", None),
        };
        Self {
            meter: line.meter.to_string(),
            quantity: line.quantity,
            included: line.included,
            billable: line.billable(),
            pricing: pricing.to_owned(),
            unit_price: unit_price.map(|price| price.in_major_units(line.amount.currency())),
            amount: line.amount.into(),
        }
    }
}

impl From<&Adjustment> for AdjustmentBody {
    fn from(adjustment: &Adjustment) -> Self {
        Self {
            statement_id: adjustment.corrects.to_string(),
            month: adjustment.month.to_string(),
            meter: adjustment.meter.to_string(),
            billed_quantity: adjustment.billed_quantity,
            quantity: adjustment.quantity,
            amount: adjustment.amount.into(),
        }
    }
}

fn milliseconds(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
