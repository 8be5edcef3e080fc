//! How well text stands out from its ground (WCAG 2.2, contrast ratio).

use std::fmt;

use crate::oklch::decode;
use crate::{Appearance, EffectiveColour, Mode, Origin, Rgba};

/// The text tokens and the grounds on which the components draw them.
pub const TEXT_PAIRS: [(&str, &str); 7] = [
    ("foreground", "background"),
    ("mutedForeground", "background"),
    ("danger", "background"),
    ("foreground", "muted"),
    ("primaryForeground", "primary"),
    ("inputForeground", "input"),
    ("secondaryButtonForeground", "secondaryButtonBackground"),
];

/// A contrast ratio from 1 to 21, in millionths and cut, so that it never looks better than it is; prints with two digits
/// after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contrast(u32);

impl Contrast {
    /// Of two opaque colours; their alpha is not looked at.
    ///
    /// # Examples
    ///
    /// ```
    /// use expo_theme::{Contrast, Rgba};
    ///
    /// let (black, white) = (Rgba::parse("#000000").unwrap(), Rgba::parse("#FFFFFF").unwrap());
    /// assert_eq!(Contrast::of(black, white).to_string(), "21.00");
    /// ```
    #[must_use]
    pub fn of(text: Rgba, ground: Rgba) -> Self {
        Self::of_light(&encoded(text), &encoded(ground))
    }

    /// Whether text of normal size may have it: at least 4.5 (success criterion 1.4.3).
    #[must_use]
    pub fn passes(self) -> bool {
        self.0 >= 4_500_000
    }

    /// In millionths: 4.5 is 4,500,000.
    #[must_use]
    pub fn millionths(self) -> u32 {
        self.0
    }

    pub(crate) fn of_light(text: &Light, ground: &Light) -> Self {
        let (text, ground) = (luminance(text), luminance(ground));
        let ratio = (text.max(ground) + 0.05) / (text.min(ground) + 0.05);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 21 millions")]
        Self((ratio * 1e6) as u32)
    }
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0 / 10_000;
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// One of [`TEXT_PAIRS`] as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairContrast {
    /// The token of the text.
    pub text: &'static str,
    /// The token of its ground.
    pub ground: &'static str,
    /// Its ratio.
    pub contrast: Contrast,
    /// Whether the theme sets one of the two; a failure of a pair that it leaves alone is the SDK's own.
    pub own: bool,
}

/// The contrast of every one of [`TEXT_PAIRS`], in its order.
///
/// A translucent text is blended on its ground, a translucent ground on the background, a translucent background on
/// white in the light and black in the dark interface; all in gamma-encoded sRGB, as the systems do.
#[must_use]
pub fn contrasts(appearance: &Appearance, mode: Mode) -> Vec<PairContrast> {
    let find = |token: &str| appearance.colours.iter().find(|colour| colour.token == token);
    let Some(background) = find("background") else { return Vec::new() };
    let background = over(background.colour, &window(mode));
    let pair = |(text, ground): (&'static str, &'static str)| {
        let (text_colour, ground_colour) = (find(text)?, find(ground)?);
        let under = over(ground_colour.colour, &background);
        let under = if ground == "background" { background } else { under };
        let contrast = Contrast::of_light(&over(text_colour.colour, &under), &under);
        let own = is_own(text_colour, appearance) || is_own(ground_colour, appearance);
        Some(PairContrast { text, ground, contrast, own })
    };
    TEXT_PAIRS.into_iter().filter_map(pair).collect()
}

/// What lies behind everything.
pub(crate) fn window(mode: Mode) -> Light {
    match mode {
        Mode::Light => [1.0; 3],
        Mode::Dark => [0.0; 3],
    }
}

fn is_own(colour: &EffectiveColour, appearance: &Appearance) -> bool {
    match colour.origin {
        Origin::Light | Origin::Dark | Origin::LightShinesThrough => true,
        Origin::SdkDefault => false,
        Origin::Foreground => {
            let mut colours = appearance.colours.iter();
            colours.any(|other| other.token == "foreground" && other.origin != Origin::SdkDefault)
        }
    }
}

/// Gamma-encoded red, green and blue from 0 to 1.
pub(crate) type Light = [f64; 3];

pub(crate) fn encoded(colour: Rgba) -> Light {
    [colour.red, colour.green, colour.blue].map(|channel| f64::from(channel) / 255.0)
}

/// Source-over on an opaque ground.
pub(crate) fn over(colour: Rgba, ground: &Light) -> Light {
    let alpha = f64::from(colour.alpha) / 255.0;
    let [red, green, blue] = encoded(colour);
    let [under_red, under_green, under_blue] = *ground;
    let blend = |above: f64, under: f64| above * alpha + under * (1.0 - alpha);
    [blend(red, under_red), blend(green, under_green), blend(blue, under_blue)]
}

/// WCAG 2.2, relative luminance, with the knee of IEC 61966-2-1.
fn luminance(light: &Light) -> f64 {
    let [red, green, blue] = light.map(decode);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text, ground and ratio by an independent calculation.
    const PAIRS: &str = include_str!("../tests/cases/contrast.json");

    #[test]
    fn ratios_agree_with_an_independent_calculation() {
        let pairs: Vec<(String, String, f64)> = serde_json::from_str(PAIRS).unwrap();
        assert!(pairs.len() >= 50);
        for (text, ground, ratio) in pairs {
            let under = encoded(Rgba::parse(&ground).unwrap());
            let found = Contrast::of_light(&over(Rgba::parse(&text).unwrap(), &under), &under);
            assert!(
                (f64::from(found.millionths()) / 1e6 - ratio).abs() < 0.001,
                "{text} on {ground}: {found:?}, not {ratio}"
            );
        }
    }

    #[test]
    fn a_ratio_just_below_the_bound_does_not_print_as_passing() {
        assert_eq!(Contrast(4_499_999).to_string(), "4.49");
        assert!(!Contrast(4_499_999).passes());
    }
}
