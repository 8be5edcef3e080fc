//! The words of a filter.

/// A word and where it begins, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: TokenKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A name, an operator, a number, `true`, `false` or `null`.
    Word(String),
    /// A literal in quotes, without them.
    Text(String),
}

/// The words of `text`; `Err` is the position of what is none.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len().saturating_sub(rest.len());
        let (kind, len) = match first {
            ' ' | '\t' | '\r' | '\n' => {
                rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
                continue;
            }
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            '[' => (TokenKind::OpenBracket, 1),
            ']' => (TokenKind::CloseBracket, 1),
            '"' => quoted(rest).ok_or(at)?,
            _ => word(rest).ok_or(at)?,
        };
        tokens.push(Token { at, kind });
        rest = rest.get(len..).unwrap_or_default();
    }
    Ok(tokens)
}

/// A JSON string (RFC 7644 §3.4.2.2), read by a JSON parser.
fn quoted(text: &str) -> Option<(TokenKind, usize)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })?;
    let literal = text.get(..=end)?;
    let value = serde_json::from_str(literal).ok()?;
    Some((TokenKind::Text(value), literal.len()))
}

fn word(text: &str) -> Option<(TokenKind, usize)> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '-' | '_' | '$' | '+');
    let end = text.find(|c| !allowed(c)).unwrap_or(text.len());
    let word = text.get(..end).filter(|word| !word.is_empty())?;
    Some((TokenKind::Word(word.to_owned()), end))
}
