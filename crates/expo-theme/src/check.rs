//! The verdict on a theme: the plugin's own, or a stricter one.

use serde::Serialize;

use crate::parser::{Parsed, parse};
use crate::value::{Object, Value};
use crate::{Diagnostic, Severity, Source};
use crate::{rules::Rules, sound};

/// Which rules a theme is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Profile {
    /// Reports every problem in the order of the text (at most [`MAX_DIAGNOSTICS`]), also beside syntax errors, and
    /// refuses what only seems to work: null, duplicate keys, numbers that overflow or print with an exponent, a
    /// negative radius, text that XML forbids, and anything but a string in a palette. What it accepts can always be
    /// written.
    #[default]
    Strict,
    /// Accepts and refuses exactly what the config plugin of `@clerk/expo` 4.6.6 does (but for nesting beyond
    /// [`MAX_DEPTH`](crate::MAX_DEPTH)), in its order, and stops at the first error as it does.
    Compat,
}

/// A theme that a profile accepted: the whole tree of its JSON, unknown keys included.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub(crate) source: Source,
    pub(crate) root: Object,
}

impl Theme {
    /// The text that it was read from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The tree of its JSON.
    #[must_use]
    pub fn root(&self) -> &Object {
        &self.root
    }
}

/// What [`check`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The text that every span points into.
    pub source: Source,
    /// Errors and warnings, in the order of validation.
    pub diagnostics: Vec<Diagnostic>,
    /// The theme, unless an error refuses it.
    pub theme: Option<Theme>,
}

/// Reads a theme file and gives the verdict of `profile`; any bytes are fine.
///
/// # Examples
///
/// ```
/// use expo_theme::{Code, Profile, check};
///
/// let report = check(br##"{"colors": {"primary": "tomato"}}"##, Profile::Compat);
/// assert!(report.theme.is_none());
/// let problem = &report.diagnostics[0];
/// assert_eq!((problem.code, problem.path.as_str()), (Code::BadColour, "colors.primary"));
/// assert_eq!((problem.position.line, problem.position.column), (1, 24));
/// ```
#[must_use]
pub fn check(bytes: &[u8], profile: Profile) -> Report {
    let source = Source::decode(bytes);
    let parsed = parse(&source);
    let diagnostics = match profile {
        Profile::Strict => strict(&source, &parsed),
        Profile::Compat => compat(&source, &parsed),
    };
    let refused = diagnostics.iter().any(|found| found.severity == Severity::Error);
    let theme = match parsed.root.value {
        Value::Object(root) if !refused => Some(Theme { source: source.clone(), root }),
        _ => None,
    };
    Report { source, diagnostics, theme }
}

fn compat(source: &Source, parsed: &Parsed) -> Vec<Diagnostic> {
    let mut found = match parsed.problems.first() {
        Some(first) => vec![first.clone()],
        None => Rules::new(source).judge(&parsed.root),
    };
    let first = found.iter().position(|found| found.severity == Severity::Error);
    found.truncate(first.map_or(usize::MAX, |at| at.saturating_add(1)));
    found
}

fn strict(source: &Source, parsed: &Parsed) -> Vec<Diagnostic> {
    let mut found = parsed.problems.clone();
    found.extend(Rules::new(source).judge(&parsed.root));
    sound::judge(source, &parsed.root, &mut found);
    found.sort_by_key(|found| (found.span.start, found.severity == Severity::Warning));
    if found.len() > MAX_DIAGNOSTICS {
        // An error must stay in the list: it is what refuses the theme.
        found.sort_by_key(|found| found.severity == Severity::Warning);
        found.truncate(MAX_DIAGNOSTICS);
    }
    found
}

/// A strict report holds at most this many diagnostics; errors before warnings if there are more.
pub const MAX_DIAGNOSTICS: usize = 1000;
