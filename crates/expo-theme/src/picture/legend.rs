//! What the marks mean, and which pairs are marked.

use super::phone::Phone;
use super::svg::{Anchor, Area, Ink, Svg, Type};
use super::{marks, sheet};

const PAPER: Ink = Ink([255; 3]);
const EDGE: Ink = Ink([221, 224, 231]);
const FINE: Ink = Ink([22, 112, 61]);

pub(super) const LINE: i32 = 26;

/// The weak pairs of a phone, below it.
pub(super) fn weak(svg: &mut Svg, phone: &Phone) {
    let set = Type::new(14, 600, Anchor::Start);
    if phone.drawn.is_err() {
        return;
    }
    if phone.weak.is_empty() {
        svg.stroke("M3 -5 L7 -1 L14 -10", 2, FINE);
        return svg.text((24, 0), set, FINE, "every text pair reaches 4.50");
    }
    svg.text((0, 0), set, sheet::INK, "Weak text contrast");
    for (pair, y) in phone.weak.iter().zip((LINE..).step_by(26)) {
        svg.at(0, y, |svg| {
            svg.circle((5, -5), 5, marks::ink(pair.own));
            let words = format!("{} on {}", pair.text, pair.ground);
            svg.text((18, 0), Type::new(12, 400, Anchor::Start), sheet::INK, &words);
            let whose = if pair.own { "yours" } else { "SDK" };
            let ratio = format!("{} {whose}", pair.contrast);
            svg.text((391, 0), Type::new(12, 700, Anchor::End), marks::ink(pair.own), &ratio);
        });
    }
}

/// A panel of `width` with its upper left corner at the origin.
pub(super) fn draw(svg: &mut Svg, width: i32) {
    svg.bordered(Area::new(0, 0, width, 112), 16, (EDGE, 1), PAPER);
    let set = Type::new(14, 400, Anchor::Start);
    svg.at(28, 40, |svg| marks::flag(svg, true, "3.10"));
    svg.text(
        (140, 45),
        set,
        sheet::INK,
        "text below the ratio 4.50 of WCAG 2.2 in a colour that this theme sets",
    );
    svg.at(28, 76, |svg| marks::flag(svg, false, "4.10"));
    svg.text((140, 81), set, sheet::INK, "the same between two defaults of the SDK: not this theme's doing");
    svg.at(920, 0, |svg| {
        svg.text((0, 45), set, sheet::INK, "NEVER SHOWS: the app's userInterfaceStyle rules this mode out.");
        svg.text(
            (0, 81),
            set,
            sheet::INK,
            "A sketch: colours, corners and font are what the SDKs resolve; layout is not.",
        );
    });
}
