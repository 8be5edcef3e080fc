//! Themes as design tokens (Design Tokens Format Module 2025.10), out and in.

mod read;

use std::fmt::Write;

pub use read::{DesignTokensError, theme_from_design_tokens};

use crate::value::{Object, Value};
use crate::{Rgba, TOKENS, Theme};

/// The theme as a design tokens file: groups `colors`, `darkColors` and `design`, each token by its name in the theme.
///
/// Colours have the type `color` in `srgb` with `alpha` and `hex`; the radius is a `dimension` in `px`, the font a
/// `fontFamily`. Only what components read is there: unknown keys, null, and numbers that overflow are not.
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, check, design_tokens, theme_from_design_tokens};
///
/// let theme = check(br##"{"colors": {"primary": "#6C47FF80"}}"##, Profile::Strict).theme.expect("no error");
/// let tokens = design_tokens(&theme);
/// assert!(tokens.contains(r##""hex": "#6c47ff""##));
/// let back = theme_from_design_tokens(tokens.as_bytes())?;
/// assert_eq!(back, "{\n  \"colors\": {\n    \"primary\": \"#6C47FF80\"\n  }\n}\n");
/// # Ok::<(), expo_theme::DesignTokensError>(())
/// ```
#[must_use]
pub fn design_tokens(theme: &Theme) -> String {
    let groups = ["colors", "darkColors", "design"].into_iter().filter_map(|name| {
        let Value::Object(section) = &theme.root().member(name)?.value.value else { return None };
        let tokens = if name == "design" { design(section) } else { colours(section) };
        Some(block(name, &tokens, 1))
    });
    braced(&groups.collect::<Vec<_>>(), 0) + "\n"
}

fn colours(palette: &Object) -> Vec<String> {
    let tokens = TOKENS.iter().filter_map(|token| match &palette.member(token)?.value.value {
        Value::Text(text) => Some((token, Rgba::parse(text.as_str()?)?)),
        _ => None,
    });
    let lines = tokens.map(|(token, colour)| format!("\"{token}\": {{ \"$value\": {} }}", value(colour)));
    std::iter::once("\"$type\": \"color\"".to_owned()).chain(lines).collect()
}

/// Format Module 2025.10, Color type: components from 0 to 1, and `hex` without alpha for tools that know no colour spaces.
fn value(colour: Rgba) -> String {
    let [red, green, blue, alpha] =
        [colour.red, colour.green, colour.blue, colour.alpha].map(|byte| f64::from(byte) / 255.0);
    let Rgba { red: r, green: g, blue: b, .. } = colour;
    format!(
        "{{ \"colorSpace\": \"srgb\", \"components\": [{red}, {green}, {blue}], \"alpha\": {alpha}, \"hex\": \"#{r:02x}{g:02x}{b:02x}\" }}"
    )
}

fn design(section: &Object) -> Vec<String> {
    let font = section.member("fontFamily").and_then(|member| match &member.value.value {
        Value::Text(font) => Some(serde_json::Value::from(font.to_string_lossy())),
        _ => None,
    });
    let radius = section.member("borderRadius").and_then(|member| match member.value.value {
        Value::Number(radius) if !radius.overflows() => Some(radius),
        _ => None,
    });
    let font =
        font.map(|font| format!("\"fontFamily\": {{ \"$type\": \"fontFamily\", \"$value\": {font} }}"));
    let radius = radius.map(|radius| {
        format!("\"borderRadius\": {{ \"$type\": \"dimension\", \"$value\": {{ \"value\": {radius}, \"unit\": \"px\" }} }}")
    });
    font.into_iter().chain(radius).collect()
}

fn block(name: &str, entries: &[String], level: usize) -> String {
    format!("\"{name}\": {}", braced(entries, level))
}

fn braced(entries: &[String], level: usize) -> String {
    let mut out = String::from("{");
    for (index, entry) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(out, "{comma}\n{}{entry}", "  ".repeat(level.saturating_add(1)));
    }
    if !entries.is_empty() {
        let _ = write!(out, "\n{}", "  ".repeat(level));
    }
    out.push('}');
    out
}
