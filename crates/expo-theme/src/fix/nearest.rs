//! The colour next to one that fails.

use crate::Rgba;
use crate::contrast::{Contrast, Light, over};
use crate::oklch::{Oklch, distance};

/// How many steps of lightness are tried at first, from black to white.
const STEPS: u32 = 64;
/// How often a step is halved then.
const HALVINGS: u32 = 6;
/// A step to a neighbour is taken at most so often.
const MOST_STEPS: usize = 64;

/// The nearest colour of the same hue as `start` that a text may have on all these grounds.
///
/// Its opacity stays if that suffices; otherwise it rises, and at last the colour changes at full opacity.
pub(super) fn nearest_text(start: Rgba, grounds: &[Light]) -> Option<Rgba> {
    let passes =
        |text: Rgba| grounds.iter().all(|ground| Contrast::of_light(&over(text, ground), ground).passes());
    nearest(start, passes)
        .or_else(|| (start.alpha..=255).map(|alpha| Rgba { alpha, ..start }).find(|text| passes(*text)))
        .or_else(|| nearest(Rgba { alpha: 255, ..start }, passes))
}

/// The nearest colour of the same hue as `start` on which all these texts may stand, each of an opacity of its own.
pub(super) fn nearest_ground(start: Rgba, behind: &Light, texts: &[Rgba]) -> Option<Rgba> {
    let passes = |ground: Rgba| {
        let ground = over(ground, behind);
        texts.iter().all(|text| Contrast::of_light(&over(*text, &ground), &ground).passes())
    };
    nearest(start, passes).or_else(|| nearest(Rgba { alpha: 255, ..start }, passes))
}

fn nearest(start: Rgba, passes: impl Fn(Rgba) -> bool) -> Option<Rgba> {
    let of_start = Oklch::of(start);
    let at = |lightness: f64| Oklch { lightness, ..of_start }.to_rgba(start.alpha);
    let fits = |colour: Rgba| Oklch::of(colour).keeps_hue_of(of_start) && passes(colour);
    if fits(start) {
        return Some(start);
    }
    let lighter = first_that_fits(of_start.lightness, 1.0, at, &fits);
    let darker = first_that_fits(of_start.lightness, 0.0, at, &fits);
    let found = [lighter, darker].into_iter().flatten();
    let away = |colour: &Rgba| distance(start, *colour);
    let found = found.min_by(|one, other| away(one).total_cmp(&away(other)))?;
    Some(settle(found, start, fits))
}

/// The first fit on the way from one lightness to another, which need not be the only one.
fn first_that_fits(
    from: f64,
    to: f64,
    at: impl Fn(f64) -> Rgba,
    fits: &impl Fn(Rgba) -> bool,
) -> Option<Rgba> {
    let step = (to - from) / f64::from(STEPS);
    let number = (1..=STEPS).find(|number| fits(at(from + step * f64::from(*number))))?;
    let (mut near, mut far) = (f64::from(number) - 1.0, f64::from(number));
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(near, far);
        *(if fits(at(from + step * middle)) { &mut far } else { &mut near }) = middle;
    }
    Some(at(from + step * far))
}

/// From neighbour to neighbour as long as one fits that is nearer to where it began.
fn settle(mut found: Rgba, start: Rgba, fits: impl Fn(Rgba) -> bool) -> Rgba {
    let mut away = distance(start, found);
    for _ in 0..MOST_STEPS {
        let mut nearer: Vec<(f64, Rgba)> = neighbours(found)
            .map(|colour| (distance(start, colour), colour))
            .filter(|(distance, _)| *distance < away)
            .collect();
        nearer.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let Some(next) = nearer.into_iter().find(|(_, colour)| fits(*colour)) else { break };
        (away, found) = next;
    }
    found
}

/// The up to 26 colours that differ by one in some channels.
pub(super) fn neighbours(colour: Rgba) -> impl Iterator<Item = Rgba> {
    let around =
        |channel: u8| [channel.checked_sub(1), Some(channel), channel.checked_add(1)].into_iter().flatten();
    let reds = around(colour.red);
    reds.flat_map(move |red| {
        around(colour.green).flat_map(move |green| {
            around(colour.blue).map(move |blue| Rgba { red, green, blue, alpha: colour.alpha })
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contrast::encoded;

    fn colour() -> impl Strategy<Value = Rgba> {
        any::<[u8; 3]>().prop_map(|[red, green, blue]| Rgba { red, green, blue, alpha: 255 })
    }

    proptest! {
        #[test]
        fn a_text_is_found_on_every_ground_and_no_neighbour_is_nearer(text in colour(), ground in colour()) {
            let ground = encoded(ground);
            let found = nearest_text(text, &[ground]).unwrap();
            let passes = |text: Rgba| Contrast::of_light(&encoded(text), &ground).passes();
            prop_assert!(passes(found));
            prop_assert!(Oklch::of(found).keeps_hue_of(Oklch::of(text)));
            prop_assert!(!passes(text) || found == text, "what passes stays");
            let away = distance(text, found);
            for other in neighbours(found).filter(|other| Oklch::of(*other).keeps_hue_of(Oklch::of(text))) {
                prop_assert!(!passes(other) || distance(text, other) >= away);
            }
        }

        #[test]
        fn a_translucent_text_is_found(text in colour(), alpha: u8, ground in colour()) {
            let ground = encoded(ground);
            let found = nearest_text(Rgba { alpha, ..text }, &[ground]).unwrap();
            prop_assert!(found.alpha >= alpha);
            prop_assert!(Contrast::of_light(&over(found, &ground), &ground).passes());
        }

        #[test]
        fn a_ground_is_found_under_every_text(ground in colour(), text in colour(), alpha: u8) {
            let start = Rgba { alpha, ..ground };
            let found = nearest_ground(start, &[1.0; 3], &[text]).unwrap();
            let under = over(found, &[1.0; 3]);
            prop_assert!(Contrast::of_light(&encoded(text), &under).passes());
        }
    }

    #[test]
    fn between_black_and_white_no_text_passes() {
        let black_and_white = [[0.0; 3], [1.0; 3]];
        let found = nearest_text(Rgba::parse("#FF00FF").unwrap(), &black_and_white);
        assert!(found.is_none_or(|text| {
            black_and_white.iter().all(|ground| Contrast::of_light(&encoded(text), ground).passes())
        }));
    }
}
