//! Marks where text is hard to read.

use super::phone::WHITE;
use super::svg::{Anchor, Area, Ink, Svg, Type};
use crate::PairContrast;

/// Where the text pairs are drawn: the middle of their line on the screen.
const PLACES: [(&str, &str, i32); 7] = [
    ("foreground", "background", 117),
    ("mutedForeground", "background", 144),
    ("secondaryButtonForeground", "secondaryButtonBackground", 192),
    ("inputForeground", "input", 288),
    ("danger", "background", 397),
    ("primaryForeground", "primary", 442),
    ("foreground", "muted", 748),
];

/// A failure that the theme brings about, and one of the SDK's own defaults.
const YOURS: Ink = Ink([180, 35, 24]);
const SDK: Ink = Ink([71, 84, 103]);

const WIDTH: i32 = 106;

/// Flags that stand out over the right edge of the screen, each on the line of its text.
pub(super) fn draw(svg: &mut Svg, weak: &[PairContrast]) {
    for pair in weak {
        if let Some(y) = place(pair) {
            svg.at(311, y, |svg| flag(svg, pair.own, &pair.contrast.to_string()));
        }
    }
}

fn place(pair: &PairContrast) -> Option<i32> {
    let here = |(text, ground, _): &&(&str, &str, i32)| *text == pair.text && *ground == pair.ground;
    PLACES.iter().find(here).map(|(.., y)| *y)
}

/// A flag whose left edge's middle is the origin.
pub(super) fn flag(svg: &mut Svg, own: bool, ratio: &str) {
    svg.rect(Area::new(0, -12, WIDTH, 24), 12, WHITE);
    svg.rect(Area::new(2, -10, WIDTH - 4, 20), 10, ink(own));
    if own {
        svg.stroke("M12 -3 L18 3 M18 -3 L12 3", 2, WHITE);
    } else {
        svg.stroke("M12 0 H18", 2, WHITE);
    }
    let set = Type::new(11, 700, Anchor::Start);
    svg.text((27, 4), set, WHITE, &format!("{ratio} {}", whose(own)));
}

/// Who brings a failure about, in a word.
pub(super) fn whose(own: bool) -> &'static str {
    if own { "yours" } else { "SDK" }
}

/// The colour of a mark and of words about it.
pub(super) fn ink(own: bool) -> Ink {
    if own { YOURS } else { SDK }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TEXT_PAIRS;

    #[test]
    fn every_text_pair_has_a_place_on_the_screen() {
        for (text, ground) in TEXT_PAIRS {
            assert!(PLACES.iter().any(|place| (place.0, place.1) == (text, ground)), "{text} on {ground}");
        }
    }
}
