//! The text of a theme and places in it.

use std::borrow::Cow;

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

/// The decoded text of a theme file.
///
/// Bytes that are not UTF-8 become U+FFFD, one for each maximal ill-formed sequence (WHATWG Encoding, UTF-8 decode
/// without BOM). A byte-order mark is kept: JSON refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    text: String,
}

impl Source {
    /// Decodes the bytes of a file; never fails.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        Self { text: String::from_utf8_lossy(bytes).into_owned() }
    }

    /// The decoded text, into which every [`Span`] points.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte offset; an offset beyond the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let before = self.before(offset);
        let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at.saturating_add(1));
        let line = before.get(line_start..).unwrap_or_default();
        Position {
            line: line_breaks(before).saturating_add(1),
            column: line.encode_utf16().count().saturating_add(1),
            offset_utf16: before.encode_utf16().count(),
        }
    }

    /// The text up to `offset`; an offset inside a character or past the end moves back to a boundary.
    fn before(&self, offset: usize) -> &str {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        self.text.get(..end).unwrap_or_default()
    }
}

fn line_breaks(text: &str) -> usize {
    let feeds = text.bytes().filter(|byte| *byte == b'\n').count();
    let mut returns: usize = 0;
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' && rest.peek() != Some(&b'\n') {
            returns = returns.saturating_add(1);
        }
    }
    feeds.saturating_add(returns)
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
    fn shown_text_is_escaped_and_cut() {
        assert_eq!(shown("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(4000)).chars().count(), 61);
    }
}
