//! What earlier builds wrote, taken away again.

use std::{fs, path::Path};

use expo_theme::{PLIST_KEY, Profile, check, unmerge_plist};

use crate::{Failure, build::Places, file};

/// Takes the theme out of Info.plist and deletes the asset, and says so; nothing, if one of the two is no theme's file.
pub(crate) fn remove(places: &Places) -> Result<(), Failure> {
    let ios = places.ios.as_deref().map(|path| Ok((path, without_theme(path)?))).transpose()?;
    let asset = places.android.as_deref().map(|path| Ok((path, is_asset(path)?))).transpose()?;
    let mut removed = false;
    if let Some((path, Some(text))) = ios {
        file::replace(path, &text)?;
        eprintln!("expo-theme: removed the key `{PLIST_KEY}` from `{}`", file::shown(path));
        removed = true;
    }
    if let Some((path, true)) = asset {
        fs::remove_file(path).map_err(|error| told(path, &error.to_string()))?;
        eprintln!("expo-theme: removed `{}`", file::shown(path));
        removed = true;
    }
    if !removed {
        eprintln!("expo-theme: no theme of an earlier build is there");
    }
    Ok(())
}

/// The property list without the theme; nothing when there is no file, or no theme in it.
fn without_theme(path: &Path) -> Result<Option<String>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let existing = file::text(path, "an XML property list")?;
    unmerge_plist(&existing).map_err(|error| told(path, &error.to_string()))
}

/// Whether the asset is there; whatever else has its name is not ours to delete.
fn is_asset(path: &Path) -> Result<bool, Failure> {
    if !path.exists() {
        return Ok(false);
    }
    match check(&file::read(path)?, Profile::Compat).theme {
        Some(_) => Ok(true),
        None => Err(told(path, "it is not a theme")),
    }
}

fn told(path: &Path, reason: &str) -> Failure {
    Failure::Told(format!("nothing removed from `{}`: {reason}", file::shown(path)))
}
