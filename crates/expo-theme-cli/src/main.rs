//! The command `expo-theme`: all access to files is here, all knowledge of themes in the crate `expo-theme`.
#![forbid(unsafe_code)]

mod build;
mod explain;
mod file;
mod fix;
mod options;
mod render;

use std::process::ExitCode;

use expo_theme::{JSON_SCHEMA, Report, check, check_surroundings};
use options::{Command, Options};

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
        Ok(Command::Check(options)) => finish(run(&options)),
        Ok(Command::Build(options, outputs)) => {
            finish(run(&options).and_then(|report| build::write(&report, &outputs)))
        }
        Ok(Command::Explain(options)) => {
            finish(run(&options).and_then(|report| explain::print(&report, &options)))
        }
        Ok(Command::Fix(options, wishes)) => {
            finish(run(&options).and_then(|report| fix::run(&report, &options, wishes)))
        }
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

/// Reads and judges the theme and shows what was found.
fn run(options: &Options) -> Result<Report, Failure> {
    let bytes = file::read(&options.file)?;
    let mut report = check(&bytes, options.profile);
    if let Some(theme) = &report.theme {
        let fonts = options.fonts.as_deref();
        report.diagnostics.extend(check_surroundings(theme, options.surroundings, fonts));
    }
    if options.json {
        println!("{}", render::json(&report));
    } else {
        render::terminal(&report, &options.file);
    }
    if report.theme.is_some() { Ok(report) } else { Err(Failure::Refused) }
}
