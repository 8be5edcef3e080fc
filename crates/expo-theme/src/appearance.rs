//! What the native components resolve a theme to on each platform and in each mode.

use std::fmt;

use serde::Serialize;

use crate::emit::plist_value;
use crate::token::TOKENS;
use crate::value::{Object, Value};
use crate::{Number, Theme, defaults};

/// Where the components run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// iOS; the theme comes from Info.plist.
    Ios,
    /// Android; the theme comes from the asset.
    Android,
}

/// Light or dark interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The light interface.
    Light,
    /// The dark interface.
    Dark,
}

/// A colour with alpha, 255 being opaque; prints as `RRGGBBAA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgba {
    /// Red, gamma-encoded sRGB.
    pub red: u8,
    /// Green, gamma-encoded sRGB.
    pub green: u8,
    /// Blue, gamma-encoded sRGB.
    pub blue: u8,
    /// Opacity.
    pub alpha: u8,
}

impl Rgba {
    /// Reads `#RRGGBB` or `#RRGGBBAA`, the only forms that a theme may use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|_| crate::token::is_colour(text))?;
        let written = u32::from_str_radix(digits, 16).ok()?;
        let whole = if digits.len() == 6 { written.wrapping_shl(8) | 0xff } else { written };
        let [red, green, blue, alpha] = whole.to_be_bytes();
        Some(Self { red, green, blue, alpha })
    }
}

impl fmt::Display for Rgba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}{:02X}{:02X}{:02X}", self.red, self.green, self.blue, self.alpha)
    }
}

/// Why a token has its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// `colors` sets it, and this is the light interface.
    Light,
    /// `darkColors` sets it.
    Dark,
    /// `colors` sets it, and it shines through in the dark interface.
    LightShinesThrough,
    /// It is unset and follows the resolved `foreground`.
    Foreground,
    /// It is unset; the SDK's own default counts.
    SdkDefault,
}

/// One token as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveColour {
    /// One of [`TOKENS`].
    pub token: &'static str,
    /// Its colour.
    pub colour: Rgba,
    /// Why.
    pub origin: Origin,
}

/// A theme as one platform draws it in one mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Appearance {
    /// Every one of [`TOKENS`], in its order.
    pub colours: [EffectiveColour; TOKENS.len()],
    /// Corner radius in points; on Android as a 32-bit number, which may round or overflow.
    pub radius: Number,
    /// The font family; nothing for the system's font. Android never reads it.
    pub font: Option<String>,
    /// The SDK whose defaults were used.
    pub sdk: &'static str,
}

/// What `platform` draws in `mode`; nothing on iOS when the theme has no sound property list.
///
/// Stated from the readers of `@clerk/expo` 4.6.6 with the defaults of [`sdk_version`](crate::sdk_version); the
/// defaults of the releases that plugin pins (clerk-ios 1.5.4, clerk-android 1.1.5) are unknown here.
///
/// # Examples
///
/// ```
/// use expo_theme::{Mode, Origin, Platform, Profile, appearance, check};
///
/// let theme = br##"{"colors": {"foreground": "#111111"}, "darkColors": {"background": "#000000"}}"##;
/// let theme = check(theme, Profile::Strict).theme.expect("no error");
/// let dark = appearance(&theme, Platform::Android, Mode::Dark).expect("Android reads JSON");
/// let text = dark.colours.iter().find(|colour| colour.token == "foreground").expect("all 17 are there");
/// assert_eq!(text.colour.to_string(), "111111FF"); // on black: the light value shines through
/// assert_eq!(text.origin, Origin::LightShinesThrough);
/// ```
#[must_use]
pub fn appearance(theme: &Theme, platform: Platform, mode: Mode) -> Option<Appearance> {
    let read = match platform {
        Platform::Ios => Read::ios(theme)?,
        Platform::Android => Read::android(theme),
    };
    let colours = resolve(platform, mode, &read.light, read.dark.as_ref());
    let radius = read.radius.unwrap_or_else(|| Number::from(defaults::radius(platform)));
    Some(Appearance { colours, radius, font: read.font, sdk: defaults::sdk_version(platform) })
}

