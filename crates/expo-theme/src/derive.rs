//! Dark palettes out of light ones.

use crate::appearance::Palette;
use crate::oklch::Oklch;
use crate::{Rgba, TOKENS};

/// What a token is for, and so what becomes of it in the dark.
enum Use {
    Ground,
    Text,
    /// A colour with a meaning, which should be known again.
    Signal,
    Line,
}

/// Each light colour as it should be in the dark; nothing where there is none, for there the SDK has its own.
pub(crate) fn derived(light: &Palette) -> Palette {
    let mut colours = light.iter();
    TOKENS.map(|token| {
        let colour = colours.next().copied().flatten()?;
        Some(turned(colour, &use_of(token)))
    })
}

fn use_of(token: &str) -> Use {
    match token {
        "background" | "input" | "muted" | "secondaryButtonBackground" => Use::Ground,
        "primary" | "danger" | "success" | "warning" => Use::Signal,
        "border" | "ring" | "shadow" | "neutral" => Use::Line,
        _ => Use::Text,
    }
}

fn turned(colour: Rgba, purpose: &Use) -> Rgba {
    let light = Oklch::of(colour);
    let dark = match purpose {
        // Already dark: a theme may be dark in both modes.
        Use::Ground if light.lightness < 0.35 => light,
        // White becomes a near black, and what was darker than white stands out from it, lighter.
        Use::Ground => Oklch {
            lightness: 0.18 + 0.35 * (1.0 - light.lightness).min(0.4),
            chroma: light.chroma.min(0.04),
            ..light
        },
        Use::Text | Use::Line if light.lightness > 0.65 => light,
        Use::Text => Oklch { lightness: 1.0 - 0.45 * light.lightness, ..light },
        Use::Line => Oklch { lightness: 1.0 - light.lightness, ..light },
        Use::Signal => Oklch { lightness: light.lightness.max(0.66), ..light },
    };
    dark.to_rgba(colour.alpha)
}
