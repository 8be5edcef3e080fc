//! The text of a theme and places in it.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use serde::Serialize;

/// A half-open range of byte offsets in the decoded text of a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte; equal to `start` for a place between two characters.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// A place as editors count it: lines from 1, columns from 1 in UTF-16 code units.
///
/// A line ends with LF, CR LF or a CR alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in UTF-16 code units.
    pub column: usize,
    /// Offset from the start of the text, from 0, in UTF-16 code units.
    pub offset_utf16: usize,
}

impl Position {
    const START: Self = Self { line: 1, column: 1, offset_utf16: 0 };

    /// The place after `c`; `after_return` when a CR stands before it.
    fn after(mut self, c: char, after_return: bool) -> Self {
        self.offset_utf16 = self.offset_utf16.saturating_add(c.len_utf16());
        match c {
            '\n' if after_return => {}
            '\n' | '\r' => self = Self { line: self.line.saturating_add(1), column: 1, ..self },
            _ => self.column = self.column.saturating_add(c.len_utf16()),
        }
        self
    }
}

/// The decoded text of a theme file.
///
/// Bytes that are not UTF-8 become U+FFFD, one for each maximal ill-formed sequence (WHATWG Encoding, UTF-8 decode
/// without BOM). A byte-order mark is kept: JSON refuses it.
#[derive(Clone, Debug)]
pub struct Source {
    text: Arc<str>,
    marks: OnceLock<Vec<Mark>>,
}

/// A place every few hundred bytes, so that a position is counted from nearby.
#[derive(Clone, Copy, Debug)]
struct Mark {
    byte: usize,
    position: Position,
    after_return: bool,
}

const MARK_EVERY: usize = 512;

impl Source {
    /// Decodes the bytes of a file; never fails.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        // Validating first is much faster than looking for the first fault.
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(bytes).into(),
        };
        Self { text, marks: OnceLock::new() }
    }

    /// The decoded text, into which every [`Span`] points.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte offset; an offset beyond the end counts as the end, one inside a character as its start.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let marks = self.marks.get_or_init(|| marks(&self.text));
        let before = marks.partition_point(|mark| mark.byte <= end).saturating_sub(1);
        let Some(mark) = marks.get(before) else { return Position::START };
        let between = self.text.get(mark.byte..end).unwrap_or_default();
        let (position, _) = between.chars().fold((mark.position, mark.after_return), advance);
        position
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Source {}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = vec![Mark { byte: 0, position: Position::START, after_return: false }];
    let mut state = (Position::START, false);
    let mut next = MARK_EVERY;
    for (byte, c) in text.char_indices() {
        if byte >= next {
            marks.push(Mark { byte, position: state.0, after_return: state.1 });
            next = byte.saturating_add(MARK_EVERY);
        }
        state = advance(state, c);
    }
    marks
}

fn advance((position, after_return): (Position, bool), c: char) -> (Position, bool) {
    (position.after(c, after_return), c == '\r')
}

/// Text from a theme made safe to print: control and format-breaking characters escaped, cut after 60 characters.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if text.len() <= 60 && !text.chars().any(breaks_terminals) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == 60 {
            safe.push('…');
            break;
        }
        if breaks_terminals(c) { safe.extend(c.escape_unicode()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// Text made safe to print, however long.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if breaks_terminals(c) { safe.extend(c.escape_unicode()) } else { safe.push(c) }
    }
    safe
}

fn breaks_terminals(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units_and_every_kind_of_line_end() {
        let source = Source::decode("a\r\n\u{1F600}x\rb\n".as_bytes());
        let place = |offset| {
            let position = source.position(offset);
            (position.line, position.column, position.offset_utf16)
        };
        assert_eq!(place(0), (1, 1, 0));
        assert_eq!(place(3), (2, 1, 3));
        assert_eq!(place(7), (2, 3, 5));
        assert_eq!(place(9), (3, 1, 7));
        assert_eq!(place(999), (4, 1, 9));
    }

    #[test]
    fn positions_far_in_the_text_count_from_its_start() {
        let source = Source::decode("é\r\n".repeat(1000).as_bytes());
        assert_eq!(source.position(4 * 700), Position { line: 701, column: 1, offset_utf16: 2100 });
        assert_eq!(source.position(4 * 700 + 1), source.position(4 * 700));
    }

    #[test]
    fn shown_text_is_escaped_and_cut() {
        assert_eq!(shown("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(4000)).chars().count(), 61);
    }
}
