//! The app that a theme belongs to: what its configuration says instead of flags.

use std::{
    fs,
    path::{Component, Path, PathBuf, absolute},
};

use expo_theme::{AppReport, Code, OptionReport, Surroundings, ThemeOption, check_app_config, depends_on};

use crate::{Failure, build::Places, file, options::Options};

/// What a command is about.
pub(crate) struct Subject {
    pub(crate) theme: Found,
    pub(crate) surroundings: Surroundings,
    /// The app's configuration with what was found in it.
    pub(crate) app: Option<(PathBuf, OptionReport)>,
}

/// The theme of an app.
pub(crate) enum Found {
    File(PathBuf, Vec<u8>),
    /// The configuration asks for none.
    Absent,
    /// A diagnostic of the configuration says why there is none.
    Missing,
}

/// Reads what flags name, and what the app's configuration names instead of flags that are not given.
pub(crate) fn subject(options: &Options) -> Result<Subject, Failure> {
    let given =
        options.file.as_ref().map(|path| Ok(Found::File(path.clone(), file::read(path)?))).transpose()?;
    let app = match &options.project_root {
        Some(root) if given.is_none() || options.style.is_none() => configuration(root, options)?,
        _ => None,
    };
    let (read, styles) = app.map_or((None, None), |(path, AppReport { option, ios, android, .. })| {
        (Some((path, option)), Some((ios, android)))
    });
    let (ios, android) = options.style.map(|style| (style, style)).or(styles).unwrap_or_default();
    let expo_system_ui = options.expo_system_ui || has_system_ui(options)?;
    let surroundings = Surroundings { ios, android, expo_system_ui };
    let (theme, app) = match (given, read) {
        (Some(given), read) => (given, read.map(without_option)),
        (None, Some((path, option))) => {
            let (theme, option) = named(options.project_root.as_deref(), option);
            (theme, Some((path, option)))
        }
        (None, None) => (Found::Absent, None),
    };
    Ok(Subject { theme, surroundings, app })
}

/// Every file of the project whose change may change the verdict, whether it is there or not.
pub(crate) fn files(options: &Options) -> Vec<PathBuf> {
    let Some(root) = &options.project_root else { return Vec::new() };
    DYNAMIC.iter().chain(&STATIC).chain(&[PACKAGE]).map(|name| root.join(name)).collect()
}

/// Where the configuration says that the theme is, as far as it can be read now.
pub(crate) fn theme_path(options: &Options) -> Option<PathBuf> {
    let root = options.project_root.as_deref()?;
    let bytes = file::try_read(&static_configuration(root)).ok()?;
    match check_app_config(&bytes, options.profile).option.option {
        ThemeOption::Path(path) => Some(resolve(root, &path)),
        _ => None,
    }
}

fn static_configuration(root: &Path) -> PathBuf {
    let [first, usual] = STATIC.map(|name| root.join(name));
    if first.exists() { first } else { usual }
}

/// The file of the configuration and the verdict on it; nothing when it is a program and all but the style is given.
fn configuration(root: &Path, options: &Options) -> Result<Option<(PathBuf, AppReport)>, Failure> {
    if let Some(program) = DYNAMIC.iter().map(|name| root.join(name)).find(|path| path.exists()) {
        let told = format!("`{}` is a program, which is not run here", file::shown(&program));
        if options.file.is_none() {
            return Err(Failure::Told(format!("{told}: give FILE and --interface-style")));
        }
        eprintln!("expo-theme: {told}: without --interface-style, userInterfaceStyle counts as unset");
        return Ok(None);
    }
    let path = static_configuration(root);
    let bytes = file::read(&path)?;
    Ok(Some((path, check_app_config(&bytes, options.profile))))
}

/// What Expo runs before, or instead of, reading a static configuration.
const DYNAMIC: [&str; 6] = [
    "app.config.ts",
    "app.config.mts",
    "app.config.cts",
    "app.config.js",
    "app.config.mjs",
    "app.config.cjs",
];
/// What Expo reads, in its order.
const STATIC: [&str; 2] = ["app.config.json", "app.json"];
const PACKAGE: &str = "package.json";

