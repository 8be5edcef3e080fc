//! What the app around a theme decides.

use crate::source::shown;
use crate::token::near_miss;
use crate::value::{Member, Value};
use crate::{Code, Diagnostic, Mode, Platform, Severity, Theme};

/// `userInterfaceStyle` of the app's configuration, the platform's own one before the common one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InterfaceStyle {
    /// Not set.
    #[default]
    Unset,
    /// `light`
    Light,
    /// `dark`
    Dark,
    /// `automatic`
    Automatic,
    /// Any other word.
    Other,
}

impl InterfaceStyle {
    /// The style that a word of the configuration names.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            "automatic" => Self::Automatic,
            _ => Self::Other,
        }
    }
}

/// What decides whether a mode can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Surroundings {
    /// The interface style that counts on iOS.
    pub ios: InterfaceStyle,
    /// The interface style that counts on Android.
    pub android: InterfaceStyle,
    /// Whether the package `expo-system-ui` is there; without it Android ignores the style.
    pub expo_system_ui: bool,
}

impl Surroundings {
    /// Whether an app built so can ever show `mode`.
    ///
    /// On iOS an unset style pins the light interface. On Android the device decides, unless `expo-system-ui` is there
    /// and the style is `light` or `dark`.
    #[must_use]
    pub fn shows(self, platform: Platform, mode: Mode) -> bool {
        let pinned = match (platform, self.ios, self.android) {
            (Platform::Ios, InterfaceStyle::Unset | InterfaceStyle::Light, _) => Mode::Light,
            (Platform::Ios, InterfaceStyle::Dark, _) => Mode::Dark,
            (Platform::Android, _, InterfaceStyle::Light) if self.expo_system_ui => Mode::Light,
            (Platform::Android, _, InterfaceStyle::Dark) if self.expo_system_ui => Mode::Dark,
            _ => return true,
        };
        pinned == mode
    }
}

/// Warns of what a sound theme cannot do in the app around it.
///
/// `fonts` are the families that the app bundles; nothing when they are unknown.
#[must_use]
pub fn check_surroundings(
    theme: &Theme,
    surroundings: Surroundings,
    fonts: Option<&[String]>,
) -> Vec<Diagnostic> {
    let dark = dark_that_never_shows(theme, surroundings);
    let font = fonts.and_then(|fonts| font_not_bundled(theme, fonts));
    dark.into_iter().chain(font).collect()
}

fn dark_that_never_shows(theme: &Theme, surroundings: Surroundings) -> Option<Diagnostic> {
    let member = theme.root().member("darkColors")?;
    let Value::Object(_) = member.value.value else { return None };
    let hidden = |platform| !surroundings.shows(platform, Mode::Dark);
    let platforms = match (hidden(Platform::Ios), hidden(Platform::Android)) {
        (true, true) => "iOS and Android",
        (true, false) => "iOS",
        (false, true) => "Android",
        (false, false) => return None,
    };
    let found = Diagnostic::new(Severity::Warning, Code::DarkNeverShows, &theme.source, member.key_span);
    let message =
        format!("dark colours never show on {platforms}: the app's interface style is pinned to light");
    let hint = "set `userInterfaceStyle` to `automatic` in the app's configuration".to_owned();
    Some(found.at("darkColors").says(message, "an interface style that can be dark").hint(Some(hint)))
}

fn font_not_bundled(theme: &Theme, fonts: &[String]) -> Option<Diagnostic> {
    let Value::Object(design) = &theme.root().member("design")?.value.value else { return None };
    let Member { value, .. } = design.member("fontFamily")?;
    let Value::Text(family) = &value.value else { return None };
    let family = family.to_string_lossy();
    if family.is_empty() || fonts.iter().any(|font| *font == family) {
        return None;
    }
    let found = Diagnostic::new(Severity::Warning, Code::FontNotBundled, &theme.source, value.span);
    let known: Vec<&str> = fonts.iter().map(String::as_str).collect();
    let hint = near_miss(&family, &known).map(|name| format!("did you mean `{}`?", shown(name)));
    let message = format!("the app bundles no font family `{}`", shown(&family));
    Some(found.at("design.fontFamily").says(message, "a font family that the app bundles").hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_without_a_style_never_shows_dark_on_ios() {
        let plain = Surroundings::default();
        assert!(!plain.shows(Platform::Ios, Mode::Dark) && plain.shows(Platform::Ios, Mode::Light));
        assert!(plain.shows(Platform::Android, Mode::Dark) && plain.shows(Platform::Android, Mode::Light));
    }

    #[test]
    fn android_obeys_the_style_only_with_the_package() {
        let style = InterfaceStyle::Light;
        let without = Surroundings { ios: style, android: style, expo_system_ui: false };
        let with = Surroundings { expo_system_ui: true, ..without };
        assert!(without.shows(Platform::Android, Mode::Dark));
        assert!(!with.shows(Platform::Android, Mode::Dark));
    }

    #[test]
    fn warnings_point_at_what_has_no_effect() {
        let text = br##"{"darkColors":{},"design":{"fontFamily":"inter"}}"##;
        let theme = crate::check(text, crate::Profile::Strict).theme.unwrap();
        let fonts = ["Inter".to_owned()];
        let found = check_surroundings(&theme, Surroundings::default(), Some(&fonts));
        let codes: Vec<Code> = found.iter().map(|found| found.code).collect();
        assert_eq!(codes, [Code::DarkNeverShows, Code::FontNotBundled]);
        assert_eq!(found[1].hint.as_deref(), Some("did you mean `Inter`?"));
        let automatic = Surroundings { ios: InterfaceStyle::Automatic, ..Surroundings::default() };
        assert_eq!(check_surroundings(&theme, automatic, None), []);
    }

    #[test]
    fn an_unknown_word_follows_the_system() {
        let style = InterfaceStyle::Other;
        let with = Surroundings { ios: style, android: style, expo_system_ui: true };
        for platform in [Platform::Ios, Platform::Android] {
            assert!(with.shows(platform, Mode::Light) && with.shows(platform, Mode::Dark));
        }
    }
}
