//! Any bytes, taken for every kind of file that the crate reads; the seeds are those of the crate's tests.
//!
//! ```sh
//! cd crates/expo-theme
//! mkdir -p fuzz/corpus/check
//! cargo +nightly fuzz run check fuzz/corpus/check tests/seeds
//! ```
#![no_main]

#[path = "../../tests/laws/mod.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::hold(bytes));
