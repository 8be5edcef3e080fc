//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use lexopt::{Parser, ValueExt};
use vestibule::scim_core::Profile;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
The demonstration host of vestibule.

Usage: host [OPTIONS]

Options:
  --addr HOST:PORT       where to listen; port 0 takes any free one [default: 127.0.0.1:8787]
  --database DATABASE    sqlite:PATH or memory: [default: sqlite:vestibule.sqlite]
  --no-demo              leave a new database empty
  --credentials FILE     write the URLs and secrets as JSON to FILE, readable by you alone
  --usage-loss-bound N   how many verifications of API keys a crash may lose; 0 stores each first [default: 0]
  --keep-secrets         seal the secrets of new API keys beside the database, so that they can be shown again
  --scim-schemas DIR     additional SCIM schemas and resource types, one JSON document or array a file
  --scim-accommodating   answer each PATCH of a group with the group, and leave out members that are not there
  --help                 print this
";

/// How the host was asked to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) addr: String,
    pub(crate) database: DatabaseOption,
    pub(crate) demo: bool,
    pub(crate) credentials: Option<PathBuf>,
    pub(crate) usage_loss_bound: u64,
    pub(crate) keep_secrets: bool,
    pub(crate) scim_schemas: Option<PathBuf>,
    pub(crate) scim_profile: Profile,
}

/// Where everything is kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DatabaseOption {
    File(PathBuf),
    Memory,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Help,
    Serve(Options),
}

/// Reads the arguments that follow the program's name.
pub(crate) fn parse(mut arguments: Parser) -> Result<Request, lexopt::Error> {
    let mut options = Options {
        addr: "127.0.0.1:8787".into(),
        database: DatabaseOption::File("vestibule.sqlite".into()),
        demo: true,
        credentials: None,
        usage_loss_bound: 0,
        keep_secrets: false,
        scim_schemas: None,
        scim_profile: Profile::default(),
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("addr") => options.addr = arguments.value()?.parse_with(address)?,
            lexopt::Arg::Long("database") => options.database = arguments.value()?.parse_with(database)?,
            lexopt::Arg::Long("no-demo") => options.demo = false,
            lexopt::Arg::Long("credentials") => options.credentials = Some(arguments.value()?.into()),
            lexopt::Arg::Long("usage-loss-bound") => options.usage_loss_bound = arguments.value()?.parse()?,
            lexopt::Arg::Long("keep-secrets") => options.keep_secrets = true,
            lexopt::Arg::Long("scim-schemas") => options.scim_schemas = Some(arguments.value()?.into()),
            lexopt::Arg::Long("scim-accommodating") => options.scim_profile = Profile::ACCOMMODATING,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Ok(Request::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Serve(options))
}

/// An address or a host's name, and a port; the name is looked up when the host listens.
fn address(text: &str) -> Result<String, &'static str> {
    let port = text.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    match (text.parse::<SocketAddr>(), port) {
        (Ok(_), _) | (_, Some(Ok(_))) => Ok(text.to_owned()),
        _ => Err("expected HOST:PORT, such as 127.0.0.1:8787"),
    }
}

fn database(text: &str) -> Result<DatabaseOption, &'static str> {
    match text.split_once(':') {
        Some(("memory", "")) => Ok(DatabaseOption::Memory),
        Some(("sqlite", path)) if !path.is_empty() => Ok(DatabaseOption::File(path.into())),
        _ => Err("expected sqlite:PATH or memory:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Request, String> {
        parse(Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_asked_for_is_the_demonstration() {
        let Ok(Request::Serve(options)) = read(&[]) else { panic!() };
        assert_eq!(options.addr, "127.0.0.1:8787");
        assert_eq!(options.database, DatabaseOption::File("vestibule.sqlite".into()));
        assert!(options.demo);
    }

    #[test]
    fn every_option_is_read() {
        let arguments = "--addr localhost:0 --database memory: --no-demo --credentials c.json --scim-schemas s \
                         --usage-loss-bound 100 --keep-secrets --scim-accommodating";
        let Ok(Request::Serve(options)) = read(&arguments.split(' ').collect::<Vec<_>>()) else { panic!() };
        let expected = Options {
            addr: "localhost:0".into(),
            database: DatabaseOption::Memory,
            demo: false,
            credentials: Some("c.json".into()),
            usage_loss_bound: 100,
            keep_secrets: true,
            scim_schemas: Some("s".into()),
            scim_profile: Profile::ACCOMMODATING,
        };
        assert_eq!(options, expected);
        assert_eq!(read(&["--help"]), Ok(Request::Help));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(read(&["--adr", "x"]).unwrap_err().contains("--adr"));
        for (option, value) in [("--addr", "8787"), ("--addr", "host:99999"), ("--database", "postgres:x")] {
            assert!(read(&[option, value]).unwrap_err().contains("expected"), "{option} {value}");
        }
        assert!(read(&["--database", "sqlite:"]).is_err());
        assert!(read(&["--usage-loss-bound", "-1"]).is_err());
    }
}
