//! The words of a filter, read one after the other.

/// A word and where it begins, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) at: usize,
    pub(super) kind: TokenKind<'t>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind<'t> {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A name, an operator, a number, `true`, `false` or `null`.
    Word(&'t str),
    /// A literal, with its quotes.
    Quoted(&'t str),
    /// What begins none of these.
    Unknown,
    End,
}

#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn next(&mut self) -> Token<'t> {
        let rest = self.text.get(self.at..).unwrap_or_default().trim_start_matches([' ', '\t', '\r', '\n']);
        let at = self.text.len().saturating_sub(rest.len());
        let (kind, len) = match rest.bytes().next() {
            None => (TokenKind::End, 0),
            Some(b'(') => (TokenKind::Open, 1),
            Some(b')') => (TokenKind::Close, 1),
            Some(b'[') => (TokenKind::OpenBracket, 1),
            Some(b']') => (TokenKind::CloseBracket, 1),
            Some(b'"') => {
                quoted(rest).map_or((TokenKind::Unknown, 0), |text| (TokenKind::Quoted(text), text.len()))
            }
            Some(_) => word(rest).map_or((TokenKind::Unknown, 0), |word| (TokenKind::Word(word), word.len())),
        };
        self.at = at.saturating_add(len);
        Token { at, kind }
    }
}

/// As far as the quote that ends it.
fn quoted(text: &str) -> Option<&str> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    text.get(..end.checked_add(2)?)
}

fn word(text: &str) -> Option<&str> {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b':' | b'-' | b'_' | b'$' | b'+')
            || !byte.is_ascii()
    };
    let end = text.bytes().position(|byte| !allowed(byte)).unwrap_or(text.len());
    text.get(..end).filter(|word| !word.is_empty())
}
