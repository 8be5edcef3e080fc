//! The plugin's rules for a theme, and the keys that it leaves unsaid.

use crate::source::shown;
use crate::token::{DESIGN_KEYS, SECTIONS, TOKENS, is_colour, near_miss};
use crate::value::{Member, Node, Object, Value};
use crate::{Code, Diagnostic, Severity, Source, Span};

/// The rules in the plugin's order: root, `colors`, `darkColors`, `design`, `fontFamily`, `borderRadius`.
pub(crate) struct Rules<'a> {
    source: &'a Source,
    found: Vec<Diagnostic>,
}

impl<'a> Rules<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, found: Vec::new() }
    }

    pub(crate) fn judge(mut self, root: &Node) -> Vec<Diagnostic> {
        self.root(root);
        self.found
    }

    fn root(&mut self, root: &Node) {
        if root.value == Value::Invalid {
            return;
        }
        let Value::Object(object) = &root.value else {
            let message = format!("the theme is {}", root.value.kind());
            self.error(Code::RootNotObject, root.span, "", message, "an object");
            return;
        };
        self.palette(object, "colors");
        self.palette(object, "darkColors");
        self.design(object);
        self.unused(object, "", &SECTIONS);
    }

    fn palette(&mut self, root: &Object, name: &'static str) {
        let Some(palette) = self.section(root, name) else { return };
        for member in palette.members() {
            let known = member.key.as_str().is_some_and(|key| TOKENS.contains(&key));
            if known { self.colour(name, member) } else { self.unknown_token(name, member) }
        }
    }

    /// A section when it is there; null passes as absent, as it does in the plugin.
    fn section<'n>(&mut self, root: &'n Object, name: &'static str) -> Option<&'n Object> {
        let node = &root.member(name)?.value;
        match &node.value {
            Value::Object(section) => Some(section),
            Value::Null | Value::Invalid => None,
            other => {
                let message = format!("`{name}` is {}", other.kind());
                self.error(Code::SectionNotObject, node.span, name, message, "an object");
                None
            }
        }
    }

    fn colour(&mut self, section: &str, member: &Member) {
        let node = &member.value;
        let text = match &node.value {
            Value::Text(text) => text.to_string_lossy(),
            _ => node.value.kind().into(),
        };
        let is_text = matches!(node.value, Value::Text(_));
        if node.value == Value::Invalid || is_text && is_colour(&text) {
            return;
        }
        let message = if is_text {
            format!("`{}` is no colour", shown(&text))
        } else {
            format!("the colour is {text}")
        };
        let path = format!("{section}.{}", member.key.to_string_lossy());
        let expected = "`#` and 6 or 8 hexadecimal digits (RRGGBB or RRGGBBAA)";
        let hint = if is_text { colour_hint(&text) } else { None };
        self.push(Severity::Error, Code::BadColour, node.span, |d| {
            d.at(&path).says(message, expected).hint(hint)
        });
    }

    fn unknown_token(&mut self, section: &str, member: &Member) {
        let key = member.key.to_string_lossy();
        let message = format!("`{}` is not a token of `{section}`", shown(&key));
        let hint = near_miss(&key, &TOKENS).map(|name| format!("did you mean `{name}`?"));
        let path = format!("{section}.{key}");
        let expected = "one of the 17 colour tokens";
        self.push(Severity::Warning, Code::UnknownKey, member.key_span, |d| {
            d.at(&path).says(message, expected).hint(hint)
        });
    }

    fn design(&mut self, root: &Object) {
        let Some(design) = self.section(root, "design") else { return };
        let text = |value: &Value| matches!(value, Value::Text(_));
        let number = |value: &Value| matches!(value, Value::Number(_));
        self.typed(design, "fontFamily", "a string", text);
        self.typed(design, "borderRadius", "a number", number);
        self.unused(design, "design.", &DESIGN_KEYS);
    }

    fn typed(&mut self, design: &Object, name: &str, wanted: &str, fits: fn(&Value) -> bool) {
        let Some(Member { value: node, .. }) = design.member(name) else { return };
        if fits(&node.value) || matches!(node.value, Value::Null | Value::Invalid) {
            return;
        }
        let message = format!("`{name}` is {}", node.value.kind());
        self.error(Code::WrongType, node.span, &format!("design.{name}"), message, wanted);
    }

    /// Keys that the native readers never look at; the plugin writes them and is silent.
    fn unused(&mut self, object: &Object, prefix: &str, known: &[&str]) {
        for member in object.members() {
            let key = member.key.to_string_lossy();
            if known.contains(&key.as_ref()) {
                continue;
            }
            let message = format!("`{}` changes nothing", shown(&key));
            let hint = near_miss(&key, known).map(|name| format!("did you mean `{name}`?"));
            let expected = format!("one of `{}`", known.join("`, `"));
            let path = format!("{prefix}{key}");
            self.push(Severity::Warning, Code::UnusedKey, member.key_span, |d| {
                d.at(&path).says(message, expected).hint(hint)
            });
        }
    }

    fn error(&mut self, code: Code, span: Span, path: &str, message: String, expected: &str) {
        self.push(Severity::Error, code, span, |d| d.at(path).says(message, expected));
    }

    fn push(
        &mut self,
        severity: Severity,
        code: Code,
        span: Span,
        fill: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.found.push(fill(Diagnostic::new(severity, code, self.source, span)));
    }
}

/// The likely wish behind a text that is no colour.
fn colour_hint(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('#').unwrap_or(trimmed);
    if is_colour(&format!("#{digits}")) {
        return Some(format!("write `#{digits}`"));
    }
    let short = matches!(digits.len(), 3 | 4) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let doubled = || digits.chars().flat_map(|c| [c, c]).collect::<String>();
    short.then(|| format!("write `#{}`: every digit twice", doubled()))
}
