//! The sheet as PNG.

use std::sync::{Arc, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree, fontdb::Database};
use thiserror::Error;

use super::picture;
use crate::{Surroundings, Theme};

/// Pixels for each unit of the sheet: text stays sharp on the screens of today.
const SCALE: u8 = 2;

/// Why a picture cannot become a PNG.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PngError {
    /// No font was given, and text needs one.
    #[error("no font: text cannot be drawn without one; pass the bytes of a TrueType or OpenType font")]
    NoFont,
    /// These bytes hold no font face with a name.
    #[error("font {index} (from 0) is no TrueType or OpenType font")]
    NotAFont {
        /// Which of the given fonts, from 0.
        index: usize,
    },
    /// None of the given fonts has this character, which every sheet uses.
    #[error("no given font has the character `{character}`; add one with the Latin alphabet")]
    NoGlyph {
        /// The character.
        character: char,
    },
    /// The renderer refused the sheet or its size.
    #[error("the picture cannot be drawn: {reason}")]
    Render {
        /// What the renderer said.
        reason: String,
    },
}

/// [`picture`](crate::picture) as PNG, twice as wide and high as the SVG says.
///
/// `fonts` are the bytes of TrueType or OpenType files or collections. The theme's font family is taken from them by its
/// name; the first of them stands in for every family that is not there. With the same fonts the pixels are the same;
/// files of another family, weight or version change them.
///
/// # Errors
///
/// When text has no font ([`PngError::NoFont`], [`PngError::NotAFont`], [`PngError::NoGlyph`]). A character of the
/// theme's own font name that no font has is drawn as an empty box.
pub fn picture_png(
    theme: &Theme,
    surroundings: Surroundings,
    fonts: impl IntoIterator<Item = Vec<u8>>,
) -> Result<Vec<u8>, PngError> {
    let fonts = loaded(fonts)?;
    let missing = Mutex::new(None);
    let options =
        Options { font_resolver: watching(&missing), fontdb: Arc::new(fonts), ..Options::default() };
    let refused = |reason: &dyn std::fmt::Display| PngError::Render { reason: reason.to_string() };
    let tree = Tree::from_str(&picture(theme, surroundings), &options).map_err(|error| refused(&error))?;
    drop(options);
    if let Some(character) = missing.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(PngError::NoGlyph { character });
    }
    let size = tree.size().to_int_size().scale_by(f32::from(SCALE));
    let pixmap = size.and_then(|size| Pixmap::new(size.width(), size.height()));
    let mut pixmap = pixmap.ok_or_else(|| refused(&"it is too large"))?;
    let scale = Transform::from_scale(f32::from(SCALE), f32::from(SCALE));
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| refused(&error))
}

/// The fonts, the first of them in the place of every generic family.
fn loaded(fonts: impl IntoIterator<Item = Vec<u8>>) -> Result<Database, PngError> {
    let mut database = Database::new();
    for (index, font) in fonts.into_iter().enumerate() {
        let before = database.len();
        database.load_font_data(font);
        if database.len() == before {
            return Err(PngError::NotAFont { index });
        }
    }
    let first = database.faces().find_map(|face| face.families.first()).map(|(family, _)| family.clone());
    let first = first.ok_or(PngError::NoFont)?;
    database.set_sans_serif_family(&first);
    database.set_serif_family(first);
    Ok(database)
}

/// The renderer's own choice of fonts, which notes the first plain character that no font has.
fn watching(missing: &Mutex<Option<char>>) -> FontResolver<'_> {
    let fallback = FontResolver::default_fallback_selector();
    FontResolver {
        select_font: FontResolver::default_font_selector(),
        select_fallback: Box::new(move |character, used, fonts| {
            let found = fallback(character, used, fonts);
            if found.is_none() && character.is_ascii() {
                missing.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(character);
            }
            found
        }),
    }
}
