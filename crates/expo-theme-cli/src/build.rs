//! The outputs of `expo-theme build`.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

use expo_theme::{Mode, Theme, android_asset, design_tokens, merge_plist, plist_document, web_variables};

use crate::{
    Failure, Verdict, clean, file,
    options::{Options, Outputs},
    project,
};

/// Where the platforms' files lie.
pub(crate) struct Places {
    pub(crate) ios: Option<PathBuf>,
    pub(crate) android: Option<PathBuf>,
}

/// As given, or else where prebuild puts them.
pub(crate) fn places(options: &Options, outputs: &Outputs) -> Result<Places, Failure> {
    match &options.project_root {
        Some(root) if outputs.is_empty() => project::outputs(root),
        _ => Ok(Places { ios: outputs.ios.clone(), android: outputs.android.clone() }),
    }
}

/// Writes what was asked for; nothing, if one of the texts cannot be made. An app that has no theme keeps none.
pub(crate) fn write(verdict: &Verdict, options: &Options, outputs: &Outputs) -> Result<(), Failure> {
    let places = places(options, outputs)?;
    match &verdict.theme {
        Some(theme) => {
            let found = outputs.is_empty();
            if let (true, Some(root)) = (found, &options.project_root) {
                places.expect_some(root)?;
            }
            put(theme, &places, outputs, found)
        }
        None if verdict.absent => clean::remove(&places),
        None => Ok(()),
    }
}

impl Places {
    fn expect_some(&self, root: &Path) -> Result<(), Failure> {
        if self.ios.is_some() || self.android.is_some() {
            return Ok(());
        }
        let advice = "run `expo prebuild`, or give --ios or --android";
        let root = file::shown(root);
        Err(Failure::Told(format!("nothing to write to: `{root}` has no folders ios and android; {advice}")))
    }
}

/// `found` says that nobody named these places.
fn put(theme: &Theme, places: &Places, outputs: &Outputs, found: bool) -> Result<(), Failure> {
    let ios = places.ios.as_deref().map(|path| plist(theme, path)).transpose()?;
    let asset = places.android.as_deref().map(|path| asset(theme, path)).transpose()?;
    if let (true, Some(folder)) = (found, places.android.as_deref().and_then(Path::parent)) {
        // Prebuild makes this folder for the first asset only.
        fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
    }
    for (path, text) in ios.into_iter().chain(asset).chain(exchange(theme, outputs)) {
        file::replace(path, &text)?;
        if found {
            eprintln!("expo-theme: wrote `{}`", file::shown(path));
        }
    }
    Ok(())
}

/// What is not for the two platforms; these texts can always be made.
fn exchange<'o>(theme: &Theme, outputs: &'o Outputs) -> impl Iterator<Item = (&'o Path, String)> {
    let light = outputs.web.iter().map(|path| (path.as_path(), web_variables(theme, Mode::Light)));
    let dark = outputs.web_dark.iter().map(|path| (path.as_path(), web_variables(theme, Mode::Dark)));
    let tokens = outputs.design_tokens.iter().map(|path| (path.as_path(), design_tokens(theme)));
    light.chain(dark).chain(tokens)
}

/// A property list of its own, or the app's Info.plist with the theme in it.
fn plist<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    if !path.exists() {
        return plist_document(theme).map(|text| (path, text)).map_err(|error| told(path, &error));
    }
    let existing = file::text(path, "an XML property list")?;
    merge_plist(&existing, theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn asset<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    android_asset(theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn told(path: &Path, error: &impl Display) -> Failure {
    Failure::Told(format!("nothing written to `{}`: {error}", file::shown(path)))
}
