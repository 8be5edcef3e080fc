//! Laws over arbitrary input.

use expo_theme::{PLIST_KEY, Profile, Value, android_asset, check, plist_document, plist_value};
use proptest::prelude::*;

/// Text of the characters that a theme is made of, so that parts of it are often sound.
fn theme_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("\""),
        Just("'"),
        Just("\\"),
        Just("\"colors\":"),
        Just("\"design\":{"),
        Just("\"primary\":\"#112233\""),
        Just("null"),
        Just("-1.5e3"),
        Just("//"),
        Just("\n"),
        Just("\\ud800"),
        Just("\u{feff}"),
        Just("😀"),
        Just("1"),
        Just("word"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        (-1e9..1e9_f64).prop_map(serde_json::Value::from),
        "[ -~\n\té<&>]{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-z0-9]{0,4}", inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Value>()),
        ]
    })
}

fn spans_fit(bytes: &[u8]) {
    let strict = check(bytes, Profile::Strict);
    let report = check(bytes, Profile::Compat);
    if let Some(theme) = &strict.theme {
        assert!(report.theme.is_some(), "strict accepts nothing that compat refuses");
        let read = plist::Value::from_reader_xml(plist_document(theme).unwrap().as_bytes()).unwrap();
        assert!(same(&Value::Object(theme.root().clone()), &read.as_dictionary().unwrap()[PLIST_KEY]));
    }
    for found in report.diagnostics.iter().chain(&strict.diagnostics) {
        let text = report.source.text();
        assert!(text.get(found.span.start..found.span.end).is_some(), "{found:?}");
        assert!(!found.message.is_empty() && !found.expected.is_empty());
    }
    assert!(report.theme.is_some() || !report.diagnostics.is_empty());
    if let Some(theme) = report.theme {
        let _ = plist_value(&theme);
        let again = android_asset(&theme).unwrap();
        let theme = check(again.as_bytes(), Profile::Compat).theme.unwrap();
        assert_eq!(android_asset(&theme).unwrap(), again);
    }
}

fn same(value: &Value, plist: &plist::Value) -> bool {
    match value {
        Value::Bool(yes) => plist.as_boolean() == Some(*yes),
        Value::Text(text) => plist.as_string() == text.as_str(),
        Value::Number(number) => match plist {
            plist::Value::Integer(whole) => whole.to_string() == number.to_string(),
            plist::Value::Real(real) => Ok(*real) == number.to_string().parse(),
            _ => false,
        },
        Value::Array(items) => plist.as_array().is_some_and(|found| {
            found.len() == items.len()
                && items.iter().zip(found).all(|(item, found)| same(&item.value, found))
        }),
        Value::Object(object) => plist.as_dictionary().is_some_and(|found| {
            let equal = |member: &expo_theme::Member| {
                found.get(member.key.as_str().unwrap()).is_some_and(|found| same(&member.value.value, found))
            };
            found.len() == object.members().len() && object.members().iter().all(equal)
        }),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        spans_fit(&bytes);
    }

    #[test]
    fn no_theme_like_text_panics(text in theme_like()) {
        spans_fit(text.as_bytes());
    }

    #[test]
    fn what_serde_json_accepts_is_read_alike(value in json()) {
        let theme = check(format!("{{\"x\":{value}}}").as_bytes(), Profile::Compat).theme.unwrap();
        let again: serde_json::Value = serde_json::from_str(&android_asset(&theme).unwrap()).unwrap();
        prop_assert!(alike(&again["x"], &value), "{} {}", again, value);
    }

    #[test]
    fn an_emitted_plist_reads_back_as_the_tree(value in json()) {
        let theme = check(format!("{{\"x\":{value}}}").as_bytes(), Profile::Compat).theme.unwrap();
        let document = plist_document(&theme).unwrap();
        let read = plist::Value::from_reader_xml(document.as_bytes()).unwrap().into_dictionary().unwrap();
        prop_assert_eq!(read.len(), 1);
        prop_assert!(same(&Value::Object(theme.root().clone()), &read[PLIST_KEY]), "{}", document);
    }
}

/// Equal, but that `1.0` and `1` are one number, and that serde_json reads the last digit of a double loosely.
fn alike(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value as J;
    match (a, b) {
        (J::Number(a), J::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= b.abs() * 1e-15
        }
        (J::Array(a), J::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (J::Object(a), J::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        _ => a == b,
    }
}
