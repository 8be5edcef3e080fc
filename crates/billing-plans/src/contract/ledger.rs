//! The checks of [`LedgerStore`] and [`StatementReader`].

use store_contract::{Check, ensure_eq};

use super::samples::{closed, full_statement, month, other_tenant, payer, statement, tenant, write};
use crate::{
    Commit, Ledger, LedgerChange, LedgerStore, Money, Page, Payer, Revision, Statement, StatementId,
    StatementReader,
};

/// Nothing written is the default, not an error.
pub async fn a_payer_without_ledger_has_the_default<S: LedgerStore>(store: S) -> Check {
    ensure_eq!(ledger(&store).await?, Ledger::default(), "an unwritten ledger");
    Ok(())
}

/// Every part of a statement survives: each kind of price, the largest numbers, the order of lines and adjustments.
pub async fn a_statement_is_read_back_whole<S: LedgerStore>(store: S) -> Check {
    ensure_eq!(write(&store, &[full_statement()]).await?, Commit::Applied, "the first statement");
    let expected = Ledger { revision: Some(Revision::FIRST), statements: vec![full_statement()] };
    ensure_eq!(ledger(&store).await?, expected, "the ledger");
    Ok(())
}

/// While it is open, a statement is one row however often it is written; it may be closed.
pub async fn an_open_statement_is_replaced<S: LedgerStore>(store: S) -> Check {
    let open = statement("cstmt_1", "2026-09", 1);
    let rated = Statement { total: Money::new(7, open.currency()), ..open.clone() };
    for (count, written) in (1..).zip([open, rated.clone(), closed(rated)]) {
        ensure_eq!(write(&store, std::slice::from_ref(&written)).await?, Commit::Applied, "change {count}");
        let expected = Ledger { revision: Some(Revision::new(count)), statements: vec![written] };
        ensure_eq!(ledger(&store).await?, expected, "the ledger after {count} changes");
    }
    Ok(())
}

/// Closed means closed, whatever the decision was.
pub async fn a_closed_statement_is_never_rewritten<S: LedgerStore>(store: S) -> Check {
    let is_final = closed(statement("cstmt_1", "2026-09", 1));
    write(&store, std::slice::from_ref(&is_final)).await?;
    let reopened = statement("cstmt_1", "2026-09", 1);
    let changed = Statement { total: Money::new(7, is_final.currency()), ..is_final.clone() };
    for rewritten in [reopened, changed, is_final.clone()] {
        ensure_eq!(write(&store, &[rewritten]).await?, Commit::Stale, "a change of a closed statement");
    }
    let expected = Ledger { revision: Some(Revision::FIRST), statements: vec![is_final] };
    ensure_eq!(ledger(&store).await?, expected, "the ledger after it");
    Ok(())
}

/// A payer has one statement for a month, and a statement stays in its month.
pub async fn a_month_has_one_statement<S: LedgerStore>(store: S) -> Check {
    let first = statement("cstmt_1", "2026-09", 1);
    write(&store, std::slice::from_ref(&first)).await?;
    let second = write(&store, &[statement("cstmt_2", "2026-09", 2)]).await?;
    ensure_eq!(second, Commit::Stale, "another statement for the same month");
    let moved = write(&store, &[statement("cstmt_1", "2026-10", 1)]).await?;
    ensure_eq!(moved, Commit::Stale, "a statement that moves to another month");
    let expected = Ledger { revision: Some(Revision::FIRST), statements: vec![first] };
    ensure_eq!(ledger(&store).await?, expected, "the ledger after it");
    Ok(())
}

/// All statements of a change are written, or none.
pub async fn a_refused_statement_takes_the_others_with_it<S: LedgerStore>(store: S) -> Check {
    let is_final = closed(statement("cstmt_1", "2026-09", 1));
    write(&store, std::slice::from_ref(&is_final)).await?;
    let both = [statement("cstmt_2", "2026-10", 2), statement("cstmt_1", "2026-09", 1)];
    ensure_eq!(write(&store, &both).await?, Commit::Stale, "a change with a closed statement in it");
    let expected = Ledger { revision: Some(Revision::FIRST), statements: vec![is_final.clone()] };
    ensure_eq!(ledger(&store).await?, expected, "the ledger after it");
    let next = [statement("cstmt_2", "2026-10", 2), statement("cstmt_3", "2026-11", 3)];
    ensure_eq!(write(&store, &next).await?, Commit::Applied, "a change of two statements");
    let statements = [is_final].into_iter().chain(next).collect();
    ensure_eq!(
        ledger(&store).await?,
        Ledger { revision: Some(Revision::new(2)), statements },
        "the ledger at last"
    );
    Ok(())
}

/// Of two changes decided from the same revision, one is applied.
pub async fn a_stale_ledger_change_writes_nothing<S: LedgerStore>(store: S) -> Check {
    let new = || vec![statement("cstmt_2", "2026-10", 2)];
    let change = |expected| LedgerChange { payer: payer(), expected, statements: new() };
    let early = store.commit_ledger(&tenant(), &change(Some(Revision::FIRST))).await?;
    ensure_eq!(early, Commit::Stale, "a change of a ledger that isn't there");
    ensure_eq!(ledger(&store).await?, Ledger::default(), "the ledger after it");
    write(&store, &[statement("cstmt_1", "2026-09", 1)]).await?;
    let before = ledger(&store).await?;
    for expected in [None, Some(Revision::new(2)), Some(Revision::new(u64::MAX))] {
        let commit = store.commit_ledger(&tenant(), &change(expected)).await?;
        ensure_eq!(commit, Commit::Stale, "a change decided from {expected:?}, at revision 1");
    }
    ensure_eq!(ledger(&store).await?, before, "the ledger after stale changes");
    Ok(())
}

