//! Effective colours laid on their grounds, in whole numbers.

use super::svg::Ink;
use crate::{Appearance, Mode, Platform, Rgba};

/// The colours of one phone.
#[derive(Debug)]
pub(super) struct Paint<'a> {
    appearance: &'a Appearance,
    platform: Platform,
    /// `background` on the window behind it.
    pub(super) ground: Ink,
    /// Corner radius in points, from 0 to 255.
    pub(super) corner: i32,
}

impl<'a> Paint<'a> {
    pub(super) fn new(appearance: &'a Appearance, platform: Platform, mode: Mode) -> Self {
        let window = match mode {
            Mode::Light => Ink([255; 3]),
            Mode::Dark => Ink([0; 3]),
        };
        let corner = i32::from(appearance.radius.nearest_byte());
        let paint = Self { appearance, platform, ground: window, corner };
        let ground = paint.on("background", window);
        Self { ground, ..paint }
    }

    pub(super) fn font(&self) -> Option<&str> {
        self.appearance.font.as_deref()
    }

    /// The colour of `token` on `ground`.
    pub(super) fn on(&self, token: &str, ground: Ink) -> Ink {
        over(self.colour(token), ground)
    }

    /// A faint shade of `token` on `ground`.
    ///
    /// iOS multiplies an alpha of the theme's own with the shade's, Android puts the shade's in its place.
    pub(super) fn tint(&self, token: &str, percent: u8, ground: Ink) -> Ink {
        let colour = self.colour(token);
        let own = match self.platform {
            Platform::Ios => colour.alpha,
            Platform::Android => u8::MAX,
        };
        over(Rgba { alpha: mix(own, 0, percent, 100), ..colour }, ground)
    }

    fn colour(&self, token: &str) -> Rgba {
        let found = self.appearance.colours.iter().find(|colour| colour.token == token);
        found.map_or(Rgba { red: 0, green: 0, blue: 0, alpha: 0 }, |found| found.colour)
    }
}

/// Source-over in gamma-encoded sRGB, as the systems do.
fn over(colour: Rgba, ground: Ink) -> Ink {
    let [red, green, blue] = ground.0;
    let blend = |above, under| mix(above, under, colour.alpha, u8::MAX);
    Ink([blend(colour.red, red), blend(colour.green, green), blend(colour.blue, blue)])
}

/// `part` of `whole` of `above`, the rest of `under`, rounded half up.
fn mix(above: u8, under: u8, part: u8, whole: u8) -> u8 {
    let (part, whole) = (u32::from(part), u32::from(whole).max(1));
    let above = u32::from(above).saturating_mul(part);
    let under = u32::from(under).saturating_mul(whole.saturating_sub(part));
    let sum = above.saturating_add(under).saturating_add(whole / 2);
    u8::try_from(sum.checked_div(whole).unwrap_or_default()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profile, TOKENS, appearance, check};

    fn drawn(theme: &str, platform: Platform) -> Appearance {
        let theme = check(theme.as_bytes(), Profile::Strict).theme.unwrap();
        appearance(&theme, platform, Mode::Light).unwrap()
    }

    #[test]
    fn translucent_colours_are_blended_on_their_ground() {
        let appearance = drawn(r##"{"colors":{"primary":"#00000080","muted":"#FF000000"}}"##, Platform::Ios);
        let paint = Paint::new(&appearance, Platform::Ios, Mode::Light);
        assert_eq!(paint.on("primary", Ink([255; 3])), Ink([127; 3]));
        assert_eq!(paint.on("muted", Ink([9; 3])), Ink([9; 3]));
        assert_eq!(paint.on("foreground", Ink([9; 3])).to_string(), "#2f3037");
    }

    #[test]
    fn a_translucent_background_lies_on_the_window_of_its_mode() {
        let appearance = drawn(r##"{"colors":{"background":"#80808080"}}"##, Platform::Android);
        let ground = |mode| Paint::new(&appearance, Platform::Android, mode).ground;
        assert_eq!(ground(Mode::Light), Ink([191; 3]));
        assert_eq!(ground(Mode::Dark), Ink([64; 3]));
    }

    #[test]
    fn a_tint_keeps_the_alpha_of_the_theme_on_ios_only() {
        for (platform, shade) in [(Platform::Ios, 229), (Platform::Android, 204)] {
            let appearance = drawn(r##"{"colors":{"success":"#00000080"}}"##, platform);
            let paint = Paint::new(&appearance, platform, Mode::Light);
            assert_eq!(paint.tint("success", 20, Ink([255; 3])), Ink([shade; 3]));
        }
    }

    #[test]
    fn every_token_has_a_colour() {
        let appearance = drawn("{}", Platform::Ios);
        let paint = Paint::new(&appearance, Platform::Ios, Mode::Light);
        assert!(TOKENS.iter().all(|token| paint.colour(token).alpha == u8::MAX));
    }
}
