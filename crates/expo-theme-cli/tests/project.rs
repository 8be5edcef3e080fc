//! An app's configuration in place of flags.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;

const CASES: &str = include_str!("../../expo-theme/tests/cases/options.json");
const SOUND: &str = r##"{"colors": {"primary": "#6C47FF"}}"##;
const PLIST: &str =
    "<plist version=\"1.0\">\n<dict>\n  <key>CFBundleName</key>\n  <string>App</string>\n</dict>\n</plist>\n";
const ASSET: &str = "android/app/src/main/assets/clerk_theme.json";

struct App(TempDir);

impl App {
    /// As prebuild leaves it, with these plugins.
    fn new(plugins: &Value) -> Self {
        Self::with(&json!({"expo": {"name": "App", "plugins": plugins}}))
    }

    fn with(config: &Value) -> Self {
        let app = Self(TempDir::new().unwrap());
        app.put("app/app.json", config.to_string());
        app.put("app/package.json", "{\"dependencies\": {\"expo\": \"57\"}}");
        app
    }

    fn themed(theme: &str) -> Self {
        let app = Self::new(&json!([["@clerk/expo", {"theme": "./theme.json"}]]));
        app.put("app/theme.json", theme);
        app
    }

    fn prebuilt(self) -> Self {
        self.put("app/ios/App/Info.plist", PLIST);
        self.put("app/ios/App/AppDelegate.swift", "");
        self.put("app/ios/AppTests/Info.plist", PLIST);
        self.put("app/ios/Pods/Info.plist", PLIST);
        self.put("app/android/app/src/main/AndroidManifest.xml", "<manifest/>");
        self
    }

    fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn has(&self, path: &str) -> bool {
        self.0.path().join("app").join(path).exists()
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join("app").join(path)).unwrap()
    }

    /// Runs in the folder above the app's.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_expo-theme"));
        let (name, rest) = arguments.split_first().unwrap();
        command.arg(name).args(["--project-root", "app"]).args(rest);
        command.current_dir(self.0.path()).output().unwrap()
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn codes(output: &Output) -> Vec<String> {
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    found.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

/// The app of a case, prebuilt.
fn app_of(case: &Value) -> App {
    let entry = case.get("props").map_or(json!("@clerk/expo"), |props| json!(["@clerk/expo", props]));
    let app = App::new(&json!([entry])).prebuilt();
    app.put("app/brand.json", SOUND);
    let path = case["props"]["theme"].as_str().unwrap_or_default();
    match case["at_path"].as_str() {
        Some("theme") => app.put(&format!("app/{}", path.replace("./ios/../", "")), SOUND),
        Some("module") => app.put(&format!("app/{path}"), "module.exports = {colors: {}};\n"),
        Some("folder") => app.put(&format!("app/{path}/icon.png"), ""),
        _ => {}
    }
    app
}

#[test]
fn each_case_of_the_option_ends_as_the_plugin_does_or_as_strict_says() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    for case in &cases {
        for profile in ["compat", "strict"] {
            let expected = case[format!("{profile}_build")].as_str().unwrap();
            let app = app_of(case);
            let output = app.run(&["build", "--profile", profile, "--json"]);
            let about = format!("{} {profile} {}", case["id"], errors(&output));
            assert_eq!(app.has(ASSET), expected == "applied", "{about}");
            assert_eq!(
                app.text("ios/App/Info.plist").contains("ClerkTheme"),
                expected == "applied",
                "{about}"
            );
            let passes = ["applied", "skipped"].contains(&expected);
            if !passes {
                assert!(codes(&output).contains(&expected.to_owned()), "{about}");
            }
            let warns = expected == "missing-file" && profile == "compat";
            assert_eq!(output.status.code(), Some(i32::from(!passes && !warns)), "{about}");
        }
    }
}

