//! Themes with the verdict, plist value and asset that plugin 4.6.6 gives them.

use std::collections::BTreeSet;

use expo_theme::{Code, EmitError, Profile, Severity, android_asset, check, plist_value};
use serde_json::Value;

const CASES: &str = include_str!("cases/themes.json");

fn cases() -> Vec<Value> {
    serde_json::from_str(CASES).unwrap()
}

fn text<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case.get(name).and_then(Value::as_str)
}

fn theme(case: &Value) -> Vec<u8> {
    let nested = |name: &str| case[name].as_u64().map(|n| usize::try_from(n).unwrap());
    if let Some(n) = nested("nested_arrays") {
        return format!("{{\"x\":{}{}}}", "[".repeat(n), "]".repeat(n)).into_bytes();
    }
    if let Some(n) = nested("nested_objects") {
        return format!("{{\"x\":{}1{}}}", "{\"a\":".repeat(n), "}".repeat(n)).into_bytes();
    }
    if let Some(base64) = text(case, "theme_base64") {
        return decode_base64(base64);
    }
    text(case, "theme").unwrap().as_bytes().to_vec()
}

fn decode_base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0_u32;
    let mut bytes = Vec::new();
    for (count, c) in text.bytes().filter(|c| *c != b'=').enumerate() {
        bits = (bits << 6) | u32::try_from(digits.iter().position(|d| *d == c).unwrap()).unwrap();
        if count % 4 != 0 {
            bytes.push((bits >> (6 - 2 * (count % 4))).to_le_bytes()[0]);
        }
    }
    bytes
}

fn fnv1a(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn assert_text(case: &Value, name: &str, written: &str) {
    let id = &case["id"];
    match text(case, name) {
        Some(expected) => assert_eq!(written, expected, "{id}"),
        None => {
            assert_eq!(Some(written.len() as u64), case[format!("{name}_bytes")].as_u64(), "{id}");
            assert_eq!(Some(fnv1a(written).as_str()), text(case, &format!("{name}_fnv1a")), "{id}");
        }
    }
}

#[test]
fn the_file_holds_every_case() {
    assert_eq!(cases().len(), 101);
}

#[test]
fn compat_accepts_and_refuses_as_the_plugin_does() {
    for case in cases() {
        let report = check(&theme(&case), Profile::Compat);
        assert_eq!(report.theme.is_some(), case["accepted"], "{case}: {:?}", report.diagnostics);
        let error = report.diagnostics.iter().find(|found| found.severity == Severity::Error);
        let code = error.map(|error| serde_json::to_value(error.code).unwrap());
        assert_eq!(code.as_ref().and_then(Value::as_str), text(&case, "code"), "{}", case["id"]);
        let Some(error) = error else { continue };
        if let Some(path) = text(&case, "path") {
            assert_eq!(error.path, path, "{}", case["id"]);
        }
        for (name, found) in [
            ("line", error.position.line),
            ("column", error.position.column),
            ("offset_utf16", error.position.offset_utf16),
        ] {
            if let Some(expected) = case[name].as_u64() {
                assert_eq!(found as u64, expected, "{} {name}", case["id"]);
            }
        }
    }
}

#[test]
fn compat_warns_of_the_keys_that_the_plugin_warns_of() {
    for case in cases() {
        let report = check(&theme(&case), Profile::Compat);
        let warned: Vec<Value> = (report.diagnostics.iter())
            .filter(|found| found.code == Code::UnknownKey)
            .map(|found| found.path.clone().into())
            .collect();
        let expected = case["unknown_keys"].as_array().cloned().unwrap_or_default();
        assert_eq!(warned, expected, "{}", case["id"]);
    }
}

#[test]
fn the_plist_value_is_the_plugins_or_refused_with_its_place() {
    for case in cases() {
        let Some(theme) = check(&theme(&case), Profile::Compat).theme else { continue };
        match plist_value(&theme) {
            Ok(written) => assert_text(&case, "plist", &written),
            Err(refused) => {
                let (kind, position) = match &refused {
                    EmitError::Null { position, .. } => ("null", position),
                    EmitError::WholeNumberTooLarge { position, .. } => ("whole-number-too-large", position),
                    EmitError::ForbiddenCharacter { position, .. } => ("forbidden-character", position),
                    other => panic!("{other}"),
                };
                assert_eq!(text(&case, "plist_refused"), Some(kind), "{}", case["id"]);
                assert!(position.column > 1, "{refused}");
            }
        }
    }
}

#[test]
fn the_asset_is_the_plugins() {
    for case in cases() {
        let Some(theme) = check(&theme(&case), Profile::Compat).theme else { continue };
        assert_text(&case, "asset", &android_asset(&theme).unwrap());
    }
}

#[test]
fn strict_finds_every_kind_of_fault() {
    for case in cases() {
        let report = check(&theme(&case), Profile::Strict);
        let errors = report.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let codes: BTreeSet<String> = errors
            .map(|error| serde_json::to_value(error.code).unwrap().as_str().unwrap().to_owned())
            .collect();
        let expected: BTreeSet<String> = serde_json::from_value(case["strict"].clone()).unwrap();
        assert_eq!(codes, expected, "{}: {:?}", case["id"], report.diagnostics);
        assert_eq!(report.theme.is_some(), codes.is_empty(), "{}", case["id"]);
    }
}
