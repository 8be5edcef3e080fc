//! Palettes whose text can be read: the nearest ones.

mod nearest;

use crate::appearance::{Palette, Read, resolve};
use crate::contrast::{Contrast, Light, over, window};
use crate::derive::derived;
use crate::edit::edited;
use crate::oklch::distance;
use crate::{EffectiveColour, Mode, Origin, Platform, Rgba, TEXT_PAIRS, TOKENS, Theme};
use nearest::{nearest_ground, nearest_text};

/// A colour that a theme should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// `colors` or `darkColors`.
    pub section: &'static str,
    /// One of [`TOKENS`].
    pub token: &'static str,
    /// What that section says now; nothing where it leaves the token out.
    pub from: Option<Rgba>,
    /// What it should say.
    pub to: Rgba,
}

/// Proposals and the theme with all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In the order of the sections, then of [`TOKENS`].
    pub proposals: Vec<Proposal>,
    /// The text of the theme with the proposals in it, every other byte as it was.
    pub text: String,
}

/// Proposes the nearest colours with which every one of [`TEXT_PAIRS`] passes, on both platforms and in both modes.
///
/// A text is changed before its ground, and `primary` at last; hues stay within 5° of Oklch, but for greys. Where the two
/// platforms disagree, or an SDK's own default fails, tokens are set that the theme leaves out. A dark palette is begun only
/// if no light one can do for both modes; it starts as a copy of the light one, whose look the dark mode had.
///
/// The theme is one that [`Profile::Strict`](crate::Profile::Strict) accepts. Of another a platform may drop palettes
/// as a whole, and what is proposed for them has no effect there.
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, check, fix};
///
/// let theme = br##"{"colors": {"background": "#FFFFFF", "mutedForeground": "#94A3B8"}}"##;
/// let fix = fix(&check(theme, Profile::Strict).theme.expect("no error"));
/// let muted = fix.proposals.iter().find(|proposal| proposal.token == "mutedForeground").expect("2.56 is too weak");
/// assert_eq!(muted.to.to_string(), "69788CFF");
/// assert!(fix.text.contains(r##""mutedForeground": "#69788C""##));
/// ```
#[must_use]
pub fn fix(theme: &Theme) -> Fix {
    let written = Palettes::of(theme);
    let mut light = written.light;
    // Without a dark palette the light one shines through, so one may do for both modes.
    let mut both = [Side::IOS_LIGHT, Side::ANDROID_LIGHT, Side::IOS_DARK, Side::ANDROID_DARK].as_slice();
    let draws = |light: &Palette, side: Side| side.draws(light, written.dark.as_ref());
    let before: Vec<Drawn> = both.iter().map(|side| draws(&written.light, *side)).collect();
    if written.dark.is_none() && solve(&mut light, both, draws, &before, false) {
        return finish(theme, &written, light, None);
    }
    light = written.light;
    both = &[Side::IOS_LIGHT, Side::ANDROID_LIGHT];
    let before: Vec<Drawn> = both.iter().map(|side| draws(&written.light, *side)).collect();
    solve(&mut light, both, draws, &before, true);
    let dark = as_it_was(&written, &light);
    let dark = with_readable_dark(&written, &light, dark);
    finish(theme, &written, light, Some(dark))
}

/// Proposes a dark palette for a theme: each light colour turned to the dark, and every one of [`TEXT_PAIRS`] readable in
/// dark mode on both platforms.
///
/// Grounds become dark and keep a tint of their hue, texts become light, and colours that mean something keep their hue.
/// What the theme's own `darkColors` say stays, unless a text on it cannot be read. The light palette is not changed.
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, check, derive_dark};
///
/// let theme = br##"{"colors": {"background": "#FFFFFF", "foreground": "#0F172A"}}"##;
/// let dark = derive_dark(&check(theme, Profile::Strict).theme.expect("no error"));
/// assert!(dark.proposals.iter().all(|proposal| proposal.section == "darkColors"));
/// assert_eq!(dark.proposals[0].to.to_string(), "121212FF");
/// ```
#[must_use]
pub fn derive_dark(theme: &Theme) -> Fix {
    let written = Palettes::of(theme);
    let own = written.dark.unwrap_or([None; TOKENS.len()]);
    let mut derived = derived(&written.light).into_iter();
    let dark = own.map(|own| own.or(derived.next().flatten()));
    let light = written.light;
    let dark = with_readable_dark(&Palettes { light, dark: Some(dark) }, &light, dark);
    finish(theme, &written, light, Some(dark))
}

