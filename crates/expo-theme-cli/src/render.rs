//! Diagnostics for people and for tools.

use std::{
    io::{IsTerminal, stderr},
    path::Path,
};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use expo_theme::{Diagnostic, Severity, Source};
use serde::Serialize;

use crate::file;

/// A file and what was found in it.
pub(crate) struct Findings<'a> {
    pub(crate) file: &'a Path,
    pub(crate) source: &'a Source,
    pub(crate) diagnostics: &'a [Diagnostic],
}

#[derive(Serialize)]
struct InFile<'a> {
    file: String,
    #[serde(flatten)]
    found: &'a Diagnostic,
}

/// Diagnostics of all files as one JSON array.
pub(crate) fn json(findings: &[Findings<'_>]) -> String {
    let all = findings.iter().flat_map(|part| {
        part.diagnostics.iter().map(|found| InFile { file: part.file.display().to_string(), found })
    });
    let all: Vec<_> = all.collect();
    serde_json::to_string_pretty(&all).unwrap_or_else(|error| format!("{error}"))
}

/// Each diagnostic with its line underlined, to standard error; colours only on a terminal and without `NO_COLOR`.
pub(crate) fn terminal(findings: &Findings<'_>) {
    let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let path = file::shown(findings.file);
    let text = printable(findings.source.text());
    for found in findings.diagnostics.iter().take(MAX_SHOWN) {
        eprintln!("{}\n", renderer.render(&[group(found, &text, &path)]));
    }
    let more = findings.diagnostics.len().saturating_sub(MAX_SHOWN);
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
