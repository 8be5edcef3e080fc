//! `expo-theme preview`: the picture of a theme as a file.

use std::path::{Path, PathBuf};

use expo_theme::{Surroundings, Theme, picture};

use crate::{Failure, Verdict, file};

/// What `preview` writes to.
pub(crate) struct Canvas {
    pub(crate) out: PathBuf,
    pub(crate) format: Format,
    /// Nothing for those of the system.
    #[cfg_attr(not(feature = "png"), expect(dead_code, reason = "an SVG only names its fonts"))]
    pub(crate) fonts: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
}

impl Format {
    /// By the ending of a file's name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            _ => None,
        }
    }
}

/// Draws the theme and replaces the file as a whole.
pub(crate) fn write(verdict: &Verdict, canvas: &Canvas) -> Result<(), Failure> {
    let theme = verdict.theme.as_ref().ok_or_else(|| Failure::Told("there is nothing to draw".to_owned()))?;
    match canvas.format {
        Format::Svg => file::replace(&canvas.out, picture(theme, verdict.surroundings)),
        Format::Png => file::replace(&canvas.out, png(theme, verdict.surroundings, canvas)?),
    }
}

#[cfg(feature = "png")]
fn png(theme: &Theme, surroundings: Surroundings, canvas: &Canvas) -> Result<Vec<u8>, Failure> {
    let fonts = if canvas.fonts.is_empty() {
        crate::fonts::of_system(theme)
    } else {
        canvas.fonts.iter().map(|path| crate::fonts::read(path)).collect::<Result<_, _>>()?
    };
    expo_theme::picture_png(theme, surroundings, fonts).map_err(|error| told(canvas, &error))
}

#[cfg(feature = "png")]
fn told(canvas: &Canvas, error: &expo_theme::PngError) -> Failure {
    use expo_theme::PngError;
    let reason = match error {
        PngError::NoFont => "this system has no font that was found; give one with --font".to_owned(),
        PngError::NotAFont { index } => match canvas.fonts.get(*index) {
            Some(path) => format!("`{}` is no TrueType or OpenType font", file::shown(path)),
            None => error.to_string(),
        },
        _ => error.to_string(),
    };
    Failure::Told(format!("nothing written to `{}`: {reason}", file::shown(&canvas.out)))
}

#[cfg(not(feature = "png"))]
fn png(_: &Theme, _: Surroundings, canvas: &Canvas) -> Result<Vec<u8>, Failure> {
    Err(Failure::Told(format!(
        "nothing written to `{}`: this program was built without PNG; \
         name a file that ends in .svg, or install it with `--features png`",
        file::shown(&canvas.out)
    )))
}
