//! What was typed.

use std::path::PathBuf;

use expo_theme::Profile;
use lexopt::{Arg, Parser, ValueExt};

pub(crate) const USAGE: &str = "\
Usage: expo-theme check FILE [OPTIONS]
       expo-theme build FILE [OPTIONS] [--ios PLIST] [--android ASSET]

check   says what is wrong with a theme
build   checks it, then writes what the platforms read:
        --ios PLIST       a property list with the key ClerkTheme
        --android ASSET   clerk_theme.json, as it lies in app/src/main/assets

--profile strict  every problem in one run; refuses what only seems to work (the default)
--profile compat  the verdict of the config plugin 4.6.6, which ends at the first error
--json            writes the diagnostics to standard output as a JSON array

Exit code: 0 accepted, 1 refused or a file cannot be read or written, 2 wrong usage
";

pub(crate) enum Command {
    Help,
    Check(Options),
    Build(Options, Outputs),
}

pub(crate) struct Options {
    pub(crate) file: PathBuf,
    pub(crate) json: bool,
    pub(crate) profile: Profile,
}

#[derive(Default)]
pub(crate) struct Outputs {
    pub(crate) ios: Option<PathBuf>,
    pub(crate) android: Option<PathBuf>,
}

pub(crate) fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_env();
    let mut words = Vec::new();
    let mut json = false;
    let mut profile = Profile::default();
    let mut outputs = Outputs::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("json") => json = true,
            Arg::Long("profile") => profile = parser.value()?.parse_with(profile_of)?,
            Arg::Long("ios") => outputs.ios = Some(parser.value()?.into()),
            Arg::Long("android") => outputs.android = Some(parser.value()?.into()),
            Arg::Value(word) => words.push(word),
            _ => return Err(arg.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let command = words.next().ok_or("no command")?.string()?;
    let file = words.next().ok_or("no theme file")?.into();
    if let Some(word) = words.next() {
        return Err(format!("unexpected `{}`", word.display()).into());
    }
    command_of(&command, Options { file, json, profile }, outputs)
}

fn profile_of(name: &str) -> Result<Profile, &'static str> {
    match name {
        "strict" => Ok(Profile::Strict),
        "compat" => Ok(Profile::Compat),
        _ => Err("expected `strict` or `compat`"),
    }
}

fn command_of(name: &str, options: Options, outputs: Outputs) -> Result<Command, lexopt::Error> {
    match name {
        "check" if outputs.ios.is_some() || outputs.android.is_some() => {
            Err("--ios and --android belong to build".into())
        }
        "check" => Ok(Command::Check(options)),
        "build" if outputs.ios.is_none() && outputs.android.is_none() => {
            Err("build needs --ios or --android".into())
        }
        "build" => Ok(Command::Build(options, outputs)),
        _ => Err(format!("no command `{name}`").into()),
    }
}
