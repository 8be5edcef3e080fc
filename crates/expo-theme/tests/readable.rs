//! Whatever the palette: after `fix` and after `derive_dark` every text can be read, on both platforms.

use std::sync::atomic::{AtomicU32, Ordering};

use expo_theme::{
    Code, Contrast, EffectiveColour, Mode, Platform, Profile, Rgba, TEXT_PAIRS, TOKENS, Theme, appearance,
    check, contrasts, derive_dark, fix,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

const MODES: [Mode; 2] = [Mode::Light, Mode::Dark];

fn theme(text: &str) -> Theme {
    let report = check(text.as_bytes(), Profile::Strict);
    report.theme.unwrap_or_else(|| panic!("{text}: {:?}", report.diagnostics))
}

/// The pairs that fail, as this test reckons them: by integers of linear light, apart from the library's own way.
fn failing(text: &str, modes: &[Mode]) -> Vec<String> {
    let theme = theme(text);
    let mut failing = Vec::new();
    for platform in [Platform::Ios, Platform::Android] {
        for mode in modes {
            let drawn = appearance(&theme, platform, *mode).unwrap();
            for (text, ground) in TEXT_PAIRS {
                let ratio = ratio(&drawn.colours, text, ground, *mode);
                if ratio < 4.499_99 {
                    failing.push(format!("{platform:?} {mode:?} {text} on {ground} {ratio}"));
                }
            }
            let own = contrasts(&drawn, *mode);
            assert_eq!(own.len(), TEXT_PAIRS.len());
            failing.extend(own.iter().filter(|pair| !pair.contrast.passes()).map(|pair| format!("{pair:?}")));
        }
    }
    failing
}

fn ratio(drawn: &[EffectiveColour], text: &str, ground: &str, mode: Mode) -> f64 {
    let colour = |token: &str| drawn.iter().find(|drawn| drawn.token == token).unwrap().colour;
    let blend = |above: Rgba, under: [f64; 3]| {
        let alpha = f64::from(above.alpha) / 255.0;
        let channels = [above.red, above.green, above.blue].map(f64::from);
        [0, 1, 2].map(|i| channels[i] * alpha + under[i] * (1.0 - alpha))
    };
    let window = if mode == Mode::Light { [255.0; 3] } else { [0.0; 3] };
    let background = blend(colour("background"), window);
    let under = if ground == "background" { background } else { blend(colour(ground), background) };
    let luminance = |light: [f64; 3]| {
        let [r, g, b] = light.map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(blend(colour(text), under)), luminance(under));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn colour() -> impl Strategy<Value = String> {
    let opaque = any::<[u8; 3]>().prop_map(|[r, g, b]| format!("#{r:02X}{g:02X}{b:02X}"));
    let translucent = any::<[u8; 4]>().prop_map(|[r, g, b, a]| format!("#{r:02x}{g:02x}{b:02x}{a:02x}"));
    let extreme =
        prop::sample::select(vec!["#000000", "#FFFFFF", "#00000000", "#777777"]).prop_map(str::to_owned);
    prop_oneof![6 => opaque, 2 => translucent, 2 => extreme]
}

fn palette() -> impl Strategy<Value = String> {
    let tokens = prop::collection::btree_map(prop::sample::select(TOKENS.to_vec()), colour(), 0..17);
    tokens.prop_map(|tokens| {
        let entries = tokens.iter().map(|(token, colour)| format!("\"{token}\": \"{colour}\""));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
    })
}

fn any_theme() -> impl Strategy<Value = String> {
    let sections = (prop::option::weighted(0.9, palette()), prop::option::of(palette()), any::<bool>());
    sections.prop_map(|(light, dark, design)| {
        let light = light.map(|palette| format!("\"colors\": {palette}"));
        let dark = dark.map(|palette| format!("\n  \"darkColors\": {palette}"));
        let design = design.then(|| "\n  \"design\": {\"borderRadius\": 4}".to_owned());
        format!("{{{}}}", [light, dark, design].into_iter().flatten().collect::<Vec<_>>().join(","))
    })
}

#[test]
fn ten_thousand_palettes_can_be_read_after_fix_and_after_derive_dark() {
    let tried = AtomicU32::new(0);
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&any_theme(), |text| {
        tried.fetch_add(1, Ordering::Relaxed);
        let theme = theme(&text);
        let fixed = fix(&theme).text;
        prop_assert_eq!(failing(&fixed, &MODES), Vec::<String>::new(), "{}", fixed);
        let derived = derive_dark(&theme).text;
        prop_assert_eq!(failing(&derived, &[Mode::Dark]), Vec::<String>::new(), "{}", derived);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(tried.load(Ordering::Relaxed), 10_000);
}

#[test]
fn what_can_be_read_already_is_left_alone() {
    let text = r##"{"colors": {"danger": "#B91C1C", "mutedForeground": "#5F6170"},
        "darkColors": {"danger": "#FCA5A5", "mutedForeground": "#B7B8C2"}}"##;
    assert_eq!(failing(text, &MODES), Vec::<String>::new());
    let fix = fix(&theme(text));
    assert_eq!((fix.proposals, fix.text.as_str()), (Vec::new(), text));
}

#[test]
fn a_fixed_theme_needs_no_fix() {
    for text in [r"{}", r##"{"colors":{"primary":"#22C543","background":"#FDE68A"}}"##] {
        let once = fix(&theme(text));
        assert!(!once.proposals.is_empty());
        assert_eq!(fix(&theme(&once.text)).proposals, Vec::new(), "{}", once.text);
    }
}

#[test]
fn the_primary_colour_stays() {
    let fix = fix(&theme(r##"{"colors":{"primary":"#22C543","primaryForeground":"#FFFFFF"}}"##));
    let green = Rgba::parse("#22C543").unwrap();
    assert!(fix.proposals.iter().all(|proposal| proposal.token != "primary" || proposal.to == green));
    let text = fix.proposals.iter().find(|proposal| proposal.token == "primaryForeground").unwrap();
    assert!(Contrast::of(text.to, green).passes());
}

#[test]
fn only_the_colours_of_a_file_change() {
    let text = "{\r\n\t\"$schema\": \"./theme.schema.json\",\r\n\t\"colors\": {\r\n\t\t\"mutedForeground\": \"#94A3B8\"\r\n\t}\r\n}\r\n";
    let fixed = fix(&theme(text)).text;
    let lines: Vec<&str> = fixed.split("\r\n").collect();
    assert_eq!(lines[..3], ["{", "\t\"$schema\": \"./theme.schema.json\",", "\t\"colors\": {"]);
    assert!(lines[3].starts_with("\t\t\"mutedForeground\": \"#"), "{fixed}");
    assert!(!lines[3].contains("94A3B8"), "{fixed}");
    assert!(lines.contains(&"\t\"darkColors\": {") || !fixed.contains("darkColors"), "{fixed}");
    assert!(!fixed.replace("\r\n", "").contains('\n'), "line ends stay");
    assert!(
        check(fixed.as_bytes(), Profile::Strict)
            .diagnostics
            .iter()
            .all(|found| found.code == Code::UnusedKey)
    );
}

#[test]
fn a_derived_dark_palette_is_dark_and_keeps_what_the_theme_says() {
    let text = r##"{"colors":{"background":"#FFFFFF","foreground":"#0F172A","primary":"#6C47FF"},"darkColors":{"primary":"#8B6FFF"}}"##;
    let dark = derive_dark(&theme(text));
    assert!(
        dark.proposals.iter().all(|proposal| proposal.section == "darkColors" && proposal.token != "primary")
    );
    let drawn = appearance(&theme(&dark.text), Platform::Android, Mode::Dark).unwrap();
    let colour = |token: &str| drawn.colours.iter().find(|drawn| drawn.token == token).unwrap().colour;
    let black = Rgba::parse("#000000").unwrap();
    assert!(!Contrast::of(colour("background"), black).passes(), "{:?}", colour("background"));
    assert!(Contrast::of(colour("foreground"), black).passes());
    assert_eq!(colour("primary").to_string(), "8B6FFFFF");
}

/// What followed a text that changes, and could be read, stays as it was drawn.
#[test]
fn a_text_that_follows_another_one_does_not_drift_with_it() {
    for (text, token, drawn) in [
        (r##"{"colors":{"background":"#CEB515"}}"##, "secondaryButtonForeground", "FFFFFFFF"),
        (
            r##"{"colors":{"foreground":"#868CB9","background":"#C766A7"}}"##,
            "secondaryButtonForeground",
            "868CB9FF",
        ),
    ] {
        let fixed = fix(&theme(text)).text;
        let dark = appearance(&theme(&fixed), Platform::Ios, Mode::Dark).unwrap();
        let found = dark.colours.iter().find(|colour| colour.token == token).unwrap();
        assert_eq!(found.colour.to_string(), drawn, "{fixed}");
    }
}
