//! What is wrong with a theme, and where.

use serde::Serialize;

use crate::{Position, Source, Span};

/// What kind of problem a [`Diagnostic`] tells of; serialised in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The text is not JSON.
    JsonSyntax,
    /// Arrays and objects stand deeper in each other than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
    /// The whole value is not an object.
    RootNotObject,
    /// `colors`, `darkColors` or `design` is not an object.
    SectionNotObject,
    /// A known token's value is not `#` with 6 or 8 hexadecimal digits.
    BadColour,
    /// `fontFamily` is not a string or `borderRadius` not a number.
    WrongType,
    /// A value is null, which no property list can hold (strict).
    Null,
    /// A number overflows or is a whole number from 1e21 on, or the radius is negative (strict).
    NumberOutOfRange,
    /// A key or string holds a character that XML forbids (strict).
    ForbiddenCharacter,
    /// A key stands twice in one object; `related` is the one whose value is lost (strict).
    DuplicateKey,
    /// A key of a palette is not a token; the plugin warns too, and writes it nevertheless.
    UnknownKey,
    /// A platform that draws `darkColors` never shows the dark interface.
    DarkNeverShows,
    /// The font family is not among those that the app bundles.
    FontNotBundled,
    /// A key outside of the palettes changes nothing; the plugin is silent.
    UnusedKey,
    /// The plugin's options are no object, or its `theme` is not a path.
    BadOption,
    /// An option that the plugin does not have is probably a misspelt `theme` (strict).
    UnknownOption,
    /// The path of the option is relative: the plugin reads it from the directory that Expo runs in (strict).
    RelativePath,
    /// No file stands at the path of the option; the plugin only warns.
    MissingFile,
    /// The path of the option cannot be read as a file.
    UnreadableFile,
}

/// Whether a diagnostic refuses the theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The theme is refused.
    Error,
    /// The theme is accepted.
    Warning,
}

/// One problem of a theme.
///
/// Values quoted in its sentences are escaped and cut, so these are safe to print; `path` holds keys as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether it refuses the theme.
    pub severity: Severity,
    /// Its kind.
    pub code: Code,
    /// Keys from the root, joined by dots, such as `colors.primary`; empty for the root and for syntax;
    /// cut after 300 characters.
    pub path: String,
    /// The text concerned, in bytes of [`Source::text`].
    pub span: Span,
    /// Where that text starts.
    pub position: Position,
    /// What was found, in one sentence without a full stop.
    pub message: String,
    /// What belongs there.
    pub expected: String,
    /// What the writer may have meant or can do.
    pub hint: Option<String>,
    /// Another place that has part in the problem.
    pub related: Option<Span>,
}

/// Longer paths are cut, so that deep nesting cannot make a report much longer than its theme.
const MAX_PATH: usize = 300;

impl Diagnostic {
    pub(crate) fn new(severity: Severity, code: Code, source: &Source, span: Span) -> Self {
        Self {
            severity,
            code,
            path: String::new(),
            span,
            position: source.position(span.start),
            message: String::new(),
            expected: String::new(),
            hint: None,
            related: None,
        }
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        self.path = match path.char_indices().nth(MAX_PATH) {
            Some((end, _)) => format!("{}…", path.get(..end).unwrap_or_default()),
            None => path.to_owned(),
        };
        self
    }

    pub(crate) fn says(mut self, message: impl Into<String>, expected: impl Into<String>) -> Self {
        self.message = message.into();
        self.expected = expected.into();
        self
    }

    pub(crate) fn related(mut self, span: Span) -> Self {
        self.related = Some(span);
        self
    }

    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}
