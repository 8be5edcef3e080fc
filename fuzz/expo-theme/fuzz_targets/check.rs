//! Any bytes: no panic, every span inside the text, and the laws between the profiles and the outputs.
//!
//! `cargo +nightly fuzz run --fuzz-dir fuzz/expo-theme check`
#![no_main]

use expo_theme::{Profile, Report, android_asset, check, plist_document, plist_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let strict = check(bytes, Profile::Strict);
    let compat = check(bytes, Profile::Compat);
    well_placed(&strict);
    well_placed(&compat);
    if let Some(theme) = &strict.theme {
        assert!(compat.theme.is_some(), "strict accepts what compat refuses");
        assert!(plist_document(theme).is_ok(), "strict accepts what cannot be written");
    }
    let Some(theme) = &compat.theme else { return };
    let _ = plist_value(theme);
    let Ok(asset) = android_asset(theme) else { return };
    let again = check(asset.as_bytes(), Profile::Compat).theme.expect("an asset is a theme");
    assert_eq!(android_asset(&again).as_ref(), Ok(&asset), "an asset is its own asset");
});

fn well_placed(report: &Report) {
    let text = report.source.text();
    for found in &report.diagnostics {
        assert!(text.get(found.span.start..found.span.end).is_some(), "{found:?}");
        assert!(found.related.is_none_or(|span| text.get(span.start..span.end).is_some()), "{found:?}");
        assert!(found.position.line >= 1 && found.position.column >= 1, "{found:?}");
    }
}
