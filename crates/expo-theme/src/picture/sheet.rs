//! The sheet that everything lies on.

use super::phone::{self, Phone};
use super::svg::{Anchor, Area, Ink, Svg, Type};
use super::{legend, marks};

pub(super) const INK: Ink = Ink([24, 29, 39]);
pub(super) const SOFT: Ink = Ink([83, 88, 98]);
const PAPER: Ink = Ink([243, 244, 247]);

const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

const MARGIN: i32 = 56;
const WIDTH: i32 = 1868;
const INNER: i32 = WIDTH - 2 * MARGIN;
const PHONES: i32 = 236;
const BELOW: i32 = PHONES + phone::HEIGHT + 40;

pub(super) fn draw(svg: &mut Svg, phones: &[Phone]) {
    let lists = phones.iter().map(legend::height).max().unwrap_or_default();
    let legend_top = lists.saturating_add(BELOW + 32);
    let height = legend_top.saturating_add(legend::HEIGHT + MARGIN);
    svg.raw(format_args!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    svg.raw(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"{FONTS}\">"
    ));
    svg.raw(format_args!("<title>Theme on iOS and Android</title>"));
    phone::define_clips(svg);
    svg.rect(Area::new(0, 0, WIDTH, height), 0, PAPER);
    head(svg, phones);
    for (phone, x) in phones.iter().zip((MARGIN..).step_by(455)) {
        svg.at(x, PHONES, |svg| {
            phone.caption(svg);
            phone.draw(svg);
        });
        svg.at(x, BELOW, |svg| legend::weak(svg, phone));
    }
    svg.at(MARGIN, legend_top, |svg| legend::draw(svg, INNER));
    svg.raw(format_args!("</svg>"));
}

fn head(svg: &mut Svg, phones: &[Phone]) {
    svg.text((MARGIN, 84), Type::new(32, 700, Anchor::Start), INK, "Theme on iOS and Android");
    let words = "What the native components make of it, in each mode";
    svg.text((MARGIN, 112), Type::new(15, 400, Anchor::Start), SOFT, words);
    let seen = || phones.iter().filter(|phone| phone.never.is_none()).flat_map(|phone| &phone.weak);
    let yours = seen().filter(|pair| pair.own).count();
    let theirs = seen().filter(|pair| !pair.own).count();
    let words = [
        (SOFT, "Weak text pairs where they can show: ".to_owned()),
        (if yours == 0 { SOFT } else { marks::ink(true) }, format!("{yours} yours")),
        (SOFT, ", ".to_owned()),
        (marks::ink(false), format!("{theirs} of the SDK")),
    ];
    let runs: Vec<(Ink, &str)> = words.iter().map(|(ink, words)| (*ink, words.as_str())).collect();
    svg.runs((MARGIN + INNER, 80), Type::new(15, 600, Anchor::End), &runs);
}
