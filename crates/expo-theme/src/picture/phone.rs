//! A phone: its frame, its screen, what is said above it and stamped over it.

use super::marks;
use super::paint::Paint;
use super::svg::{Anchor, Area, Ink, Svg, Type, escaped};
use super::{note, profile, sheet, sign_in};
use crate::source::shown;
use crate::{
    Appearance, EmitError, InterfaceStyle, Mode, PairContrast, Platform, Surroundings, Theme, appearance,
    contrasts, plist_value, sdk_version,
};

/// What a frame takes of the sheet.
pub(super) const WIDTH: i32 = 391;
pub(super) const HEIGHT: i32 = 828;
/// What the frame leaves on each side of the screen.
pub(super) const BEZEL: i32 = 8;
pub(super) const SCREEN: Area = Area::new(0, 0, 375, 812);

/// One of the four phones of a sheet.
#[derive(Debug)]
pub(super) struct Phone {
    pub(super) platform: Platform,
    pub(super) mode: Mode,
    /// What is drawn, or why there is nothing to draw.
    pub(super) drawn: Result<Appearance, String>,
    /// The text pairs that are hard to read.
    pub(super) weak: Vec<PairContrast>,
    /// Why the app around the theme rules this mode out.
    pub(super) never: Option<&'static str>,
}

impl Phone {
    /// Those of a theme, in the order of the sheet.
    pub(super) fn all(theme: &Theme, surroundings: Surroundings) -> [Self; 4] {
        let one = |platform, mode| Self::new(theme, surroundings, platform, mode);
        [
            one(Platform::Ios, Mode::Light),
            one(Platform::Ios, Mode::Dark),
            one(Platform::Android, Mode::Light),
            one(Platform::Android, Mode::Dark),
        ]
    }

    fn new(theme: &Theme, surroundings: Surroundings, platform: Platform, mode: Mode) -> Self {
        let drawn = appearance(theme, platform, mode).ok_or_else(|| unsound(theme));
        let pairs = drawn.as_ref().map(|drawn| contrasts(drawn, mode)).unwrap_or_default();
        let weak = pairs.into_iter().filter(|pair| !pair.contrast.passes()).collect();
        let never = (!surroundings.shows(platform, mode)).then(|| reason(surroundings, platform));
        Self { platform, mode, drawn, weak, never }
    }

    pub(super) fn name(&self) -> &'static str {
        match (self.platform, self.mode) {
            (Platform::Ios, Mode::Light) => "iOS light",
            (Platform::Ios, Mode::Dark) => "iOS dark",
            (Platform::Android, Mode::Light) => "Android light",
            (Platform::Android, Mode::Dark) => "Android dark",
        }
    }

    /// Three lines above the phone.
    pub(super) fn caption(&self, svg: &mut Svg) {
        svg.text((0, -60), Type::new(22, 700, Anchor::Start), sheet::INK, self.name());
        let set = Type::new(13, 400, Anchor::Start);
        svg.text((0, -36), set, sheet::SOFT, &format!("defaults of {}", sdk_version(self.platform)));
        svg.text((0, -16), set, sheet::SOFT, &self.shape());
    }

    fn shape(&self) -> String {
        let Ok(drawn) = &self.drawn else { return "no property list".to_owned() };
        let radius = cut(&drawn.radius.to_string(), 12);
        let font = match (&drawn.font, self.platform) {
            (Some(font), _) => format!("font {}", cut(&shown(font), 24)),
            (None, Platform::Ios) => "system font".to_owned(),
            (None, Platform::Android) => "system font always".to_owned(),
        };
        format!("radius {radius}, {font}")
    }

    /// The phone with its upper left corner at the origin.
    pub(super) fn draw(&self, svg: &mut Svg) {
        let corner = self.frame_corner();
        let Ok(appearance) = &self.drawn else { return note::draw(svg, self, corner) };
        let paint = Paint::new(appearance, self.platform, self.mode);
        svg.bordered(Area::new(0, 0, WIDTH, HEIGHT), corner, (FRAME_EDGE, 2), FRAME);
        svg.at(BEZEL, BEZEL, |svg| {
            svg.within(format_args!("<g clip-path=\"url(#{})\">", self.clip()), |svg| {
                self.screen(svg, &paint);
            });
            if let Some(why) = self.never {
                self.veil(svg);
                stamp(svg, why);
            }
            marks::draw(svg, &self.weak);
        });
    }

    fn screen(&self, svg: &mut Svg, paint: &Paint<'_>) {
        svg.rect(SCREEN, 0, paint.ground);
        self.status_bar(svg);
        let font = font_family(self.platform, paint.font());
        svg.within(format_args!("<g font-family=\"{}\">", escaped(&font)), |svg| {
            sign_in::draw(svg, paint);
            profile::draw(svg, paint);
        });
        match self.platform {
            Platform::Ios => svg.rect(Area::new(120, 798, 135, 5), 3, self.system_ink()),
            Platform::Android => svg.rect(Area::new(134, 798, 108, 4), 2, self.system_ink()),
        }
    }

    /// The system draws it by its own mode, not by the theme.
    fn status_bar(&self, svg: &mut Svg) {
        let ink = self.system_ink();
        match self.platform {
            Platform::Ios => {
                svg.text((56, 34), Type::new(16, 600, Anchor::Middle), ink, "9:41");
                svg.rect(Area::new(130, 11, 115, 34), 17, BLACK);
                svg.rect(Area::new(306, 22, 26, 13), 4, ink);
                svg.rect(Area::new(334, 26, 2, 5), 1, ink);
            }
            Platform::Android => {
                svg.text((28, 31), Type::new(14, 500, Anchor::Start), ink, "9:41");
                svg.circle((187, 26), 11, BLACK);
                svg.rect(Area::new(338, 19, 9, 15), 2, ink);
                svg.rect(Area::new(341, 17, 3, 3), 1, ink);
            }
        }
    }

    fn system_ink(&self) -> Ink {
        match self.mode {
            Mode::Light => BLACK,
            Mode::Dark => WHITE,
        }
    }

    fn veil(&self, svg: &mut Svg) {
        let veil = match self.mode {
            Mode::Light => WHITE,
            Mode::Dark => BLACK,
        };
        let Area { width, height, .. } = SCREEN;
        svg.raw(format_args!(
            "<rect width=\"{width}\" height=\"{height}\" fill=\"{veil}\" fill-opacity=\"0.5\" \
             clip-path=\"url(#{})\"/>",
            self.clip()
        ));
    }

    pub(super) fn frame_corner(&self) -> i32 {
        screen_corner(self.platform).saturating_add(BEZEL)
    }

    fn clip(&self) -> &'static str {
        match self.platform {
            Platform::Ios => "ios",
            Platform::Android => "android",
        }
    }
}

