//! The theme for the web components of the same app.

use std::fmt::Write;

use crate::value::{Object, Value};
use crate::{Mode, TOKENS, Theme};

/// The theme as `appearance.variables` of the web components: a JSON object, two-space indentation, a final newline.
///
/// The 15 tokens that the web knows become `colorPrimary`, `colorMutedForeground` and so on, in the order of [`TOKENS`];
/// the two of the secondary button have no counterpart there and are left out. In [`Mode::Dark`] a gap of `darkColors` is
/// filled from `colors`. A radius becomes a length in `px`; a negative or overflowing one and an empty font are left out.
///
/// # Examples
///
/// ```
/// use expo_theme::{Mode, Profile, check, web_variables};
///
/// let theme = check(br##"{"colors": {"primary": "#6C47FF"}, "design": {"borderRadius": 12}}"##, Profile::Strict).theme;
/// let variables = web_variables(&theme.expect("no error"), Mode::Light);
/// assert_eq!(variables, "{\n  \"colorPrimary\": \"#6C47FF\",\n  \"borderRadius\": \"12px\"\n}\n");
/// ```
#[must_use]
pub fn web_variables(theme: &Theme, mode: Mode) -> String {
    let colour = |token: &str| {
        let dark = (mode == Mode::Dark).then(|| text(theme, "darkColors", token)).flatten();
        dark.or_else(|| text(theme, "colors", token))
    };
    let colours = TOKENS.iter().filter(|token| !token.starts_with("secondaryButton"));
    let colours = colours.filter_map(|token| Some((variable(token), colour(token)?)));
    let radius = radius(theme).map(|radius| ("borderRadius".to_owned(), radius));
    let font = text(theme, "design", "fontFamily").filter(|font| !font.is_empty());
    object(colours.chain(radius).chain(font.map(|font| ("fontFamily".to_owned(), font))))
}

fn object(entries: impl Iterator<Item = (String, String)>) -> String {
    let mut out = String::from("{");
    let mut separator = "\n";
    for (name, value) in entries {
        // Writing to a String cannot fail; a JSON string is its own serialisation.
        let _ = write!(out, "{separator}  \"{name}\": {}", serde_json::Value::from(value));
        separator = ",\n";
    }
    out.push_str(if out.len() == 1 { "}\n" } else { "\n}\n" });
    out
}

/// `mutedForeground` to `colorMutedForeground`.
fn variable(token: &str) -> String {
    let mut letters = token.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    ["color".to_owned(), first.into_iter().chain(letters).collect()].concat()
}

fn section<'t>(theme: &'t Theme, name: &str) -> Option<&'t Object> {
    match &theme.root().member(name)?.value.value {
        Value::Object(section) => Some(section),
        _ => None,
    }
}

fn text(theme: &Theme, name: &str, key: &str) -> Option<String> {
    match &section(theme, name)?.member(key)?.value.value {
        Value::Text(text) => Some(text.to_string_lossy().into_owned()),
        _ => None,
    }
}

fn radius(theme: &Theme) -> Option<String> {
    match section(theme, "design")?.member("borderRadius")?.value.value {
        Value::Number(radius) if !radius.overflows() && !radius.is_negative() => Some(format!("{radius}px")),
        _ => None,
    }
}
