//! The whole way of a theme: bytes to tree with spans, verdict, plist value, asset.

use divan::{Bencher, black_box, counter::ItemsCount};
use expo_theme::{Profile, android_asset, check, plist_value};

fn main() {
    divan::main();
}

/// A theme as apps have it: 640 bytes, two palettes, a font and a radius.
const THEME: &str = r##"{
  "colors": {
    "primary": "#6C47FF",
    "background": "#FFFFFF",
    "input": "#F4F4F6",
    "danger": "#DC2626",
    "success": "#16A34A",
    "foreground": "#0F172A",
    "mutedForeground": "#475569",
    "primaryForeground": "#FFFFFF",
    "border": "#E2E8F0",
    "secondaryButtonBackground": "#F1F5F9"
  },
  "darkColors": {
    "primary": "#8B6FFF",
    "background": "#0B0B0F",
    "input": "#1C1C22",
    "danger": "#F87171",
    "foreground": "#F8FAFC",
    "mutedForeground": "#CBD5E1",
    "primaryForeground": "#000000",
    "border": "#1F293780"
  },
  "design": {
    "fontFamily": "Inter",
    "borderRadius": 12
  }
}
"##;

#[divan::bench]
fn full_pipeline(bencher: Bencher<'_, '_>) {
    assert_eq!(THEME.len(), 640);
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        let theme = check(black_box(THEME.as_bytes()), Profile::Compat).theme.unwrap();
        (plist_value(&theme).unwrap(), android_asset(&theme).unwrap())
    });
}

#[divan::bench]
fn check_only(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(1_usize)).bench(|| check(black_box(THEME.as_bytes()), Profile::Compat));
}
