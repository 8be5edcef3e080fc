//! What the native components draw where a theme says nothing.

use crate::{Mode, Platform, Rgba};

/// A release of a native SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sdk {
    /// The platform that it is for.
    pub platform: Platform,
    /// Its name and version, such as `clerk-ios 1.4.1`.
    pub name: &'static str,
    /// Whether its default colours and radius are known here.
    pub has_known_defaults: bool,
    /// The version of the config plugin that pins it, if one is known to.
    pub pinned_by: Option<&'static str>,
}

/// The releases that this crate has heard of; for each platform the first is the one whose defaults results hold for.
///
/// The defaults were read from the published sources. Those of the releases that the plugin pins were not published where
/// they could be read, and are unknown here.
pub const SDKS: [Sdk; 4] = [
    Sdk { platform: Platform::Ios, name: "clerk-ios 1.4.1", has_known_defaults: true, pinned_by: None },
    Sdk {
        platform: Platform::Android,
        name: "clerk-android 1.1.3",
        has_known_defaults: true,
        pinned_by: None,
    },
    Sdk {
        platform: Platform::Ios,
        name: "clerk-ios 1.5.4",
        has_known_defaults: false,
        pinned_by: Some("@clerk/expo 4.6.6"),
    },
    Sdk {
        platform: Platform::Android,
        name: "clerk-android 1.1.5",
        has_known_defaults: false,
        pinned_by: Some("@clerk/expo 4.6.6"),
    },
];

/// The release among [`SDKS`] whose default colours and radius results for this platform hold for.
#[must_use]
pub fn sdk_version(platform: Platform) -> &'static str {
    let known = SDKS.iter().find(|sdk| sdk.platform == platform && sdk.has_known_defaults);
    known.map_or("an unknown SDK", |sdk| sdk.name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_has_a_release_with_known_defaults() {
        assert_eq!(sdk_version(Platform::Ios), "clerk-ios 1.4.1");
        assert_eq!(sdk_version(Platform::Android), "clerk-android 1.1.3");
    }
}
