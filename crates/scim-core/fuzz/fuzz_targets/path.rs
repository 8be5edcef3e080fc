//! Any text as a path: no panic, and one full form for each that is understood.
//!
//! `cargo +nightly fuzz run --fuzz-dir crates/scim-core/fuzz path crates/scim-core/tests/fuzzed/seeds/path`
#![no_main]

#[allow(dead_code, reason = "each target holds one law")]
#[path = "../../tests/fuzzed/laws.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::path(bytes));
