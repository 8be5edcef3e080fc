//! What the native components draw where a theme says nothing.

use crate::{Mode, Platform, Rgba};

/// The released SDK whose default colours and radius are known here.
#[must_use]
pub fn sdk_version(platform: Platform) -> &'static str {
    match platform {
        Platform::Ios => "clerk-ios 1.4.1",
        Platform::Android => "clerk-android 1.1.3",
    }
}

pub(crate) fn radius(platform: Platform) -> u8 {
    match platform {
        Platform::Ios => 6,
        Platform::Android => 8,
    }
}

/// The default of a token; the secondary button's text follows the foreground and has none of its own.
pub(crate) fn colour(platform: Platform, mode: Mode, token: &str) -> Option<Rgba> {
    let opaque = match mode {
        Mode::Light => light(platform, token)?,
        Mode::Dark => dark(token)?,
    };
    let [_, red, green, blue] = u32::to_be_bytes(opaque);
    Some(Rgba { red, green, blue, alpha: 0xff })
}

fn light(platform: Platform, token: &str) -> Option<u32> {
    let ios = platform == Platform::Ios;
    Some(match token {
        "primary" => 0x2f3037,
        "danger" => 0xef4444,
        "success" => 0x22c543,
        "warning" => 0xf36b16,
        "foreground" | "inputForeground" => {
            if ios {
                0x2f3037
            } else {
                0x212126
            }
        }
        "mutedForeground" => 0x747686,
        "muted" => {
            if ios {
                0xf7f7f7
            } else {
                0xf9f9f9
            }
        }
        "neutral" | "border" | "ring" | "shadow" => 0x000000,
        "background" | "input" | "primaryForeground" | "secondaryButtonBackground" => 0xffffff,
        _ => return None,
    })
}

fn dark(token: &str) -> Option<u32> {
    Some(match token {
        "primary" => 0xfafafb,
        "background" | "secondaryButtonBackground" => 0x131316,
        "input" => 0x212126,
        "danger" => 0xef4444,
        "success" => 0x22c543,
        "warning" => 0xf36b16,
        "mutedForeground" => 0xb7b8c2,
        "primaryForeground" => 0x000000,
        "muted" => 0x1a1a1d,
        "foreground" | "inputForeground" | "neutral" | "border" | "ring" | "shadow" => 0xffffff,
        _ => return None,
    })
}
