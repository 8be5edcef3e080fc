//! What the plugin lets pass and a phone or a file format does not.

use std::collections::HashSet;

use crate::check::MAX_DIAGNOSTICS;
use crate::emit::is_xml;
use crate::source::shown;
use crate::token::TOKENS;
use crate::value::{Member, Node, Object, Value};
use crate::{Code, Diagnostic, Number, Severity, Source, Span, Text};

/// Adds what is unsound anywhere in the tree; a value that is already refused is not refused again.
pub(crate) fn judge(source: &Source, root: &Node, found: &mut Vec<Diagnostic>) {
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    let refused = errors.map(|found| found.span).collect();
    let mut walk = Walk { source, refused, found: Vec::new(), path: String::new(), depth: 0 };
    walk.node(root);
    found.append(&mut walk.found);
}

struct Walk<'a> {
    source: &'a Source,
    refused: HashSet<Span>,
    found: Vec<Diagnostic>,
    path: String,
    depth: usize,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Null => self.null(node.span),
            Value::Number(number) => self.number(*number, node.span),
            Value::Text(text) => self.text(text, node.span),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.within(&index.to_string(), |walk| walk.node(item));
                }
            }
            Value::Object(object) => self.object(object),
            Value::Bool(_) | Value::Invalid => {}
        }
    }

    fn object(&mut self, object: &Object) {
        self.duplicates(object);
        let palette = self.depth == 1 && matches!(self.path.as_str(), "colors" | "darkColors");
        for member in object.members() {
            self.within(&member.key.to_string_lossy(), |walk| {
                walk.text(&member.key, member.key_span);
                if palette {
                    walk.palette_member(member);
                }
                walk.node(&member.value);
            });
        }
    }

    fn duplicates(&mut self, object: &Object) {
        for duplicate in object.duplicates() {
            let key = self.source.text().get(duplicate.again.start..duplicate.again.end).unwrap_or_default();
            let first = self.source.position(duplicate.lost.start);
            let message = format!(
                "{} stands here for the second time: its value at line {}, column {} is lost",
                shown(key),
                first.line,
                first.column
            );
            let hint = "remove one of the two".to_owned();
            self.push(Code::DuplicateKey, duplicate.again, |d| {
                d.says(message, "each key once").related(duplicate.lost).hint(Some(hint))
            });
        }
    }

    /// Anything but a string drops the whole palette on iOS, under whatever key it stands.
    fn palette_member(&mut self, member: &Member) {
        let known = member.key.as_str().is_some_and(|key| TOKENS.contains(&key));
        if known || matches!(member.value.value, Value::Text(_) | Value::Null | Value::Invalid) {
            return;
        }
        let message = format!("{} in a palette makes iOS drop the whole palette", member.value.value.kind());
        self.push(Code::WrongType, member.value.span, |d| d.says(message, "a string, or no such key"));
    }

    fn null(&mut self, span: Span) {
        let hint = Some("remove the key".to_owned());
        self.push(Code::Null, span, |d| {
            d.says("null, which Info.plist cannot hold and Android refuses", "a value").hint(hint)
        });
    }

    fn number(&mut self, number: Number, span: Span) {
        let radius = self.depth == 2 && self.path == "design.borderRadius";
        let (problem, expected) = if number.overflows() {
            ("the number is too large for any platform", "a number below 1e21")
        } else if number.prints_large_exponent() {
            ("the number is too large for Info.plist", "a number below 1e21")
        } else if radius && number.is_negative() {
            ("the radius is negative", "0 or more")
        } else {
            return;
        };
        self.push(Code::NumberOutOfRange, span, |d| d.says(problem, expected));
    }

    fn text(&mut self, text: &Text, span: Span) {
        let forbidden = text.chars().find_map(|c| match c {
            Ok(c) if is_xml(c) => None,
            Ok(c) => Some(u32::from(c)),
            Err(unit) => Some(u32::from(unit)),
        });
        let Some(code_point) = forbidden else { return };
        let message = format!("U+{code_point:04X} in a text, which XML forbids");
        self.push(Code::ForbiddenCharacter, span, |d| d.says(message, "text that XML can hold"));
    }

    /// Runs `inner` with one more step on the path.
    fn within(&mut self, step: &str, inner: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        if self.depth != 0 {
            self.path.push('.');
        }
        self.depth = self.depth.saturating_add(1);
        self.path.push_str(step);
        inner(self);
        self.depth = self.depth.saturating_sub(1);
        self.path.truncate(before);
    }

    fn push(&mut self, code: Code, span: Span, fill: impl FnOnce(Diagnostic) -> Diagnostic) {
        if self.found.len() < MAX_DIAGNOSTICS && self.refused.insert(span) {
            let problem = Diagnostic::new(Severity::Error, code, self.source, span).at(self.path.as_str());
            self.found.push(fill(problem));
        }
    }
}
