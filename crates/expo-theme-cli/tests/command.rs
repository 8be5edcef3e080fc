//! The command as a user or a build runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

fn expo_theme(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_expo-theme")).args(arguments).current_dir(folder).output().unwrap()
}

fn folder(theme: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("theme.json"), theme).unwrap();
    folder
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const SOUND: &str = "{\"design\": {\"borderRadius\": 12.0}, \"colors\": {\"primary\": \"#6C47FF\"}}";

#[test]
fn check_passes_a_sound_theme_in_silence() {
    let folder = folder(SOUND);
    let output = expo_theme(folder.path(), &["check", "theme.json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(errors(&output), "");
}

#[test]
fn check_underlines_what_is_wrong() {
    let folder = folder("{\n  \"colors\": {\"primary\": \"#63f\"}\n}");
    let output = expo_theme(folder.path(), &["check", "theme.json"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = errors(&output);
    for part in [
        "error: `#63f` is no colour",
        "theme.json:2:25",
        "2 |   \"colors\": {\"primary\": \"#63f\"}",
        "^^^^^^ expected `#` and 6 or 8 hexadecimal digits",
        "help: write `#6633ff`: every digit twice",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colours in a file");
}

#[test]
fn check_writes_json_for_tools() {
    let folder = folder("{\"darkcolors\": {}}");
    let output = expo_theme(folder.path(), &["check", "theme.json", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found[0]["code"], "unused-key");
    assert_eq!(found[0]["hint"], "did you mean `darkColors`?");
    assert_eq!(found[0]["position"]["column"], 2);
}

#[test]
fn control_characters_of_a_theme_never_reach_the_terminal() {
    let folder =
        folder("{\"colors\": {\"primary\": \"\\u001b[31m\u{9b}31m\", \"\u{7f}\u{202e}\": 1}}\u{1b}]0;x\u{7}");
    let shown = errors(&expo_theme(folder.path(), &["check", "theme.json"]));
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{7f}']), "{shown:?}");
}

#[test]
fn build_writes_both_files() {
    let folder = folder(SOUND);
    let arguments = ["build", "theme.json", "--ios", "Info.plist", "--android", "clerk_theme.json"];
    for _ in 0..2 {
        let output = expo_theme(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    }
    let plist = fs::read_to_string(folder.path().join("Info.plist")).unwrap();
    assert!(plist.contains("  <key>ClerkTheme</key>\n  <dict>\n    <key>design</key>\n"), "{plist}");
    assert!(plist.ends_with("\n</dict>\n</plist>\n"));
    let asset = fs::read_to_string(folder.path().join("clerk_theme.json")).unwrap();
    assert!(asset.starts_with("{\n  \"design\": {\n    \"borderRadius\": 12\n  },\n"), "{asset}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn build_writes_nothing_when_one_text_cannot_be_made() {
    let wrong =
        [("strict", "{\"colors\": []}"), ("strict", "{\"colors\": null}"), ("compat", "{\"colors\": null}")];
    for (profile, theme) in
        wrong.into_iter().chain([("compat", "{\"x\": 1e21}"), ("compat", "{\"x\": \"\\u0001\"}")])
    {
        let folder = folder(theme);
        let arguments = ["build", "theme.json", "--ios", "Info.plist", "--android", "clerk_theme.json"];
        let output = expo_theme(folder.path(), &[&arguments[..], &["--profile", profile]].concat());
        assert_eq!(output.status.code(), Some(1), "{theme}");
        assert!(!errors(&output).is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{theme}");
    }
}

#[test]
fn build_puts_the_theme_into_an_apps_own_plist() {
    let folder = folder(SOUND);
    let app = "<plist version=\"1.0\">\n<dict>\n  <key>CFBundleName</key>\n  <string>App</string>\n</dict>\n</plist>\n";
    fs::write(folder.path().join("Info.plist"), app).unwrap();
    let output = expo_theme(folder.path(), &["build", "theme.json", "--ios", "Info.plist"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let merged = fs::read_to_string(folder.path().join("Info.plist")).unwrap();
    let start = app.strip_suffix("\n</dict>\n</plist>\n").unwrap();
    assert!(
        merged.starts_with(start) && merged.contains("  <key>ClerkTheme</key>\n  <dict>\n    <key>design"),
        "{merged}"
    );
}

#[test]
fn build_leaves_what_is_no_property_list_alone() {
    let folder = folder(SOUND);
    for other in [&b"bplist00\xff"[..], b"<plist><array/></plist>", b"{}"] {
        fs::write(folder.path().join("Info.plist"), other).unwrap();
        let output = expo_theme(folder.path(), &["build", "theme.json", "--ios", "Info.plist"]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(fs::read(folder.path().join("Info.plist")).unwrap(), other);
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = folder(SOUND);
    for file in ["missing.json", "."] {
        let output = expo_theme(folder.path(), &["check", file]);
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).starts_with(&format!("expo-theme: cannot read `{file}`")));
    }
    fs::write(folder.path().join("large.json"), vec![b' '; 1024 * 1024 + 1]).unwrap();
    assert_eq!(expo_theme(folder.path(), &["check", "large.json"]).status.code(), Some(1));
}

#[test]
fn wrong_usage_shows_the_usage() {
    let folder = folder(SOUND);
    let wrong: [&[&str]; 7] = [
        &[],
        &["check"],
        &["chek", "theme.json"],
        &["build", "theme.json"],
        &["check", "a", "b"],
        &["check", "--x"],
        &["check", "a", "--profile", "lax"],
    ];
    for arguments in wrong {
        let output = expo_theme(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(errors(&output).contains("Usage: expo-theme check [FILE]"));
    }
    assert_eq!(expo_theme(folder.path(), &["--help"]).status.code(), Some(0));
}

#[test]
fn strict_is_the_default_and_shows_every_problem() {
    let folder = folder("{\"colors\": {\"primary\": null, \"extra\": 5,},\n \"colors\": {}}");
    let output = expo_theme(folder.path(), &["check", "theme.json"]);
    let shown = errors(&output);
    assert_eq!(shown.matches("error: ").count(), 2, "{shown}");
    assert_eq!(output.status.code(), Some(1));
    let output = expo_theme(folder.path(), &["check", "theme.json", "--profile", "compat"]);
    assert_eq!(errors(&output).matches("error: ").count(), 1);
}

#[test]
fn explain_shows_what_each_platform_draws_and_why() {
    let folder =
        folder("{\"colors\": {\"foreground\": \"#111111\"}, \"darkColors\": {\"background\": \"#000000\"}}");
    let output = expo_theme(folder.path(), &["explain", "theme.json"]);
    assert_eq!(output.status.code(), Some(0));
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    let line = |name: &str| -> Vec<String> {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect()
    };
    let foreground =
        ["foreground", "111111FF", "own", "FFFFFFFF", "sdk", "111111FF", "own", "111111FF", "light"];
    assert_eq!(line("foreground"), foreground);
    assert_eq!(line("can show")[2..], ["yes", "never", "yes", "yes"]);
    let weak: Vec<&str> = table.lines().filter(|line| line.starts_with("weak contrast (yours)")).collect();
    assert!(
        weak.contains(&"weak contrast (yours), Android dark: foreground on background 1.11 of 4.50"),
        "{table}"
    );
    assert!(errors(&output).contains("dark colours never show on iOS"), "{}", errors(&output));
}

#[test]
fn fonts_and_style_come_from_the_command_line() {
    let folder = folder("{\"darkColors\": {}, \"design\": {\"fontFamily\": \"Inter\"}}");
    let options = ["check", "theme.json", "--interface-style", "automatic", "--fonts"];
    let warned = |fonts| errors(&expo_theme(folder.path(), &[&options[..], &[fonts]].concat()));
    assert_eq!(warned("Roboto, Inter"), "");
    assert!(warned("Roboto").contains("the app bundles no font family `Inter`"));
}

#[test]
fn schema_prints_the_schema() {
    let output = expo_theme(Path::new("."), &["schema"]);
    assert_eq!(output.status.code(), Some(0));
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["type"], "object");
}

#[test]
fn fix_proposes_and_writes_when_it_is_told_to() {
    let folder =
        folder("{\n  \"colors\": {\n    \"background\": \"#FFFFFF\",\n    \"danger\": \"#EF4444\"\n  }\n}\n");
    let file = folder.path().join("theme.json");
    let before = fs::read_to_string(&file).unwrap();
    let proposed = expo_theme(folder.path(), &["fix", "theme.json"]);
    let shown = String::from_utf8(proposed.stdout).unwrap();
    assert_eq!(proposed.status.code(), Some(1));
    assert!(shown.contains("colors.danger") && shown.contains("#EF4444FF -> #"), "{shown}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "nothing is written unless it is wished");
    let written = expo_theme(folder.path(), &["fix", "theme.json", "--write"]);
    assert_eq!(written.status.code(), Some(0), "{}", errors(&written));
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with("{\n  \"colors\": {\n    \"background\": \"#FFFFFF\",\n"), "{after}");
    let again = expo_theme(folder.path(), &["fix", "theme.json"]);
    assert_eq!((again.status.code(), &*again.stdout), (Some(0), b"nothing to change\n".as_slice()));
    let explained = expo_theme(folder.path(), &["explain", "theme.json"]);
    assert!(!String::from_utf8(explained.stdout).unwrap().contains("weak contrast"));
}

#[test]
fn fix_makes_a_dark_palette() {
    let folder = folder(SOUND);
    let output = expo_theme(folder.path(), &["fix", "theme.json", "--derive-dark", "--write"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let after = fs::read_to_string(folder.path().join("theme.json")).unwrap();
    assert!(after.contains("\"darkColors\": {\"primary\": \"#"), "{after}");
    let misplaced = expo_theme(folder.path(), &["check", "theme.json", "--write"]);
    assert_eq!(misplaced.status.code(), Some(2));
}
