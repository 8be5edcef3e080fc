//! Where JSON as JavaScript reads it differs from what a JSON crate does.

use expo_theme::{Code, EmitError, MAX_DEPTH, Profile, Report, android_asset, check, plist_value};

fn compat(text: &str) -> Report {
    check(text.as_bytes(), Profile::Compat)
}

fn asset(text: &str) -> String {
    android_asset(&compat(text).theme.unwrap()).unwrap().replace(['\n', ' '], "")
}

fn plist(text: &str) -> Result<String, EmitError> {
    plist_value(&compat(text).theme.unwrap())
}

#[test]
fn array_indices_come_first_and_ascend() {
    let written = asset(r#"{"b":1,"10":2,"9":3,"01":4,"4294967295":5,"-1":6,"4294967294":7}"#);
    assert_eq!(written, r#"{"9":3,"10":2,"4294967294":7,"b":1,"01":4,"4294967295":5,"-1":6}"#);
}

#[test]
fn the_last_duplicate_counts_at_the_first_ones_place() {
    assert_eq!(asset(r#"{"a":1,"b":2,"\u0061":3}"#), r#"{"a":3,"b":2}"#);
    let many: String = (0..60).map(|n| format!("\"k{}\":{n},", n % 30)).collect();
    let written = asset(&format!("{{{}}}", many.trim_end_matches(',')));
    assert!(written.starts_with(r#"{"k0":30,"k1":31,"#) && written.ends_with(r#""k29":59}"#), "{written}");
}

#[test]
fn a_second_section_wipes_the_first() {
    let report = compat(r#"{"colors":{"primary":"red"},"colors":{}}"#);
    assert!(report.theme.is_some());
}

#[test]
fn palette_errors_come_in_javascripts_order() {
    let report = compat(r##"{"colors":{"z":1,"primary":1,"1":1,"ring":2}}"##);
    let paths: Vec<&str> = report.diagnostics.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["colors.1", "colors.z", "colors.primary"]);
}

#[test]
fn strings_are_escaped_as_stringify_does() {
    let written = asset(r#"{"x":"\"\\\/\b\f\n\r\t\u0001\u007f\u2028\ud83d\ude00\uDC00"}"#);
    assert_eq!(written, "{\"x\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u{7f}\u{2028}\u{1f600}\\udc00\"}");
}

#[test]
fn a_plist_keeps_carriage_returns_and_has_empty_elements() {
    let written = plist(r#"{"":"","a":["",null,-0,1.5,true],"b":[null],"c":"\r&<>"}"#).unwrap();
    assert_eq!(
        written,
        "<dict>\n  <key/>\n  <string/>\n  <key>a</key>\n  <array>\n    <string/>\n    <integer>0</integer>\n    \
         <real>1.5</real>\n    <true/>\n  </array>\n  <key>b</key>\n  <array/>\n  <key>c</key>\n  \
         <string>&#xD;&amp;&lt;&gt;</string>\n</dict>"
    );
}

#[test]
fn a_refusal_names_path_and_place() {
    let refused = plist("{\n \"a\": [{\"b\": null}]}").unwrap_err();
    assert_eq!(refused.to_string(), "line 2, column 14: `a.0.b` is null, which a property list cannot hold");
    let refused = plist("{\"a\": \"\\u0000\"}").unwrap_err();
    assert_eq!(refused.to_string(), "line 1, column 7: `a` holds U+0000, which XML forbids");
    let refused = plist("{\"a\\ud800\": 1}").unwrap_err();
    assert!(matches!(refused, EmitError::ForbiddenCharacter { code_point: 0xd800, .. }));
}

#[test]
fn depth_ends_with_a_diagnostic() {
    let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(compat(&nested(MAX_DEPTH - 1)).theme.is_some());
    let report = compat(&nested(MAX_DEPTH));
    assert_eq!(report.diagnostics[0].code, Code::TooDeep);
    assert_eq!(compat(&"[{\"a\":".repeat(50_000)).diagnostics[0].code, Code::TooDeep);
}

#[test]
fn long_indentation_is_refused_and_not_written() {
    let text = format!("{{\"x\":{}{}1{}}}", "[".repeat(1000), "1,".repeat(10_000), "]".repeat(1000));
    let theme = compat(&text).theme.unwrap();
    assert_eq!(plist_value(&theme), Err(EmitError::TooLarge));
    assert_eq!(android_asset(&theme), Err(EmitError::TooLarge));
}

#[test]
fn bytes_that_are_no_utf8_become_one_mark_for_each_maximal_sequence() {
    let theme = check(b"{\"x\":\"\xf0\x9f\x98|\xed\xa0\x80|\xc3\"}", Profile::Compat).theme.unwrap();
    let written = android_asset(&theme).unwrap();
    assert_eq!(written, "{\n  \"x\": \"\u{fffd}|\u{fffd}\u{fffd}\u{fffd}|\u{fffd}\"\n}\n");
}
