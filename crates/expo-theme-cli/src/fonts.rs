//! The fonts that a PNG is drawn with.

use std::{collections::BTreeSet, path::Path};

use expo_theme::{Mode, Platform, Theme, appearance};
use fontdb::{Database, Family, ID, Query, Source, Weight};

use crate::{Failure, file};

/// Font files larger than this are refused.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    file::read_at_most(path, MAX_BYTES)
        .map_err(|reason| Failure::Told(format!("cannot read `{}`: {reason}", file::shown(path))))
}

/// A plain family of the system and, if the system has it, the theme's own; nothing when there is no font at all.
pub(crate) fn of_system(theme: &Theme) -> Vec<Vec<u8>> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    let own = appearance(theme, Platform::Ios, Mode::Light).and_then(|drawn| drawn.font);
    let own: Vec<Family<'_>> = own.iter().map(|name| Family::Name(name)).collect();
    let plain = both_weights(&fonts, &PLAIN);
    let plain = if plain.is_empty() { fonts.faces().map(|face| face.id).take(1).collect() } else { plain };
    let mut taken = BTreeSet::new();
    let chosen = plain.into_iter().chain(both_weights(&fonts, &own));
    chosen
        .filter(|face| taken.insert(file_of(&fonts, *face)))
        .filter_map(|face| bytes(&fonts, face))
        .collect()
}

/// What is common on desktops, the system's own choice first.
const PLAIN: [Family<'_>; 9] = [
    Family::SansSerif,
    Family::Name("Helvetica Neue"),
    Family::Name("Segoe UI"),
    Family::Name("Roboto"),
    Family::Name("Noto Sans"),
    Family::Name("Liberation Sans"),
    Family::Name("DejaVu Sans"),
    Family::Name("Arial"),
    Family::Name("Helvetica"),
];

fn both_weights(fonts: &Database, families: &[Family<'_>]) -> Vec<ID> {
    let face = |weight| fonts.query(&Query { families, weight, ..Query::default() });
    [Weight::NORMAL, Weight::BOLD].into_iter().filter_map(face).collect()
}

/// Where a face lies; one file may hold several.
fn file_of(fonts: &Database, face: ID) -> Option<String> {
    let (source, _) = fonts.face_source(face)?;
    match source {
        Source::File(path) | Source::SharedFile(path, _) => Some(path.display().to_string()),
        Source::Binary(_) => None,
    }
}

fn bytes(fonts: &Database, face: ID) -> Option<Vec<u8>> {
    fonts.with_face_data(face, |data, _| data.to_vec())
}
