//! The option `theme` of the config plugin: what it is given, and what it makes of that.

use crate::parser::parse;
use crate::source::{printable, shown};
use crate::token::near_miss;
use crate::value::{Duplicate, Node, Object, Value};
use crate::{Code, Diagnostic, Profile, Severity, Source, Span};

/// What the config plugin makes of its option `theme`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ThemeOption {
    /// The theme is passed over in silence.
    Skipped,
    /// The build fails.
    Refused,
    /// The theme is read from this path, which may be relative; a lone surrogate has become U+FFFD, as in Node.
    Path(String),
}

/// What [`check_option`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionReport {
    /// The text that every span points into.
    pub source: Source,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// What becomes of the theme.
    pub option: ThemeOption,
    /// Where the option's value stands, or what stands in its place.
    pub span: Span,
    profile: Profile,
}

/// Judges the options that the config plugin is given, as JSON; any bytes are fine.
///
/// [`Profile::Compat`] says what plugin 4.6.6 does: an absent or falsy `theme` (null, false, 0, an empty string) skips
/// the theme in silence, as do options that are no object and misspelt names; any other value that is not a string, and
/// options that are null, fail the build. [`Profile::Strict`] refuses all of these but an absent `theme`, tells `themes`
/// from it, and warns of a relative path.
///
/// # Examples
///
/// ```
/// use expo_theme::{Code, Profile, ThemeOption, check_option};
///
/// let path = check_option(br#"{"theme": "/app/theme.json"}"#, Profile::Strict);
/// assert_eq!(path.option, ThemeOption::Path("/app/theme.json".to_owned()));
///
/// assert_eq!(check_option(br#"{"theme": ""}"#, Profile::Compat).option, ThemeOption::Skipped);
/// let refused = check_option(br#"{"theme": ""}"#, Profile::Strict);
/// assert_eq!(refused.option, ThemeOption::Refused);
/// assert_eq!((refused.diagnostics[0].code, refused.diagnostics[0].position.column), (Code::BadOption, 11));
/// ```
#[must_use]
pub fn check_option(props: &[u8], profile: Profile) -> OptionReport {
    let source = Source::decode(props);
    let mut parsed = parse(&source);
    if profile == Profile::Compat {
        parsed.problems.truncate(1);
    }
    judge(&source, Some(&parsed.root), parsed.problems, profile)
}

/// The verdict on options that stand somewhere in `source`, or nowhere.
pub(crate) fn judge(
    source: &Source,
    props: Option<&Node>,
    problems: Vec<Diagnostic>,
    profile: Profile,
) -> OptionReport {
    let start = Span::new(0, 0);
    let mut judge = Judge { source, profile, found: problems, span: props.map_or(start, |props| props.span) };
    let option = judge.props(props);
    let Judge { mut found, span, .. } = judge;
    found.sort_by_key(|found| found.span.start);
    let refused = found.iter().any(|found| found.severity == Severity::Error);
    let option = if refused { ThemeOption::Refused } else { option };
    OptionReport { source: source.clone(), diagnostics: found, option, span, profile }
}

struct Judge<'a> {
    source: &'a Source,
    profile: Profile,
    found: Vec<Diagnostic>,
    span: Span,
}

