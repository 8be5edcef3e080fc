//! Shapes and words as SVG: whole numbers only, so that every machine writes the same bytes.

use std::fmt::{self, Write};

use crate::emit::is_xml;

/// An opaque colour as it lies on its ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink(pub(super) [u8; 3]);

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, width, height }
    }

    /// Larger by `by` on every side.
    pub(super) fn grown(self, by: i32) -> Self {
        let both = by.saturating_mul(2);
        Self {
            x: self.x.saturating_sub(by),
            y: self.y.saturating_sub(by),
            width: self.width.saturating_add(both),
            height: self.height.saturating_add(both),
        }
    }
}

/// From which end a text grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set: the anchor lies on its baseline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: i32,
    pub(super) weight: i32,
    pub(super) anchor: Anchor,
}

impl Type {
    pub(super) const fn new(size: i32, weight: i32, anchor: Anchor) -> Self {
        Self { size, weight, anchor }
    }
}

/// The text of an SVG as it grows.
#[derive(Debug, Default)]
pub(super) struct Svg(String);

impl Svg {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Mark-up of our own; what comes from a theme goes through [`Svg::text`] or [`escaped`].
    pub(super) fn raw(&mut self, markup: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.0.write_fmt(markup);
        self.0.push('\n');
    }

    /// Draws `inner` with its origin at `x`, `y`.
    pub(super) fn at(&mut self, x: i32, y: i32, inner: impl FnOnce(&mut Self)) {
        self.within(format_args!("<g transform=\"translate({x} {y})\">"), inner);
    }

    /// Draws `inner` inside the group that `open` opens.
    pub(super) fn within(&mut self, open: fmt::Arguments<'_>, inner: impl FnOnce(&mut Self)) {
        self.raw(open);
        inner(self);
        self.raw(format_args!("</g>"));
    }

    /// A filled rectangle; a corner never turns further than half of the shorter side.
    pub(super) fn rect(&mut self, area: Area, corner: i32, fill: Ink) {
        let Area { x, y, width, height } = area;
        let corner = corner.clamp(0, width.min(height) / 2);
        self.raw(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\" fill=\"{fill}\"/>"
        ));
    }

    /// A rectangle with a border of `thickness` inside its edge.
    pub(super) fn bordered(&mut self, area: Area, corner: i32, (border, thickness): (Ink, i32), fill: Ink) {
        let corner = corner.clamp(0, area.width.min(area.height) / 2);
        self.rect(area, corner, border);
        self.rect(area.grown(thickness.saturating_neg()), corner.saturating_sub(thickness), fill);
    }

    pub(super) fn circle(&mut self, (x, y): (i32, i32), radius: i32, fill: Ink) {
        self.raw(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"/>"));
    }

    /// A line drawing; `path` is our own.
    pub(super) fn stroke(&mut self, path: &str, thickness: i32, ink: Ink) {
        self.raw(format_args!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thickness}\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
        ));
    }

    pub(super) fn text(&mut self, (x, y): (i32, i32), set: Type, ink: Ink, words: &str) {
        self.runs((x, y), set, &[(ink, words)]);
    }

    /// One line in several colours.
    pub(super) fn runs(&mut self, (x, y): (i32, i32), set: Type, runs: &[(Ink, &str)]) {
        let Type { size, weight, anchor } = set;
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let runs: String = runs
            .iter()
            .map(|(ink, words)| format!("<tspan fill=\"{ink}\">{}</tspan>", escaped(words)))
            .collect();
        self.raw(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" text-anchor=\"{anchor}\">\
             {runs}</text>"
        ));
    }
}

/// Text for element content or an attribute between double quotes; what XML cannot hold becomes U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if is_xml(c) => safe.push(c),
            _ => safe.push(char::REPLACEMENT_CHARACTER),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Ink = Ink([0; 3]);

    #[test]
    fn a_corner_stops_at_half_the_shorter_side() {
        for (corner, drawn) in [(-4, "rx=\"0\""), (6, "rx=\"6\""), (i32::MAX, "rx=\"10\"")] {
            let mut svg = Svg::default();
            svg.rect(Area::new(0, 0, 100, 20), corner, BLACK);
            assert!(svg.into_text().contains(drawn), "{corner}");
        }
    }

    #[test]
    fn a_border_takes_its_thickness_off_the_inner_corner() {
        let mut svg = Svg::default();
        svg.bordered(Area::new(0, 0, 100, 20), 999, (BLACK, 2), Ink([255; 3]));
        assert_eq!(
            svg.into_text(),
            "<rect x=\"0\" y=\"0\" width=\"100\" height=\"20\" rx=\"10\" fill=\"#000000\"/>\n\
             <rect x=\"2\" y=\"2\" width=\"96\" height=\"16\" rx=\"8\" fill=\"#ffffff\"/>\n"
        );
    }

    #[test]
    fn words_are_escaped() {
        let mut svg = Svg::default();
        svg.text((1, 2), Type::new(9, 400, Anchor::End), BLACK, "<a b=\"c\">&\u{0}");
        let text = svg.into_text();
        assert!(text.contains(">&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}</tspan>"), "{text}");
    }
}
