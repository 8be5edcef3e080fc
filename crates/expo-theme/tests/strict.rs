//! The strict profile reports every fault in one run.

use expo_theme::{Code, Diagnostic, MAX_DIAGNOSTICS, Profile, Severity, check};

fn strict(text: &str) -> Vec<Diagnostic> {
    check(text.as_bytes(), Profile::Strict).diagnostics
}

/// Twenty faults, each on a line of its own.
const TWENTY: &str = r##"{
  // a comment
  "colors": {
    "primary": "tomato",
    "background": #fff,
    "input": null,
    "danger": 7,
    'success': "#112233",
    "warning": "#112233"
    "foreground": "#1",
    "extra": 5,
    "primray": "#112233",
    warm: "#112233",
    "muted": True,
    "muted": "#112233",
  },
  "darkcolors": {},
  "design": {
    "fontFamily": "a\u0001b",
    "borderRadius": -1,
    "borderradius": 1e400,
    "gap": 0x10,
    "x": "\q"
  }
}"##;

#[test]
fn faults_are_reported_line_by_line() {
    let found: Vec<(usize, Code)> = strict(TWENTY).iter().map(|d| (d.position.line, d.code)).collect();
    let expected = [
        (2, Code::JsonSyntax),
        (4, Code::BadColour),
        (5, Code::JsonSyntax),
        (6, Code::BadColour),
        (7, Code::BadColour),
        (8, Code::JsonSyntax),
        (10, Code::JsonSyntax),
        (10, Code::BadColour),
        (11, Code::UnknownKey),
        (11, Code::WrongType),
        (12, Code::UnknownKey),
        (13, Code::JsonSyntax),
        (13, Code::UnknownKey),
        (14, Code::JsonSyntax),
        (15, Code::DuplicateKey),
        (16, Code::JsonSyntax),
        (17, Code::UnusedKey),
        (19, Code::ForbiddenCharacter),
        (20, Code::NumberOutOfRange),
        (21, Code::UnusedKey),
        (21, Code::NumberOutOfRange),
        (22, Code::UnusedKey),
        (22, Code::JsonSyntax),
        (23, Code::UnusedKey),
        (23, Code::JsonSyntax),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_duplicate_points_at_both_places() {
    let text = "{\"colors\": {},\n \"colors\": {}}";
    let found = strict(text);
    assert_eq!(found.len(), 1);
    let lost = found[0].related.unwrap();
    assert_eq!((&text[lost.start..lost.end], lost.start), ("\"colors\"", 1));
    assert_eq!(found[0].position.line, 2);
    assert!(found[0].message.contains("line 1, column 2"), "{}", found[0].message);
}

#[test]
fn places_are_told_by_their_depth_and_not_by_how_their_path_reads() {
    for text in [r#"{"":{"colors":{"x":1}}}"#, r#"{"design.borderRadius":-1}"#, r#"{"colors.x":{"y":1}}"#] {
        assert!(strict(text).iter().all(|found| found.severity == Severity::Warning), "{text}");
    }
}

#[test]
fn a_flood_of_faults_is_cut_and_still_refused() {
    let text = format!("{{\"x\":[{}null],{}\"y\":1}}", "null,".repeat(50_000), "\"z\":1,".repeat(20_000));
    let report = check(text.as_bytes(), Profile::Strict);
    assert_eq!(report.diagnostics.len(), MAX_DIAGNOSTICS);
    assert!(report.theme.is_none());
    let warnings: String = (0..2000).map(|n| format!("\"k{n}\":1,")).collect();
    let report = check(format!("{{{warnings}\"x\":null}}").as_bytes(), Profile::Strict);
    assert!(report.theme.is_none() && report.diagnostics.iter().any(|found| found.code == Code::Null));
}
