//! Stores that answer wrongly in one way each, and the check of the contract that refuses each.
#![cfg(feature = "contract")]

mod commits;
mod filters;
mod lists;
mod nested;
mod wrong;
