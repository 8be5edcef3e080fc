//! The outputs of `expo-theme build`.

use std::path::Path;

use expo_theme::{EmitError, PLIST_HEAD, Report, Theme, android_asset, plist_document};

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

fn plist<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    let text = plist_document(theme).map_err(|error| told(path, &error))?;
    holds_only_a_theme(path)?;
    Ok((path, text))
}

fn asset<'p>(theme: &Theme, path: &'p Path) -> Result<(&'p Path, String), Failure> {
    android_asset(theme).map(|text| (path, text)).map_err(|error| told(path, &error))
}

/// An app's own Info.plist holds more than a theme and must not be replaced by one.
fn holds_only_a_theme(path: &Path) -> Result<(), Failure> {
    if !path.exists() || file::read(path)?.starts_with(PLIST_HEAD.as_bytes()) {
        return Ok(());
    }
    Err(Failure::Told(format!("`{}` holds more than a theme, so it stays as it is", path.display())))
}

fn told(path: &Path, error: &EmitError) -> Failure {
    Failure::Told(format!("nothing written to `{}`: {error}", path.display()))
}