/// The colours of one palette, in the order of [`TOKENS`]; nothing where it says nothing.
pub(crate) type Palette = [Option<Rgba>; TOKENS.len()];

/// What a platform draws of two palettes, the dark one if there is one.
pub(crate) fn resolve(
    platform: Platform,
    mode: Mode,
    light: &Palette,
    dark: Option<&Palette>,
) -> [EffectiveColour; TOKENS.len()] {
    let of = |palette: &Palette, at: usize| palette.get(at).copied().flatten();
    let mut tokens = TOKENS.iter().copied().enumerate();
    let mut foreground = NO_COLOUR;
    std::array::from_fn(|_| {
        let (at, token) = tokens.next().unwrap_or_default();
        let own = match (mode, dark) {
            (Mode::Light, _) => of(light, at).map(|colour| (colour, Origin::Light)),
            (Mode::Dark, dark) => {
                let replaced = platform == Platform::Ios && dark.is_some();
                let through = || of(light, at).filter(|_| !replaced);
                let dark = dark.and_then(|dark| of(dark, at)).map(|colour| (colour, Origin::Dark));
                dark.or_else(|| through().map(|colour| (colour, Origin::LightShinesThrough)))
            }
        };
        let default = || defaults::colour(platform, mode, token).map(|colour| (colour, Origin::SdkDefault));
        let (colour, origin) = own.or_else(default).unwrap_or((foreground, Origin::Foreground));
        if token == "foreground" {
            foreground = colour;
        }
        EffectiveColour { token, colour, origin }
    })
}

/// Stands for the foreground until it is resolved, which is before whatever follows it.
const NO_COLOUR: Rgba = Rgba { red: 0, green: 0, blue: 0, alpha: 0 };

/// What a platform takes from a theme.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) light: Palette,
    pub(crate) dark: Option<Palette>,
    radius: Option<Number>,
    font: Option<String>,
}

impl Read {
    /// A palette that is not all strings is dropped as a whole; an empty dark one counts only beside a design.
    pub(crate) fn ios(theme: &Theme) -> Option<Self> {
        plist_value(theme).ok()?;
        let design = section(theme, "design");
        let all_text = |palette: &&Object| {
            palette.members().iter().all(|member| matches!(member.value.value, Value::Text(_)))
        };
        let counts = |palette: &&Object| design.is_some() || !palette.members().is_empty();
        let font = match design.and_then(|design| design.member("fontFamily")).map(|font| &font.value.value) {
            Some(Value::Text(font)) => font.as_str().filter(|font| !font.is_empty()).map(str::to_owned),
            _ => None,
        };
        Some(Self {
            light: section(theme, "colors").filter(all_text).map_or([None; TOKENS.len()], palette),
            dark: section(theme, "darkColors").filter(all_text).filter(counts).map(palette),
            radius: radius(theme),
            font,
        })
    }

    /// A radius that is null in the asset makes the reader drop the whole theme.
    pub(crate) fn android(theme: &Theme) -> Self {
        let written = section(theme, "design").and_then(|design| design.member("borderRadius"));
        let radius = radius(theme);
        if written.is_some() && radius.is_none_or(Number::overflows) {
            return Self::default();
        }
        let light = section(theme, "colors").map_or([None; TOKENS.len()], palette);
        let dark = section(theme, "darkColors").map(palette);
        Self { light, dark, radius: radius.map(Number::to_single), font: None }
    }
}

fn section<'a>(theme: &'a Theme, name: &str) -> Option<&'a Object> {
    match &theme.root().member(name)?.value.value {
        Value::Object(section) => Some(section),
        _ => None,
    }
}

fn radius(theme: &Theme) -> Option<Number> {
    match section(theme, "design")?.member("borderRadius")?.value.value {
        Value::Number(radius) => Some(radius),
        _ => None,
    }
}

fn palette(written: &Object) -> Palette {
    TOKENS.map(|token| match &written.member(token)?.value.value {
        Value::Text(text) => Rgba::parse(text.as_str()?),
        _ => None,
    })
}
