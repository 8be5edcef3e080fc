//! Standard output and standard error, whose reader may have gone.

use std::{
    fmt::Display,
    io::{ErrorKind, Write, stderr, stdout},
    process::exit,
};

/// Writes to standard output. Whoever has stopped reading wants no more; any other failure ends the command.
pub(crate) fn print(text: impl Display) {
    let written = write!(stdout(), "{text}").and_then(|()| stdout().flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tell(format_args!("expo-theme: cannot write to standard output: {error}"));
            exit(1);
        }
        _ => {}
    }
}

/// Writes a line to standard error; if that can't be, nobody can be told.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(stderr(), "{line}");
}
