//! What was typed.

use std::path::PathBuf;

use crate::fix::Wishes;
use expo_theme::{InterfaceStyle, Profile, Surroundings};
use lexopt::{Arg, Parser, ValueExt};

pub(crate) const USAGE: &str = "\
Usage: expo-theme check FILE [OPTIONS]
       expo-theme build FILE [OPTIONS] [--ios PLIST] [--android ASSET]
       expo-theme explain FILE [OPTIONS]
       expo-theme fix FILE [OPTIONS] [--derive-dark] [--write]
       expo-theme schema

check   says what is wrong with a theme
build   checks it, then writes what the platforms read:
        --ios PLIST       the key ClerkTheme in this property list, the rest of it untouched; new if there is none
        --android ASSET   clerk_theme.json, as it lies in app/src/main/assets
explain says what each platform draws in each mode, and why, and where contrast is weak
fix     proposes the nearest colours with which every text can be read; exit code 1 as long as there are any
        --derive-dark     proposes a dark palette instead, made from the light one
        --write           puts them into the file, every other byte as it was
schema  prints a JSON Schema of themes for editors

--profile strict  every problem in one run; refuses what only seems to work (the default)
--profile compat  the verdict of the config plugin 4.6.6, which ends at the first error
--fonts A,B       the font families that the app bundles: warns of any other
--interface-style WORD   the app's userInterfaceStyle (unset if not given)
--expo-system-ui  the app has this package, so Android follows the style too
--json            writes the diagnostics to standard output as a JSON array

Exit code: 0 accepted, 1 refused or a file cannot be read or written, 2 wrong usage
";

pub(crate) enum Command {
    Help,
    Schema,
    Check(Options),
    Build(Options, Outputs),
    Explain(Options),
    Fix(Options, Wishes),
}

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) file: PathBuf,
    pub(crate) json: bool,
    pub(crate) profile: Profile,
    pub(crate) fonts: Option<Vec<String>>,
    pub(crate) surroundings: Surroundings,
}

#[derive(Default)]
pub(crate) struct Outputs {
    pub(crate) ios: Option<PathBuf>,
    pub(crate) android: Option<PathBuf>,
}

pub(crate) fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_env();
    let mut words = Vec::new();
    let mut options = Options::default();
    let mut outputs = Outputs::default();
    let mut wishes = Wishes::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("ios") => outputs.ios = Some(parser.value()?.into()),
            Arg::Long("android") => outputs.android = Some(parser.value()?.into()),
            Arg::Long("write") => wishes.write = true,
            Arg::Long("derive-dark") => wishes.derives_dark = true,
            Arg::Long("json") => options.json = true,
            Arg::Long("profile") => options.profile = parser.value()?.parse_with(profile_of)?,
            Arg::Long("fonts") => options.fonts = Some(list_of(&parser.value()?.string()?)),
            Arg::Long("interface-style") => options.set_style(&parser.value()?.string()?),
            Arg::Long("expo-system-ui") => options.surroundings.expo_system_ui = true,
            Arg::Value(word) => words.push(word),
            _ => return Err(arg.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let command = words.next().ok_or("no command")?.string()?;
    if command == "schema" && words.len() == 0 {
        return Ok(Command::Schema);
    }
    options.file = words.next().ok_or("no theme file")?.into();
    if let Some(word) = words.next() {
        return Err(format!("unexpected `{}`", word.display()).into());
    }
    command_of(&command, options, outputs, wishes)
}

impl Options {
    fn set_style(&mut self, word: &str) {
        let style = match word {
            "light" => InterfaceStyle::Light,
            "dark" => InterfaceStyle::Dark,
            "automatic" => InterfaceStyle::Automatic,
            _ => InterfaceStyle::Other,
        };
        (self.surroundings.ios, self.surroundings.android) = (style, style);
    }
}

fn list_of(names: &str) -> Vec<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn profile_of(name: &str) -> Result<Profile, &'static str> {
    match name {
        "strict" => Ok(Profile::Strict),
        "compat" => Ok(Profile::Compat),
        _ => Err("expected `strict` or `compat`"),
    }
}

fn command_of(
    name: &str,
    options: Options,
    outputs: Outputs,
    wishes: Wishes,
) -> Result<Command, lexopt::Error> {
    match name {
        "fix" => Ok(Command::Fix(options, wishes)),
        _ if wishes.write || wishes.derives_dark => Err("--write and --derive-dark belong to fix".into()),
        "check" | "explain" if outputs.ios.is_some() || outputs.android.is_some() => {
            Err("--ios and --android belong to build".into())
        }
        "check" => Ok(Command::Check(options)),
        "explain" if options.json => Err("--json belongs to check and build".into()),
        "explain" => Ok(Command::Explain(options)),
        "build" if outputs.ios.is_none() && outputs.android.is_none() => {
            Err("build needs --ios or --android".into())
        }
        "build" => Ok(Command::Build(options, outputs)),
        _ => Err(format!("no command `{name}`").into()),
    }
}
