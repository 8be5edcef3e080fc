//! What the marks mean, and which pairs are marked.

use super::phone::{Phone, WIDTH};
use super::svg::{Anchor, Area, Ink, Svg, Type};
use super::{marks, sheet};
use crate::{PairContrast, SDKS};

const PAPER: Ink = Ink([255; 3]);
const EDGE: Ink = Ink([221, 224, 231]);
const FINE: Ink = Ink([22, 112, 61]);

/// From one line to the next.
const LINE: i32 = 24;

/// Pairs with longer names take two lines.
const COLUMNS: usize = 40;

/// What [`weak`] takes below its first baseline.
pub(super) fn height(phone: &Phone) -> i32 {
    phone.weak.iter().fold(0, |height, pair| height.saturating_add(taken(pair)))
}

fn taken(pair: &PairContrast) -> i32 {
    if is_long(pair) { LINE + SECOND } else { LINE }
}

/// From the first to the second line of one pair.
const SECOND: i32 = 17;

fn is_long(pair: &PairContrast) -> bool {
    pair.text.len().saturating_add(pair.ground.len()) > COLUMNS
}

/// The weak pairs of a phone, below it.
pub(super) fn weak(svg: &mut Svg, phone: &Phone) {
    let set = Type::new(14, 600, Anchor::Start);
    if phone.drawn.is_err() {
        return;
    }
    if phone.weak.is_empty() {
        svg.stroke("M3 -5 L7 -1 L14 -10", 2, FINE);
        return svg.text((24, 0), set, FINE, "Every text pair reaches 4.50");
    }
    svg.text((0, 0), set, sheet::INK, "Weak text contrast");
    let mut y = LINE;
    for pair in &phone.weak {
        svg.at(0, y, |svg| entry(svg, pair));
        y = y.saturating_add(taken(pair));
    }
}

fn entry(svg: &mut Svg, pair: &PairContrast) {
    let ink = marks::ink(pair.own);
    let names = Type::new(13, 400, Anchor::Start);
    svg.circle((5, -5), 5, ink);
    let ratio = format!("{} {}", pair.contrast, marks::whose(pair.own));
    svg.text((WIDTH, 0), Type::new(13, 700, Anchor::End), ink, &ratio);
    if is_long(pair) {
        svg.text((20, 0), names, sheet::INK, pair.text);
        svg.text((20, SECOND), names, sheet::INK, &format!("on {}", pair.ground));
    } else {
        svg.text((20, 0), names, sheet::INK, &format!("{} on {}", pair.text, pair.ground));
    }
}

/// What [`draw`] takes.
pub(super) const HEIGHT: i32 = 148;

/// A panel of `width` with its upper left corner at the origin.
pub(super) fn draw(svg: &mut Svg, width: i32) {
    svg.bordered(Area::new(0, 0, width, HEIGHT), 16, (EDGE, 1), PAPER);
    let words = |svg: &mut Svg, x, y, words: &str| {
        svg.text((x, y), Type::new(14, 400, Anchor::Start), sheet::INK, words);
    };
    svg.at(28, 40, |svg| marks::flag(svg, true, "3.10"));
    words(svg, 152, 45, "Text below the ratio 4.50 of WCAG 2.2, in a colour that this theme sets.");
    svg.at(28, 76, |svg| marks::flag(svg, false, "4.10"));
    words(svg, 152, 81, "The same between two defaults of the SDK: not this theme's doing.");
    words(svg, 920, 45, "NEVER SHOWS: the app's userInterfaceStyle rules this mode out.");
    words(svg, 920, 81, "A sketch: colours, corners and font are what the SDKs resolve; layout is not.");
    words(svg, 28, 118, &unknown());
}

/// Which defaults the phones cannot stand for.
fn unknown() -> String {
    let unknown = SDKS.iter().filter(|sdk| !sdk.has_known_defaults);
    let names: Vec<&str> = unknown.map(|sdk| sdk.name).collect();
    let known = "What the theme leaves open has the defaults of the release named above each phone";
    if names.is_empty() {
        return format!("{known}.");
    }
    format!("{known}; those of {} are unknown here and may differ.", names.join(" and "))
}
