//! What strict accepts is a sound property list for a second parser, too: Python's `plistlib`.
//!
//! The parser of the crate `plist` reads the same in `tests/properties.rs`.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use expo_theme::{PLIST_KEY, Profile, check, plist_document};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

/// Reads documents, each after its length in bytes on a line, and answers each with its theme as JSON on a line.
const READER: &str = "
import json, plistlib, sys
for length in sys.stdin.buffer:
    theme = plistlib.loads(sys.stdin.buffer.read(int(length)), fmt=plistlib.FMT_XML)['ClerkTheme']
    print(json.dumps(theme))
";

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(|whole| Value::from(whole / 1024)),
        (-1_000_000..1_000_000_i32).prop_map(|n| Value::from(f64::from(n) / 8.0 + 0.0625)),
        "[ -~\n\t\ré<&>\u{1f600}\u{85}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a-z0-9<&\"]{0,4}", inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

fn read_by_python(documents: &[String]) -> Vec<Value> {
    let mut python = Command::new("python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    let bytes: Vec<u8> =
        documents.iter().flat_map(|text| format!("{}\n{text}", text.len()).into_bytes()).collect();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
#[ignore = "needs Python 3"]
fn strict_output_reads_back_with_plistlib() {
    let mut runner = TestRunner::deterministic();
    let mut themes = Vec::new();
    let mut documents = Vec::new();
    for _ in 0..2000 {
        let value = json!({ "x": values().new_tree(&mut runner).unwrap().current() });
        let theme = check(value.to_string().as_bytes(), Profile::Strict).theme.unwrap();
        documents.push(plist_document(&theme).unwrap());
        themes.push(value);
    }
    assert!(documents.iter().all(|document| document.contains(PLIST_KEY)));
    let read = read_by_python(&documents);
    assert_eq!(read.len(), themes.len());
    for ((read, theme), document) in read.iter().zip(&themes).zip(&documents) {
        assert_eq!(read, theme, "{document}");
    }
}