#[test]
fn a_missing_file_is_named_absolutely_once_and_the_build_goes_on() {
    let app = App::new(&json!([["@clerk/expo", {"theme": "../shared/x/../theme.json"}]])).prebuilt();
    let compat = app.run(&["build", "--profile", "compat"]);
    assert_eq!(compat.status.code(), Some(0));
    let looked_at = app.0.path().canonicalize().unwrap().join("shared/theme.json").display().to_string();
    assert_eq!(errors(&compat).matches(&looked_at).count(), 1, "{}", errors(&compat));
    assert!(errors(&compat).starts_with("warning: "));
    let strict = app.run(&["check"]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(errors(&strict).contains("error: there is no theme at"), "{}", errors(&strict));
    assert!(errors(&strict).contains("--> app/app.json:1:"));
}

#[test]
fn build_writes_where_prebuild_does_and_finds_the_app_among_the_folders() {
    let app = App::themed(SOUND).prebuilt();
    for _ in 0..2 {
        let output = app.run(&["build"]);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        assert_eq!(errors(&output).matches("wrote `app/").count(), 2, "{}", errors(&output));
    }
    assert!(app.text("ios/App/Info.plist").contains("<key>ClerkTheme</key>"));
    assert_eq!(app.text("ios/AppTests/Info.plist"), PLIST);
    assert_eq!(app.text("ios/Pods/Info.plist"), PLIST);
    assert_eq!(app.text(ASSET), "{\n  \"colors\": {\n    \"primary\": \"#6C47FF\"\n  }\n}\n");
}

#[test]
fn build_asks_for_a_place_where_it_finds_none_or_several() {
    let app = App::themed(SOUND);
    let output = app.run(&["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("run `expo prebuild`"), "{}", errors(&output));
    let app = app.prebuilt();
    app.put("app/ios/Second/Info.plist", PLIST);
    app.put("app/ios/Second/AppDelegate.mm", "");
    let output = app.run(&["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("several apps in `app/ios`: give --ios"), "{}", errors(&output));
    assert!(!app.has(ASSET), "all or nothing");
    let output = app.run(&["build", "--android", "own.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(app.0.path().join("own.json").exists() && !app.has(ASSET));
}

#[test]
fn style_and_package_are_read_and_flags_win() {
    let theme = r#"{"darkColors": {}}"#;
    let app = App::with(&json!({
        "userInterfaceStyle": "light", "ios": {"userInterfaceStyle": "automatic"},
        "plugins": [["@clerk/expo", {"theme": "./theme.json"}]],
    }));
    app.put("app/theme.json", theme);
    let hidden = |arguments: &[&str]| {
        let output = app.run(&[&["check"], arguments].concat());
        let errors = errors(&output);
        let shown = errors.split("dark colours never show on ").nth(1);
        shown.map(|rest| rest.split(':').next().unwrap().to_owned())
    };
    assert_eq!(hidden(&[]), None);
    app.put("app/package.json", "{\"dependencies\": {\"expo-system-ui\": \"6\"}}");
    assert_eq!(hidden(&[]).as_deref(), Some("Android"));
    assert_eq!(hidden(&["--interface-style", "light"]).as_deref(), Some("iOS and Android"));
    assert_eq!(hidden(&["--interface-style", "automatic"]), None);
    let table = String::from_utf8(app.run(&["explain"]).stdout).unwrap();
    let can_show: Vec<&str> =
        table.lines().find(|line| line.starts_with("can show")).unwrap().split_whitespace().skip(2).collect();
    assert_eq!(can_show, ["yes", "yes", "yes", "never"]);
}

#[test]
fn a_theme_given_by_hand_wins_over_the_option_and_its_faults() {
    let app = App::new(&json!([["@clerk/expo", {"theme": 5}]]));
    app.put("own.json", SOUND);
    let output = app.run(&["check", "own.json"]);
    assert_eq!((output.status.code(), errors(&output).as_str()), (Some(0), ""));
    app.put("app/app.json", "{\"expo\": ");
    assert_eq!(app.run(&["check", "own.json"]).status.code(), Some(1), "the style cannot be read");
    assert_eq!(app.run(&["check", "own.json", "--interface-style", "dark"]).status.code(), Some(0));
}

#[test]
fn a_program_is_not_run_and_the_flags_are_named() {
    let app = App::themed(SOUND);
    app.put("app/app.config.js", "export default {}");
    let output = app.run(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains(
            "`app/app.config.js` is a program, which is not run here: give FILE and --interface-style"
        ),
        "{}",
        errors(&output)
    );
    let output = app.run(&["check", "app/theme.json"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(errors(&output).contains("userInterfaceStyle counts as unset"));
    let output = app.run(&["check", "app/theme.json", "--interface-style", "dark"]);
    assert_eq!((output.status.code(), errors(&output).as_str()), (Some(0), ""));
}

#[test]
fn a_relative_path_is_warned_of_in_the_configuration() {
    let app = App::themed("{\"darkcolors\": {}}");
    let output = app.run(&["check", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found[0]["code"], &found[0]["file"]), (&json!("relative-path"), &json!("app/app.json")));
    assert_eq!(found[1]["code"], "unused-key");
    assert!(found[1]["file"].as_str().unwrap().ends_with("theme.json"));
    assert_eq!(codes(&app.run(&["check", "--json", "--profile", "compat"])), ["unused-key"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let app = App::themed(SOUND);
    for (file, text, told) in [
        ("app/package.json", "[]", "`app/package.json` is not a JSON object"),
        ("app/app.json", "{\"expo\": {]}", "--> app/app.json:1:11"),
    ] {
        app.put(file, text);
        let output = app.run(&["check"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).contains(told), "{}", errors(&output));
        app.put("app/package.json", "{}");
    }
    fs::remove_file(app.0.path().join("app/app.json")).unwrap();
    assert!(errors(&app.run(&["check"])).contains("cannot read `app/app.json`"));
    app.put("app/app.config.json", "{}");
    let output = app.run(&["check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(errors(&output).contains("names no theme"));
}

#[test]
fn a_hostile_path_cannot_write_to_the_terminal() {
    let app = App::new(&json!([["@clerk/expo", {"theme": "./\u{1b}[31m\u{202e}.json"}]]));
    for profile in ["compat", "strict"] {
        let shown = errors(&app.run(&["check", "--profile", profile]));
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
    if cfg!(unix) {
        app.put("app/\u{1b}[31m\u{202e}.json", "{]");
        let shown = errors(&app.run(&["check"]));
        assert!(shown.contains("error: ") && !shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn the_project_root_may_be_absolute() {
    let app = App::themed(SOUND).prebuilt();
    let root = app.0.path().join("app");
    let arguments = ["build", "--project-root", root.to_str().unwrap()];
    let output = Command::new(env!("CARGO_BIN_EXE_expo-theme"))
        .args(arguments)
        .current_dir(Path::new("/"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(app.has(ASSET));
}

#[test]
fn an_app_that_names_no_theme_any_more_loses_the_one_of_earlier_builds() {
    let app = App::themed(SOUND).prebuilt();
    app.run(&["build"]);
    assert!(app.has(ASSET));
    app.put("app/app.json", "{\"expo\": {\"plugins\": [\"@clerk/expo\"]}}");
    assert_eq!(app.run(&["check"]).status.code(), Some(0));
    assert!(app.has(ASSET), "check removes nothing");
    let output = app.run(&["build"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    for told in [
        "names no theme",
        "removed the key `ClerkTheme` from `app/ios/App/Info.plist`",
        "removed `app/android/app/src/main/assets/clerk_theme.json`",
    ] {
        assert!(errors(&output).contains(told), "{told} {}", errors(&output));
    }
    assert_eq!(app.text("ios/App/Info.plist"), PLIST);
    assert!(!app.has(ASSET));
    assert!(errors(&app.run(&["build"])).contains("no theme of an earlier build is there"));
}

#[test]
fn a_theme_that_is_missing_or_refused_leaves_the_one_of_earlier_builds() {
    let app = App::themed(SOUND).prebuilt();
    app.run(&["build"]);
    for theme in ["./none.json", ""] {
        let plugins = json!([["@clerk/expo", {"theme": theme}]]);
        app.put("app/app.json", json!({"expo": {"plugins": plugins}}).to_string());
        assert_eq!(app.run(&["build"]).status.code(), Some(1));
        assert!(app.has(ASSET) && app.text("ios/App/Info.plist").contains("ClerkTheme"));
    }
    app.put("app/app.json", "{\"plugins\": [[\"@clerk/expo\", {\"theme\": \"./none.json\"}]]}");
    assert_eq!(app.run(&["build", "--profile", "compat"]).status.code(), Some(0));
    assert!(app.has(ASSET) && app.text("ios/App/Info.plist").contains("ClerkTheme"));
}

#[test]
fn clean_removes_whatever_the_configuration_says() {
    let app = App::themed(SOUND).prebuilt();
    app.run(&["build"]);
    app.put("app/app.json", "{]");
    let output = app.run(&["build", "--clean"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert_eq!(app.text("ios/App/Info.plist"), PLIST);
    assert!(!app.has(ASSET));
    let output = app.run(&["build", "--clean"]);
    assert_eq!((output.status.code(), errors(&output).lines().count()), (Some(0), 1));
    assert_eq!(app.run(&["build", "app/theme.json", "--clean"]).status.code(), Some(2));
}

#[test]
fn clean_leaves_what_is_no_theme_alone() {
    let app = App::themed(SOUND).prebuilt();
    app.run(&["build"]);
    let merged = app.text("ios/App/Info.plist");
    app.put("notes.txt", "mine");
    let output = app.run(&["build", "--clean", "--ios", "app/ios/App/Info.plist", "--android", "notes.txt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains("nothing removed from `notes.txt`: it is not a theme"),
        "{}",
        errors(&output)
    );
    assert_eq!(app.text("ios/App/Info.plist"), merged);
    app.put("app/ios/App/Info.plist", b"bplist00\xff");
    assert_eq!(app.run(&["build", "--clean"]).status.code(), Some(1));
    assert!(app.has(ASSET), "all or nothing");
}
