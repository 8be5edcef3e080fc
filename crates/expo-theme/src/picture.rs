//! A sheet on which people see a theme: what each platform draws in each mode.

mod legend;
mod marks;
mod note;
mod paint;
mod phone;
#[cfg(feature = "png")]
mod png;
mod profile;
mod sheet;
mod sign_in;
mod svg;

use crate::{Surroundings, Theme};

#[cfg(feature = "png")]
pub use png::{PngError, picture_png};

use phone::Phone;
use svg::Svg;

/// One SVG of four phones: iOS and Android, each in the light and the dark interface.
///
/// Each shows a sign-in, a user button and profile rows in the colours, corners and font of
/// [`appearance`](crate::appearance), with every pair of [`contrasts`](crate::contrasts) that fails marked where it is
/// drawn, and whether the theme or the SDK's default is the cause. A mode that `surroundings` rules out is stamped. When
/// the theme has no sound property list, a note that says why stands in place of the iOS phones.
///
/// The same theme gives the same bytes on every machine. The text is well-formed XML without scripts and without
/// references to anything outside; what it takes from the theme is escaped and cut to length.
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, Surroundings, check, picture};
///
/// let theme = br##"{"colors": {"primary": "#FFD400", "primaryForeground": "#FFFFFF"}}"##;
/// let theme = check(theme, Profile::Strict).theme.expect("no error");
/// let sheet = picture(&theme, Surroundings::default());
/// assert!(sheet.contains("1.43 yours")); // white on yellow, on the primary button
/// assert!(sheet.contains("userInterfaceStyle is not set")); // so that iOS never shows its dark phone
/// ```
#[must_use]
pub fn picture(theme: &Theme, surroundings: Surroundings) -> String {
    let phones = Phone::all(theme, surroundings);
    let mut svg = Svg::default();
    sheet::draw(&mut svg, &phones);
    svg.into_text()
}
