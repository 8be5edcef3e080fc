//! What an app's configuration says about its theme.

use expo_theme::{
    AppReport, Code, InterfaceStyle, Profile, Severity, ThemeOption, check_app_config, depends_on,
};
use proptest::prelude::*;

fn strict(app: &str) -> AppReport {
    check_app_config(app.as_bytes(), Profile::Strict)
}

fn path(report: &AppReport) -> Option<&str> {
    match &report.option.option {
        ThemeOption::Path(path) => Some(path),
        _ => None,
    }
}

#[test]
fn the_configuration_is_under_the_key_expo_or_the_whole_file() {
    let plugins = r#""plugins": [["@clerk/expo", {"theme": "/t.json"}]]"#;
    for app in [
        format!("{{{plugins}}}"),
        format!("{{\"expo\": {{{plugins}}}, \"plugins\": []}}"),
        format!("{{\"expo\": null, {plugins}}}"),
    ] {
        assert_eq!(path(&strict(&app)), Some("/t.json"), "{app}");
    }
}

#[test]
fn an_app_without_the_plugin_or_without_options_has_no_theme() {
    for app in [
        "{}",
        r#"{"plugins": []}"#,
        r#"{"plugins": {"@clerk/expo": {"theme": "/t"}}}"#,
        r#"{"plugins": [["expo-font", {"theme": "/t"}], [], [7], 7, null]}"#,
        r#"{"plugins": ["@clerk/expo"]}"#,
        r#"{"plugins": [["@clerk/expo"]]}"#,
        r#"{"plugins": [["@clerk/expo", {}]]}"#,
    ] {
        let report = strict(app);
        assert_eq!(
            (&report.option.option, report.option.diagnostics.len()),
            (&ThemeOption::Skipped, 0),
            "{app}"
        );
    }
    let by_file = r#"{"plugins": [["@clerk/expo/app.plugin.js", {"theme": "/t"}]]}"#;
    assert_eq!(path(&strict(by_file)), Some("/t"));
}

#[test]
fn an_app_file_is_json5() {
    let app = "// by hand\n{expo: {'userInterfaceStyle': 'dark', /* so */ plugins: [['@clerk/expo', {theme: '/it\\'s'},],],},}";
    let report = strict(app);
    assert_eq!((path(&report), report.ios), (Some("/it's"), InterfaceStyle::Dark));
    assert_eq!(report.option.diagnostics, []);
    for broken in ["{\"expo\": }", "{\"a\": 1 \"b\": 2}", "# no comment\n{}", "", "{\"a\": True}"] {
        let report = strict(broken);
        assert_eq!(report.option.option, ThemeOption::Refused, "{broken}");
        assert_eq!(report.option.diagnostics[0].code, Code::JsonSyntax, "{broken}");
    }
    assert_eq!(strict("[]").option.diagnostics[0].code, Code::RootNotObject);
}

#[test]
fn a_problem_of_the_option_has_its_place_in_the_file() {
    let app = "{\n  \"plugins\": [\n    [\"@clerk/expo\", {\"theme\": 5}]\n  ]\n}";
    for profile in [Profile::Compat, Profile::Strict] {
        let found = check_app_config(app.as_bytes(), profile).option.diagnostics;
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].code, found[0].position.line, found[0].position.column),
            (Code::BadOption, 3, 31)
        );
    }
}

#[test]
fn two_entries_of_the_plugin_are_one_too_many() {
    let app = r#"{"plugins": [["@clerk/expo", {"theme": "/a"}], "@clerk/expo"]}"#;
    let compat = check_app_config(app.as_bytes(), Profile::Compat);
    assert_eq!((path(&compat), compat.option.diagnostics.len()), (Some("/a"), 0));
    let found = &strict(app).option.diagnostics[0];
    assert_eq!((found.span.start, found.related.unwrap().start), (47, 13));
    let long = r#"{"plugins": [["@clerk/expo", {}, {}]]}"#;
    assert_eq!(check_app_config(long.as_bytes(), Profile::Compat).option.option, ThemeOption::Refused);
}

#[test]
fn a_relative_path_is_warned_of_by_strict_only() {
    for (theme, relative) in [
        ("./theme.json", true),
        ("theme.json", true),
        ("../t", true),
        ("~/t", true),
        ("/t", false),
        ("C:/t", false),
        ("\\\\\\\\host\\\\t", false),
    ] {
        let app = format!("{{\"plugins\": [[\"@clerk/expo\", {{\"theme\": \"{theme}\"}}]]}}");
        let report = strict(&app);
        let codes: Vec<(Code, Severity)> =
            report.option.diagnostics.iter().map(|found| (found.code, found.severity)).collect();
        let expected = if relative { vec![(Code::RelativePath, Severity::Warning)] } else { vec![] };
        assert_eq!(codes, expected, "{theme}");
        assert!(path(&report).is_some());
        assert_eq!(check_app_config(app.as_bytes(), Profile::Compat).option.diagnostics, []);
    }
}

#[test]
fn a_platforms_own_style_wins_over_the_common_one() {
    use InterfaceStyle::{Automatic, Dark, Light, Other, Unset};
    for (app, ios, android) in [
        ("{}", Unset, Unset),
        (r#"{"userInterfaceStyle": "light"}"#, Light, Light),
        (r#"{"userInterfaceStyle": "automatic", "ios": {"userInterfaceStyle": "dark"}}"#, Dark, Automatic),
        (
            r#"{"userInterfaceStyle": "dark", "android": {"userInterfaceStyle": "light"}, "ios": {}}"#,
            Dark,
            Light,
        ),
        (r#"{"userInterfaceStyle": null, "ios": {"userInterfaceStyle": null}}"#, Unset, Unset),
        (r#"{"userInterfaceStyle": "dark", "ios": {"userInterfaceStyle": null}, "android": 5}"#, Dark, Dark),
        (r#"{"userInterfaceStyle": "Dark", "ios": {"userInterfaceStyle": true}}"#, Other, Other),
    ] {
        let report = strict(app);
        assert_eq!((report.ios, report.android), (ios, android), "{app}");
    }
}

#[test]
fn a_dependency_is_read_from_the_package_file() {
    let named = |text: &str| depends_on(text.as_bytes(), "expo-system-ui");
    assert_eq!(named(r#"{"dependencies": {"expo-system-ui": "~6.0.0"}}"#), Some(true));
    assert_eq!(named(r#"{"devDependencies": {"expo-system-ui": "*"}}"#), Some(true));
    assert_eq!(named(r#"{"dependencies": {"expo": "57"}, "expo-system-ui": "*"}"#), Some(false));
    assert_eq!(named("{}"), Some(false));
    assert_eq!(named("{\"dependencies\": {},}"), None);
    assert_eq!(named("[]"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80), cut in 0..90usize, noise in "[ -~]{0,4}") {
        let app = r#"{"expo": {"ios": {}, "plugins": ["a", ["@clerk/expo", {"theme": "./theme.json"}]], /* x */}}"#;
        let damaged = [app.get(..cut).unwrap_or(""), &noise, app.get(cut..).unwrap_or("")].concat();
        for bytes in [&bytes[..], damaged.as_bytes()] {
            let _ = depends_on(bytes, "x");
            for profile in [Profile::Compat, Profile::Strict] {
                let report = check_app_config(bytes, profile).option;
                for found in &report.diagnostics {
                    prop_assert!(report.source.text().get(found.span.start..found.span.end).is_some());
                }
            }
        }
    }
}
