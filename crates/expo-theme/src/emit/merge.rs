//! The theme in an app's own Info.plist, the rest of it untouched.

mod tags;

use std::ops::Range;

use tags::{Kind, Tags};
use thiserror::Error;

use super::EmitError;
use super::ios::{PLIST_KEY, dict_at};
use crate::Theme;

/// Why a theme cannot be merged into a property list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The file is not an XML property list with one dictionary at its root.
    #[error("not an XML property list with a dictionary at its root")]
    NotADictionary,
    /// The theme has no sound property list.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// An XML property list with the theme under [`PLIST_KEY`]: its old value replaced, or a new entry at the end.
///
/// Every byte outside of that entry stays as it is.
///
/// # Errors
///
/// [`MergeError::NotADictionary`] when `existing` is anything else, a binary property list for example;
/// [`MergeError::Emit`] as [`plist_value`](crate::plist_value).
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, check, merge_plist};
///
/// let theme = check(b"{}", Profile::Strict).theme.expect("no error");
/// let app = "<plist version=\"1.0\">\n<dict>\n  <key>A</key>\n  <true/>\n</dict>\n</plist>\n";
/// let merged = merge_plist(app, &theme)?;
/// assert!(merged.contains("  <true/>\n  <key>ClerkTheme</key>\n  <dict/>\n</dict>"));
/// # Ok::<(), expo_theme::MergeError>(())
/// ```
pub fn merge_plist(existing: &str, theme: &Theme) -> Result<String, MergeError> {
    let root = Root::find(existing).ok_or(MergeError::NotADictionary)?;
    let value = dict_at(theme, root.level)?;
    let (place, new) = match root.theme {
        Some(entry) => (entry.value, value),
        None => (root.end..root.end, root.entry(&value)),
    };
    replace(existing, place, &new)
}

/// An XML property list without the entry of [`PLIST_KEY`], or nothing when it has none: what [`merge_plist`] added is
/// gone again.
///
/// The line break and the indentation before the entry go with it; every other byte stays as it is.
///
/// # Errors
///
/// [`MergeError::NotADictionary`] when `existing` is anything else, a binary property list for example.
///
/// # Examples
///
/// ```
/// use expo_theme::{Profile, check, merge_plist, unmerge_plist};
///
/// let theme = check(b"{}", Profile::Strict).theme.expect("no error");
/// let app = "<plist version=\"1.0\">\n<dict>\n  <key>A</key>\n  <true/>\n</dict>\n</plist>\n";
/// assert_eq!(unmerge_plist(&merge_plist(app, &theme)?)?.as_deref(), Some(app));
/// assert_eq!(unmerge_plist(app)?, None);
/// # Ok::<(), expo_theme::MergeError>(())
/// ```
pub fn unmerge_plist(existing: &str) -> Result<Option<String>, MergeError> {
    let root = Root::find(existing).ok_or(MergeError::NotADictionary)?;
    let Some(entry) = root.theme else { return Ok(None) };
    let before = existing.get(..entry.key).ok_or(MergeError::NotADictionary)?;
    replace(existing, without_line(before).len()..entry.value.end, "").map(Some)
}

fn replace(text: &str, place: Range<usize>, new: &str) -> Result<String, MergeError> {
    let before = text.get(..place.start).ok_or(MergeError::NotADictionary)?;
    let after = text.get(place.end..).ok_or(MergeError::NotADictionary)?;
    Ok([before, new, after].concat())
}

/// Without the blanks at the end and the line break before them.
fn without_line(before: &str) -> &str {
    let line = before.trim_end_matches([' ', '\t']);
    let Some(line) = line.strip_suffix('\n') else { return line.strip_suffix('\r').unwrap_or(line) };
    line.strip_suffix('\r').unwrap_or(line)
}

/// The dictionary at the root.
struct Root<'a> {
    /// After its last entry, before the blank space and tag that end it.
    end: usize,
    /// The entry of the theme, if it is there.
    theme: Option<Entry>,
    /// What its entries are indented with, and how deep that is.
    indent: &'a str,
    level: usize,
}

struct Entry {
    /// Where its key starts.
    key: usize,
    value: Range<usize>,
}

impl<'a> Root<'a> {
    fn find(text: &'a str) -> Option<Self> {
        let mut tags = Tags::new(text);
        tags.next_if_opens("plist")?;
        let open = tags.next_if_opens("dict")?;
        let (mut end, mut theme) = (open.range.end, None);
        loop {
            let tag = tags.next()?;
            if tag.kind == Kind::Close && tag.name == "dict" {
                break;
            }
            let key = tags.rest_of_element(&tag).filter(|_| tag.name == "key")?;
            let first = tags.next()?;
            tags.rest_of_element(&first)?;
            let value = first.range.start..tags.at();
            end = value.end;
            if text.get(key).is_some_and(|key| key == PLIST_KEY) {
                // A second entry of the key would leave it open which one counts.
                theme.replace(Entry { key: tag.range.start, value }).is_none().then_some(())?;
            }
        }
        let closed = tags.next().is_some_and(|tag| tag.kind == Kind::Close && tag.name == "plist");
        (closed && tags.next().is_none() && !tags.broken()).then_some(())?;
        let indent = indent_after(text, open.range.end);
        let width = indent.chars().map(|c| if c == '\t' { 2 } else { 1_usize }).sum::<usize>();
        Some(Self { end, theme, indent, level: width.checked_div(2).unwrap_or(1) })
    }

    fn entry(&self, value: &str) -> String {
        let indent = self.indent;
        format!("\n{indent}<key>{PLIST_KEY}</key>\n{indent}{value}")
    }
}

/// The blanks and tabs before the first entry.
fn indent_after(text: &str, open: usize) -> &str {
    let rest = text.get(open..).unwrap_or_default();
    let before = rest.get(..rest.find('<').unwrap_or(0)).unwrap_or_default();
    before.get(before.trim_end_matches([' ', '\t']).len()..).unwrap_or_default()
}