/// Earlier months are left out, later ones are in order, and the revision is that of the whole ledger.
pub async fn a_ledger_starts_at_the_month_asked_for<S: LedgerStore>(store: S) -> Check {
    let of = |id: &str, month: &str| statement(id, month, 1);
    write(&store, &[of("cstmt_c", "2026-10"), of("cstmt_a", "2027-01")]).await?;
    write(&store, &[of("cstmt_b", "2026-09"), of("cstmt_d", "2026-12")]).await?;
    let ordered = [
        of("cstmt_b", "2026-09"),
        of("cstmt_c", "2026-10"),
        of("cstmt_d", "2026-12"),
        of("cstmt_a", "2027-01"),
    ];
    for (skipped, from) in [(0, "2026-09"), (1, "2026-10"), (2, "2026-11"), (4, "2027-02")] {
        let read = store.ledger(&tenant(), &payer(), month(from)).await?;
        let statements = ordered.iter().skip(skipped).cloned().collect();
        ensure_eq!(
            read,
            Ledger { revision: Some(Revision::new(2)), statements },
            "the ledger from {from} on"
        );
    }
    Ok(())
}

/// A user and an organization with the same id are two payers.
pub async fn ledgers_of_payers_are_apart<S: LedgerStore>(store: S) -> Check {
    let theirs = |payer: &Payer, id| Statement { payer: payer.clone(), ..statement(id, "2026-09", 1) };
    let user = Payer::user(payer().id()).unwrap();
    let longer = Payer::organization(&format!("{} ", payer().id())).unwrap();
    let payers = [(payer(), "cstmt_1"), (user, "cstmt_2"), (longer, "cstmt_3")];
    for (payer, id) in &payers {
        let read = store.ledger(&tenant(), payer, month("2026-09")).await?;
        ensure_eq!(read, Ledger::default(), "the ledger of {payer:?} before it is written");
        ensure_eq!(write(&store, &[theirs(payer, id)]).await?, Commit::Applied, "the statement of {payer:?}");
    }
    for (payer, id) in &payers {
        let expected = Ledger { revision: Some(Revision::FIRST), statements: vec![theirs(payer, id)] };
        ensure_eq!(
            store.ledger(&tenant(), payer, month("2026-09")).await?,
            expected,
            "the ledger of {payer:?}"
        );
    }
    Ok(())
}

/// Two tenants may have payers and statements with the same id.
pub async fn ledgers_of_tenants_are_apart<S: LedgerStore + StatementReader>(store: S) -> Check {
    let ours = statement("cstmt_1", "2026-09", 1);
    write(&store, std::slice::from_ref(&ours)).await?;
    let read = store.ledger(&other_tenant(), &payer(), month("2026-09")).await?;
    ensure_eq!(read, Ledger::default(), "another tenant's ledger");
    ensure_eq!(store.statement(&other_tenant(), &ours.id).await?, None, "our statement, for another tenant");
    let nothing = Page { items: vec![], total: 0 };
    ensure_eq!(store.statements(&other_tenant(), 10, 0).await?, nothing, "another tenant's statements");
    let theirs = closed(ours.clone());
    let change = LedgerChange { payer: payer(), expected: None, statements: vec![theirs.clone()] };
    ensure_eq!(store.commit_ledger(&other_tenant(), &change).await?, Commit::Applied, "their statement");
    ensure_eq!(store.statement(&other_tenant(), &ours.id).await?, Some(theirs), "theirs, by its id");
    ensure_eq!(store.statement(&tenant(), &ours.id).await?, Some(ours), "ours, by its id");
    Ok(())
}

/// By its id alone, and as whole as in its ledger.
pub async fn a_statement_is_found_by_its_id<S: LedgerStore + StatementReader>(store: S) -> Check {
    write(&store, &[full_statement(), statement("cstmt_1", "2026-10", 1)]).await?;
    let found = store.statement(&tenant(), &full_statement().id).await?;
    ensure_eq!(found, Some(full_statement()), "the statement with this id");
    for unknown in ["", "cstmt_", "cstmt_full ", "CSTMT_FULL", "%", "' OR 1=1 --"] {
        let found = store.statement(&tenant(), &StatementId::new(unknown)).await?;
        ensure_eq!(found, None, "the statement `{unknown}`");
    }
    Ok(())
}

/// Newest first, of all payers; of those created in one millisecond, the one with the largest id.
pub async fn statements_are_paged_newest_first<S: LedgerStore + StatementReader>(store: S) -> Check {
    let user = Payer::user("user_1").unwrap();
    let theirs = Statement { payer: user, ..statement("cstmt_d", "2026-09", 2) };
    write(&store, &[statement("cstmt_a", "2026-09", 1), statement("cstmt_c", "2026-10", 2)]).await?;
    write(&store, std::slice::from_ref(&theirs)).await?;
    write(&store, &[statement("cstmt_b", "2026-11", 3)]).await?;
    let ordered = [
        statement("cstmt_b", "2026-11", 3),
        theirs,
        statement("cstmt_c", "2026-10", 2),
        statement("cstmt_a", "2026-09", 1),
    ];
    for (limit, offset) in [(10, 0), (2, 1), (1, 3), (0, 0), (2, 4), (u32::MAX, 0), (10, u32::MAX)] {
        let items = ordered.iter().skip(offset as usize).take(limit as usize).cloned().collect();
        let read = store.statements(&tenant(), limit, offset).await?;
        ensure_eq!(read, Page { items, total: 4 }, "{limit} statements after {offset}");
    }
    Ok(())
}

async fn ledger<S: LedgerStore>(store: &S) -> Result<Ledger, S::Error> {
    store.ledger(&tenant(), &payer(), month("0001-01")).await
}
