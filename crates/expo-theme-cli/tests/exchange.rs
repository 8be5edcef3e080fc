//! Themes for the web and for design tools.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;

fn expo_theme(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_expo-theme")).args(arguments).current_dir(folder).output().unwrap()
}

fn folder(theme: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("theme.json"), theme).unwrap();
    folder
}

fn read(folder: &TempDir, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const BOTH: &str = "{\n  \"colors\": {\n    \"primary\": \"#6C47FF\",\n    \"ring\": \"#11223344\"\n  },\n  \"darkColors\": {\n    \
                    \"primary\": \"#8B6FFF\"\n  },\n  \"design\": {\n    \"borderRadius\": 12\n  }\n}\n";

#[test]
fn build_writes_each_palette_for_the_web() {
    let folder = folder(BOTH);
    let output =
        expo_theme(folder.path(), &["build", "theme.json", "--web", "l.json", "--web-dark", "d.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let light = json!({"colorPrimary": "#6C47FF", "colorRing": "#11223344", "borderRadius": "12px"});
    assert_eq!(read(&folder, "l.json"), light);
    assert_eq!(read(&folder, "d.json")["colorPrimary"], "#8B6FFF");
    assert_eq!(read(&folder, "d.json")["colorRing"], "#11223344");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn design_tokens_go_out_and_come_back() {
    let folder = folder(BOTH);
    let build = ["build", "theme.json", "--design-tokens", "tokens.json", "--interface-style", "automatic"];
    let output = expo_theme(folder.path(), &build);
    assert_eq!((output.status.code(), errors(&output).as_str()), (Some(0), ""));
    assert_eq!(read(&folder, "tokens.json")["colors"]["$type"], "color");
    let imported = expo_theme(folder.path(), &["import", "tokens.json"]);
    assert_eq!(imported.status.code(), Some(0));
    assert_eq!(String::from_utf8(imported.stdout).unwrap(), BOTH);
}

#[test]
fn nothing_is_written_for_the_web_when_a_platforms_text_cannot_be_made() {
    let folder = folder("{\"colors\": null}");
    let arguments = [
        "build",
        "theme.json",
        "--profile",
        "compat",
        "--web",
        "w.json",
        "--ios",
        "p",
        "--design-tokens",
        "t",
    ];
    assert_eq!(expo_theme(folder.path(), &arguments).status.code(), Some(1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_imported_is_told_with_its_place() {
    let folder = folder("{\"colors\": {\n]");
    for (tokens, told) in [
        ("{\"colors\": {\n]", "not JSON: "),
        ("{\"spacing\": {}}", "`spacing` has no place in a theme"),
        (
            "{\"design\": {\"borderRadius\": {\"$type\": \"dimension\", \"$value\": {\"value\": 1, \"unit\": \"rem\"}}}}",
            "`px`",
        ),
    ] {
        fs::write(folder.path().join("tokens.json"), tokens).unwrap();
        let output = expo_theme(folder.path(), &["import", "tokens.json"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        assert!(errors(&output).contains(told), "{}", errors(&output));
    }
    assert!(errors(&expo_theme(folder.path(), &["import", "none.json"])).contains("cannot read `none.json`"));
    for wrong in [&["import"][..], &["import", "a", "b"], &["build", "--clean", "--web", "x"]] {
        assert_eq!(expo_theme(folder.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}