impl Judge<'_> {
    fn props(&mut self, props: Option<&Node>) -> ThemeOption {
        let Some(props) = props else { return ThemeOption::Skipped };
        match &props.value {
            Value::Object(options) => self.options(options),
            Value::Invalid => ThemeOption::Refused,
            Value::Null => {
                self.error(props.span, "", "the plugin's options are null", "an object", NO_OPTIONS);
                ThemeOption::Refused
            }
            other if self.profile == Profile::Strict => {
                let message = format!("the plugin's options are {}", other.kind());
                self.error(props.span, "", message, "an object", NO_OPTIONS);
                ThemeOption::Refused
            }
            _ => ThemeOption::Skipped,
        }
    }

    fn options(&mut self, options: &Object) -> ThemeOption {
        if self.profile == Profile::Strict {
            self.misspelt(options);
            self.twice(options);
        }
        let Some(member) = options.member(NAME) else { return ThemeOption::Skipped };
        self.span = member.value.span;
        match self.profile {
            Profile::Strict => self.strict(&member.value),
            Profile::Compat => self.compat(&member.value),
        }
    }

    /// `if (props.theme) …`, then a path of Node's `path.resolve`.
    fn compat(&mut self, theme: &Node) -> ThemeOption {
        match &theme.value {
            Value::Null | Value::Bool(false) => ThemeOption::Skipped,
            Value::Number(number) if number.is_zero() => ThemeOption::Skipped,
            Value::Text(path) => match path.to_string_lossy() {
                path if path.is_empty() => ThemeOption::Skipped,
                path => ThemeOption::Path(path.into_owned()),
            },
            other => {
                let message = format!("`theme` is {}: Node ends with ERR_INVALID_ARG_TYPE", other.kind());
                self.error(theme.span, NAME, message, PATH, advice(other));
                ThemeOption::Refused
            }
        }
    }

    fn strict(&mut self, theme: &Node) -> ThemeOption {
        let path = match &theme.value {
            Value::Text(path) => path,
            Value::Invalid => return ThemeOption::Refused,
            other => {
                self.error(theme.span, NAME, format!("`theme` is {}", other.kind()), PATH, advice(other));
                return ThemeOption::Refused;
            }
        };
        match path.as_str() {
            Some("") => self.error(theme.span, NAME, "`theme` is an empty string", PATH, REMOVE),
            Some(path) if path.contains('\0') => {
                let hint = "no file has such a name: the plugin would only warn, and build without a theme";
                let found =
                    Diagnostic::new(Severity::Error, Code::ForbiddenCharacter, self.source, theme.span);
                let message = format!("the path `{}` holds U+0000", shown(path));
                self.found.push(found.at(NAME).says(message, PATH).hint(Some(hint.to_owned())));
            }
            Some(path) => {
                self.relative(theme.span, path);
                return ThemeOption::Path(path.to_owned());
            }
            None => {
                let hint = "write both halves of the character, or the character itself";
                self.error(theme.span, NAME, "the path holds half of a surrogate pair", PATH, hint);
            }
        }
        ThemeOption::Refused
    }

    fn relative(&mut self, span: Span, path: &str) {
        let drive = path.get(1..3).is_some_and(|rest| matches!(rest, ":\\" | ":/"));
        if path.starts_with(['/', '\\']) || drive {
            return;
        }
        let found = Diagnostic::new(Severity::Warning, Code::RelativePath, self.source, span);
        let message = format!("`{}` is relative: the plugin looks for it where Expo is run", shown(path));
        let hint = "run Expo in the project's folder only: elsewhere the app is built without its theme";
        let found = found.at(NAME).says(message, "a path that holds in every directory");
        self.found.push(found.hint(Some(hint.to_owned())));
    }

    /// Names that the plugin passes over although `theme` was meant.
    fn misspelt(&mut self, options: &Object) {
        for member in options.members() {
            let written = member.key.to_string_lossy();
            if written == NAME || near_miss(&written, &[NAME]).is_none() {
                continue;
            }
            let message = format!("the plugin has no option `{}`", shown(&written));
            let found = Diagnostic::new(Severity::Error, Code::UnknownOption, self.source, member.key_span);
            let hint = Some("did you mean `theme`?".to_owned());
            self.found.push(found.at(&written).says(message, "an option of the plugin").hint(hint));
        }
    }

    fn twice(&mut self, options: &Object) {
        let counts = options.member(NAME).map(|theme| theme.key_span);
        let again = options.duplicates().iter().find(|duplicate| Some(duplicate.again) == counts);
        let Some(Duplicate { lost, again }) = again else { return };
        let found = Diagnostic::new(Severity::Error, Code::DuplicateKey, self.source, *again);
        let hint = Some("only the last one counts: remove the other".to_owned());
        let found = found.at(NAME).says("`theme` stands twice", "each option once").hint(hint);
        self.found.push(found.related(*lost));
    }

    fn error(&mut self, span: Span, path: &str, message: impl Into<String>, expected: &str, hint: &str) {
        let found = Diagnostic::new(Severity::Error, Code::BadOption, self.source, span);
        self.found.push(found.at(path).says(message, expected).hint(Some(hint.to_owned())));
    }
}

impl OptionReport {
    /// What follows when no file stands at the path: the plugin warns and builds without a theme, strict refuses.
    ///
    /// `resolved` is the absolute path that was looked at.
    #[must_use]
    pub fn missing_file(&self, resolved: &str) -> Diagnostic {
        let severity = match self.profile {
            Profile::Strict => Severity::Error,
            Profile::Compat => Severity::Warning,
        };
        let message = format!("there is no theme at `{}`", printable(resolved));
        let hint = self.tilde_or_url().or((severity == Severity::Warning)
            .then_some("the plugin goes on, and the app is built without a theme"));
        self.about_file(severity, Code::MissingFile, message, hint)
    }

    /// What follows when the path cannot be read as a file, because it is a folder for example: a failed build.
    ///
    /// `reason` is what the system says; the plugin words it as a failure to parse.
    #[must_use]
    pub fn unreadable_file(&self, resolved: &str, reason: &str) -> Diagnostic {
        let message = format!("the theme at `{}` cannot be read: {reason}", printable(resolved));
        self.about_file(Severity::Error, Code::UnreadableFile, message, None)
    }

    fn about_file(&self, severity: Severity, code: Code, message: String, hint: Option<&str>) -> Diagnostic {
        let found = Diagnostic::new(severity, code, &self.source, self.span);
        found.at(NAME).says(message, "the path of a theme file").hint(hint.map(str::to_owned))
    }

    fn tilde_or_url(&self) -> Option<&'static str> {
        let ThemeOption::Path(path) = &self.option else { return None };
        let place = if path.starts_with('~') {
            "`~` is a name like any other here: write the path out"
        } else if path.starts_with("file:") {
            "write a path, not a URL"
        } else {
            return None;
        };
        Some(place)
    }
}

const NAME: &str = "theme";
const PATH: &str = "the path of a theme file";
const REMOVE: &str = "remove the option to build without a theme";
const NO_OPTIONS: &str = "write {\"theme\": \"./theme.json\"}, or the plugin's name alone";

fn advice(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "a theme cannot stand here: put it into a file and write the file's path",
        Value::Null | Value::Bool(_) => REMOVE,
        _ => "write one path in double quotes",
    }
}
