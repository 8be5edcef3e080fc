//! The property-list value that the iOS component reads from Info.plist.

use std::fmt::Write;

use super::{EmitError, indent};
use crate::value::{Node, Object, Value};
use crate::{Number, Source, Span, Text, Theme};

/// The key of Info.plist under which [`plist_value`] belongs.
pub const PLIST_KEY: &str = "ClerkTheme";

/// The XML of the dictionary under [`PLIST_KEY`], indented by two spaces from column 0, without a final newline.
///
/// It mirrors the whole theme, unknown keys included: whole numbers become `integer`, others `real`, and a null in an
/// array vanishes, all as the plugin writes them.
///
/// # Errors
///
/// Where the plugin would write a malformed file or fail without naming a place: null under a key, a whole number from
/// 1e21 on, a character that XML forbids.
pub fn plist_value(theme: &Theme) -> Result<String, EmitError> {
    let out = String::with_capacity(theme.source.text().len().saturating_mul(3));
    let mut writer = Writer { out, source: &theme.source, path: Vec::new() };
    writer.dict(&theme.root, 0)?;
    Ok(writer.out)
}

/// The dictionary with its entries one level below `level`.
pub(super) fn dict_at(theme: &Theme, level: usize) -> Result<String, EmitError> {
    let mut writer = Writer { out: String::new(), source: &theme.source, path: Vec::new() };
    writer.dict(&theme.root, level.min(32))?;
    Ok(writer.out)
}

/// A whole property list with [`PLIST_KEY`] as its only key, for a file of its own.
///
/// # Errors
///
/// As [`plist_value`].
pub fn plist_document(theme: &Theme) -> Result<String, EmitError> {
    let mut out = String::with_capacity(theme.source.text().len().saturating_mul(4));
    out.push_str(PLIST_HEAD);
    let mut writer = Writer { out, source: &theme.source, path: Vec::new() };
    writer.dict(&theme.root, 1)?;
    writer.out.push_str("\n</dict>\n</plist>\n");
    Ok(writer.out)
}

/// What every [`plist_document`] starts with.
const PLIST_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
    <plist version=\"1.0\">\n<dict>\n  <key>ClerkTheme</key>\n  ";

struct Writer<'a> {
    out: String,
    source: &'a Source,
    path: Vec<Step<'a>>,
}

/// The tags of an element that holds text.
struct Element {
    open: &'static str,
    close: &'static str,
    empty: &'static str,
}

const KEY: Element = Element { open: "<key>", close: "</key>", empty: "<key/>" };
const STRING: Element = Element { open: "<string>", close: "</string>", empty: "<string/>" };

/// One step from the root to a value.
enum Step<'a> {
    Key(&'a Text),
    Item(usize),
}

impl<'a> Writer<'a> {
    fn dict(&mut self, object: &'a Object, level: usize) -> Result<(), EmitError> {
        if object.members().is_empty() {
            self.out.push_str("<dict/>");
            return Ok(());
        }
        self.out.push_str("<dict>");
        let inner = level.saturating_add(1);
        for member in object.members() {
            self.path.push(Step::Key(&member.key));
            indent(&mut self.out, inner)?;
            self.text(&KEY, &member.key, member.key_span)?;
            indent(&mut self.out, inner)?;
            self.value(&member.value, inner)?;
            self.path.pop();
        }
        indent(&mut self.out, level)?;
        self.out.push_str("</dict>");
        Ok(())
    }

    fn array(&mut self, items: &'a [Node], level: usize) -> Result<(), EmitError> {
        if items.iter().all(|item| item.value == Value::Null) {
            self.out.push_str("<array/>");
            return Ok(());
        }
        self.out.push_str("<array>");
        let inner = level.saturating_add(1);
        for (index, item) in items.iter().enumerate().filter(|(_, item)| item.value != Value::Null) {
            self.path.push(Step::Item(index));
            indent(&mut self.out, inner)?;
            self.value(item, inner)?;
            self.path.pop();
        }
        indent(&mut self.out, level)?;
        self.out.push_str("</array>");
        Ok(())
    }

    fn value(&mut self, node: &'a Node, level: usize) -> Result<(), EmitError> {
        match &node.value {
            Value::Null | Value::Invalid => return Err(self.null(node.span)),
            Value::Bool(yes) => self.out.push_str(if *yes { "<true/>" } else { "<false/>" }),
            Value::Number(number) => return self.number(*number, node.span),
            Value::Text(text) => return self.text(&STRING, text, node.span),
            Value::Array(items) => return self.array(items, level),
            Value::Object(object) => return self.dict(object, level),
        }
        Ok(())
    }

    fn number(&mut self, number: Number, span: Span) -> Result<(), EmitError> {
        if number.prints_large_exponent() {
            let (path, position) = (self.path(), self.source.position(span.start));
            return Err(EmitError::WholeNumberTooLarge { path, number: number.to_string(), span, position });
        }
        let element = if number.is_whole() { "integer" } else { "real" };
        // Writing to a String cannot fail.
        let _ = write!(self.out, "<{element}>{number}</{element}>");
        Ok(())
    }

    fn text(&mut self, element: &Element, text: &Text, span: Span) -> Result<(), EmitError> {
        if text.as_str() == Some("") {
            self.out.push_str(element.empty);
            return Ok(());
        }
        self.out.push_str(element.open);
        self.characters(text, span)?;
        self.out.push_str(element.close);
        Ok(())
    }

    fn characters(&mut self, text: &Text, span: Span) -> Result<(), EmitError> {
        if let Some(plain) = text.as_plain() {
            self.out.push_str(plain);
            return Ok(());
        }
        for c in text.chars() {
            match c {
                Ok('&') => self.out.push_str("&amp;"),
                Ok('<') => self.out.push_str("&lt;"),
                Ok('>') => self.out.push_str("&gt;"),
                Ok('\r') => self.out.push_str("&#xD;"),
                Ok(c) if is_xml(c) => self.out.push(c),
                Ok(c) => return Err(self.forbidden(u32::from(c), span)),
                Err(unit) => return Err(self.forbidden(u32::from(unit), span)),
            }
        }
        Ok(())
    }

    fn null(&self, span: Span) -> EmitError {
        EmitError::Null { path: self.path(), span, position: self.source.position(span.start) }
    }

    fn forbidden(&self, code_point: u32, span: Span) -> EmitError {
        let position = self.source.position(span.start);
        EmitError::ForbiddenCharacter { path: self.path(), code_point, span, position }
    }

    /// Keys and indices from the root, safe to print.
    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                Step::Key(key) => drop(write!(path, "{dot}{}", crate::source::shown(&key.to_string_lossy()))),
                Step::Item(index) => drop(write!(path, "{dot}{index}")),
            }
        }
        path
    }
}

/// XML 1.0 §2.2, `Char`.
pub(crate) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
