//! The verdict on a theme as JSON.

use expo_theme::{Diagnostic, Profile, android_asset, check, plist_value};
use serde::Serialize;

#[derive(Serialize)]
struct Answer<'a> {
    accepted: bool,
    diagnostics: &'a [Diagnostic],
    plist: Option<String>,
    asset: Option<String>,
}

/// The answer to the bytes of a theme: whether it is accepted, why not, and what a build writes.
#[must_use]
pub fn answer(theme: &[u8], profile: Profile) -> Vec<u8> {
    let report = check(theme, profile);
    let written = Answer {
        accepted: report.theme.is_some(),
        diagnostics: &report.diagnostics,
        plist: report.theme.as_ref().and_then(|theme| plist_value(theme).ok()),
        asset: report.theme.as_ref().and_then(|theme| android_asset(theme).ok()),
    };
    // Strings, numbers and booleans always have a JSON text.
    serde_json::to_vec(&written).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(theme: &str, profile: Profile) -> serde_json::Value {
        serde_json::from_slice(&answer(theme.as_bytes(), profile)).unwrap()
    }

    #[test]
    fn an_accepted_theme_comes_with_both_texts() {
        let answer = read("{\"design\": {\"borderRadius\": 12.0}}", Profile::Strict);
        assert_eq!(answer["accepted"], true);
        assert!(answer["plist"].as_str().unwrap().contains("<integer>12</integer>"));
        assert_eq!(answer["asset"], "{\n  \"design\": {\n    \"borderRadius\": 12\n  }\n}\n");
    }

    #[test]
    fn a_refused_theme_comes_with_its_diagnostics_only() {
        let answer = read("{\"colors\": []}", Profile::Compat);
        assert_eq!((&answer["accepted"], &answer["plist"]), (&false.into(), &serde_json::Value::Null));
        assert_eq!(answer["diagnostics"][0]["code"], "section-not-object");
    }

    #[test]
    fn what_has_no_sound_plist_has_an_asset_still() {
        let answer = read("{\"colors\": null}", Profile::Compat);
        assert_eq!((&answer["accepted"], &answer["plist"]), (&true.into(), &serde_json::Value::Null));
        assert!(answer["asset"].is_string());
    }
}
