//! Rating a month's usage onto a payer's statement.

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use crate::{
    Adjustment, Ledger, LedgerChange, MeterName, Money, MoneyError, Month, Payer, RateCard, Statement,
    StatementId, StatementStatus, UsageLine, UsageTotals,
};

/// How much of each meter a payer used in a month so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReport {
    /// Who pays for it.
    pub payer: Payer,
    /// When it was used.
    pub month: Month,
    /// How much was used since the month began.
    pub totals: UsageTotals,
}

/// What a report of usage leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// The statement of the month that the report is about.
    pub statement: Statement,
    /// What to write; `None` if the report says nothing new.
    pub change: Option<LedgerChange>,
}

/// Decides what a report means for the statements of its payer.
///
/// `ledger` holds the payer's statements from the month of the report on.
///
/// - While the month runs, its statement is rated anew.
/// - The first report after its end rates it for the last time, and closes it.
/// - Usage that grows afterwards is billed as an [`Adjustment`] on the statement of the month of `now`: the price of the
///   whole month's usage now less its price before, at the prices of the closed statement.
///
/// Totals never shrink a statement: the larger of what is stated and what is reported counts.
///
/// ```
/// use billing_plans::*;
///
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
/// let report = UsageReport {
///     payer: Payer::organization("org_1")?,
///     month: Month::parse("2026-11")?,
///     totals: UsageTotals::api_keys(1_145, 0),
/// };
/// let in_december = "2026-12-01T00:00:00Z".parse()?;
/// let billed = bill(&Ledger::default(), &RateCard::api_keys(), &report, in_december, &mut rng)?;
/// assert_eq!(billed.statement.status, StatementStatus::Closed);
/// assert_eq!(billed.statement.total.formatted(), "0.15");
/// assert_eq!(billed.change.unwrap().expected, None);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`BillError`], if the month hasn't begun, a meter isn't on the card, or an amount is too large.
pub fn bill(
    ledger: &Ledger,
    card: &RateCard,
    report: &UsageReport,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Billed, BillError> {
    let UsageReport { payer, month, totals } = report;
    let now = now.trunc_subsecs(3);
    if *month > Month::of(now) {
        return Err(BillError::NotBegun(*month));
    }
    if let Some((unknown, _)) = totals.iter().find(|(name, _)| card.meter(name).is_none()) {
        return Err(BillError::UnknownMeter(unknown.clone()));
    }
    let mut writer =
        Writer { ledger, card, payer, now, new_id: || StatementId::generate(rng), written: Vec::new() };
    let statement = writer.state(*month, totals)?;
    Ok(Billed { statement, change: writer.into_change() })
}

/// Collects the statements that a report changes.
struct Writer<'a, F> {
    ledger: &'a Ledger,
    card: &'a RateCard,
    payer: &'a Payer,
    now: DateTime<Utc>,
    new_id: F,
    written: Vec<Statement>,
}