/// Over a screen, where no mark lies.
pub(super) fn stamp(svg: &mut Svg, why: &str) {
    svg.within(format_args!("<g transform=\"translate(187 580) rotate(-12)\">"), |svg| {
        svg.bordered(Area::new(-152, -50, 304, 100), 14, (STAMP, 4), WHITE);
        svg.text((0, 4), Type::new(30, 800, Anchor::Middle), STAMP, "NEVER SHOWS");
        svg.text((0, 31), Type::new(14, 600, Anchor::Middle), sheet::INK, why);
    });
}

pub(super) const BLACK: Ink = Ink([0; 3]);
pub(super) const WHITE: Ink = Ink([255; 3]);
const FRAME: Ink = Ink([17, 19, 24]);
const FRAME_EDGE: Ink = Ink([92, 98, 110]);
const STAMP: Ink = Ink([180, 35, 24]);

/// The clips that keep a theme's content on its screen.
pub(super) fn define_clips(svg: &mut Svg) {
    let Area { width, height, .. } = SCREEN;
    for (name, platform) in [("ios", Platform::Ios), ("android", Platform::Android)] {
        let corner = screen_corner(platform);
        svg.raw(format_args!(
            "<clipPath id=\"{name}\"><rect width=\"{width}\" height=\"{height}\" rx=\"{corner}\"/></clipPath>"
        ));
    }
}

fn screen_corner(platform: Platform) -> i32 {
    match platform {
        Platform::Ios => 46,
        Platform::Android => 30,
    }
}

fn unsound(theme: &Theme) -> String {
    plist_value(theme).err().as_ref().map_or_else(String::new, EmitError::to_string)
}

fn reason(surroundings: Surroundings, platform: Platform) -> &'static str {
    let style = match platform {
        Platform::Ios => surroundings.ios,
        Platform::Android => surroundings.android,
    };
    match style {
        InterfaceStyle::Unset => "userInterfaceStyle is not set",
        InterfaceStyle::Light => "userInterfaceStyle is light",
        InterfaceStyle::Dark => "userInterfaceStyle is dark",
        InterfaceStyle::Automatic | InterfaceStyle::Other => "userInterfaceStyle",
    }
}

/// At most `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// CSS families: the theme's own as one quoted name, then what the platform would take.
fn font_family(platform: Platform, own: Option<&str>) -> String {
    let system = match platform {
        Platform::Ios => "system-ui, -apple-system, 'SF Pro Text', 'Helvetica Neue', Arial, sans-serif",
        Platform::Android => "Roboto, system-ui, 'Noto Sans', Arial, sans-serif",
    };
    own.map_or_else(|| system.to_owned(), |own| format!("{}, {system}", quoted(own)))
}

/// A CSS string (CSS Syntax Level 3 §4.3.5): what would end it or bend it is escaped by number.
fn quoted(name: &str) -> String {
    let mut css = String::from("'");
    for c in name.chars().take(200) {
        if c.is_control() || matches!(c, '\'' | '"' | '\\' | '&' | '<' | '>') {
            css.push_str(&format!("\\{:x} ", u32::from(c)));
        } else {
            css.push(c);
        }
    }
    css.push('\'');
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_name_cannot_leave_its_quotes() {
        assert_eq!(quoted("a'; b\\\n\"<"), "'a\\27 ; b\\5c \\a \\22 \\3c '");
        assert!(font_family(Platform::Ios, Some("Inter")).starts_with("'Inter', system-ui"));
        assert!(font_family(Platform::Android, None).starts_with("Roboto, "));
    }

    #[test]
    fn text_is_cut_at_a_character() {
        assert_eq!(cut("éé", 2), "éé");
        assert_eq!(cut("ééé", 2), "éé…");
    }
}
