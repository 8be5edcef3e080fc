//! What phones draw: defaults of the SDKs, and how each theme of the cases differs from them.

use std::collections::BTreeMap;

use expo_theme::{Appearance, Mode, Platform, Profile, TOKENS, Theme, appearance, check};
use serde_json::Value;

const PLATFORMS: [(&str, Platform); 2] = [("ios", Platform::Ios), ("android", Platform::Android)];
const MODES: [(&str, Mode); 2] = [("light", Mode::Light), ("dark", Mode::Dark)];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn theme(text: &str) -> Theme {
    check(text.as_bytes(), Profile::Compat).theme.unwrap()
}

fn drawn(appearance: &Appearance) -> BTreeMap<&'static str, String> {
    appearance.colours.iter().map(|colour| (colour.token, colour.colour.to_string())).collect()
}

#[test]
fn an_empty_theme_draws_the_sdk_defaults() {
    let defaults = json(include_str!("cases/defaults.json"));
    for (platform_name, platform) in PLATFORMS {
        for (mode_name, mode) in MODES {
            let found = drawn(&appearance(&theme("{}"), platform, mode).unwrap());
            for token in TOKENS {
                assert_eq!(
                    defaults[platform_name][mode_name][token], found[token],
                    "{platform_name} {mode_name} {token}"
                );
            }
        }
    }
}

/// Tokens, radius and font of `appearance` that differ from an empty theme's.
fn changes(appearance: &Appearance, default: &Appearance) -> BTreeMap<String, String> {
    let defaults = drawn(default);
    let colours = drawn(appearance).into_iter().filter(|(token, colour)| defaults[token] != *colour);
    let mut changes: BTreeMap<String, String> =
        colours.map(|(token, colour)| (token.to_owned(), colour)).collect();
    if appearance.radius != default.radius {
        changes.insert("radius".to_owned(), appearance.radius.to_string());
    }
    changes.extend(appearance.font.clone().map(|font| ("font".to_owned(), font)));
    changes
}

fn expected(case: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        number => number.as_f64().map(|number| number.to_string()).unwrap(),
    };
    let members = case.as_object().cloned().unwrap_or_default();
    members.iter().map(|(token, value)| (token.clone(), text(value))).collect()
}

#[test]
fn every_accepted_case_is_drawn_as_the_readers_say() {
    let empty = theme("{}");
    for case in json(include_str!("cases/themes.json")).as_array().unwrap() {
        let Some(theme) =
            case["theme"].as_str().and_then(|text| check(text.as_bytes(), Profile::Compat).theme)
        else {
            continue;
        };
        for (platform_name, platform) in PLATFORMS {
            for (mode_name, mode) in MODES {
                let place = format!("{} {platform_name} {mode_name}", case["id"]);
                let unread = case["drawn"]
                    .as_object()
                    .is_some_and(|drawn| drawn.get(platform_name) == Some(&Value::Null));
                let Some(found) = appearance(&theme, platform, mode) else {
                    assert!(unread, "{place}");
                    continue;
                };
                assert!(!unread, "{place}");
                let found = changes(&found, &appearance(&empty, platform, mode).unwrap());
                let mut expected = expected(&case["drawn"][platform_name][mode_name]);
                normalise_radius(platform, &mut expected, &found);
                assert_eq!(found, expected, "{place}");
            }
        }
    }
}

/// Radii are compared as numbers of the platform's width: languages print large ones differently.
fn normalise_radius(
    platform: Platform,
    expected: &mut BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) {
    let number = |text: &String| match platform {
        Platform::Ios => text.parse::<f64>().unwrap(),
        Platform::Android => text.parse::<f32>().unwrap().into(),
    };
    if let (Some(expected), Some(found)) = (expected.get_mut("radius"), found.get("radius")) {
        if number(expected) == number(found) {
            expected.clone_from(found);
        }
    }
}

#[test]
fn one_number_among_the_colours_drops_the_palette_on_ios_only() {
    let theme = theme(r##"{"colors":{"primary":"#112233","size":5}}"##);
    let primary = |platform| drawn(&appearance(&theme, platform, Mode::Light).unwrap())["primary"].clone();
    assert_eq!(primary(Platform::Ios), "2F3037FF");
    assert_eq!(primary(Platform::Android), "112233FF");
}

#[test]
fn a_null_radius_drops_the_theme_on_android() {
    let theme = theme(r##"{"colors":{"primary":"#112233"},"design":{"borderRadius":null}}"##);
    assert!(appearance(&theme, Platform::Ios, Mode::Light).is_none());
    assert_eq!(drawn(&appearance(&theme, Platform::Android, Mode::Light).unwrap())["primary"], "2F3037FF");
}

#[test]
fn an_empty_dark_palette_counts_beside_a_design_only() {
    let dark =
        |text: &str| drawn(&appearance(&theme(text), Platform::Ios, Mode::Dark).unwrap())["primary"].clone();
    assert_eq!(dark(r##"{"colors":{"primary":"#112233"},"darkColors":{}}"##), "112233FF");
    assert_eq!(
        dark(r##"{"colors":{"primary":"#112233"},"darkColors":{},"design":{"borderRadius":2}}"##),
        "FAFAFBFF"
    );
}
