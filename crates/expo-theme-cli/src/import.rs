//! Design tokens to a theme.

use std::{error::Error, path::Path};

use expo_theme::theme_from_design_tokens;

use crate::{Failure, file};

/// Prints the theme to standard output.
pub(crate) fn print(path: &Path) -> Result<(), Failure> {
    let theme = theme_from_design_tokens(&file::read(path)?).map_err(|error| {
        let place = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        Failure::Told(format!("cannot import `{}`: {error}{place}", file::shown(path)))
    })?;
    print!("{theme}");
    Ok(())
}
