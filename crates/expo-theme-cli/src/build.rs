//! The outputs of `expo-theme build`.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

use expo_theme::{Theme, android_asset, merge_plist, plist_document};

use crate::{
    Failure, Verdict, file,
    options::{Options, Outputs},
    project,
};

/// Writes what was asked for; nothing, if one of the texts cannot be made.
pub(crate) fn write(verdict: &Verdict, options: &Options, outputs: &Outputs) -> Result<(), Failure> {
    let Some(theme) = &verdict.theme else { return Ok(()) };
    let (ios, android) = places(options, outputs)?;
    let ios = ios.as_deref().map(|path| plist(theme, path)).transpose()?;
    let asset = android.as_deref().map(|path| asset(theme, path)).transpose()?;
    if let (true, Some(folder)) = (outputs.is_empty(), android.as_deref().and_then(Path::parent)) {
        // Prebuild makes this folder for the first asset only.
        fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
    }
    for (path, text) in ios.into_iter().chain(asset) {
        file::replace(path, &text)?;
        if outputs.is_empty() {
            eprintln!("expo-theme: wrote `{}`", file::shown(path));
        }
    }
    Ok(())
}

/// Where to write: as given, or else where prebuild does.
fn places(options: &Options, outputs: &Outputs) -> Result<(Option<PathBuf>, Option<PathBuf>), Failure> {
    let root = match &options.project_root {
        Some(root) if outputs.is_empty() => root,
        _ => return Ok((outputs.ios.clone(), outputs.android.clone())),
    };
    match project::outputs(root)? {
        (None, None) => Err(Failure::Told(format!(
            "nothing to write to: `{}` has no folders ios and android; run `expo prebuild`, or give --ios or --android",
            file::shown(root)
        ))),
        found => Ok(found),
    }
}

/// A property list of its own, or the app's Info.plist with the theme in it.
fn plist<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    if !path.exists() {
        return plist_document(theme).map(|text| (path, text)).map_err(|error| told(path, &error));
    }
    let existing = String::from_utf8(file::read(path)?)
        .map_err(|_| Failure::Told(format!("`{}` is not an XML property list", file::shown(path))))?;
    merge_plist(&existing, theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn asset<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    android_asset(theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn told(path: &Path, error: &impl Display) -> Failure {
    Failure::Told(format!("nothing written to `{}`: {error}", file::shown(path)))
}
