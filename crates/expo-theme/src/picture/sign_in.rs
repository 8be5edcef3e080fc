//! The sign-in, as the components lay it out.

use super::paint::Paint;
use super::svg::{Anchor, Area, Svg, Type};

/// The opacities that the SDKs give to borders, in percent.
const BUTTON_BORDER: u8 = 8;
const DIVIDER: u8 = 6;
const INPUT_BORDER: u8 = 11;
const FOCUSED_BORDER: u8 = 28;
const DANGER_BORDER: u8 = 53;
const DANGER_HALO: u8 = 15;

const BODY: Type = Type::new(17, 400, Anchor::Start);
const BUTTON: Type = Type::new(17, 600, Anchor::Middle);
const SMALL: Type = Type::new(13, 400, Anchor::Middle);

pub(super) fn draw(svg: &mut Svg, paint: &Paint<'_>) {
    head(svg, paint);
    social(svg, paint);
    divider(svg, paint);
    let muted = "mutedForeground";
    field(
        svg,
        paint,
        &Field { y: 252, label: "Email address", value: "ada@example.com", state: State::Focused },
    );
    field(svg, paint, &Field { y: 320, label: "Password", value: "••••••••", state: State::Wrong });
    error(svg, paint);
    primary(svg, paint);
    let footer =
        [(paint.on(muted, paint.ground), "No account yet? "), (paint.on("primary", paint.ground), "Sign up")];
    svg.runs((187, 494), Type::new(15, 500, Anchor::Middle), &footer);
}

fn head(svg: &mut Svg, paint: &Paint<'_>) {
    let logo = paint.on("primary", paint.ground);
    svg.rect(Area::new(169, 58, 37, 37), paint.corner.min(12), logo);
    svg.stroke("M180 83 L187 69 L194 83 M183 78 H191", 2, paint.on("primaryForeground", logo));
    let (title, subtitle) = (paint.on("foreground", paint.ground), paint.on("mutedForeground", paint.ground));
    svg.text((187, 125), Type::new(22, 700, Anchor::Middle), title, "Sign in to Acme");
    svg.text((187, 149), Type::new(15, 400, Anchor::Middle), subtitle, "Good to see you again");
}

fn social(svg: &mut Svg, paint: &Paint<'_>) {
    let fill = paint.on("secondaryButtonBackground", paint.ground);
    let ink = paint.on("secondaryButtonForeground", fill);
    button(svg, paint, 168, fill);
    svg.stroke("M53 186 A9 9 0 1 0 55 192 H47", 2, ink);
    svg.text((187, 198), BUTTON, ink, "Continue with Google");
}

fn primary(svg: &mut Svg, paint: &Paint<'_>) {
    let fill = paint.on("primary", paint.ground);
    button(svg, paint, 418, fill);
    svg.text((187, 448), BUTTON, paint.on("primaryForeground", fill), "Continue");
}

fn button(svg: &mut Svg, paint: &Paint<'_>, y: i32, fill: super::svg::Ink) {
    let area = Area::new(20, y, 335, 48);
    let shadow = Area { y: y.saturating_add(1), ..area };
    svg.rect(shadow, paint.corner, paint.tint("shadow", BUTTON_BORDER, paint.ground));
    svg.bordered(area, paint.corner, (paint.tint("border", BUTTON_BORDER, fill), 1), fill);
}

fn divider(svg: &mut Svg, paint: &Paint<'_>) {
    let line = paint.tint("border", DIVIDER, paint.ground);
    svg.rect(Area::new(20, 234, 145, 1), 0, line);
    svg.rect(Area::new(210, 234, 145, 1), 0, line);
    svg.text((187, 239), SMALL, paint.on("mutedForeground", paint.ground), "or");
}

enum State {
    Focused,
    Wrong,
}

struct Field {
    y: i32,
    label: &'static str,
    value: &'static str,
    state: State,
}

fn field(svg: &mut Svg, paint: &Paint<'_>, field: &Field) {
    let area = Area::new(20, field.y, 335, 56);
    let fill = paint.on("input", paint.ground);
    let (border, halo) = match field.state {
        State::Focused => {
            let halo = paint.tint("border", INPUT_BORDER, paint.ground);
            (paint.tint("ring", FOCUSED_BORDER, fill), halo)
        }
        State::Wrong => {
            let halo = paint.tint("danger", DANGER_HALO, paint.ground);
            (paint.tint("danger", DANGER_BORDER, fill), halo)
        }
    };
    let grown = if paint.corner == 0 { 0 } else { paint.corner.saturating_add(3) };
    svg.rect(area.grown(3), grown, halo);
    svg.bordered(area, paint.corner, (border, 1), fill);
    svg.at(36, field.y, |svg| {
        svg.text((0, 21), Type::new(12, 400, Anchor::Start), paint.on("mutedForeground", fill), field.label);
        svg.text((0, 43), BODY, paint.on("inputForeground", fill), field.value);
    });
}

fn error(svg: &mut Svg, paint: &Paint<'_>) {
    let ink = paint.on("danger", paint.ground);
    svg.circle((28, 397), 7, ink);
    svg.stroke("M28 393 V397 M28 400 V400", 2, paint.ground);
    svg.text((41, 402), Type::new(13, 400, Anchor::Start), ink, "This password is not correct.");
}
