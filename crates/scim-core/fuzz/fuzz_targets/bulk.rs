//! Any bytes as a bulk request: no panic, an answer to each operation, and a store that still works.
//!
//! `cargo +nightly fuzz run --fuzz-dir crates/scim-core/fuzz bulk crates/scim-core/tests/fuzzed/seeds/bulk`
#![no_main]

#[allow(dead_code, reason = "each target holds one law")]
#[path = "../../tests/fuzzed/laws.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::bulk(bytes));
