//! A TrueType font made here, so that no test depends on the fonts of a machine: every character is a box.

use std::ops::RangeInclusive;

const UNITS_PER_EM: u16 = 1000;

/// A font of `family` that draws each of `characters` as a box of `width` thousandths of its size.
pub(crate) fn boxes(family: &str, characters: RangeInclusive<char>, width: u16) -> Vec<u8> {
    let (first, last) = (code(*characters.start()), code(*characters.end()));
    let glyphs = last - first + 2;
    let outline = outline(width);
    let tables = [
        (*b"cmap", cmap(first, last)),
        (*b"glyf", outline.repeat(usize::from(glyphs - 1))),
        (*b"head", head(width)),
        (*b"hhea", hhea(width)),
        (
            *b"hmtx",
            [width + 100, 0].into_iter().chain((1..glyphs).map(|_| 0)).flat_map(u16::to_be_bytes).collect(),
        ),
        (*b"loca", loca(glyphs, outline.len())),
        (*b"maxp", maxp(glyphs)),
        (*b"name", name(family)),
    ];
    file(&tables)
}

fn code(character: char) -> u16 {
    u16::try_from(u32::from(character)).unwrap()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().copied().flat_map(u16::to_be_bytes).collect()
}

/// The table directory and the tables, each at a multiple of four.
fn file(tables: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).unwrap();
    let mut file = words(&[0, 1, count, 0, 0, 0]);
    file[..4].copy_from_slice(&0x0001_0000_u32.to_be_bytes());
    let mut offset = 12 + 16 * tables.len();
    let mut body = Vec::new();
    for (tag, table) in tables {
        file.extend(tag);
        for number in [0, offset, table.len()] {
            file.extend(u32::try_from(number).unwrap().to_be_bytes());
        }
        body.extend(table);
        body.resize(body.len().next_multiple_of(4), 0);
        offset = 12 + 16 * tables.len() + body.len();
    }
    file.extend(body);
    file
}

/// Format 4 with one segment and the one that ends it.
fn cmap(first: u16, last: u16) -> Vec<u8> {
    let delta = 1_u16.wrapping_sub(first);
    let header = [0, 1, 3, 1, 0, 12];
    let segments = [4, 32, 0, 4, 4, 1, 0, last, 0xffff, 0, first, 0xffff, delta, 1, 0, 0];
    words(&[&header[..], &segments].concat())
}

/// One contour of four points; the glyph before the first has none.
fn outline(width: u16) -> Vec<u8> {
    let mut glyph = words(&[1, 0, 0, width, 700, 3, 0]);
    glyph.extend([1; 4]);
    glyph.extend(words(&[0, width, 0, width.wrapping_neg(), 0, 0, 700, 0]));
    glyph.resize(glyph.len().next_multiple_of(4), 0);
    glyph
}

fn loca(glyphs: u16, outline: usize) -> Vec<u8> {
    let offsets = std::iter::once(0).chain((0..glyphs).map(|glyph| usize::from(glyph) * outline));
    offsets.flat_map(|offset| u32::try_from(offset).unwrap().to_be_bytes()).collect()
}

fn head(width: u16) -> Vec<u8> {
    let mut head = words(&[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, UNITS_PER_EM]);
    head.extend([0; 16]);
    head.extend(words(&[0, 0, width, 700, 0, 8, 2, 1, 0]));
    head
}

fn hhea(width: u16) -> Vec<u8> {
    let descender = 200_u16.wrapping_neg();
    words(&[1, 0, 800, descender, 0, width + 100, 0, 0, width, 1, 0, 0, 0, 0, 0, 0, 0, 1])
}

fn maxp(glyphs: u16) -> Vec<u8> {
    words(&[1, 0, glyphs, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// Family, style, full and PostScript name.
fn name(family: &str) -> Vec<u8> {
    let text: Vec<u8> = family.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let length = u16::try_from(text.len()).unwrap();
    let records = [1, 2, 4, 6].map(|name| [3, 1, 0x409, name, length, 0]).concat();
    let mut table = words(&[0, 4, 6 + 4 * 12]);
    table.extend(words(&records));
    table.extend(text);
    table
}
