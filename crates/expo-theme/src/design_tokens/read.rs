//! Design tokens to a theme.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::source::shown;
use crate::{Rgba, TOKENS};

/// Why design tokens do not become a theme.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DesignTokensError {
    /// The file is not JSON.
    #[error("the design tokens are not JSON")]
    Syntax(#[from] serde_json::Error),
    /// No key of a theme has this name, so its value would be lost.
    #[error("`{path}` has no place in a theme")]
    Unknown {
        /// Group and token, joined by a dot.
        path: String,
    },
    /// The value has another form than themes can hold, an alias or another colour space for example.
    #[error("`{path}` is not {expected}")]
    Unsupported {
        /// Group and token, joined by a dot.
        path: String,
        /// What can be read.
        expected: &'static str,
    },
}

/// The text of the theme that a design tokens file describes: groups and names as [`design_tokens`](crate::design_tokens)
/// writes them, tokens in the order of [`TOKENS`].
///
/// Colour components are rounded to 8 bits; properties that start with `$` and are neither type nor value say nothing
/// to a theme. Nothing else is dropped silently.
///
/// # Errors
///
/// [`DesignTokensError`]: not JSON, a name without a place in a theme, a value of another form.
pub fn theme_from_design_tokens(bytes: &[u8]) -> Result<String, DesignTokensError> {
    let file: Value = serde_json::from_slice(bytes)?;
    let groups = members(&file, "", "an object")?;
    refuse_strangers(groups, "", &["colors", "darkColors", "design"])?;
    let mut sections = Vec::new();
    for name in ["colors", "darkColors"] {
        if let Some(group) = groups.get(name) {
            sections.push(section(name, &palette(members(group, name, "a group")?, name)?));
        }
    }
    if let Some(group) = groups.get("design") {
        sections.push(section("design", &design(members(group, "design", "a group")?)?));
    }
    Ok(if sections.is_empty() { "{}\n".to_owned() } else { format!("{{\n{}\n}}\n", sections.join(",\n")) })
}

fn section(name: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return format!("  \"{name}\": {{}}");
    }
    format!("  \"{name}\": {{\n    {}\n  }}", lines.join(",\n    "))
}

fn palette(group: &Map<String, Value>, name: &str) -> Result<Vec<String>, DesignTokensError> {
    refuse_strangers(group, name, &TOKENS)?;
    let mut lines = Vec::new();
    for token in TOKENS {
        let Some(written) = group.get(token) else { continue };
        let path = format!("{name}.{token}");
        let value = value_of(written, group, "color", &path)?;
        let colour = colour(value).ok_or(unsupported(&path, "a colour in `srgb`"))?;
        lines.push(format!(
            "\"{token}\": \"#{}\"",
            if colour.alpha == 255 { opaque(colour) } else { colour.to_string() }
        ));
    }
    Ok(lines)
}

fn opaque(Rgba { red, green, blue, .. }: Rgba) -> String {
    format!("{red:02X}{green:02X}{blue:02X}")
}

fn colour(value: &Value) -> Option<Rgba> {
    if value.get("colorSpace")? != "srgb" {
        return None;
    }
    let [red, green, blue] = value.get("components")?.as_array()?.as_slice() else { return None };
    let alpha = value.get("alpha").map_or(Some(255), byte)?;
    Some(Rgba { red: byte(red)?, green: byte(green)?, blue: byte(blue)?, alpha })
}

/// A component from 0 to 1 in 8 bits.
fn byte(component: &Value) -> Option<u8> {
    let part = component.as_f64().filter(|part| (0.0..=1.0).contains(part))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    Some((part * 255.0).round() as u8)
}

fn design(group: &Map<String, Value>) -> Result<Vec<String>, DesignTokensError> {
    refuse_strangers(group, "design", &["fontFamily", "borderRadius"])?;
    let mut lines = Vec::new();
    if let Some(written) = group.get("fontFamily") {
        let value = value_of(written, group, "fontFamily", "design.fontFamily")?;
        let font = value.as_str().ok_or(unsupported("design.fontFamily", "one font family"))?;
        lines.push(format!("\"fontFamily\": {}", json!(font)));
    }
    if let Some(written) = group.get("borderRadius") {
        let value = value_of(written, group, "dimension", "design.borderRadius")?;
        let number = value.get("value").filter(|number| number.is_number());
        let pixels = number.filter(|_| value.get("unit").is_some_and(|unit| unit == "px"));
        let radius = pixels.ok_or(unsupported("design.borderRadius", "a dimension in `px`"))?;
        lines.push(format!("\"borderRadius\": {radius}"));
    }
    Ok(lines)
}

/// The value of a token whose own type, or else its group's, is `kind`.
fn value_of<'v>(
    token: &'v Value,
    group: &Map<String, Value>,
    kind: &'static str,
    path: &str,
) -> Result<&'v Value, DesignTokensError> {
    let stated = token.get("$type").or_else(|| group.get("$type"));
    let value = token.get("$value").filter(|_| stated.is_some_and(|stated| stated == kind));
    value.ok_or(unsupported(
        path,
        match kind {
            "color" => "a token of type `color`",
            "dimension" => "a token of type `dimension`",
            _ => "a token of type `fontFamily`",
        },
    ))
}

fn members<'v>(
    value: &'v Value,
    path: &str,
    expected: &'static str,
) -> Result<&'v Map<String, Value>, DesignTokensError> {
    value.as_object().ok_or(unsupported(path, expected))
}

fn refuse_strangers(group: &Map<String, Value>, name: &str, known: &[&str]) -> Result<(), DesignTokensError> {
    let stranger = group.keys().find(|key| !key.starts_with('$') && !known.contains(&key.as_str()));
    let dot = if name.is_empty() { "" } else { "." };
    stranger
        .map_or(Ok(()), |key| Err(DesignTokensError::Unknown { path: format!("{name}{dot}{}", shown(key)) }))
}

fn unsupported(path: &str, expected: &'static str) -> DesignTokensError {
    DesignTokensError::Unsupported { path: path.to_owned(), expected }
}
