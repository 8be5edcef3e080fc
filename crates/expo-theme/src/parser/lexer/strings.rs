//! Strings and their escapes (RFC 8259 §7).

use super::{Dialect, Lexer};
use crate::{Code, Span, Text};

impl Lexer<'_> {
    /// A string from its opening quote on.
    pub(super) fn string(&mut self, quote: u8) -> Text {
        let open = self.at;
        self.bump();
        if quote == b'\'' {
            let span = Span::new(open, self.at);
            self.departure(
                span,
                "single quotes",
                "double quotes",
                Some("JSON strings stand in double quotes"),
            );
        }
        let start = self.at;
        self.plain(quote);
        if self.peek() == Some(quote) {
            let text = self.slice(start, self.at);
            self.bump();
            return Text::from(text);
        }
        let mut units: Vec<u16> = self.slice(start, self.at).encode_utf16().collect();
        self.rest_of_string(quote, &mut units);
        Text::from_units(units)
    }

    /// Skips characters that stand for themselves.
    fn plain(&mut self, quote: u8) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let special = |byte: &u8| *byte == quote || *byte == b'\\' || *byte < 0x20;
        let length = rest.iter().position(special).unwrap_or(rest.len());
        self.at = self.at.saturating_add(length);
    }

    fn rest_of_string(&mut self, quote: u8, units: &mut Vec<u16>) {
        loop {
            let here = self.at;
            match self.peek() {
                None => {
                    self.stop(Code::JsonSyntax, here, "the string does not end", "a closing quote");
                    return;
                }
                Some(byte) if byte == quote => {
                    self.bump();
                    return;
                }
                Some(b'\\') => self.escape(units),
                Some(b'\n' | b'\r') => {
                    let hint = "write a line break as \\n";
                    self.syntax(
                        Span::new(here, here),
                        "the string does not end on its line",
                        "a closing quote",
                        Some(hint),
                    );
                    return;
                }
                Some(byte) if byte < 0x20 => {
                    self.bump();
                    let hint = format!("write \\u{byte:04x}");
                    self.syntax(
                        Span::new(here, self.at),
                        "a control character in a string",
                        "an escape",
                        Some(&hint),
                    );
                }
                Some(_) => {
                    self.plain(quote);
                    units.extend(self.slice(here, self.at).encode_utf16());
                }
            }
        }
    }

    fn escape(&mut self, units: &mut Vec<u16>) {
        self.bump();
        let here = self.at;
        let unit = match self.peek() {
            Some(b'u') => return self.unicode_escape(units),
            Some(byte @ (b'"' | b'\\' | b'/')) => u16::from(byte),
            Some(byte @ b'\'') if self.dialect == Dialect::Json5 => u16::from(byte),
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => 0x0a,
            Some(b'r') => 0x0d,
            Some(b't') => 0x09,
            Some(_) => {
                self.at = self.after_char(here);
                let hint = "a backslash itself is written \\\\";
                self.syntax(
                    Span::new(here, self.at),
                    "no JSON escape",
                    "one of \" \\ / b f n r t u",
                    Some(hint),
                );
                return;
            }
            None => return,
        };
        self.bump();
        units.push(unit);
    }

    fn unicode_escape(&mut self, units: &mut Vec<u16>) {
        self.bump();
        let mut unit: u16 = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                let span = Span::new(self.at, self.after_char(self.at));
                self.syntax(span, "no JSON escape", "four hexadecimal digits after \\u", None);
                return;
            };
            unit = unit.wrapping_shl(4) | digit;
            self.bump();
        }
        units.push(unit);
    }
}