/// The dark palette with what was drawn before the light one was changed: what light mode needs need not do for the dark.
fn as_it_was(written: &Palettes, light: &Palette) -> Palette {
    let before = Side::IOS_DARK.draws(&written.light, None).colours;
    let mut tokens = before.iter().zip(written.light.iter().zip(light));
    let dark = written.dark.unwrap_or(written.light);
    dark.map(|own| {
        let (before, (was, is)) = tokens.next()?;
        let shone = was != is && (was.is_none() || written.dark.is_none());
        let kept = (shone && before.origin != Origin::Foreground).then_some(before.colour);
        own.or(kept)
    })
}

/// `before` is what a text should be near to.
fn with_readable_dark(before: &Palettes, light: &Palette, mut dark: Palette) -> Palette {
    let sides = [Side::IOS_DARK, Side::ANDROID_DARK];
    let draws = |dark: &Palette, side: Side| {
        let counts = dark.iter().any(Option::is_some);
        side.draws(light, counts.then_some(dark))
    };
    let before: Vec<Drawn> =
        sides.iter().map(|side| side.draws(&before.light, before.dark.as_ref())).collect();
    solve(&mut dark, &sides, draws, &before, true);
    dark
}

/// What a theme says itself.
struct Palettes {
    light: Palette,
    dark: Option<Palette>,
}

impl Palettes {
    fn of(theme: &Theme) -> Self {
        // A theme without a sound property list is read as Android reads it.
        let Read { light, dark, .. } = Read::ios(theme).unwrap_or_else(|| Read::android(theme));
        Self { light, dark }
    }
}

fn finish(theme: &Theme, written: &Palettes, light: Palette, dark: Option<Palette>) -> Fix {
    let mut proposals = Vec::new();
    let dark_before = written.dark.unwrap_or([None; TOKENS.len()]);
    let sections =
        [("colors", written.light, light), ("darkColors", dark_before, dark.unwrap_or(dark_before))];
    for (section, before, after) in sections {
        for ((token, from), to) in TOKENS.into_iter().zip(before).zip(after) {
            if let Some(to) = to.filter(|_| from != to) {
                proposals.push(Proposal { section, token, from, to });
            }
        }
    }
    let text = edited(theme, &proposals);
    Fix { proposals, text }
}

/// One platform in one mode.
#[derive(Clone, Copy)]
struct Side(Platform, Mode);

impl Side {
    const IOS_LIGHT: Self = Self(Platform::Ios, Mode::Light);
    const IOS_DARK: Self = Self(Platform::Ios, Mode::Dark);
    const ANDROID_LIGHT: Self = Self(Platform::Android, Mode::Light);
    const ANDROID_DARK: Self = Self(Platform::Android, Mode::Dark);

    fn draws(self, light: &Palette, dark: Option<&Palette>) -> Drawn {
        Drawn { mode: self.1, colours: resolve(self.0, self.1, light, dark) }
    }
}

/// What one platform draws in one mode.
struct Drawn {
    mode: Mode,
    colours: [EffectiveColour; TOKENS.len()],
}

impl Drawn {
    fn colour(&self, token: &str) -> Rgba {
        let found = self.colours.iter().find(|drawn| drawn.token == token);
        found.map_or(Rgba { red: 0, green: 0, blue: 0, alpha: 255 }, |drawn| drawn.colour)
    }

    /// What is seen of a ground, and what of what lies behind it.
    fn ground(&self, token: &str) -> (Light, Light) {
        let window = window(self.mode);
        let background = over(self.colour("background"), &window);
        if token == "background" {
            (background, window)
        } else {
            (over(self.colour(token), &background), background)
        }
    }

    fn passes(&self, text: &str, ground: &str) -> bool {
        let (ground, _) = self.ground(ground);
        Contrast::of_light(&over(self.colour(text), &ground), &ground).passes()
    }
}

/// How often everything is looked at again: a ground that changes may make another text fail.
const ROUNDS: usize = 4;

