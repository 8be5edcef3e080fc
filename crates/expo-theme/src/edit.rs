//! Colours written into the text of a theme, the rest of it untouched.

use std::ops::Range;

use crate::value::{Member, Object, Value};
use crate::{Proposal, Rgba, Theme};

/// The text of the theme with the proposals in it.
pub(crate) fn edited(theme: &Theme, proposals: &[Proposal]) -> String {
    let text = theme.source.text();
    let layout = Layout::of(text, &theme.root);
    let (mut edits, mut sections) = (Vec::new(), Vec::new());
    for name in ["colors", "darkColors"] {
        let wanted: Vec<&Proposal> = proposals.iter().filter(|proposal| proposal.section == name).collect();
        if wanted.is_empty() {
            continue;
        }
        match theme.root.member(name).map(|member| (&member.value.value, member.value.span)) {
            Some((Value::Object(palette), span)) => {
                section(text, palette, span.start..span.end, &wanted, &mut edits);
            }
            Some((_, span)) => edits.push((span.start..span.end, new_section(&layout, &wanted))),
            None => sections.push(format!("\"{name}\": {}", new_section(&layout, &wanted))),
        }
    }
    if !sections.is_empty() {
        edits.push(added(text, &theme.root, whole(text), &sections));
    }
    let mut out = text.to_owned();
    // From the end, so that places before stay what they are; of two at one place the first stays first.
    edits.sort_by_key(|(place, _)| place.start);
    for (place, new) in edits.into_iter().rev() {
        out.replace_range(place, &new);
    }
    out
}

type Edit = (Range<usize>, String);

/// The tokens of an existing palette.
fn section(text: &str, palette: &Object, place: Range<usize>, wanted: &[&Proposal], edits: &mut Vec<Edit>) {
    let mut new = Vec::new();
    for proposal in wanted {
        match palette.member(proposal.token) {
            Some(member) => {
                let span = member.value.span;
                edits.push((span.start..span.end, format!("\"{}\"", written(proposal.to))));
            }
            None => new.push(entry(proposal)),
        }
    }
    if !new.is_empty() {
        edits.push(added(text, palette, place, &new));
    }
}

/// Entries after the last one of an object, which stands at `place`.
fn added(text: &str, object: &Object, place: Range<usize>, entries: &[String]) -> Edit {
    let layout = Layout::of(text, object);
    match last(object) {
        Some(last) => {
            let end = last.value.span.end;
            let entries: Vec<String> =
                entries.iter().map(|entry| format!(",{}{entry}", layout.before)).collect();
            (end..end, entries.concat())
        }
        None => (place, format!("{{{}}}", entries.join(", "))),
    }
}

fn new_section(layout: &Layout, wanted: &[&Proposal]) -> String {
    let entries: Vec<String> = wanted.iter().map(|proposal| entry(proposal)).collect();
    if layout.before.trim_start_matches(' ').is_empty() {
        return format!("{{{}}}", entries.join(", "));
    }
    let inner = format!("{}{}", layout.before, layout.indent);
    format!("{{{inner}{}{}}}", entries.join(&format!(",{inner}")), layout.before)
}

fn entry(proposal: &Proposal) -> String {
    format!("\"{}\": \"{}\"", proposal.token, written(proposal.to))
}

/// `#RRGGBB`, or `#RRGGBBAA` if it is translucent.
fn written(colour: Rgba) -> String {
    let digits = colour.to_string();
    format!("#{}", digits.strip_suffix("FF").unwrap_or(&digits))
}

/// How the entries of an object stand.
struct Layout {
    /// What is between a comma and the entry after it.
    before: String,
    /// One level deeper.
    indent: String,
}

impl Layout {
    fn of(text: &str, object: &Object) -> Self {
        let on_one_line = || Self { before: " ".to_owned(), indent: String::new() };
        let Some(last) = last(object) else { return on_one_line() };
        let head = text.get(..last.key_span.start).unwrap_or_default();
        let Some(line) = head.rfind(['\n', '\r']).and_then(|end| head.get(end.saturating_add(1)..)) else {
            return on_one_line();
        };
        if !line.chars().all(char::is_whitespace) {
            return on_one_line();
        }
        let newline = if head.contains("\r\n") { "\r\n" } else { "\n" };
        let indent = if line.is_empty() { "  " } else { line };
        Self { before: format!("{newline}{line}"), indent: indent.to_owned() }
    }
}

/// The last member of the text.
fn last(object: &Object) -> Option<&Member> {
    object.members().iter().max_by_key(|member| member.value.span.end)
}

/// Where the value of the text stands.
fn whole(text: &str) -> Range<usize> {
    let start = text.find('{').unwrap_or(0);
    start..text.rfind('}').map_or(text.len(), |end| end.saturating_add(1))
}
