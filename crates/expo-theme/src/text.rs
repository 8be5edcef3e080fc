//! JSON strings as JavaScript holds them: sequences of UTF-16 code units, lone surrogates included.

use std::borrow::Cow;

use compact_str::CompactString;

/// A string of a theme.
///
/// Escapes such as `\ud800` may leave a surrogate without its partner, which no Rust `str` can hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(Form);

/// Each text has one form only, so that derived equality is equality of text. Up to 24 bytes are held without an allocation:
/// most keys and every colour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    /// Every character stands for itself in JSON and in XML, as in most texts of a theme.
    Plain(CompactString),
    Whole(CompactString),
    /// With a lone surrogate.
    Lone(Vec<u16>),
}

impl Text {
    pub(crate) fn from_units(units: Vec<u16>) -> Self {
        match String::from_utf16(&units) {
            Ok(whole) => Self::from(whole.as_str()),
            Err(_) => Self(Form::Lone(units)),
        }
    }

    /// The text if it can be written to JSON and XML as it is.
    pub(crate) fn as_plain(&self) -> Option<&str> {
        match &self.0 {
            Form::Plain(text) => Some(text),
            Form::Whole(_) | Form::Lone(_) => None,
        }
    }

    /// The text, or nothing when it holds a lone surrogate.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Form::Plain(text) | Form::Whole(text) => Some(text),
            Form::Lone(_) => None,
        }
    }

    /// The text with each lone surrogate replaced by U+FFFD, for people to read.
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Plain(text) | Form::Whole(text) => Cow::Borrowed(text),
            Form::Lone(units) => Cow::Owned(String::from_utf16_lossy(units)),
        }
    }

    /// Its characters; a lone surrogate comes as the number of its code unit.
    pub(crate) fn chars(&self) -> impl Iterator<Item = Result<char, u16>> + '_ {
        let (whole, units) = match &self.0 {
            Form::Plain(text) | Form::Whole(text) => (text.as_str(), [].as_slice()),
            Form::Lone(units) => ("", units.as_slice()),
        };
        let lone = char::decode_utf16(units.iter().copied());
        whole.chars().map(Ok).chain(lone.map(|c| c.map_err(|error| error.unpaired_surrogate())))
    }

    /// The number that this text names as a JavaScript array index: canonical decimal below 2^32 - 1.
    pub(crate) fn array_index(&self) -> Option<u32> {
        let text = self.as_str()?;
        let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
        let index: u32 = text.parse().ok().filter(|_| canonical)?;
        (index != u32::MAX).then_some(index)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let held = CompactString::new(text);
        if text.bytes().all(is_plain) { Self(Form::Plain(held)) } else { Self(Form::Whole(held)) }
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'&' | b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_numbers_are_array_indices() {
        let index = |text: &str| Text::from(text).array_index();
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("4294967294"), Some(4_294_967_294));
        for text in ["4294967295", "01", "-1", "+1", "", "1.0", "a"] {
            assert_eq!(index(text), None, "{text}");
        }
    }

    #[test]
    fn paired_surrogates_become_one_character() {
        assert_eq!(Text::from_units(vec![0xd83d, 0xde00]), Text::from("\u{1f600}"));
        assert_eq!(Text::from_units(vec![0x61, 0xd800]).as_str(), None);
    }
}
