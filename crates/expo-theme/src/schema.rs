//! Themes for editors.

/// A JSON Schema (draft 7) of themes, with descriptions that editors show while one types.
///
/// It agrees with [`Profile::Strict`](crate::Profile::Strict) on types, ranges, patterns and key names. A schema cannot
/// see duplicate keys and characters that XML forbids; unknown keys, of which strict warns, it lets pass.
pub const JSON_SCHEMA: &str = include_str!("schema.json");