impl<F: FnMut() -> StatementId> Writer<'_, F> {
    fn state(&mut self, month: Month, totals: &UsageTotals) -> Result<Statement, BillError> {
        match self.ledger.statement(month) {
            Some(closed) if closed.is_closed() => {
                self.adjust(closed, totals)?;
                Ok(closed.clone())
            }
            open => {
                let rated = self.rate(open, month, totals)?;
                if open != Some(&rated) {
                    self.written.push(rated.clone());
                }
                Ok(rated)
            }
        }
    }

    fn rate(
        &mut self,
        open: Option<&Statement>,
        month: Month,
        totals: &UsageTotals,
    ) -> Result<Statement, BillError> {
        let before = open.cloned().map_or_else(|| self.opened(month), Ok)?;
        let lines = self.card.meters().iter().map(|meter| {
            let stated = before.line(&meter.name).map_or(0, |line| line.quantity);
            meter.rate(totals.of(&meter.name).max(stated), self.card.currency())
        });
        // A meter that was taken from the card in the middle of the month stays due.
        let removed = before.usage.iter().filter(|line| self.card.meter(&line.meter).is_none());
        let usage = lines.chain(removed.cloned().map(Ok)).collect::<Result<_, _>>()?;
        let status = match month == Month::of(self.now) {
            true => StatementStatus::Open,
            false => StatementStatus::Closed,
        };
        self.touched(Statement { usage, status, ..before.clone() }, &before)
    }

    fn adjust(&mut self, closed: &Statement, totals: &UsageTotals) -> Result<(), BillError> {
        let mut late = Vec::new();
        for (meter, quantity) in totals.iter() {
            late.extend(self.adjustment(closed, meter, quantity)?);
        }
        if late.is_empty() {
            return Ok(());
        }
        let month = Month::of(self.now);
        let before = self.ledger.statement(month).cloned().map_or_else(|| self.opened(month), Ok)?;
        let adjustments = before.adjustments.iter().cloned().chain(late).collect();
        let adjusted = self.touched(Statement { adjustments, ..before.clone() }, &before)?;
        self.written.push(adjusted);
        Ok(())
    }

    fn adjustment(
        &self,
        closed: &Statement,
        meter: &MeterName,
        quantity: u64,
    ) -> Result<Option<Adjustment>, BillError> {
        let line = self.closed_line(closed, meter)?;
        let billed_quantity = self.billed(closed, meter).max(line.quantity);
        if quantity <= billed_quantity {
            return Ok(None);
        }
        Ok(Some(Adjustment {
            corrects: closed.id.clone(),
            month: closed.month,
            meter: meter.clone(),
            billed_quantity,
            quantity,
            amount: line.amount_at(quantity)?.minus(line.amount_at(billed_quantity)?)?,
        }))
    }

    /// The line that set the price of the month; for a meter that is new since, the card sets it.
    fn closed_line(&self, closed: &Statement, meter: &MeterName) -> Result<UsageLine, BillError> {
        match (closed.line(meter), self.card.meter(meter)) {
            (Some(line), _) => Ok(line.clone()),
            (None, Some(meter)) => Ok(meter.rate(0, self.card.currency())?),
            (None, None) => Err(BillError::UnknownMeter(meter.clone())),
        }
    }

    /// How much of a closed month later statements have billed.
    fn billed(&self, closed: &Statement, meter: &MeterName) -> u64 {
        let adjustments = self.ledger.statements.iter().flat_map(|statement| statement.adjustments.iter());
        adjustments
            .filter(|adjustment| adjustment.corrects == closed.id && adjustment.meter == *meter)
            .map(|adjustment| adjustment.quantity)
            .max()
            .unwrap_or_default()
    }

    fn opened(&mut self, month: Month) -> Result<Statement, MoneyError> {
        let currency = self.card.currency();
        let unused = self.card.meters().iter().map(|meter| meter.rate(0, currency));
        let usage = unused.collect::<Result<_, _>>()?;
        let opened = Statement {
            id: (self.new_id)(),
            payer: self.payer.clone(),
            month,
            status: StatementStatus::Open,
            usage,
            adjustments: [].into(),
            total: Money::zero(currency),
            created_at: self.now,
            updated_at: self.now,
        };
        Ok(Statement { total: total(&opened)?, ..opened })
    }

    /// `after` with its total, and the time of its change if it differs from `before`.
    fn touched(&self, after: Statement, before: &Statement) -> Result<Statement, BillError> {
        let after = Statement { total: total(&after)?, ..after };
        Ok(if after == *before { after } else { Statement { updated_at: self.now, ..after } })
    }

    fn into_change(self) -> Option<LedgerChange> {
        (!self.written.is_empty()).then(|| LedgerChange {
            payer: self.payer.clone(),
            expected: self.ledger.revision,
            statements: self.written,
        })
    }
}

fn total(statement: &Statement) -> Result<Money, MoneyError> {
    let lines = statement.usage.iter().map(|line| line.amount);
    Money::sum(
        statement.currency(),
        lines.chain(statement.adjustments.iter().map(|adjustment| adjustment.amount)),
    )
}

/// Why usage can't be stated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BillError {
    /// Usage is reported for a month that hasn't begun.
    #[error("the month {0} has not begun")]
    NotBegun(Month),
    /// Usage is reported that has no price.
    #[error("the meter `{0}` is not on the rate card")]
    UnknownMeter(MeterName),
    /// An amount is too large, or the card's currency isn't that of the statement.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
