//! A theme in an app's own Info.plist.

use expo_theme::{
    EmitError, MergeError, PLIST_KEY, Profile, Theme, check, merge_plist, plist_value, unmerge_plist,
};
use proptest::prelude::*;

const APP: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
    <plist version=\"1.0\">\n  <dict>\n    <!-- <key>ClerkTheme</key> <dict/> -->\n    <key>CFBundleName</key>\n    \
    <string>a &amp; b</string>\n    <key>Nested</key>\n    <dict>\n      <key>ClerkTheme</key>\n      <true/>\n    \
    </dict>\n    <key>List</key>\n    <array/>\n  </dict>\n</plist>\n";

fn theme(text: &str) -> Theme {
    check(text.as_bytes(), Profile::Compat).theme.unwrap()
}

fn read(text: &str) -> plist::Dictionary {
    plist::Value::from_reader_xml(text.as_bytes()).unwrap().into_dictionary().unwrap()
}

#[test]
fn a_new_entry_leaves_every_other_byte_as_it_is() {
    let merged = merge_plist(APP, &theme(r#"{"design":{"borderRadius":2}}"#)).unwrap();
    let tail = "\n  </dict>\n</plist>\n";
    let head = APP.strip_suffix(tail).unwrap();
    let added = merged.strip_prefix(head).unwrap().strip_suffix(tail).unwrap();
    assert!(
        added.starts_with("\n    <key>ClerkTheme</key>\n    <dict>\n      <key>design</key>\n"),
        "{added}"
    );
    let mut found = read(&merged);
    assert!(found.remove(PLIST_KEY).is_some());
    assert_eq!(found, read(APP));
}

#[test]
fn an_old_theme_is_replaced_where_it_stands() {
    let first = merge_plist(APP, &theme(r##"{"colors":{"primary":"#112233"}}"##)).unwrap();
    let followed =
        first.replace("\n  </dict>\n</plist>", "\n    <key>Z</key>\n    <false/>\n  </dict>\n</plist>");
    let second = merge_plist(&followed, &theme("{}")).unwrap();
    assert!(
        second.contains("<key>ClerkTheme</key>\n    <dict/>\n    <key>Z</key>\n    <false/>"),
        "{second}"
    );
    assert_eq!(merge_plist(&second, &theme("{}")).unwrap(), second);
}

#[test]
fn tabs_and_an_empty_dictionary_are_fine() {
    let app = "<plist version=\"1.0\">\n<dict>\n\t<key>A</key>\n\t<true/>\n</dict>\n</plist>";
    assert_eq!(read(&merge_plist(app, &theme("{}")).unwrap()).len(), 2);
    let empty = "<plist version=\"1.0\"><dict></dict></plist>";
    assert_eq!(read(&merge_plist(empty, &theme("{}")).unwrap()).len(), 1);
}

#[test]
fn anything_else_is_refused() {
    for other in [
        "",
        "bplist00",
        "<plist><array/></plist>",
        "<plist><dict>",
        "<plist><dict><key>A</key></dict></plist>",
        "<plist><dict><true/></dict></plist>",
        "<plist><dict><key>A</string><true/></dict></plist>",
        "<plist><dict></dict></plist><!-- open",
        "<plist><dict></dict></plist><x/>",
        "<plist><dict><key>ClerkTheme</key><true/><key>ClerkTheme</key><true/></dict></plist>",
    ] {
        assert_eq!(merge_plist(other, &theme("{}")), Err(MergeError::NotADictionary), "{other}");
    }
    let refused = merge_plist(APP, &theme(r#"{"colors":null}"#)).unwrap_err();
    assert!(matches!(refused, MergeError::Emit(EmitError::Null { .. })));
}

#[test]
fn an_entry_is_taken_out_wherever_it_stands() {
    let entry = |before: &str, after: &str| format!("<plist>\n<dict>{before}{after}\n</dict>\n</plist>\n");
    let theme = "<key>ClerkTheme</key>\n  <dict>\n    <key>ClerkTheme</key>\n    <true/>\n  </dict>";
    for (before, blank, after) in [
        ("", "\n  ", ""),
        ("", "\n  ", "\n  <key>Z</key>\n  <true/>"),
        ("\n  <key>A</key>\n  <true/>", "\n  ", "\n\n  <key>Z</key>\n  <true/>"),
        ("\n\t<key>A</key>\n\t<true/>\n", "\n\t", "\n\n"),
        ("\r\n  <key>A</key>\r\n  <true/>", "\r\n  ", "\r\n  <!-- end -->"),
        ("\r<key>A</key>\r<true/>", "\r", "\r<key>Z</key><true/>"),
        ("<key>A</key><true/><!-- here -->", "", "<key>Z</key><true/>"),
    ] {
        let with = entry(&format!("{before}{blank}{theme}"), after);
        assert_eq!(unmerge_plist(&with), Ok(Some(entry(before, after))), "{with:?}");
    }
    assert_eq!(unmerge_plist(APP), Ok(None));
    assert_eq!(unmerge_plist("bplist00"), Err(MergeError::NotADictionary));
}

#[test]
fn only_blanks_are_indentation() {
    let app = "<plist><dict>\n stray\u{a0}\t<key>A</key><true/></dict></plist>";
    let merged = merge_plist(app, &theme("{}")).unwrap();
    assert_eq!(merged.matches("stray").count(), 1, "{merged}");
    assert_eq!(unmerge_plist(&merged), Ok(Some(app.to_owned())));
}

/// Property lists as hands and tools write them: any indentation, line end and order, with comments between.
fn app_list() -> impl Strategy<Value = String> {
    let entry = (
        "[A-Z][a-z]{0,5}",
        prop_oneof![
            Just("<true/>"),
            Just("<string>a &lt; b\n c</string>"),
            Just("<dict>\n<key>ClerkTheme</key><dict/></dict>"),
            Just("<array>\n\t<integer>1</integer> <!-- <dict> --></array>"),
        ],
    );
    let blank =
        prop_oneof![Just(" "), Just("\t"), Just("\n"), Just("\r\n"), Just("<!-- </dict> -->"), Just("")];
    let indent = prop_oneof![Just(""), Just("  "), Just("\t"), Just("        ")];
    let entries = proptest::collection::vec((entry, blank.clone()), 0..5);
    (entries, indent, prop_oneof![Just("\n"), Just("\r\n")], blank).prop_map(|(entries, indent, line, end)| {
        let entries: String = entries
            .iter()
            .map(|((key, value), blank)| format!("{line}{indent}<key>{key}</key>{line}{indent}{value}{blank}"))
            .collect();
        format!("<?xml version=\"1.0\"?>{line}<plist version=\"1.0\">{line}<dict>{entries}{line}{end}</dict>{line}</plist>{line}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_never_panics(from in 0..APP.len(), to in 0..APP.len(), noise in "[<>/!?k\\-é ]{0,6}") {
        let damaged = [APP.get(..from).unwrap_or(""), &noise, APP.get(to..).unwrap_or("")].concat();
        let _ = merge_plist(&damaged, &theme("{}"));
        let _ = unmerge_plist(&damaged);
    }

    #[test]
    fn what_was_merged_can_be_taken_out_again(app in app_list(), radius in any::<u8>()) {
        let text = format!("{{\"design\":{{\"borderRadius\":{radius}}}}}");
        let merged = merge_plist(&app, &theme(&text)).unwrap();
        prop_assert_eq!(unmerge_plist(&merged), Ok(Some(app.clone())));
        let twice = merge_plist(&merged, &theme("{}")).unwrap();
        prop_assert_eq!(unmerge_plist(&twice), Ok(Some(app.clone())));
        prop_assert_eq!(unmerge_plist(&app).unwrap(), None);
    }

    #[test]
    fn a_merged_theme_reads_back(radius in any::<i32>(), font in "[ -~\n]{0,20}") {
        let text = format!("{{\"design\":{{\"borderRadius\":{radius},\"fontFamily\":{}}}}}", serde_json::json!(font));
        let merged = read(&merge_plist(APP, &theme(&text)).unwrap());
        let alone = read(&format!("<plist version=\"1.0\">{}</plist>", plist_value(&theme(&text)).unwrap()));
        prop_assert_eq!(merged[PLIST_KEY].as_dictionary().unwrap(), &alone);
    }
}
