//! Diagnostics for people and for tools.

use std::{
    io::{IsTerminal, stderr},
    path::Path,
};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use expo_theme::{Diagnostic, Report, Severity};

/// Diagnostics as a JSON array.
pub(crate) fn json(report: &Report) -> String {
    serde_json::to_string_pretty(&report.diagnostics).unwrap_or_else(|error| format!("{error}"))
}

/// Each diagnostic with its line underlined, to standard error; colours only on a terminal and without `NO_COLOR`.
pub(crate) fn terminal(report: &Report, file: &Path) {
    let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let path = file.display().to_string();
    let text = printable(report.source.text());
    for found in report.diagnostics.iter().take(MAX_SHOWN) {
        eprintln!("{}\n", renderer.render(&[group(found, &text, &path)]));
    }
    let more = report.diagnostics.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        eprintln!("and {more} more; --json lists them");
    }
}

/// More than a person reads at once.
const MAX_SHOWN: usize = 100;

/// The text with C1 controls, which the renderer lets pass, replaced by characters of as many bytes.
fn printable(text: &str) -> String {
    text.replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "\u{b7}")
}

fn group<'a>(found: &'a Diagnostic, text: &'a str, path: &'a str) -> Group<'a> {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let label = format!("expected {}", found.expected);
    let primary = AnnotationKind::Primary.span(found.span.start..found.span.end).label(label);
    let related = found.related.map(|span| AnnotationKind::Context.span(span.start..span.end));
    let snippet = Snippet::source(text).path(path).annotation(primary).annotations(related);
    let group = level.primary_title(found.message.as_str()).element(snippet);
    match &found.hint {
        Some(hint) => group.element(Level::HELP.message(hint.as_str())),
        None => group,
    }
}
