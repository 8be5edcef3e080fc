//! The checks that every store must pass, for whoever writes one.
//!
//! ```
//! // in tests/contract.rs of the crate that has the store
//! analytics_filter::contract! { store: analytics_filter::MemoryStore::new() }
//! # fn main() {}
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "each check answers the clause that was broken; the samples are well-formed, and the tests make them all"
)]

mod merge;
mod metrics;
mod records;
mod samples;
mod tables;

pub use self::{merge::*, metrics::*, records::*, tables::*};

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
                a_user_is_read_back_whole
                an_organization_is_read_back_whole
                a_waitlist_entry_is_read_back_whole
                the_later_state_stays_in_any_order
                states_of_one_time_are_decided_alike
                the_newer_rule_stays_in_any_order
                the_earliest_creation_stays
                what_is_deleted_stays_so_in_any_order
                tenants_are_apart
                days_without_users_count_nothing
                sign_ups_and_activity_are_split_by_class
                activity_counts_once
                periods_count_users_once
                cohorts_are_counted_period_by_period
                a_range_ends_where_it_says
                days_before_1970_are_days
                activity_ahead_of_its_user_counts_once_it_is_known
                a_deleted_user_stays_in_the_numbers
                history_moves_with_the_class
                numbers_of_tenants_are_apart
                users_are_walked_by_id
                waitlist_entries_are_walked_by_id
                tables_are_ordered_newest_first_then_by_id
                a_part_starts_behind_its_position
                a_part_before_a_position_is_reversed
                rows_after_the_epoch_are_left_out
                the_filter_leaves_out_rows_but_no_organization
                counts_agree_with_the_tables
                a_scroll_misses_and_repeats_nothing
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_macro_lists_every_check() {
        let listed = include_str!("contract.rs").split("checks [$crate::contract]").nth(1).unwrap();
        let listed: Vec<_> = listed.split('}').next().unwrap().split_whitespace().collect();
        let sources = [
            include_str!("contract/merge.rs"),
            include_str!("contract/metrics.rs"),
            include_str!("contract/records.rs"),
            include_str!("contract/tables.rs"),
        ];
        let written = |source: &'static str| {
            source.split("\npub async fn ").skip(1).map(|rest| rest.split(['<', '(']).next().unwrap())
        };
        assert_eq!(listed, sources.into_iter().flat_map(written).collect::<Vec<_>>());
    }
}