/// Changes a palette until all pairs pass on all sides; answers whether they do. `may_change_grounds` if need be.
///
/// A text is to be near to what was drawn `before`, so that it doesn't drift from change to change.
fn solve(
    palette: &mut Palette,
    sides: &[Side],
    draws: impl Fn(&Palette, Side) -> Drawn,
    before: &[Drawn],
    may_change_grounds: bool,
) -> bool {
    let written = *palette;
    let draw = |palette: &Palette| sides.iter().map(|side| draws(palette, *side)).collect::<Vec<_>>();
    for _ in 0..ROUNDS {
        let mut is_sound = true;
        for text in texts() {
            let grounds: Vec<&str> = grounds_of(text).collect();
            let drawn = draw(palette);
            let fails = |side: &Drawn| grounds.iter().any(|ground| !side.passes(text, ground));
            let Some((_, was)) = drawn.iter().zip(before).find(|(side, _)| fails(side)) else { continue };
            is_sound = false;
            let start = of(&written, text).unwrap_or_else(|| was.colour(text));
            if let Some(found) = nearest_text(start, &seen(&drawn, &grounds)) {
                set(palette, text, found);
            } else if may_change_grounds {
                change_grounds(palette, &drawn, text, start, &grounds);
            } else {
                return false;
            }
        }
        if is_sound {
            return true;
        }
    }
    let drawn = draw(palette);
    TEXT_PAIRS.iter().all(|(text, ground)| drawn.iter().all(|side| side.passes(text, ground)))
}

/// No text passes on all its grounds: those that differ between platforms become the same, and then those that stand
/// apart from the first come nearer to it.
fn change_grounds(palette: &mut Palette, drawn: &[Drawn], text: &str, start: Rgba, grounds: &[&str]) {
    let Some((side, first)) = drawn.first().zip(grounds.first()) else { return };
    // A translucent ground differs where the background does.
    for ground in grounds.iter().chain(&["background"]) {
        let of_sides: Vec<Rgba> = drawn.iter().map(|side| side.colour(ground)).collect();
        let differ = of_sides.windows(2).any(|pair| matches!(pair, [one, other] if one != other));
        if differ {
            set(palette, ground, darkest_if(side.mode, &of_sides));
            return;
        }
    }
    // A translucent text takes on every ground, and so may pass on none but the first.
    let start = Rgba { alpha: 255, ..start };
    let Some(found) = nearest_text(start, &seen(drawn, &[first])) else { return };
    set(palette, text, found);
    for ground in grounds.iter().skip(1) {
        let (_, behind) = side.ground(ground);
        if let Some(found) = nearest_ground(side.colour(ground), &behind, &[found]) {
            set(palette, ground, found);
        }
    }
}

/// In dark mode the darkest of some colours, in light mode the lightest.
fn darkest_if(mode: Mode, colours: &[Rgba]) -> Rgba {
    let wanted = match mode {
        Mode::Light => Rgba { red: 255, green: 255, blue: 255, alpha: 255 },
        Mode::Dark => Rgba { red: 0, green: 0, blue: 0, alpha: 255 },
    };
    let away = |colour: &Rgba| distance(wanted, *colour);
    colours.iter().copied().min_by(|one, other| away(one).total_cmp(&away(other))).unwrap_or(wanted)
}

/// What is seen of some grounds on all sides.
fn seen(drawn: &[Drawn], grounds: &[&str]) -> Vec<Light> {
    drawn.iter().flat_map(|side| grounds.iter().map(|ground| side.ground(ground).0)).collect()
}

/// The tokens of text, each once.
fn texts() -> impl Iterator<Item = &'static str> {
    let before = |at: usize, text: &str| TEXT_PAIRS.iter().take(at).any(|(other, _)| *other == text);
    TEXT_PAIRS
        .iter()
        .enumerate()
        .filter(move |(at, (text, _))| !before(*at, text))
        .map(|(_, (text, _))| *text)
}

/// The tokens on which a text stands.
fn grounds_of(text: &str) -> impl Iterator<Item = &'static str> {
    TEXT_PAIRS.iter().filter(move |(other, _)| *other == text).map(|(_, ground)| *ground)
}

fn of(palette: &Palette, token: &str) -> Option<Rgba> {
    TOKENS.iter().zip(palette).find(|(name, _)| **name == token).and_then(|(_, colour)| *colour)
}

fn set(palette: &mut Palette, token: &str, to: Rgba) {
    if let Some((_, colour)) = TOKENS.iter().zip(palette).find(|(name, _)| **name == token) {
        *colour = Some(to);
    }
}
