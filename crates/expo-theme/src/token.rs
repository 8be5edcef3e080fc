//! The names that a theme may use.

/// The 17 colour tokens of a palette, in the order of the announcement.
pub const TOKENS: [&str; 17] = [
    "primary",
    "background",
    "input",
    "danger",
    "success",
    "warning",
    "foreground",
    "mutedForeground",
    "primaryForeground",
    "inputForeground",
    "neutral",
    "border",
    "ring",
    "muted",
    "shadow",
    "secondaryButtonBackground",
    "secondaryButtonForeground",
];

pub(crate) const SECTIONS: [&str; 3] = ["colors", "darkColors", "design"];
pub(crate) const DESIGN_KEYS: [&str; 2] = ["fontFamily", "borderRadius"];

/// The name of `known` that `written` probably stands for: equal but for case, or at most two edits away.
pub(crate) fn near_miss<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    if written.len() > 40 {
        return None;
    }
    let folded = written.to_lowercase();
    let distance = |name: &str| edits(&folded, &name.to_lowercase());
    let (nearest, away) = known.iter().map(|name| (*name, distance(name))).min_by_key(|(_, away)| *away)?;
    let allowed = if nearest.len() <= 5 { 1 } else { 2 };
    (away <= allowed).then_some(nearest)
}

/// Levenshtein distance in characters.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (to, above) in b.chars().zip(row.iter().skip(1)) {
            let change = diagonal.saturating_add(usize::from(from != to));
            left = change.min(above.saturating_add(1)).min(left.saturating_add(1));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// Whether this is a colour: `#` and exactly 6 or 8 hexadecimal digits (RRGGBB or RRGGBBAA).
pub(crate) fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| matches!(digits.len(), 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_strangers_left_alone() {
        assert_eq!(near_miss("darkcolors", &SECTIONS), Some("darkColors"));
        assert_eq!(near_miss("colours", &SECTIONS), Some("colors"));
        assert_eq!(near_miss("borderradius", &DESIGN_KEYS), Some("borderRadius"));
        assert_eq!(near_miss("prímary", &TOKENS), Some("primary"));
        assert_eq!(near_miss("$comment", &TOKENS), None);
        assert_eq!(near_miss("switchTint", &TOKENS), None);
    }

    #[test]
    fn edits_are_levenshtein_distances() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
