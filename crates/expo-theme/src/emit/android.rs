//! The asset that the Android component reads, as `JSON.stringify(theme, null, 2)` writes it (ECMA-262 §25.5.2).

use std::fmt::Write;

use super::{EmitError, indent};
use crate::value::{Node, Object, Value};
use crate::{Text, Theme};

/// The text of `app/src/main/assets/clerk_theme.json`: the theme with two-space indentation and a final newline.
///
/// Keys stand in JavaScript's order, duplicates are gone, numbers print as JavaScript prints them (what overflows as
/// `null`), a lone surrogate stays an escape. Colours stay RRGGBBAA: the reader swaps them.
///
/// # Errors
///
/// [`EmitError::TooLarge`] only.
pub fn android_asset(theme: &Theme) -> Result<String, EmitError> {
    let mut out = String::with_capacity(theme.source.text().len().saturating_mul(2));
    object(&mut out, &theme.root, 0)?;
    out.push('\n');
    Ok(out)
}

fn value(out: &mut String, node: &Node, level: usize) -> Result<(), EmitError> {
    match &node.value {
        Value::Null | Value::Invalid => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) if number.overflows() => out.push_str("null"),
        // Writing to a String cannot fail.
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::Text(text) => string(out, text),
        Value::Array(items) => return array(out, items, level),
        Value::Object(members) => return object(out, members, level),
    }
    Ok(())
}

fn object(out: &mut String, object: &Object, level: usize) -> Result<(), EmitError> {
    let inner = level.saturating_add(1);
    let mut separator = "{";
    for member in object.members() {
        out.push_str(separator);
        separator = ",";
        indent(out, inner)?;
        string(out, &member.key);
        out.push_str(": ");
        value(out, &member.value, inner)?;
    }
    close(out, level, object.members().is_empty(), "{}", '}')
}

fn array(out: &mut String, items: &[Node], level: usize) -> Result<(), EmitError> {
    let inner = level.saturating_add(1);
    let mut separator = "[";
    for item in items {
        out.push_str(separator);
        separator = ",";
        indent(out, inner)?;
        value(out, item, inner)?;
    }
    close(out, level, items.is_empty(), "[]", ']')
}

fn close(out: &mut String, level: usize, empty: bool, both: &str, closer: char) -> Result<(), EmitError> {
    if empty {
        out.push_str(both);
        return Ok(());
    }
    indent(out, level)?;
    out.push(closer);
    Ok(())
}

/// ECMA-262 §25.5.2.3 QuoteJSONString.
fn string(out: &mut String, text: &Text) {
    out.push('"');
    if let Some(plain) = text.as_plain() {
        out.push_str(plain);
        out.push('"');
        return;
    }
    for c in text.chars() {
        match c {
            Ok('"') => out.push_str("\\\""),
            Ok('\\') => out.push_str("\\\\"),
            Ok('\u{8}') => out.push_str("\\b"),
            Ok('\u{c}') => out.push_str("\\f"),
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok(c) if c < ' ' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            Ok(c) => out.push(c),
            Err(unit) => drop(write!(out, "\\u{unit:04x}")),
        }
    }
    out.push('"');
}
