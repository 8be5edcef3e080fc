//! Characters to scalars and separators, with every problem noted.

mod strings;

use super::Value;
use crate::{Code, Diagnostic, Number, Severity, Source, Span, Text, source::shown};

/// Problems beyond this many are not noted.
const MAX_PROBLEMS: usize = 100;

pub(super) struct Lexer<'a> {
    source: &'a Source,
    bytes: &'a [u8],
    at: usize,
    problems: Vec<Diagnostic>,
    stopped: bool,
    dialect: Dialect,
}

/// What counts as a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Whatever RFC 8259 does not allow.
    Json,
    /// As before, but for comments, trailing commas, single quotes and keys without quotes, which JSON5 brings.
    Json5,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a Source, dialect: Dialect) -> Self {
        Self { source, bytes: source.text().as_bytes(), at: 0, problems: Vec::new(), stopped: false, dialect }
    }

    pub(super) fn into_problems(self) -> Vec<Diagnostic> {
        self.problems
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn bump(&mut self) {
        self.at = self.at.saturating_add(1).min(self.bytes.len());
    }

    /// Notes a problem after which nothing can be understood any more; the rest counts as read.
    pub(super) fn stop(&mut self, code: Code, start: usize, message: &str, expected: &str) {
        self.note(code, Span::new(start, self.after_char(start)), message, expected, None);
        self.stopped = true;
        self.at = self.bytes.len();
    }

    /// Skips white space (and, noting them, comments); the offset of what follows.
    pub(super) fn skip_blank(&mut self) -> usize {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.white_space(),
                Some(b'/' | b'#') if !self.stopped => {
                    if !self.comment() {
                        return self.at;
                    }
                }
                _ => return self.at,
            }
        }
    }

    fn white_space(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let length = rest.iter().position(|byte| !white(byte)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(length);
    }

    /// Whether an array or object ends here; notes a comma before the end.
    pub(super) fn closes(&mut self, closer: u8, comma: Option<Span>) -> bool {
        let start = self.skip_blank();
        if self.peek() != Some(closer) {
            return false;
        }
        self.bump();
        if comma.is_some() && self.dialect == Dialect::Json {
            let hint = "JSON allows no comma before a closing bracket: remove it";
            self.syntax(Span::new(start, self.at), "a comma ends the list", "another entry", Some(hint));
            if let (Some(last), Some(comma)) = (self.problems.last_mut(), comma) {
                last.related = Some(comma);
            }
        }
        true
    }

    /// After an entry: the comma before the next one, or nothing at the end of the list.
    pub(super) fn separator(&mut self, closer: u8, expected: &str) -> Option<Span> {
        let start = self.skip_blank();
        match self.peek() {
            Some(b',') => {
                self.bump();
                Some(Span::new(start, self.at))
            }
            Some(byte) if byte == closer => {
                self.bump();
                None
            }
            Some(b'"') => {
                let hint = "a comma is missing before this";
                self.syntax(
                    Span::new(start, start.saturating_add(1)),
                    "unexpected `\"`",
                    expected,
                    Some(hint),
                );
                Some(Span::new(start, start))
            }
            _ => {
                self.unexpected(start, expected);
                None
            }
        }
    }

    /// A key and its colon, or nothing when none can be read.
    pub(super) fn key(&mut self) -> Option<(Text, Span)> {
        let start = self.skip_blank();
        let key = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.string(quote),
            Some(byte) if word_part(byte) => {
                let word = self.word();
                let hint = format!("write \"{}\"", shown(word));
                self.departure(
                    Span::new(start, self.at),
                    "a key without quotes",
                    "a key in double quotes",
                    Some(&hint),
                );
                Text::from(word)
            }
            _ => {
                self.unexpected(start, "a key in double quotes");
                return None;
            }
        };
        let span = Span::new(start, self.at);
        let colon = self.skip_blank();
        if self.peek() == Some(b':') {
            self.bump();
            return Some((key, span));
        }
        self.unexpected(colon, "`:` after the key");
        None
    }

    /// A string, number or word; anything else stops the reading.
    pub(super) fn scalar(&mut self) -> Value {
        let start = self.at;
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => Value::Text(self.string(quote)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(byte) if word_part(byte) || byte == b'#' => self.literal(),
            _ => {
                self.unexpected(start, "a value");
                Value::Invalid
            }
        }
    }

    /// Notes whatever stands after the whole value.
    pub(super) fn end_of_text(&mut self) {
        let start = self.skip_blank();
        if self.peek().is_some() {
            self.unexpected(start, "the end of the file");
        }
    }

    fn literal(&mut self) -> Value {
        let start = self.at;
        let word = self.word();
        let (value, hint) = match word {
            "null" => return Value::Null,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "True" | "TRUE" | "False" | "FALSE" | "Null" | "NULL" => {
                (Value::Invalid, format!("write `{}`", word.to_lowercase()))
            }
            "NaN" | "Infinity" | "undefined" => (Value::Invalid, "JSON has no such value".to_owned()),
            _ => (Value::Invalid, format!("write \"{}\" if this is text", shown(word))),
        };
        let message = format!("unexpected `{}`", shown(word));
        self.syntax(Span::new(start, self.at), &message, "a value", Some(&hint));
        value
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        let whole = self.number_grammar();
        let text = self.slice(start, self.at);
        let rest = self.at;
        let tail = self.peek().is_some_and(|byte| word_part(byte) || byte == b'.');
        if whole && !tail {
            return Number::read(text).map_or(Value::Invalid, Value::Number);
        }
        while self.peek().is_some_and(|byte| word_part(byte) || matches!(byte, b'.' | b'-' | b'+')) {
            self.bump();
        }
        let end = self.at.max(self.after_char(rest));
        let hint = "JSON numbers are decimal, such as 12, -0.5 or 1e3";
        self.syntax(Span::new(rest, end), "no JSON number", "a decimal number", Some(hint));
        Value::Invalid
    }

    /// Reads `-? int frac? exp?` (RFC 8259 §6) as far as it goes; whether it was complete.
    fn number_grammar(&mut self) -> bool {
        self.take(b"-");
        if !self.take(b"0") && !self.digits() {
            return false;
        }
        if self.take(b".") && !self.digits() {
            return false;
        }
        if self.take(b"eE") {
            self.take(b"+-");
            return self.digits();
        }
        true
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.bump();
        }
        self.at != start
    }

    fn take(&mut self, any: &[u8]) -> bool {
        let taken = self.peek().is_some_and(|byte| any.contains(&byte));
        if taken {
            self.bump();
        }
        taken
    }

    /// Skips and notes a comment; whether there was one.
    fn comment(&mut self) -> bool {
        let start = self.at;
        let rest = self.slice(start, self.bytes.len());
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end.saturating_add(2))
        } else if rest.starts_with("//") || is_hash_comment(rest) {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else {
            return false;
        };
        self.at = start.saturating_add(length);
        let hint = "keep notes outside of the file";
        let span = Span::new(start, self.at);
        if rest.starts_with('#') {
            self.syntax(span, "a comment", "JSON, which has no comments", Some(hint));
        } else {
            self.departure(span, "a comment", "JSON, which has no comments", Some(hint));
        }
        true
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        self.take(b"#");
        while self.peek().is_some_and(word_part) {
            self.bump();
        }
        self.source.text().get(start..self.at).unwrap_or_default()
    }

    fn unexpected(&mut self, start: usize, expected: &str) {
        if self.stopped {
            return;
        }
        let found = self.source.text().get(start..).and_then(|rest| rest.chars().next());
        let message = match found {
            Some('\u{feff}') => "the file starts with a byte-order mark".to_owned(),
            Some(c) => format!("unexpected `{}`", shown(c.encode_utf8(&mut [0; 4]))),
            None => "the file ends too early".to_owned(),
        };
        self.stop(Code::JsonSyntax, start, &message, expected);
    }

    /// Notes what JSON5 allows and JSON does not.
    fn departure(&mut self, span: Span, message: &str, expected: &str, hint: Option<&str>) {
        if self.dialect == Dialect::Json {
            self.syntax(span, message, expected, hint);
        }
    }

    fn syntax(&mut self, span: Span, message: &str, expected: &str, hint: Option<&str>) {
        self.note(Code::JsonSyntax, span, message, expected, hint);
    }

    fn note(&mut self, code: Code, span: Span, message: &str, expected: &str, hint: Option<&str>) {
        if self.stopped || self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let problem = Diagnostic::new(Severity::Error, code, self.source, span);
        self.problems.push(problem.says(message, expected).hint(hint.map(str::to_owned)));
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.source.text().get(start..end).unwrap_or_default()
    }

    /// The offset after the character at `start`.
    fn after_char(&self, start: usize) -> usize {
        let rest = self.source.text().get(start..).unwrap_or_default();
        start.saturating_add(rest.chars().next().map_or(0, char::len_utf8))
    }
}

/// `#` before a letter or digit is rather a colour without quotes.
fn is_hash_comment(rest: &str) -> bool {
    rest.strip_prefix('#').is_some_and(|note| !note.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn word_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}
