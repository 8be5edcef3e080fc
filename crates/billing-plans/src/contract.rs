//! The checks that every store must pass, for whoever writes one.
//!
//! ```
//! // in tests/contract.rs of the crate that has the store
//! billing_plans::contract! { store: billing_plans::MemoryStore::new() }
//! # fn main() {}
//! ```
#![expect(clippy::unwrap_used, reason = "the samples are well-formed; a test of this crate makes them all")]
#![expect(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "a check answers the clause that is broken"
)]

mod catalog;
mod ledger;
mod samples;

pub use self::{catalog::*, ledger::*};

/// Makes one `#[test]` of each check of the contract.
///
/// `store` is an expression for a fresh, empty store, which may `.await`. Optional: `attributes`, put on each test, and
/// `run`, a function that runs a future to its end.
#[macro_export]
macro_rules! contract {
    (store: $store:expr $(, attributes: [$($attribute:tt)*])? $(,)?) => {
        $crate::contract! {
            store: $store, attributes: [$($($attribute)*)?], run: $crate::__store_contract::block_on
        }
    };
    (store: $store:expr, run: $run:path $(,)?) => {
        $crate::contract! { store: $store, attributes: [], run: $run }
    };
    (store: $store:expr, attributes: [$($attribute:tt)*], run: $run:path $(,)?) => {
        $crate::__store_contract::tests! {
            attributes [$($attribute)*],
            run $run,
            store $store,
            checks [$crate::contract]
                a_tenant_without_catalog_has_the_default
                a_plan_is_read_back_whole
                settings_are_read_back
                a_plan_with_the_same_id_is_replaced
                plans_are_ordered_newest_first
                a_stale_catalog_change_writes_nothing
                a_catalog_is_created_once
                catalogs_of_tenants_are_apart
                a_payer_without_ledger_has_the_default
                a_statement_is_read_back_whole
                an_open_statement_is_replaced
                a_closed_statement_is_never_rewritten
                a_month_has_one_statement
                a_refused_statement_takes_the_others_with_it
                a_stale_ledger_change_writes_nothing
                a_ledger_starts_at_the_month_asked_for
                ledgers_of_payers_are_apart
                ledgers_of_tenants_are_apart
                a_statement_is_found_by_its_id
                statements_are_paged_newest_first
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_macro_lists_every_check() {
        let listed = include_str!("contract.rs").split("checks [$crate::contract]").nth(1).unwrap();
        let listed: Vec<_> = listed.split('}').next().unwrap().split_whitespace().collect();
        let sources = [include_str!("contract/catalog.rs"), include_str!("contract/ledger.rs")];
        let written = |source: &'static str| {
            source.split("\npub async fn ").skip(1).map(|rest| rest.split(['<', '(']).next().unwrap())
        };
        assert_eq!(listed, sources.into_iter().flat_map(written).collect::<Vec<_>>());
    }
}