fn has_system_ui(options: &Options) -> Result<bool, Failure> {
    let Some(root) = &options.project_root else { return Ok(false) };
    let path = root.join(PACKAGE);
    depends_on(&file::read(&path)?, "expo-system-ui")
        .ok_or_else(|| Failure::Told(format!("`{}` is not a JSON object", file::shown(&path))))
}

/// A theme given by hand wins over the option: what is wrong with that is of no interest.
fn without_option((path, mut option): (PathBuf, OptionReport)) -> (PathBuf, OptionReport) {
    let whole = |code| matches!(code, Code::JsonSyntax | Code::TooDeep | Code::RootNotObject);
    option.diagnostics.retain(|found| whole(found.code));
    (path, option)
}

/// The theme that the configuration names, relative to the project's root.
fn named(root: Option<&Path>, mut option: OptionReport) -> (Found, OptionReport) {
    let path = match &option.option {
        ThemeOption::Path(path) => resolve(root.unwrap_or(Path::new("")), path),
        ThemeOption::Skipped => return (Found::Absent, option),
        ThemeOption::Refused => return (Found::Missing, option),
    };
    let shown = path.display().to_string();
    let found = match fs::metadata(&path) {
        // Node's `existsSync`: whatever the reason is.
        Err(_) => option.missing_file(&shown),
        Ok(kind) if kind.is_dir() => option.unreadable_file(&shown, "it is a folder"),
        Ok(_) => match file::try_read(&path) {
            Ok(bytes) => return (Found::File(path, bytes), option),
            Err(reason) => option.unreadable_file(&shown, &reason),
        },
    };
    option.diagnostics.push(found);
    (Found::Missing, option)
}

/// Node's `path.resolve`: `..` takes back the name before it, whether that exists or not.
fn resolve(root: &Path, path: &str) -> PathBuf {
    let joined = root.join(path);
    let whole = absolute(&joined).unwrap_or(joined);
    let mut resolved = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            part => resolved.push(part),
        }
    }
    resolved
}

/// Where prebuild puts what a build writes; nothing where it has put no folder.
pub(crate) fn outputs(root: &Path) -> Result<Places, Failure> {
    let main = root.join("android/app/src/main");
    let asset = main.is_dir().then(|| main.join("assets").join("clerk_theme.json"));
    Ok(Places { ios: info_plist(&root.join("ios"))?, android: asset })
}

/// The Info.plist of the app, which of several folders is the one with the app's delegate.
fn info_plist(ios: &Path) -> Result<Option<PathBuf>, Failure> {
    let Ok(entries) = fs::read_dir(ios) else { return Ok(None) };
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut with_plist: Vec<PathBuf> =
        folders.filter(|folder| !folder.ends_with("Pods") && folder.join("Info.plist").is_file()).collect();
    if with_plist.len() > 1 {
        with_plist.retain(|folder| DELEGATES.iter().any(|name| folder.join(name).is_file()));
    }
    match with_plist.as_slice() {
        [] => Ok(None),
        [folder] => Ok(Some(folder.join("Info.plist"))),
        _ => Err(Failure::Told(format!("several apps in `{}`: give --ios", file::shown(ios)))),
    }
}

const DELEGATES: [&str; 4] = ["AppDelegate.swift", "AppDelegate.mm", "AppDelegate.m", "AppDelegate.h"];

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_resolved_by_its_words_alone() {
        let resolved = |path| resolve(Path::new("/app"), path).display().to_string();
        assert_eq!(resolved("./none/../t.json"), "/app/t.json");
        assert_eq!(resolved("../../../t"), "/t");
        assert_eq!(resolved("/x/./y/"), "/x/y");
        assert_eq!(resolved("~/t"), "/app/~/t");
    }
}
