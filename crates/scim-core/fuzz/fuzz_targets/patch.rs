//! Any text as a PATCH: no panic, and a result that a POST would store just so.
//!
//! `cargo +nightly fuzz run --fuzz-dir crates/scim-core/fuzz patch crates/scim-core/tests/fuzzed/seeds/patch`
#![no_main]

#[allow(dead_code, reason = "each target holds one law")]
#[path = "../../tests/fuzzed/laws.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::patched(bytes));
