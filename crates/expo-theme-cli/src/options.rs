//! What was typed: a command, then its own options in a function of its own.

use std::path::PathBuf;

use expo_theme::{InterfaceStyle, Profile};
use lexopt::{Arg, Error, Parser, ValueExt};

use crate::fix::Wishes;
use crate::preview::{Canvas, Format};

pub(crate) const USAGE: &str = include_str!("usage.txt");

pub(crate) enum Command {
    Help,
    Schema,
    Check(Options),
    Build(Options, Outputs),
    Clean(Options, Outputs),
    Explain(Options),
    Fix(Options, Wishes),
    Preview(Options, Canvas),
    Import(PathBuf),
}

/// What every command about a theme takes.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) file: Option<PathBuf>,
    pub(crate) project_root: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) watch: bool,
    pub(crate) profile: Profile,
    pub(crate) fonts: Option<Vec<String>>,
    pub(crate) style: Option<InterfaceStyle>,
    pub(crate) expo_system_ui: bool,
    help: bool,
}

#[derive(Default)]
pub(crate) struct Outputs {
    pub(crate) ios: Option<PathBuf>,
    pub(crate) android: Option<PathBuf>,
    pub(crate) web: Option<PathBuf>,
    pub(crate) web_dark: Option<PathBuf>,
    pub(crate) design_tokens: Option<PathBuf>,
}

pub(crate) fn parse() -> Result<Command, Error> {
    let mut parser = Parser::from_env();
    let command = match parser.next()?.ok_or("no command")? {
        Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
        Arg::Value(command) => command.string()?,
        arg => return Err(arg.unexpected()),
    };
    match command.as_str() {
        "schema" => schema(parser),
        "check" => check(parser),
        "build" => build(parser),
        "explain" => explain(parser),
        "fix" => fix(parser),
        "preview" => preview(parser),
        "import" => import(parser),
        other => Err(format!("no command `{other}`").into()),
    }
}

fn schema(mut parser: Parser) -> Result<Command, Error> {
    match parser.next()? {
        None => Ok(Command::Schema),
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(arg) => Err(arg.unexpected()),
    }
}

fn check(mut parser: Parser) -> Result<Command, Error> {
    let mut options = Options::default();
    while let Some(name) = options.next(&mut parser)? {
        match name.as_str() {
            "json" => options.json = true,
            "watch" => options.watch = true,
            _ => return Err(foreign(&name)),
        }
    }
    options.complete(Command::Check)
}

fn build(mut parser: Parser) -> Result<Command, Error> {
    let mut options = Options::default();
    let mut outputs = Outputs::default();
    let mut clean = false;
    while let Some(name) = options.next(&mut parser)? {
        match name.as_str() {
            "json" => options.json = true,
            "watch" => options.watch = true,
            "clean" => clean = true,
            "ios" => outputs.ios = Some(parser.value()?.into()),
            "android" => outputs.android = Some(parser.value()?.into()),
            "web" => outputs.web = Some(parser.value()?.into()),
            "web-dark" => outputs.web_dark = Some(parser.value()?.into()),
            "design-tokens" => outputs.design_tokens = Some(parser.value()?.into()),
            _ => return Err(foreign(&name)),
        }
    }
    if !options.help && options.project_root.is_none() && outputs.is_empty() {
        return Err("build needs a place to write to, --ios for example, or --project-root".into());
    }
    match clean {
        true if options.help => Ok(Command::Help),
        true if outputs.is_exchange() => Err("--clean removes what --ios and --android name only".into()),
        true if options.file.is_some() || options.watch => {
            Err("build --clean takes no theme file and no --watch".into())
        }
        true => Ok(Command::Clean(options, outputs)),
        false => options.complete(|options| Command::Build(options, outputs)),
    }
}

fn explain(mut parser: Parser) -> Result<Command, Error> {
    let mut options = Options::default();
    if let Some(name) = options.next(&mut parser)? {
        return Err(foreign(&name));
    }
    options.complete(Command::Explain)
}

fn fix(mut parser: Parser) -> Result<Command, Error> {
    let mut options = Options::default();
    let mut wishes = Wishes::default();
    while let Some(name) = options.next(&mut parser)? {
        match name.as_str() {
            "write" => wishes.write = true,
            "derive-dark" => wishes.derives_dark = true,
            _ => return Err(foreign(&name)),
        }
    }
    options.complete(|options| Command::Fix(options, wishes))
}

fn preview(mut parser: Parser) -> Result<Command, Error> {
    let mut options = Options::default();
    let mut out: Option<PathBuf> = None;
    let mut fonts: Vec<PathBuf> = Vec::new();
    while let Some(name) = options.next(&mut parser)? {
        match name.as_str() {
            "out" => out = Some(parser.value()?.into()),
            "font" => fonts.push(parser.value()?.into()),
            _ => return Err(foreign(&name)),
        }
    }
    if options.help {
        return Ok(Command::Help);
    }
    let out = out.ok_or("preview needs --out and the name of a picture")?;
    let format = Format::of(&out).ok_or("--out takes a name that ends in .svg or .png")?;
    if format == Format::Svg && !fonts.is_empty() {
        return Err("--font is for PNG: an SVG only names its fonts".into());
    }
    options.complete(|options| Command::Preview(options, Canvas { out, format, fonts }))
}

fn import(mut parser: Parser) -> Result<Command, Error> {
    let mut file = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Value(word) if file.is_none() => file = Some(word.into()),
            arg => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Import(file.ok_or("no file of design tokens")?))
}

impl Options {
    /// Takes what is common to the commands; the name of the next option that is not.
    fn next(&mut self, parser: &mut Parser) -> Result<Option<String>, Error> {
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('h') | Arg::Long("help") => self.help = true,
                Arg::Long("project-root") => self.project_root = Some(parser.value()?.into()),
                Arg::Long("profile") => self.profile = parser.value()?.parse_with(profile_of)?,
                Arg::Long("fonts") => self.fonts = Some(list_of(&parser.value()?.string()?)),
                Arg::Long("interface-style") => {
                    self.style = Some(InterfaceStyle::of(&parser.value()?.string()?));
                }
                Arg::Long("expo-system-ui") => self.expo_system_ui = true,
                Arg::Long(name) => return Ok(Some(name.to_owned())),
                Arg::Value(word) if self.file.is_none() => self.file = Some(word.into()),
                arg => return Err(arg.unexpected()),
            }
        }
        Ok(None)
    }

    fn complete(self, command: impl FnOnce(Self) -> Command) -> Result<Command, Error> {
        if self.help {
            return Ok(Command::Help);
        }
        if self.file.is_none() && self.project_root.is_none() {
            return Err("no theme file: give it, or --project-root".into());
        }
        Ok(command(self))
    }
}

impl Outputs {
    pub(crate) fn is_empty(&self) -> bool {
        self.ios.is_none() && self.android.is_none() && !self.is_exchange()
    }

    /// Whether something is written for others than the two platforms.
    fn is_exchange(&self) -> bool {
        self.web.is_some() || self.web_dark.is_some() || self.design_tokens.is_some()
    }
}

fn foreign(name: &str) -> Error {
    Error::UnexpectedOption(format!("--{name}"))
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
