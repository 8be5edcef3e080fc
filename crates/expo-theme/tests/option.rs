//! The option `theme` of the config plugin.

use expo_theme::{Code, OptionReport, Profile, Severity, ThemeOption, check_option};
use proptest::prelude::*;
use serde_json::Value;

const CASES: &str = include_str!("cases/options.json");

/// The outcome in the words of the cases: a code of the first error, or what becomes of the theme.
fn outcome(report: &OptionReport) -> String {
    match &report.option {
        ThemeOption::Skipped => "skipped".to_owned(),
        ThemeOption::Path(_) => "path".to_owned(),
        ThemeOption::Refused => {
            let error = report.diagnostics.iter().find(|found| found.severity == Severity::Error).unwrap();
            serde_json::to_value(error.code).unwrap().as_str().unwrap().to_owned()
        }
    }
}

fn judged(props: &str, profile: Profile) -> OptionReport {
    check_option(props.as_bytes(), profile)
}

fn first(props: &str, profile: Profile) -> (Code, usize, String) {
    let report = judged(props, profile);
    let found = report.diagnostics.first().unwrap_or_else(|| panic!("nothing found in {props}"));
    (found.code, found.span.start, found.hint.clone().unwrap())
}

#[test]
fn each_case_has_the_plugins_outcome_and_the_strict_one() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases.iter().filter(|case| case.get("props").is_some()) {
        let props = case["props"].to_string();
        for (profile, name) in [(Profile::Compat, "compat"), (Profile::Strict, "strict")] {
            let report = judged(&props, profile);
            assert_eq!(outcome(&report), case[name].as_str().unwrap(), "{} {name}", case["id"]);
            if let ThemeOption::Path(path) = &report.option {
                assert_eq!(case["props"]["theme"], path.as_str());
            }
        }
    }
}

#[test]
fn what_javascript_takes_for_false_is_skipped_by_the_plugin_and_refused_by_strict() {
    for theme in ["null", "false", "0", "-0", "0.0e5", "1e-400", "\"\""] {
        let props = format!("{{\"theme\": {theme}}}");
        let report = judged(&props, Profile::Compat);
        assert_eq!((report.option, report.diagnostics.len()), (ThemeOption::Skipped, 0), "{theme}");
        let (code, at, hint) = first(&props, Profile::Strict);
        assert_eq!((code, at), (Code::BadOption, 10), "{theme}");
        assert!(!hint.is_empty());
    }
}

#[test]
fn any_other_type_is_nodes_argument_error() {
    for theme in ["5", "true", "1e400", "[]", "[\"./theme.json\"]", "{}"] {
        let props = format!("{{\"theme\": {theme}}}");
        let report = judged(&props, Profile::Compat);
        assert_eq!(report.option, ThemeOption::Refused, "{theme}");
        assert!(report.diagnostics[0].message.contains("ERR_INVALID_ARG_TYPE"));
        assert_eq!(first(&props, Profile::Strict).1, 10);
    }
    let inline = first("{\"theme\": {\"colors\": {}}}", Profile::Strict);
    assert!(inline.2.contains("put it into a file"), "{}", inline.2);
}

#[test]
fn options_that_are_null_fail_and_other_values_are_passed_over() {
    assert_eq!(judged("null", Profile::Compat).option, ThemeOption::Refused);
    for props in ["\"./theme.json\"", "7", "true", "[]", "[{\"theme\": \"a\"}]"] {
        assert_eq!(judged(props, Profile::Compat).option, ThemeOption::Skipped, "{props}");
        assert_eq!(first(props, Profile::Strict).0, Code::BadOption, "{props}");
    }
}

#[test]
fn a_misspelt_option_is_told_from_a_foreign_one() {
    for name in ["themes", "Theme", "THEME", "them", "thme"] {
        let props = format!("{{\"appleSignIn\": false, \"{name}\": \"./theme.json\"}}");
        let (code, at, hint) = first(&props, Profile::Strict);
        assert_eq!((code, at, hint.as_str()), (Code::UnknownOption, 23, "did you mean `theme`?"), "{name}");
        let report = judged(&props, Profile::Compat);
        assert_eq!((report.option, report.diagnostics.len()), (ThemeOption::Skipped, 0), "{name}");
    }
    let foreign = judged("{\"appleSignIn\": false, \"keychainService\": \"x\"}", Profile::Strict);
    assert_eq!((foreign.option, foreign.diagnostics.len()), (ThemeOption::Skipped, 0));
}

#[test]
fn of_two_options_the_last_counts_and_strict_shows_both() {
    let props = "{\"theme\": 5, \"x\": 1, \"x\": 2, \"theme\": \"/a.json\"}";
    assert_eq!(judged(props, Profile::Compat).option, ThemeOption::Path("/a.json".to_owned()));
    let strict = judged(props, Profile::Strict);
    assert_eq!(strict.diagnostics.len(), 1, "{:?}", strict.diagnostics);
    assert_eq!(strict.diagnostics[0].code, Code::DuplicateKey);
    let lost = strict.diagnostics[0].related.unwrap();
    assert_eq!((lost.start, strict.diagnostics[0].span.start), (1, 29));
    let escaped = judged("{\"\\u0074heme\": \"/a\", \"theme\": \"/b\"}", Profile::Strict);
    assert_eq!(escaped.diagnostics[0].code, Code::DuplicateKey);
}

#[test]
fn a_lone_surrogate_becomes_what_node_makes_of_it() {
    let props = "{\"theme\": \"a\\ud800\"}";
    assert_eq!(judged(props, Profile::Compat).option, ThemeOption::Path("a\u{fffd}".to_owned()));
    assert_eq!(first(props, Profile::Strict).0, Code::BadOption);
}

#[test]
fn a_missing_file_warns_in_compat_and_is_an_error_in_strict() {
    let props = "{\"theme\": \"~/theme.json\"}";
    let compat = judged(props, Profile::Compat).missing_file("/app/~/theme.json");
    let strict = judged(props, Profile::Strict).missing_file("/app/~/theme.json\u{1b}");
    assert_eq!((compat.severity, strict.severity), (Severity::Warning, Severity::Error));
    assert!(compat.message.contains("`/app/~/theme.json`") && strict.message.contains("\\u{1b}"));
    assert!(strict.hint.unwrap().starts_with("`~` is a name"));
    assert_eq!((strict.code, strict.span.start, strict.position.column), (Code::MissingFile, 10, 11));
    let url = judged("{\"theme\": \"file:///t.json\"}", Profile::Strict).missing_file("/t");
    assert_eq!(url.hint.as_deref(), Some("write a path, not a URL"));
    let folder = judged("{\"theme\": \"/t\"}", Profile::Compat).unreadable_file("/t", "it is a folder");
    assert_eq!((folder.severity, folder.code), (Severity::Error, Code::UnreadableFile));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_options_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), theme in "[ -~]{0,8}") {
        let like = format!("{{\"theme\": {theme}}}");
        for bytes in [&bytes[..], like.as_bytes()] {
            for profile in [Profile::Compat, Profile::Strict] {
                let report = check_option(bytes, profile);
                let refused = report.diagnostics.iter().any(|found| found.severity == Severity::Error);
                prop_assert_eq!(report.option == ThemeOption::Refused, refused);
                prop_assert!(report.source.text().get(report.span.start..report.span.end).is_some());
            }
        }
    }
}
