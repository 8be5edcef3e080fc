//! The sheet of four phones: its bytes, its marks, and that any theme gives sound XML.

use std::{env, fs, path::Path};

use expo_theme::{InterfaceStyle, Profile, Surroundings, Theme, check, contrasts, picture};
use expo_theme::{Mode, Platform, appearance};
use proptest::prelude::*;
use roxmltree::Document;

/// Set this to write the golden files anew.
const REWRITE: &str = "REWRITE_GOLDEN";

const PLAIN: Surroundings =
    Surroundings { ios: InterfaceStyle::Unset, android: InterfaceStyle::Unset, expo_system_ui: false };
const AUTOMATIC: Surroundings =
    Surroundings { ios: InterfaceStyle::Automatic, android: InterfaceStyle::Automatic, expo_system_ui: true };
const DARK: Surroundings =
    Surroundings { ios: InterfaceStyle::Dark, android: InterfaceStyle::Dark, expo_system_ui: true };

/// Name of the golden file, theme, surroundings.
const SHEETS: [(&str, &str, Surroundings); 4] = [
    ("defaults", "{}", AUTOMATIC),
    (
        "violet",
        r##"{
  "colors": {
    "primary": "#6C47FF", "background": "#FFFFFF", "foreground": "#1B1B29", "mutedForeground": "#9A9AB0",
    "muted": "#F3F1FF", "input": "#FAFAFF", "danger": "#E5484D", "border": "#6C47FF"
  },
  "darkColors": {
    "primary": "#8B6FFF", "background": "#0B0B0F", "foreground": "#F5F4FF", "muted": "#17171F", "input": "#17171F"
  },
  "design": {"borderRadius": 14, "fontFamily": "Inter"}
}"##,
        PLAIN,
    ),
    (
        "translucent",
        r##"{
  "colors": {"primary": "#FFD40080", "primaryForeground": "#FFFFFF", "background": "#FFF8E780", "border": "#00000080"},
  "design": {"borderRadius": 1e9, "fontFamily": "</text>&\"'"}
}"##,
        DARK,
    ),
    ("unsound", r##"{"colors": {"muted": "#112233"}, "design": {"borderRadius": 0}, "x": null}"##, PLAIN),
];

fn theme(text: &str) -> Theme {
    check(text.as_bytes(), Profile::Compat).theme.unwrap()
}

#[test]
fn sheets_are_the_golden_ones_byte_for_byte() {
    for (name, text, surroundings) in SHEETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.svg"));
        let drawn = picture(&theme(text), surroundings);
        if env::var_os(REWRITE).is_some() {
            fs::write(&path, &drawn).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        let same = golden.lines().eq(drawn.lines()) && golden.len() == drawn.len();
        let first = golden.lines().zip(drawn.lines()).position(|(golden, drawn)| golden != drawn);
        assert!(
            same,
            "tests/golden/{name}.svg differs from line {} on. If the picture is meant to change: \
             {REWRITE}=1 cargo test -p expo-theme --test picture, then look at the files and commit them",
            first.map_or(0, |line| line + 1)
        );
    }
}

/// The words of a sheet, a line each.
fn words(sheet: &str) -> Vec<String> {
    let document = Document::parse(sheet).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let run = |text: roxmltree::Node<'_, '_>| {
        text.descendants()
            .filter(roxmltree::Node::is_text)
            .filter_map(|run| run.text().map(str::to_owned))
            .collect()
    };
    texts.map(run).collect()
}

fn count(words: &[String], wanted: &str) -> usize {
    words.iter().filter(|words| words.as_str() == wanted).count()
}

#[test]
fn every_failing_pair_is_marked_and_listed_with_its_cause() {
    for (name, text, surroundings) in SHEETS {
        let theme = theme(text);
        let words = words(&picture(&theme, surroundings));
        for platform in [Platform::Ios, Platform::Android] {
            for mode in [Mode::Light, Mode::Dark] {
                let Some(drawn) = appearance(&theme, platform, mode) else { continue };
                for pair in contrasts(&drawn, mode).iter().filter(|pair| !pair.contrast.passes()) {
                    let whose = if pair.own { "yours" } else { "SDK" };
                    let mark = format!("{} {whose}", pair.contrast);
                    // Once on the phone, once below it.
                    assert!(count(&words, &mark) >= 2, "{name}: {mark}");
                    assert!(words.iter().any(|words| words.contains(pair.text)), "{name}: {}", pair.text);
                }
            }
        }
    }
}

#[test]
fn a_theme_without_weak_text_has_no_mark() {
    let sound = r##"{"colors":{"mutedForeground":"#444444","danger":"#A00000"},
        "darkColors":{"mutedForeground":"#BBBBBB","danger":"#FF9090"}}"##;
    let words = words(&picture(&theme(sound), AUTOMATIC));
    assert_eq!(count(&words, "Every text pair reaches 4.50"), 4);
    assert!(count(&words, "3.10 yours") == 1 && count(&words, "4.10 SDK") == 1, "the legend only");
}

