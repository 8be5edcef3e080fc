//! The command `expo-theme`: all access to files is here, all knowledge of themes in the crate `expo-theme`.
#![forbid(unsafe_code)]

mod build;
mod clean;
mod explain;
mod file;
mod fix;
#[cfg(feature = "png")]
mod fonts;
mod import;
mod options;
mod preview;
mod project;
mod render;
mod watch;

use std::{path::PathBuf, process::ExitCode};

use expo_theme::{Diagnostic, JSON_SCHEMA, Report, Severity, Surroundings, Theme, check, check_surroundings};
use options::{Command, Options};
use project::Found;
use render::Findings;

/// Exit codes: 0 accepted (and written), 1 refused or not readable or not writable, 2 not understood.
fn main() -> ExitCode {
    match options::parse() {
        Ok(Command::Help) => {
            print!("{}", options::USAGE);
            ExitCode::SUCCESS
        }
        Ok(Command::Schema) => {
            print!("{JSON_SCHEMA}");
            ExitCode::SUCCESS
        }
        Ok(Command::Check(options)) => watch::repeat(&options, || finish(run(&options))),
        Ok(Command::Build(options, outputs)) => {
            let once = || run(&options).and_then(|verdict| build::write(&verdict, &options, &outputs));
            watch::repeat(&options, || finish(once()))
        }
        Ok(Command::Clean(options, outputs)) => {
            finish(build::places(&options, &outputs).and_then(|places| clean::remove(&places)))
        }
        Ok(Command::Fix(options, wishes)) => {
            finish(run(&options).and_then(|verdict| fix::run(&verdict, wishes)))
        }
        Ok(Command::Explain(options)) => finish(run(&options).map(|verdict| explain::print(&verdict))),
        Ok(Command::Preview(options, canvas)) => {
            finish(run(&options).and_then(|verdict| preview::write(&verdict, &canvas)))
        }
        Ok(Command::Import(file)) => finish(import::print(&file)),
        Err(error) => {
            eprintln!("expo-theme: {error}\n\n{}", options::USAGE);
            ExitCode::from(2)
        }
    }
}

fn finish<T>(outcome: Result<T, Failure>) -> ExitCode {
    match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(Failure::Refused) => ExitCode::FAILURE,
        Err(Failure::Told(message)) => {
            eprintln!("expo-theme: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Why a command ends without success.
enum Failure {
    /// The diagnostics have said why.
    Refused,
    /// This sentence says why.
    Told(String),
}

/// What [`run`] accepted.
struct Verdict {
    /// The theme, unless the app has none.
    theme: Option<Theme>,
    /// Where it was read.
    file: Option<PathBuf>,
    /// Whether the app's configuration asks for no theme.
    absent: bool,
    surroundings: Surroundings,
}

/// Reads and judges the theme and shows what was found.
fn run(options: &Options) -> Result<Verdict, Failure> {
    let subject = project::subject(options)?;
    let report = match &subject.theme {
        Found::File(path, bytes) => Some((path, judge(bytes, options, subject.surroundings))),
        Found::Absent | Found::Missing => None,
    };
    let app = subject.app.iter().map(|(file, option)| (file, &option.source, &option.diagnostics));
    let theme = report.iter().map(|(file, report)| (*file, &report.source, &report.diagnostics));
    let findings: Vec<_> =
        app.chain(theme).map(|(file, source, diagnostics)| Findings { file, source, diagnostics }).collect();
    if options.json {
        println!("{}", render::json(&findings));
    } else {
        findings.iter().for_each(render::terminal);
    }
    if findings.iter().any(|part| is_refused(part.diagnostics)) {
        return Err(Failure::Refused);
    }
    let absent = matches!(subject.theme, Found::Absent);
    if absent {
        eprintln!("expo-theme: the app's configuration names no theme");
    }
    let (file, theme) = report.map(|(file, report)| (file.clone(), report.theme)).unzip();
    let theme = theme.flatten();
    Ok(Verdict { theme, file, absent, surroundings: subject.surroundings })
}

fn judge(bytes: &[u8], options: &Options, surroundings: Surroundings) -> Report {
    let mut report = check(bytes, options.profile);
    if let Some(theme) = &report.theme {
        report.diagnostics.extend(check_surroundings(theme, surroundings, options.fonts.as_deref()));
    }
    report
}

fn is_refused(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|found| found.severity == Severity::Error)
}
