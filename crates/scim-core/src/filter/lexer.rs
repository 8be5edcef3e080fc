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
    /// A literal, without its quotes.
    Plain(&'t str),
    /// A literal that only a JSON parser can read, with its quotes.
    Escaped(&'t str),
    /// A literal without an end, or a character that no text may have.
    Unknown,
    End,
}

#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    /// Where the word ends that is read next.
    end: usize,
    /// The word that is read next.
    pub(super) token: Token<'t>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut lexer = Self { text, end: 0, token: Token { at: 0, kind: TokenKind::End } };
        lexer.advance();
        lexer
    }

    /// Goes on to the next word.
    pub(super) fn advance(&mut self) {
        let bytes = self.text.as_bytes();
        let at = end_of(bytes, self.end, is_space);
        let next = at.saturating_add(1);
        let (kind, end) = match bytes.get(at) {
            None => (TokenKind::End, at),
            Some(b'(') => (TokenKind::Open, next),
            Some(b')') => (TokenKind::Close, next),
            Some(b'[') => (TokenKind::OpenBracket, next),
            Some(b']') => (TokenKind::CloseBracket, next),
            Some(b'"') => quoted(self.text, at),
            Some(_) => word(self.text, at),
        };
        self.end = end;
        self.token = Token { at, kind };
    }
}

/// Where the bytes of a kind end that begin at a position.
fn end_of(bytes: &[u8], start: usize, is: impl Fn(u8) -> bool) -> usize {
    let mut end = start;
    while bytes.get(end).is_some_and(|byte| is(*byte)) {
        end = end.saturating_add(1);
    }
    end
}

fn word(text: &str, at: usize) -> (TokenKind<'_>, usize) {
    let end = end_of(text.as_bytes(), at, is_of_word);
    match text.get(at..end) {
        None | Some("") => (TokenKind::Unknown, at),
        Some(word) => (TokenKind::Word(word), end),
    }
}

/// A JSON string (RFC 7644 §3.4.2.2), as far as the quote that ends it.
fn quoted(text: &str, at: usize) -> (TokenKind<'_>, usize) {
    let (bytes, start) = (text.as_bytes(), at.saturating_add(1));
    let end = end_of(bytes, start, |byte| !matches!(byte, b'"' | b'\\' | 0..b' '));
    let next = end.saturating_add(1);
    match (bytes.get(end), text.get(start..end)) {
        (Some(b'"'), Some(plain)) => (TokenKind::Plain(plain), next),
        _ => escaped(text, at),
    }
}

fn escaped(text: &str, at: usize) -> (TokenKind<'_>, usize) {
    let (bytes, mut end) = (text.as_bytes(), at.saturating_add(1));
    loop {
        end = end_of(bytes, end, |byte| !matches!(byte, b'"' | b'\\'));
        match bytes.get(end) {
            None => return (TokenKind::Unknown, at),
            Some(b'"') => break,
            Some(_) => end = end.saturating_add(2),
        }
    }
    let end = end.saturating_add(1);
    text.get(at..end).map_or((TokenKind::Unknown, at), |text| (TokenKind::Escaped(text), end))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What it is made of is for whoever looks it up to say.
fn is_of_word(byte: u8) -> bool {
    !matches!(byte, 0..=b' ' | b'(' | b')' | b'[' | b']' | b'"')
}
