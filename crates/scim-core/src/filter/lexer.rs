//! The words of a filter, read one after the other.

mod chunks;

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
    /// What follows the word that is read next.
    rest: &'t str,
    /// The word that is read next.
    pub(super) token: Token<'t>,
}

impl<'t> Lexer<'t> {
    /// Before the first word of a text.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text, token: Token { at: 0, kind: TokenKind::End } }
    }

    /// Goes on to the next word.
    pub(super) fn advance(&mut self) {
        let mut rest = self.rest;
        while let [b' ' | b'\t' | b'\r' | b'\n', ..] = rest.as_bytes() {
            rest = rest.get(1..).unwrap_or_default();
        }
        let after = || rest.get(1..).unwrap_or_default();
        self.token.at = self.text.len().saturating_sub(rest.len());
        (self.token.kind, self.rest) = match rest.as_bytes().first() {
            None => (TokenKind::End, rest),
            Some(b'(') => (TokenKind::Open, after()),
            Some(b')') => (TokenKind::Close, after()),
            Some(b'[') => (TokenKind::OpenBracket, after()),
            Some(b']') => (TokenKind::CloseBracket, after()),
            Some(b'"') => quoted(rest, after()),
            Some(_) => word(rest),
        };
    }
}

/// What it is made of is for whoever looks it up to say.
fn word(text: &str) -> (TokenKind<'_>, &str) {
    match text.split_at_checked(chunks::WORD.position(text)) {
        None | Some(("", _)) => (TokenKind::Unknown, text),
        Some((word, rest)) => (TokenKind::Word(word), rest),
    }
}

/// A JSON string (RFC 7644 §3.4.2.2), as far as the quote that ends it; `text` without its first quote is `inner`.
fn quoted<'t>(text: &'t str, inner: &'t str) -> (TokenKind<'t>, &'t str) {
    let plain = inner.split_at_checked(chunks::PLAIN.position(inner));
    match plain.and_then(|(plain, rest)| Some((plain, rest.strip_prefix('"')?))) {
        Some((plain, rest)) => (TokenKind::Plain(plain), rest),
        None => escaped(text)
            .map_or((TokenKind::Unknown, text), |(literal, rest)| (TokenKind::Escaped(literal), rest)),
    }
}

/// A literal with its quotes, and what follows it.
fn escaped(text: &str) -> Option<(&str, &str)> {
    let mut is_escape = false;
    let inner = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escape;
        is_escape = byte == b'\\' && !is_escape;
        ends
    });
    text.split_at_checked(inner?.saturating_add(2))
}
