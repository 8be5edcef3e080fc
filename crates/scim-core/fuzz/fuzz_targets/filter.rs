//! Any text as a filter: no panic, errors within the text, and the laws of logic.
//!
//! `cargo +nightly fuzz run --fuzz-dir crates/scim-core/fuzz filter crates/scim-core/tests/fuzzed/seeds/filter`
#![no_main]

#[allow(dead_code, reason = "each target holds one law")]
#[path = "../../tests/fuzzed/laws.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::filter(bytes));
