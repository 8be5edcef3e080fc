//! What the billing stores do on SQLite beyond the contract.

use std::sync::Arc;

use billing_plans::{
    Availability, Billing, CatalogChange, CatalogStore, CatalogWrite, Commit, Currency, Fee, LedgerStore,
    Month, Name, NewPlan, Payer, PayerType, Price, RateCard, Settings, Slug, TenantId, UsageReport,
    UsageTotals, create_plan,
};
use chrono::{DateTime, Utc};
use store_contract::block_on;
use vestibule_sqlite::{Database, SqliteError, SqliteStore, billing};

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn new(slug: &str) -> NewPlan {
    let availability = Availability::Monthly { month: Fee::new(500).unwrap() };
    let price = Price { currency: Currency::USD, availability };
    NewPlan::new(Name::new(slug).unwrap(), Slug::new(slug).unwrap(), PayerType::User, price)
}

fn report(creations: u64) -> UsageReport {
    UsageReport {
        payer: Payer::organization("org_1").unwrap(),
        month: Month::of(now()),
        totals: UsageTotals::api_keys(creations, 0),
    }
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("billing.sqlite");
    let billing = Billing::new(SqliteStore::open(&path).unwrap());
    let plan = block_on(billing.create_plan(&tenant(), new("pro"), now(), &mut rng())).unwrap();
    let card = RateCard::api_keys();
    let statement =
        block_on(billing.report_usage(&tenant(), &card, &report(2_000), now(), &mut rng())).unwrap();
    drop(billing);
    let billing = Billing::new(SqliteStore::open(&path).unwrap());
    assert_eq!(
        block_on(billing.plans(&tenant(), None, (10, 0))).unwrap().items,
        [Arc::unwrap_or_clone(plan)]
    );
    assert_eq!(block_on(billing.statement(&tenant(), &statement.id)).unwrap(), Some(statement));
}

#[test]
fn a_change_shares_the_fate_of_the_hosts_transaction() {
    let store = SqliteStore::in_memory().unwrap();
    let planned =
        create_plan(&block_on(store.catalog(&tenant())).unwrap(), new("pro"), now(), &mut rng()).unwrap();
    let change = planned.change.unwrap().into();
    let failed = block_on(store.database().write(move |tx| {
        assert_eq!(billing::apply(tx, &tenant(), &change)?, Commit::Applied);
        Err::<(), _>(SqliteError::Hook("the host changed its mind".into()))
    }));
    assert!(matches!(failed, Err(SqliteError::Hook(_))));
    assert_eq!(block_on(store.catalog(&tenant())).unwrap().revision, None);
}

#[test]
fn a_stale_change_leaves_the_hosts_transaction_usable() {
    let store = SqliteStore::in_memory().unwrap();
    let change = || CatalogChange { expected: None, write: CatalogWrite::Settings(Settings::default()) };
    let commits = block_on(store.database().write(move |tx| {
        let first = billing::apply(tx, &tenant(), &change().into())?;
        let second = billing::apply(tx, &tenant(), &change().into())?;
        tx.execute_batch("CREATE TABLE mine (n INTEGER)")?;
        Ok((first, second))
    }));
    assert_eq!(commits.unwrap(), (Commit::Applied, Commit::Stale));
    assert!(block_on(store.database().read(|db| Ok(db.prepare("SELECT n FROM mine").map(|_| ())?))).is_ok());
}

#[test]
fn plans_created_at_once_are_all_there_or_refused() {
    let store = SqliteStore::in_memory().unwrap();
    let created: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let billing = Billing::new(store.clone());
                let slug = if n < 4 { "same".to_owned() } else { format!("plan-{n}") };
                scope.spawn(move || {
                    (0..20)
                        .filter(|_| {
                            block_on(billing.create_plan(&tenant(), new(&slug), now(), &mut rng())).is_ok()
                        })
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let catalog = block_on(store.catalog(&tenant())).unwrap();
    assert_eq!(catalog.plans.len(), created);
    assert_eq!(catalog.plans.iter().filter(|plan| plan.slug.as_str() == "same").count(), 1);
}

#[test]
fn reports_from_many_threads_state_the_largest_total() {
    let store = SqliteStore::in_memory().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let billing = Billing::new(store.clone());
            scope.spawn(move || {
                for n in 0..20 {
                    let report = report(1_000 + n * 4 + thread);
                    // A report that lost too often against others is made again by the next one.
                    let _ = block_on(billing.report_usage(
                        &tenant(),
                        &RateCard::api_keys(),
                        &report,
                        now(),
                        &mut rng(),
                    ));
                }
            });
        }
    });
    let billing = Billing::new(store.clone());
    let last = report(1_080);
    block_on(billing.report_usage(&tenant(), &RateCard::api_keys(), &last, now(), &mut rng())).unwrap();
    let ledger = block_on(store.ledger(&tenant(), &last.payer, last.month)).unwrap();
    assert_eq!(ledger.statements.len(), 1);
    assert_eq!(ledger.statements[0].usage[0].quantity, 1_080);
}

#[test]
fn a_row_that_makes_no_sense_is_an_error() {
    let damages = [
        ("UPDATE billing_plans SET currency = 'ABC'", "billing_plans"),
        ("UPDATE billing_plans SET features = '{'", "billing_plans"),
        ("UPDATE billing_plans SET slug = 'No Slug'", "billing_plans"),
        ("UPDATE billing_plans SET created_at = 9223372036854775807", "billing_plans"),
        ("UPDATE billing_plans SET free_trial_enabled = 1", "billing_plans"),
        ("UPDATE billing_plans SET free_trial_days = 0", "billing_plans"),
        ("UPDATE billing_catalogs SET revision = -5", "billing_catalogs"),
    ];
    for (damage, expected) in damages {
        let store = SqliteStore::in_memory().unwrap();
        let billing = Billing::new(store.clone());
        block_on(billing.create_plan(&tenant(), new("pro"), now(), &mut rng())).unwrap();
        block_on(store.database().write(|tx| Ok(tx.execute_batch(damage)?))).unwrap();
        let error = block_on(store.catalog(&tenant())).unwrap_err();
        assert!(
            matches!(error, SqliteError::Corrupt { table, .. } if table == expected),
            "{damage}: {error:?}"
        );
    }
}

#[test]
fn the_database_itself_keeps_closed_statements() {
    let database = Database::in_memory().unwrap();
    let billing = Billing::new(SqliteStore::new(database.clone()));
    let later = "2026-12-01T00:00:00Z".parse().unwrap();
    block_on(billing.report_usage(&tenant(), &RateCard::api_keys(), &report(2_000), later, &mut rng()))
        .unwrap();
    let rewrite =
        block_on(database.write(|tx| Ok(tx.execute("UPDATE billing_statements SET total = 0", [])?)));
    assert!(matches!(rewrite, Err(SqliteError::Statement(_))));
}
