//! Colours by lightness, chroma and hue (Björn Ottosson's Oklab in polar form, as CSS Color 4 §9 has it).

use crate::Rgba;

/// A colour of Oklab in polar form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oklch {
    /// From 0, black, to 1, white.
    pub(crate) lightness: f64,
    pub(crate) chroma: f64,
    /// In radians.
    pub(crate) hue: f64,
}

/// Below this chroma a colour has no hue that anybody sees.
pub(crate) const GREY: f64 = 0.02;

impl Oklch {
    pub(crate) fn of(colour: Rgba) -> Self {
        let [lightness, a, b] = oklab(colour);
        Self { lightness, chroma: a.hypot(b), hue: b.atan2(a) }
    }

    /// The colour of this hue and lightness with the most chroma up to its own that sRGB holds.
    pub(crate) fn to_rgba(self, alpha: u8) -> Rgba {
        let lightness = self.lightness.clamp(0.0, 1.0);
        let at = |chroma: f64| srgb([lightness, chroma * self.hue.cos(), chroma * self.hue.sin()]);
        let (mut low, mut high) = (0.0, self.chroma);
        if !is_in_gamut(at(high)) {
            for _ in 0..16 {
                let middle = f64::midpoint(low, high);
                *(if is_in_gamut(at(middle)) { &mut low } else { &mut high }) = middle;
            }
            high = low;
        }
        let [red, green, blue] = at(high).map(|channel| to_byte(encode(channel.clamp(0.0, 1.0))));
        Rgba { red, green, blue, alpha }
    }

    /// Whether the hue of `other` is at most 5° away, or one of both is grey.
    pub(crate) fn keeps_hue_of(self, other: Self) -> bool {
        if self.chroma < GREY || other.chroma < GREY {
            return true;
        }
        let turn = (self.hue - other.hue).rem_euclid(std::f64::consts::TAU);
        turn.min(std::f64::consts::TAU - turn) <= 5_f64.to_radians()
    }
}

/// How far two colours look apart, their alpha aside: the distance in Oklab.
pub(crate) fn distance(one: Rgba, other: Rgba) -> f64 {
    let ([l, a, b], [to_l, to_a, to_b]) = (oklab(one), oklab(other));
    (l - to_l).hypot(a - to_a).hypot(b - to_b)
}

/// Gamma-encoded sRGB, 0 to 1, made linear (IEC 61966-2-1).
pub(crate) fn decode(channel: f64) -> f64 {
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn encode(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
fn to_byte(channel: f64) -> u8 {
    (channel * 255.0).round() as u8
}

fn oklab(colour: Rgba) -> [f64; 3] {
    let [r, g, b] = [colour.red, colour.green, colour.blue].map(|byte| decode(f64::from(byte) / 255.0));
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Linear sRGB, which may lie outside of 0 to 1.
fn srgb([lightness, a, b]: [f64; 3]) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

fn is_in_gamut(linear: [f64; 3]) -> bool {
    linear.iter().all(|channel| (-1e-4..=1.000_1).contains(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgba(text: &str) -> Rgba {
        Rgba::parse(text).unwrap()
    }

    /// Values of CSS Color 4's sample code for the primaries of sRGB.
    #[test]
    fn primaries_have_their_known_coordinates() {
        for (text, lightness, chroma, hue) in [
            ("#FF0000", 0.627_96, 0.257_68, 29.234),
            ("#00FF00", 0.866_44, 0.294_83, 142.495),
            ("#0000FF", 0.452_01, 0.313_21, 264.052),
            ("#FFFFFF", 1.0, 0.0, f64::NAN),
            ("#000000", 0.0, 0.0, f64::NAN),
        ] {
            let found = Oklch::of(rgba(text));
            assert!((found.lightness - lightness).abs() < 1e-3, "{text} {found:?}");
            assert!((found.chroma - chroma).abs() < 1e-3, "{text} {found:?}");
            let degrees = found.hue.to_degrees().rem_euclid(360.0);
            assert!(hue.is_nan() || (degrees - hue).abs() < 0.1, "{text} {degrees}");
        }
    }

    #[test]
    fn every_colour_comes_back() {
        for red in (0..=255).step_by(17) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(5) {
                    let colour = Rgba { red, green, blue, alpha: 7 };
                    assert_eq!(Oklch::of(colour).to_rgba(7), colour);
                }
            }
        }
    }

    #[test]
    fn a_colour_too_strong_for_srgb_keeps_hue_and_lightness() {
        let violet = Oklch::of(rgba("#6C47FF"));
        let light = Oklch { lightness: 0.9, ..violet };
        let drawn = Oklch::of(light.to_rgba(255));
        assert!((drawn.lightness - 0.9).abs() < 0.005 && drawn.chroma < violet.chroma, "{drawn:?}");
        assert!(drawn.keeps_hue_of(violet));
        assert!(!Oklch::of(rgba("#FF0000")).keeps_hue_of(violet));
        assert!(Oklch::of(rgba("#808080")).keeps_hue_of(violet));
    }
}