#[test]
fn a_mode_that_cannot_show_is_stamped_with_the_reason() {
    let stamps = |surroundings| {
        let words = words(&picture(&theme("{}"), surroundings));
        let reasons =
            ["userInterfaceStyle is not set", "userInterfaceStyle is light", "userInterfaceStyle is dark"];
        (count(&words, "NEVER SHOWS"), reasons.map(|reason| count(&words, reason)))
    };
    assert_eq!(stamps(PLAIN), (1, [1, 0, 0]));
    assert_eq!(stamps(AUTOMATIC), (0, [0, 0, 0]));
    assert_eq!(stamps(DARK), (2, [0, 0, 2]));
    let light = InterfaceStyle::Light;
    assert_eq!(stamps(Surroundings { ios: light, android: light, expo_system_ui: true }), (2, [0, 2, 0]));
    assert_eq!(stamps(Surroundings { ios: light, android: light, expo_system_ui: false }), (1, [0, 1, 0]));
}

#[test]
fn a_theme_without_a_property_list_says_why_where_ios_would_be() {
    let words = words(&picture(&theme("{\n \"x\": null}"), AUTOMATIC));
    assert_eq!(count(&words, "Nothing to draw on iOS"), 2);
    assert_eq!(count(&words, "line 2, column 7: `x` is null, which a"), 2);
    assert_eq!(count(&words, "property list cannot hold"), 2);
    assert_eq!(count(&words, "Sign in to Acme"), 2, "Android reads the JSON");
}

#[test]
fn the_font_is_used_on_ios_only() {
    let sheet = picture(&theme(r#"{"design":{"fontFamily":"Fira Sans"}}"#), AUTOMATIC);
    let document = Document::parse(&sheet).unwrap();
    let families = document.descendants().filter_map(|node| node.attribute("font-family"));
    assert_eq!(families.filter(|family| family.starts_with("'Fira Sans', ")).count(), 2);
    assert_eq!(count(&words(&sheet), "radius 6, font Fira Sans"), 2);
}

#[test]
fn captions_name_the_release_whose_defaults_count() {
    let words = words(&picture(&theme("{}"), AUTOMATIC));
    for platform in [Platform::Ios, Platform::Android] {
        assert_eq!(count(&words, &format!("defaults of {}", expo_theme::sdk_version(platform))), 2);
    }
}

/// Attributes that hold places and sizes.
const NUMBERS: [&str; 13] = [
    "x",
    "y",
    "width",
    "height",
    "rx",
    "cx",
    "cy",
    "r",
    "d",
    "transform",
    "font-size",
    "stroke-width",
    "viewBox",
];

fn is_sound(sheet: &str) {
    let document = Document::parse(sheet).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            ["svg", "title", "clipPath", "g", "rect", "circle", "path", "text", "tspan"].contains(&name),
            "{name}"
        );
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && !["href", "style", "class"].contains(&name), "{name}");
            assert!(!NUMBERS.contains(&name) || !value.contains('.'), "{name}={value}");
            assert!(
                name == "font-family" || !value.contains("url(") || value.starts_with("url(#"),
                "{value}"
            );
        }
    }
}

fn colours() -> impl Strategy<Value = String> {
    let token = proptest::sample::select(expo_theme::TOKENS.to_vec());
    let member = (token, "#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
        .prop_map(|(token, colour)| format!("\"{token}\":\"{colour}\""));
    proptest::collection::vec(member, 0..17).prop_map(|members| format!("{{{}}}", members.join(",")))
}

fn design() -> impl Strategy<Value = String> {
    let family = prop_oneof![any::<String>(), "[<>&'\"\\\\;:,/(){}\u{0}-\u{20}\u{202e}\u{fffe}]{0,80}"];
    let family = family.prop_map(|family| serde_json::Value::from(family).to_string());
    let family = prop_oneof![family, Just("\"\\ud800\"".to_owned())];
    let radius = prop_oneof![
        any::<f64>().prop_filter("JSON", |n| n.is_finite()).prop_map(|n| n.to_string()),
        Just("1e400".to_owned()),
        Just("null".to_owned())
    ];
    (family, radius)
        .prop_map(|(family, radius)| format!("{{\"fontFamily\":{family},\"borderRadius\":{radius}}}"))
}

fn key() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|key| serde_json::Value::from(key).to_string())
}

fn style() -> impl Strategy<Value = InterfaceStyle> {
    proptest::sample::select(vec![
        InterfaceStyle::Unset,
        InterfaceStyle::Light,
        InterfaceStyle::Dark,
        InterfaceStyle::Automatic,
        InterfaceStyle::Other,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_theme_gives_sound_xml_and_the_same_again(
        light in colours(), dark in colours(), design in design(), key in key(), null in any::<bool>(),
        ios in style(), android in style(), expo_system_ui in any::<bool>(),
    ) {
        let value = if null { "null" } else { "1" };
        let text = format!("{{{key}:{value},\"colors\":{light},\"darkColors\":{dark},\"design\":{design}}}");
        let theme = theme(&text);
        let surroundings = Surroundings { ios, android, expo_system_ui };
        let sheet = picture(&theme, surroundings);
        is_sound(&sheet);
        prop_assert_eq!(picture(&theme, surroundings), sheet);
    }

    #[test]
    fn any_bytes_that_are_a_theme_give_sound_xml(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let text = [b"{\"design\":{\"fontFamily\":\"", &bytes[..], b"\"}}"].concat();
        if let Some(theme) = check(&text, Profile::Compat).theme {
            is_sound(&picture(&theme, AUTOMATIC));
        }
    }
}
