//! The picture as a user asks for it.

#[cfg(feature = "png")]
#[path = "../../expo-theme/tests/font/mod.rs"]
mod font;

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

fn files(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

const SOUND: &str = r##"{"colors": {"primary": "#6C47FF"}, "design": {"borderRadius": 12}}"##;

#[test]
fn an_svg_shows_the_theme_in_the_app_around_it() {
    let folder = folder(SOUND);
    let sheet = |options: &[&str]| {
        let output =
            expo_theme(folder.path(), &[&["preview", "theme.json", "--out", "sheet.SVG"], options].concat());
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        assert!(output.stdout.is_empty());
        fs::read_to_string(folder.path().join("sheet.SVG")).unwrap()
    };
    let plain = sheet(&[]);
    assert!(plain.starts_with("<?xml") && plain.contains("#6c47ff") && plain.contains("NEVER SHOWS</tspan>"));
    assert!(!sheet(&["--interface-style", "automatic"]).contains("NEVER SHOWS</tspan>"));
    assert_eq!(files(&folder), ["sheet.SVG", "theme.json"]);
}

#[test]
fn a_project_is_drawn_as_its_configuration_says() {
    let folder = folder(SOUND);
    let app = |style: &str| {
        let app = format!(
            r#"{{"expo": {{"userInterfaceStyle": "{style}", "plugins": [["@clerk/expo", {{"theme": "./theme.json"}}]]}}}}"#
        );
        fs::write(folder.path().join("app.json"), app).unwrap();
        fs::write(folder.path().join("package.json"), r#"{"dependencies": {"expo-system-ui": "*"}}"#)
            .unwrap();
        let output = expo_theme(folder.path(), &["preview", "--project-root", ".", "--out", "sheet.svg"]);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        fs::read_to_string(folder.path().join("sheet.svg")).unwrap().matches("NEVER SHOWS</tspan>").count()
    };
    assert_eq!(app("dark"), 2);
    assert_eq!(app("automatic"), 0);
}

#[test]
fn a_refused_theme_is_not_drawn() {
    let folder = folder(r#"{"colors": {"primary": "tomato"}}"#);
    let output = expo_theme(folder.path(), &["preview", "theme.json", "--out", "sheet.svg"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("`tomato` is no colour"));
    assert_eq!(files(&folder), ["theme.json"]);
}

#[test]
fn a_project_without_a_theme_is_not_drawn() {
    let folder = folder(SOUND);
    fs::write(folder.path().join("app.json"), r#"{"expo": {"plugins": ["@clerk/expo"]}}"#).unwrap();
    fs::write(folder.path().join("package.json"), "{}").unwrap();
    let output = expo_theme(folder.path(), &["preview", "--project-root", ".", "--out", "sheet.svg"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("there is nothing to draw"), "{}", errors(&output));
}

#[test]
fn wrong_usage_is_told() {
    let folder = folder(SOUND);
    let wrong: [(&[&str], &str); 6] = [
        (&["theme.json"], "preview needs --out"),
        (&["theme.json", "--out", "sheet.pdf"], "ends in .svg or .png"),
        (&["theme.json", "--out", "sheet"], "ends in .svg or .png"),
        (&["theme.json", "--out", "sheet.svg", "--font", "f.ttf"], "--font is for PNG"),
        (&["--out", "sheet.svg"], "no theme file"),
        (&["theme.json", "--out", "sheet.svg", "--json"], "--json"),
    ];
    for (arguments, told) in wrong {
        let output = expo_theme(folder.path(), &[&["preview"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(errors(&output).contains(told), "{arguments:?}: {}", errors(&output));
    }
    assert_eq!(files(&folder), ["theme.json"]);
}

#[test]
fn a_picture_that_cannot_be_written_is_told() {
    let folder = folder(SOUND);
    let output = expo_theme(folder.path(), &["preview", "theme.json", "--out", "missing/sheet.svg"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).starts_with("expo-theme: cannot write `missing/sheet.svg`"),
        "{}",
        errors(&output)
    );
}

#[cfg(not(feature = "png"))]
#[test]
fn without_the_feature_a_png_is_refused_with_the_way_out() {
    let folder = folder(SOUND);
    let output = expo_theme(folder.path(), &["preview", "theme.json", "--out", "sheet.png"]);
    assert_eq!(output.status.code(), Some(1));
    let told = errors(&output);
    assert!(
        told.contains("built without PNG") && told.contains("--features png") && told.contains(".svg"),
        "{told}"
    );
    assert_eq!(files(&folder), ["theme.json"]);
}

#[cfg(feature = "png")]
#[test]
fn a_png_is_drawn_with_the_fonts_that_are_named() {
    let folder = folder(SOUND);
    fs::write(folder.path().join("boxes.ttf"), font::boxes("Boxes", ' '..='~', 400)).unwrap();
    let arguments = ["preview", "theme.json", "--out", "sheet.png", "--font", "boxes.ttf"];
    let output = expo_theme(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(fs::read(folder.path().join("sheet.png")).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[cfg(feature = "png")]
#[test]
fn what_is_no_font_is_named() {
    let folder = folder(SOUND);
    let with = |font: &str| {
        let output =
            expo_theme(folder.path(), &["preview", "theme.json", "--out", "sheet.png", "--font", font]);
        assert_eq!(output.status.code(), Some(1));
        errors(&output)
    };
    assert!(with("theme.json").contains("`theme.json` is no TrueType or OpenType font"));
    assert!(with("missing.ttf").contains("cannot read `missing.ttf`"));
    fs::write(folder.path().join("capitals.ttf"), font::boxes("Capitals", 'A'..='Z', 400)).unwrap();
    assert!(with("capitals.ttf").contains("no given font has the character"));
    assert_eq!(files(&folder), ["capitals.ttf", "theme.json"]);
}

#[cfg(feature = "png")]
#[test]
#[ignore = "needs a font of the system"]
fn a_png_is_drawn_with_the_system_s_fonts() {
    let folder = folder(SOUND);
    let output = expo_theme(folder.path(), &["preview", "theme.json", "--out", "sheet.png"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert_eq!(files(&folder), ["sheet.png", "theme.json"]);
}
