//! The outputs of `expo-theme build`.

use std::{fmt::Display, path::Path};

use expo_theme::{Report, Theme, android_asset, merge_plist, plist_document};

use crate::{Failure, file, options::Outputs};

/// Writes what was asked for; nothing, if one of the texts cannot be made.
pub(crate) fn write(report: &Report, outputs: &Outputs) -> Result<(), Failure> {
    let theme = report.theme.as_ref().ok_or(Failure::Refused)?;
    let ios = outputs.ios.as_deref().map(|path| plist(theme, path)).transpose()?;
    let android = outputs.android.as_deref().map(|path| asset(theme, path)).transpose()?;
    for (path, text) in ios.into_iter().chain(android) {
        file::replace(path, &text)?;
    }
    Ok(())
}

/// A property list of its own, or the app's Info.plist with the theme in it.
fn plist<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    if !path.exists() {
        return plist_document(theme).map(|text| (path, text)).map_err(|error| told(path, &error));
    }
    let existing = String::from_utf8(file::read(path)?)
        .map_err(|_| Failure::Told(format!("`{}` is not an XML property list", path.display())))?;
    merge_plist(&existing, theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn asset<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    android_asset(theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

fn told(path: &Path, error: &impl Display) -> Failure {
    Failure::Told(format!("nothing written to `{}`: {error}", path.display()))
}
