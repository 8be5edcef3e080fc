//! What must hold of any bytes, whichever file they are taken for; the fuzz target runs the same.

use expo_theme::{
    Diagnostic, Mode, Platform, Profile, Report, Source, Theme, android_asset, appearance, check,
    check_app_config, check_option, contrasts, depends_on, design_tokens, merge_plist, plist_document,
    plist_value, theme_from_design_tokens, unmerge_plist, web_variables,
};

/// Panics where a law is broken.
pub(crate) fn hold(bytes: &[u8]) {
    let strict = check(bytes, Profile::Strict);
    let compat = check(bytes, Profile::Compat);
    judged(&strict);
    judged(&compat);
    if let Some(theme) = &strict.theme {
        assert!(compat.theme.is_some(), "strict accepts what compat refuses");
        assert!(plist_document(theme).is_ok(), "strict accepts what cannot be written");
    }
    if let Some(theme) = &compat.theme {
        written(theme);
    }
    configured(bytes);
    merged(&String::from_utf8_lossy(bytes), strict.theme.as_ref());
    if let Ok(theme) = theme_from_design_tokens(bytes) {
        assert!(check(theme.as_bytes(), Profile::Compat).theme.is_some(), "an import is no theme: {theme}");
    }
}

fn judged(report: &Report) {
    assert!(report.theme.is_some() || !report.diagnostics.is_empty(), "refused without a word");
    well_placed(&report.source, &report.diagnostics);
}

fn well_placed(source: &Source, diagnostics: &[Diagnostic]) {
    for found in diagnostics {
        let inside = |start, end| source.text().get(start..end).is_some();
        assert!(inside(found.span.start, found.span.end), "{found:?}");
        assert!(found.related.is_none_or(|span| inside(span.start, span.end)), "{found:?}");
        assert!(found.position.line >= 1 && found.position.column >= 1, "{found:?}");
        assert!(!found.message.is_empty() && !found.expected.is_empty(), "{found:?}");
        assert!(!found.message.contains(char::is_control), "{found:?}");
    }
}

/// Every output of a theme that the plugin accepts.
fn written(theme: &Theme) {
    let _ = plist_value(theme);
    for platform in [Platform::Ios, Platform::Android] {
        for mode in [Mode::Light, Mode::Dark] {
            if let Some(drawn) = appearance(theme, platform, mode) {
                let _ = contrasts(&drawn, mode);
            }
        }
    }
    for mode in [Mode::Light, Mode::Dark] {
        assert!(is_json(&web_variables(theme, mode)));
    }
    let tokens = design_tokens(theme);
    let back = theme_from_design_tokens(tokens.as_bytes()).expect("design tokens can be read back");
    assert!(check(back.as_bytes(), Profile::Compat).theme.is_some(), "{back}");
    let Ok(asset) = android_asset(theme) else { return };
    let again = check(asset.as_bytes(), Profile::Compat).theme.expect("an asset is a theme");
    assert_eq!(android_asset(&again).as_ref(), Ok(&asset), "an asset is its own asset");
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// The bytes as the configuration of an app.
fn configured(bytes: &[u8]) {
    let _ = depends_on(bytes, "expo-system-ui");
    for profile in [Profile::Strict, Profile::Compat] {
        for report in [check_option(bytes, profile), check_app_config(bytes, profile).option] {
            well_placed(&report.source, &report.diagnostics);
            well_placed(&report.source, &[report.missing_file("/theme.json")]);
        }
    }
}

/// The text as an app's property list: what is merged into it comes out again.
fn merged(list: &str, theme: Option<&Theme>) {
    let bare = match unmerge_plist(list) {
        Ok(Some(bare)) => bare,
        Ok(None) => list.to_owned(),
        Err(_) => return,
    };
    assert_eq!(unmerge_plist(&bare), Ok(None), "something is left");
    let empty = check(b"{}", Profile::Strict).theme;
    let Some(theme) = theme.or(empty.as_ref()) else { return };
    let with = merge_plist(&bare, theme).expect("a list that can be read, and a sound theme");
    assert_eq!(unmerge_plist(&with), Ok(Some(bare)), "other bytes have changed");
}
