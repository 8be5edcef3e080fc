//! What each platform draws, as a table.

use std::fmt::Write;

use expo_theme::{
    Appearance, EffectiveColour, Mode, Origin, PairContrast, Platform, SDKS, TOKENS, appearance, contrasts,
    sdk_version,
};

use crate::Verdict;

const COLUMNS: [(&str, Platform, Mode); 4] = [
    ("iOS light", Platform::Ios, Mode::Light),
    ("iOS dark", Platform::Ios, Mode::Dark),
    ("Android light", Platform::Android, Mode::Light),
    ("Android dark", Platform::Android, Mode::Dark),
];

/// Prints a row for every token, radius and font, a column for every platform and mode.
pub(crate) fn print(verdict: &Verdict) {
    let Some(theme) = &verdict.theme else { return };
    let drawn: Vec<_> =
        COLUMNS.iter().map(|(_, platform, mode)| appearance(theme, *platform, *mode)).collect();
    let mut table = row("", COLUMNS.iter().map(|(name, ..)| (*name).to_owned()));
    for (index, token) in TOKENS.iter().enumerate() {
        table += &row(
            token,
            drawn.iter().map(|drawn| cell(drawn.as_ref(), |drawn| colour(&drawn.colours[index]))),
        );
    }
    table += &row(
        "borderRadius",
        drawn.iter().map(|drawn| cell(drawn.as_ref(), |drawn| drawn.radius.to_string())),
    );
    table += &row("fontFamily", drawn.iter().map(|drawn| cell(drawn.as_ref(), font)));
    let shows = |platform, mode| if verdict.surroundings.shows(platform, mode) { "yes" } else { "never" };
    table += &row("can show", COLUMNS.iter().map(|(_, platform, mode)| shows(*platform, *mode).to_owned()));
    print!("{table}{LEGEND}");
    print!("{}", weak_pairs(&drawn));
    println!("Defaults of {} and {}", sdk_version(Platform::Ios), sdk_version(Platform::Android));
    for sdk in SDKS.iter().filter(|sdk| !sdk.has_known_defaults) {
        println!("Those of {}, which {} pins, are unknown", sdk.name, sdk.pinned_by.unwrap_or("nothing"));
    }
}

/// The text pairs below the WCAG ratio of 4.5, a line each.
fn weak_pairs(drawn: &[Option<Appearance>]) -> String {
    let mut lines = String::new();
    for ((name, _, mode), drawn) in COLUMNS.iter().zip(drawn) {
        let pairs = drawn.iter().flat_map(|drawn| contrasts(drawn, *mode));
        for PairContrast { text, ground, contrast, own } in pairs.filter(|pair| !pair.contrast.passes()) {
            let whose = if own { "yours" } else { "of the SDK" };
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "weak contrast ({whose}), {name}: {text} on {ground} {contrast} of 4.50");
        }
    }
    lines
}

const LEGEND: &str = "
own: set by this palette; light: colors shines through; text: follows foreground; sdk: the default of the SDK
";

fn row(name: &str, cells: impl Iterator<Item = String>) -> String {
    let mut row = format!("{name:<26}");
    for cell in cells {
        // Writing to a String cannot fail.
        let _ = write!(row, " {cell:<15}");
    }
    format!("{}\n", row.trim_end())
}

fn cell(drawn: Option<&Appearance>, show: impl Fn(&Appearance) -> String) -> String {
    drawn.map_or_else(|| "no plist".to_owned(), show)
}

fn colour(drawn: &EffectiveColour) -> String {
    let why = match drawn.origin {
        Origin::Light | Origin::Dark => "own",
        Origin::LightShinesThrough => "light",
        Origin::Foreground => "text",
        Origin::SdkDefault => "sdk",
    };
    format!("{} {why}", drawn.colour)
}

fn font(drawn: &Appearance) -> String {
    drawn.font.as_ref().map_or_else(|| "system".to_owned(), |font| font.escape_debug().to_string())
}
