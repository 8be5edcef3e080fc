//! Reports of usage, statements, and what closes them.

use billing_plans::{
    Adjustment, BillError, Billed, Billing, Currency, Ledger, MemoryStore, Meter, MeterName, Money,
    MoneyError, Month, Payer, RateCard, Revision, Statement, StatementStatus, TenantId, UnitPrice,
    UsagePrice, UsageReport, UsageTotals, bill,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use store_contract::block_on;

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn report(of: &str, creations: u64, verifications: u64) -> UsageReport {
    UsageReport {
        payer: Payer::organization("org_1").unwrap(),
        month: month(of),
        totals: UsageTotals::api_keys(creations, verifications),
    }
}

/// A ledger that keeps what was decided, as a store does.
#[derive(Debug, Default)]
struct Book {
    ledger: Ledger,
}

impl Book {
    fn bill(&mut self, report: &UsageReport, now: &str) -> Result<Statement, BillError> {
        self.bill_with(&RateCard::api_keys(), report, now)
    }

    fn bill_with(
        &mut self,
        card: &RateCard,
        report: &UsageReport,
        now: &str,
    ) -> Result<Statement, BillError> {
        let Billed { statement, change } = bill(&self.ledger, card, report, at(now), &mut rng())?;
        let Some(change) = change else { return Ok(statement) };
        assert_eq!(change.expected, self.ledger.revision);
        assert_eq!(change.payer, report.payer);
        self.ledger.revision = Some(Revision::after(change.expected));
        for new in change.statements {
            let old = self.ledger.statements.iter().position(|old| old.id == new.id);
            if let Some(old) = old.map(|index| self.ledger.statements.remove(index)) {
                assert!(!old.is_closed(), "a closed statement was changed");
            }
            self.ledger.statements.push(new);
        }
        self.ledger.statements.sort_by_key(|statement| statement.month);
        Ok(statement)
    }

    fn total(&self) -> i64 {
        self.ledger.statements.iter().map(|statement| statement.total.amount()).sum()
    }
}

fn amounts(statement: &Statement) -> Vec<i64> {
    statement.usage.iter().map(|line| line.amount.amount()).collect()
}

fn refused(result: Result<Statement, BillError>) -> BillError {
    result.unwrap_err()
}

#[test]
fn lines_are_rounded_and_then_summed() {
    let statement = Book::default().bill(&report("2026-11", 1_145, 150_500), "2026-11-20T10:00:00Z").unwrap();
    assert_eq!(amounts(&statement), [15, 51]);
    assert_eq!(statement.total, Money::new(66, Currency::USD));
    let line = statement.line(&MeterName::API_KEY_VERIFICATIONS).unwrap();
    assert_eq!((line.quantity, line.included, line.billable()), (150_500, 100_000, 50_500));
}

#[test]
fn a_running_month_is_rated_anew_and_stays_one_statement() {
    let mut book = Book::default();
    let first = book.bill(&report("2026-11", 1, 2), "2026-11-01T00:00:00Z").unwrap();
    let later = book.bill(&report("2026-11", 2_000, 2), "2026-11-30T23:59:59.999Z").unwrap();
    assert_eq!((first.status, later.status), (StatementStatus::Open, StatementStatus::Open));
    assert_eq!((&later.id, later.created_at), (&first.id, first.created_at));
    assert_eq!(later.updated_at, at("2026-11-30T23:59:59.999Z"));
    assert_eq!(later.total.amount(), 100);
    assert_eq!(book.ledger.statements, [later]);
}

#[test]
fn a_report_that_says_nothing_new_writes_nothing() {
    let mut book = Book::default();
    let stated = book.bill(&report("2026-11", 2_000, 200_000), "2026-11-10T00:00:00Z").unwrap();
    for (creations, verifications) in [(2_000, 200_000), (1_999, 0), (0, 200_000)] {
        let again = report("2026-11", creations, verifications);
        let billed =
            bill(&book.ledger, &RateCard::api_keys(), &again, at("2026-11-11T00:00:00Z"), &mut rng());
        assert_eq!(billed.unwrap(), Billed { statement: stated.clone(), change: None });
    }
}

#[test]
fn the_first_report_after_the_month_closes_it() {
    let mut book = Book::default();
    book.bill(&report("2026-11", 2_000, 0), "2026-11-10T00:00:00Z").unwrap();
    let closed = book.bill(&report("2026-11", 3_000, 0), "2026-12-01T00:00:00Z").unwrap();
    assert_eq!((closed.status, closed.total.amount()), (StatementStatus::Closed, 200));
    let unseen = book.bill(&report("2026-10", 5, 0), "2026-12-01T00:00:00Z").unwrap();
    assert_eq!((unseen.status, unseen.total.amount()), (StatementStatus::Closed, 0));
}

#[test]
fn usage_that_comes_late_is_billed_on_the_running_month() {
    let mut book = Book::default();
    let closed = book.bill(&report("2026-11", 2_000, 0), "2026-12-01T00:00:00Z").unwrap();
    let answered = book.bill(&report("2026-11", 2_500, 0), "2026-12-02T00:00:00Z").unwrap();
    assert_eq!(answered, closed, "closed means closed");
    let december = book.ledger.statement(month("2026-12")).unwrap();
    let expected = Adjustment {
        corrects: closed.id,
        month: month("2026-11"),
        meter: MeterName::API_KEY_CREATIONS,
        billed_quantity: 2_000,
        quantity: 2_500,
        amount: Money::new(50, Currency::USD),
    };
    assert_eq!(*december.adjustments, [expected]);
    assert_eq!((december.status, december.total.amount()), (StatementStatus::Open, 50));
    assert_eq!(amounts(december), [0, 0]);
}

#[test]
fn late_usage_is_billed_once_whichever_month_it_is_reported_in() {
    let mut book = Book::default();
    book.bill(&report("2026-11", 2_000, 0), "2026-12-01T00:00:00Z").unwrap();
    book.bill(&report("2026-11", 2_500, 0), "2026-12-02T00:00:00Z").unwrap();
    book.bill(&report("2026-12", 0, 0), "2027-01-01T00:00:00Z").unwrap();
    book.bill(&report("2026-11", 2_500, 0), "2027-01-02T00:00:00Z").unwrap();
    assert_eq!(book.ledger.statement(month("2027-01")), None);
    book.bill(&report("2026-11", 2_600, 0), "2027-02-03T00:00:00Z").unwrap();
    let february = book.ledger.statement(month("2027-02")).unwrap();
    assert_eq!((february.adjustments[0].billed_quantity, february.total.amount()), (2_500, 10));
    assert_eq!(book.total(), 160);
}

#[test]
fn an_adjustment_survives_the_rating_of_its_month() {
    let mut book = Book::default();
    book.bill(&report("2026-11", 2_000, 0), "2026-12-01T00:00:00Z").unwrap();
    book.bill(&report("2026-11", 2_500, 0), "2026-12-02T00:00:00Z").unwrap();
    let december = book.bill(&report("2026-12", 1_100, 0), "2026-12-03T00:00:00Z").unwrap();
    assert_eq!((december.adjustments.len(), december.total.amount()), (1, 60));
}

#[test]
fn the_allowance_of_a_month_is_given_once() {
    let mut book = Book::default();
    book.bill(&report("2026-11", 600, 0), "2026-12-01T00:00:00Z").unwrap();
    book.bill(&report("2026-11", 1_600, 0), "2026-12-02T00:00:00Z").unwrap();
    assert_eq!(book.total(), 60, "600 of 1,600 are beyond the 1,000 that are free");
}

fn card(cents: i64, name: &str) -> RateCard {
    let price = UsagePrice::PerUnit(UnitPrice::from_minor_units(cents).unwrap());
    let meter = Meter { name: MeterName::new(name).unwrap(), included: 0, price };
    RateCard::new(Currency::USD, &[meter]).unwrap()
}

fn usage(of: &str, meter: &str, quantity: u64) -> UsageReport {
    let totals = UsageTotals::new().with(MeterName::new(meter).unwrap(), quantity);
    UsageReport { totals, ..report(of, 0, 0) }
}

#[test]
fn late_usage_has_the_price_of_its_month() {
    let mut book = Book::default();
    book.bill_with(&card(10, "calls"), &usage("2026-11", "calls", 5), "2026-12-01T00:00:00Z").unwrap();
    book.bill_with(&card(99, "calls"), &usage("2026-11", "calls", 7), "2026-12-02T00:00:00Z").unwrap();
    assert_eq!(book.ledger.statement(month("2026-12")).unwrap().adjustments[0].amount.amount(), 20);
}

#[test]
fn a_meter_taken_from_the_card_stays_due() {
    let mut book = Book::default();
    book.bill_with(&card(10, "calls"), &usage("2026-11", "calls", 5), "2026-11-10T00:00:00Z").unwrap();
    let both =
        book.bill_with(&card(1, "seats"), &usage("2026-11", "seats", 3), "2026-11-11T00:00:00Z").unwrap();
    assert_eq!((amounts(&both), both.total.amount()), (vec![3, 50], 53));
}

#[test]
fn what_can_not_be_stated_is_refused() {
    let mut book = Book::default();
    let early = refused(book.bill(&report("2026-12", 1, 1), "2026-11-30T23:59:59Z"));
    assert_eq!(early, BillError::NotBegun(month("2026-12")));
    let unknown = refused(book.bill(&usage("2026-11", "calls", 1), "2026-11-30T00:00:00Z"));
    assert_eq!(unknown, BillError::UnknownMeter(MeterName::new("calls").unwrap()));
    let huge = card(i64::MAX, "calls");
    let overflow =
        refused(book.bill_with(&huge, &usage("2026-11", "calls", u64::MAX), "2026-11-30T00:00:00Z"));
    assert_eq!(overflow, BillError::Money(MoneyError::Overflow));
    assert_eq!(book.ledger, Ledger::default());
}

#[test]
fn a_card_in_another_currency_does_not_change_a_statement() {
    let mut book = Book::default();
    book.bill(&report("2026-11", 2_000, 0), "2026-11-10T00:00:00Z").unwrap();
    let yen = Currency::parse("JPY").unwrap();
    let card = RateCard::new(yen, RateCard::api_keys().meters()).unwrap();
    let mixed = refused(book.bill_with(&card, &report("2026-11", 3_000, 0), "2026-11-11T00:00:00Z"));
    assert!(matches!(mixed, BillError::Money(MoneyError::MixedCurrencies(..))));
}

#[test]
fn the_service_keeps_payers_apart_and_lists_newest_first() {
    let billing = Billing::new(MemoryStore::new());
    let tenant = TenantId::new("ins_1").unwrap();
    let bill = |report: UsageReport, now| {
        block_on(billing.report_usage(&tenant, &RateCard::api_keys(), &report, at(now), &mut rng())).unwrap()
    };
    let theirs = UsageReport { payer: Payer::user("org_1").unwrap(), ..report("2026-11", 9_000, 0) };
    let ours = bill(report("2026-11", 2_000, 0), "2026-11-10T00:00:00Z");
    let theirs = bill(theirs, "2026-11-11T00:00:00Z");
    assert_eq!((ours.total.amount(), theirs.total.amount()), (100, 800));
    let page = block_on(billing.statements(&tenant, (10, 0))).unwrap();
    assert_eq!((page.items, page.total), (vec![theirs, ours.clone()], 2));
    assert_eq!(block_on(billing.statement(&tenant, &ours.id)).unwrap(), Some(ours));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// However reports are split, repeated, delayed or shuffled, the month costs what its largest total costs.
    #[test]
    fn reports_never_drift(
        creations in prop::collection::vec(0_u64..20_000, 1..12),
        months in prop::collection::vec(0_usize..4, 12),
    ) {
        let mut nows = ["2026-11-30T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-15T00:00:00Z", "2027-03-01T00:00:00Z"];
        nows.sort_unstable();
        let mut months = months;
        months.sort_unstable();
        let mut book = Book::default();
        for (quantity, index) in creations.iter().zip(&months) {
            book.bill(&report("2026-11", *quantity, 0), nows[*index]).unwrap();
        }
        let largest = creations.iter().max().copied().unwrap();
        let at_once = Book::default().bill(&report("2026-11", largest, 0), "2027-03-01T00:00:00Z").unwrap();
        prop_assert_eq!(book.total(), at_once.total.amount());
    }
}
