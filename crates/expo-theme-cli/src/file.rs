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
    try_read(path).map_err(|reason| Failure::Told(format!("cannot read `{}`: {reason}", shown(path))))
}

/// The bytes of a file, or why there are none.
pub(crate) fn try_read(path: &Path) -> Result<Vec<u8>, String> {
    read_at_most(path, MAX_BYTES)
}

pub(crate) fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("it is larger than {most} bytes"));
    }
    Ok(bytes)
}

/// The text of a file that should be `kind`.
pub(crate) fn text(path: &Path, kind: &str) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::Told(format!("`{}` is not {kind}", shown(path))))
}

/// A path to print: its name may come from a file that somebody else wrote.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string().chars().map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect()
}

fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Replaces a file as a whole: a reader sees the old text or the new one.
pub(crate) fn replace(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let told = |error: io::Error| Failure::Told(format!("cannot write `{}`: {error}", shown(path)));
    // A link stays a link: what it points to is replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().ok_or_else(|| told(io::ErrorKind::IsADirectory.into()))?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(beside);
    let write = || {
        fs::write(&part, &content)?;
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
