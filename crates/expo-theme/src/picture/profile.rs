//! The user button and the rows of a profile.

use super::paint::Paint;
use super::svg::{Anchor, Area, Svg, Type};

/// The opacities that the SDKs give to dividers and to the grounds of badges, in percent.
const DIVIDER: u8 = 6;
const BADGE_GROUND: u8 = 12;

const ROW_HEIGHT: i32 = 56;
const ROW: Type = Type::new(17, 600, Anchor::Start);

pub(super) fn draw(svg: &mut Svg, paint: &Paint<'_>) {
    svg.rect(Area::new(0, 518, 375, 1), 0, paint.tint("border", DIVIDER, paint.ground));
    user_button(svg, paint);
    svg.at(20, 608, |svg| rows(svg, paint));
}

fn user_button(svg: &mut Svg, paint: &Paint<'_>) {
    let disc = paint.on("primary", paint.ground);
    svg.circle((44, 564), 24, disc);
    svg.text((44, 570), Type::new(17, 600, Anchor::Middle), paint.on("primaryForeground", disc), "AL");
    svg.text((84, 560), ROW, paint.on("foreground", paint.ground), "Ada Lovelace");
    let soft = paint.on("mutedForeground", paint.ground);
    svg.text((84, 581), Type::new(15, 400, Anchor::Start), soft, "ada@example.com");
}

/// Three rows on one muted ground.
fn rows(svg: &mut Svg, paint: &Paint<'_>) {
    let ground = paint.on("muted", paint.ground);
    let line = paint.tint("border", DIVIDER, ground);
    svg.bordered(Area::new(0, 0, 335, 168), paint.corner.min(ROW_HEIGHT / 2), (line, 1), ground);
    for (words, y) in ["Email", "Passkey", "Security"].into_iter().zip((0..).step_by(56)) {
        svg.at(0, y, |svg| {
            svg.text((20, 34), ROW, paint.on("foreground", ground), words);
            svg.stroke("M310 22 L316 28 L310 34", 2, paint.on("mutedForeground", ground));
        });
    }
    svg.rect(Area::new(20, ROW_HEIGHT, 295, 1), 0, line);
    svg.rect(Area::new(20, 2 * ROW_HEIGHT, 295, 1), 0, line);
    badge(svg, paint, 17, ("success", "Verified"));
    badge(svg, paint, 73, ("warning", "Unverified"));
}

fn badge(svg: &mut Svg, paint: &Paint<'_>, y: i32, (token, words): (&str, &str)) {
    let ground = paint.on("muted", paint.ground);
    let ink = paint.on(token, ground);
    let fill = paint.tint(token, BADGE_GROUND, ground);
    svg.bordered(Area::new(206, y, 90, 22), paint.corner, (ink, 1), fill);
    svg.text((251, y.saturating_add(16)), Type::new(13, 600, Anchor::Middle), ink, words);
}
