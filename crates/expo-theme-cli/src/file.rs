//! Reading and writing files.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use crate::Failure;

/// Themes larger than this are refused.
const MAX_BYTES: u64 = 1024 * 1024;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let told = |error: io::Error| Failure::Told(format!("cannot read `{}`: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(told)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::Told(format!("`{}` is larger than {MAX_BYTES} bytes", path.display())));
    }
    Ok(bytes)
}

/// Replaces a file as a whole: a reader sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let told = |error: io::Error| Failure::Told(format!("cannot write `{}`: {error}", path.display()));
    // A link stays a link: what it points to is replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().ok_or_else(|| told(io::ErrorKind::IsADirectory.into()))?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(beside);
    let write = || {
        fs::write(&part, text)?;
        if let Ok(old) = fs::metadata(path) {
            fs::set_permissions(&part, old.permissions())?;
        }
        fs::rename(&part, path)
    };
    write().map_err(|error| {
        // The first error counts; what cannot be removed either is left.
        let _ = fs::remove_file(&part);
        told(error)
    })
}
