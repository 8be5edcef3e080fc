//! What an app's configuration says about its theme.

use crate::option::judge;
use crate::parser::{Dialect, parse, parse_as};
use crate::value::{Node, Object, Value};
use crate::{Code, Diagnostic, InterfaceStyle, OptionReport, Profile, Severity, Source, Span};

/// What [`check_app_config`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct AppReport {
    /// The plugin's option, with every diagnostic of the file.
    pub option: OptionReport,
    /// The interface style that counts on iOS.
    pub ios: InterfaceStyle,
    /// The interface style that counts on Android.
    pub android: InterfaceStyle,
}

/// Reads `app.json`: the options of the plugin `@clerk/expo`, and `userInterfaceStyle`.
///
/// The configuration is the value of the key `expo`, or the whole file; comments, trailing commas, single quotes and
/// keys without quotes pass, as Expo reads the file as JSON5. `ios.userInterfaceStyle` and `android.userInterfaceStyle`
/// win over the common one. Of two entries of the plugin the first counts, and [`Profile::Strict`] refuses the second.
/// An app without the plugin has no theme.
///
/// # Examples
///
/// ```
/// use expo_theme::{InterfaceStyle, Profile, ThemeOption, check_app_config};
///
/// let app = br#"{"expo": {
///     "userInterfaceStyle": "automatic",
///     "ios": {"userInterfaceStyle": "dark"},
///     "plugins": ["expo-font", ["@clerk/expo", {"theme": "./theme.json"}]],
/// }}"#;
/// let report = check_app_config(app, Profile::Compat);
/// assert_eq!(report.option.option, ThemeOption::Path("./theme.json".to_owned()));
/// assert_eq!((report.ios, report.android), (InterfaceStyle::Dark, InterfaceStyle::Automatic));
/// ```
#[must_use]
pub fn check_app_config(bytes: &[u8], profile: Profile) -> AppReport {
    let source = Source::decode(bytes);
    let parsed = parse_as(&source, Dialect::Json5);
    let mut problems = parsed.problems;
    if !matches!(parsed.root.value, Value::Object(_) | Value::Invalid) {
        let found = Diagnostic::new(Severity::Error, Code::RootNotObject, &source, parsed.root.span);
        let message = format!("the configuration is {}", parsed.root.value.kind());
        problems.push(found.says(message, "an object"));
    }
    let config = object(Some(&parsed.root)).map(|root| member(root, "expo").and_then(inner).unwrap_or(root));
    let entries = config.map(|config| entries(config, &source)).unwrap_or_default();
    problems.extend(entries.iter().filter_map(|entry| entry.problem.clone()));
    if let (Profile::Strict, [first, again, ..]) = (profile, entries.as_slice()) {
        problems.push(twice(&source, first.span, again.span));
    }
    let props = entries.first().and_then(|entry| entry.props);
    AppReport {
        option: judge(&source, props, problems, profile),
        ios: style(config, "ios"),
        android: style(config, "android"),
    }
}

/// Whether `package.json` names a package among its dependencies or development dependencies; nothing when it is no JSON
/// object.
#[must_use]
pub fn depends_on(package_json: &[u8], package: &str) -> Option<bool> {
    let parsed = parse(&Source::decode(package_json));
    let root = object(Some(&parsed.root)).filter(|_| parsed.problems.is_empty())?;
    let names = |list| object(member(root, list)).is_some_and(|list| list.member(package).is_some());
    Some(names("dependencies") || names("devDependencies"))
}

/// One entry of the plugin.
struct Entry<'n> {
    span: Span,
    props: Option<&'n Node>,
    problem: Option<Diagnostic>,
}

fn entries<'n>(config: &'n Object, source: &Source) -> Vec<Entry<'n>> {
    let Some(Node { value: Value::Array(plugins), .. }) = member(config, "plugins") else {
        return Vec::new();
    };
    plugins.iter().filter_map(|node| entry(node, source)).collect()
}

fn entry<'n>(node: &'n Node, source: &Source) -> Option<Entry<'n>> {
    let (name, rest) = match &node.value {
        Value::Array(items) => items.split_first()?,
        _ => (node, [].as_slice()),
    };
    let Value::Text(name) = &name.value else { return None };
    name.as_str().filter(|name| PLUGIN.contains(name))?;
    let problem = (rest.len() > 1).then(|| {
        let found = Diagnostic::new(Severity::Error, Code::BadOption, source, node.span);
        found.says("a plugin's entry has more than two items", "the plugin's name and its options")
    });
    Some(Entry { span: node.span, props: rest.first(), problem })
}

fn twice(source: &Source, first: Span, again: Span) -> Diagnostic {
    let found = Diagnostic::new(Severity::Error, Code::BadOption, source, again).related(first);
    found
        .says("the plugin stands twice in the list", "one entry of the plugin")
        .hint(Some("remove one of them".to_owned()))
}

/// `config.ios?.userInterfaceStyle ?? config.userInterfaceStyle`.
fn style(config: Option<&Object>, platform: &str) -> InterfaceStyle {
    let Some(config) = config else { return InterfaceStyle::Unset };
    let own = object(member(config, platform)).and_then(|own| member(own, STYLE)).and_then(stated);
    match own.or_else(|| member(config, STYLE).and_then(stated)) {
        None => InterfaceStyle::Unset,
        Some(Value::Text(word)) => InterfaceStyle::of(&word.to_string_lossy()),
        Some(_) => InterfaceStyle::Other,
    }
}

fn member<'n>(object: &'n Object, key: &str) -> Option<&'n Node> {
    Some(&object.member(key)?.value)
}

fn object(node: Option<&Node>) -> Option<&Object> {
    node.and_then(inner)
}

fn inner(node: &Node) -> Option<&Object> {
    match &node.value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// A value that JavaScript's `??` does not pass over.
fn stated(node: &Node) -> Option<&Value> {
    (node.value != Value::Null).then_some(&node.value)
}

const STYLE: &str = "userInterfaceStyle";
/// The plugin by its package, or by the file that Expo finds in it.
const PLUGIN: [&str; 3] = ["@clerk/expo", "@clerk/expo/app.plugin", "@clerk/expo/app.plugin.js"];
