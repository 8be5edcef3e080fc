//! `expo-theme fix`: what it proposes, and the theme with it.

use expo_theme::{Proposal, Rgba, derive_dark, fix};

use crate::{Failure, Verdict, file};

/// What `fix` does beyond showing its proposals.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wishes {
    pub(crate) write: bool,
    pub(crate) derives_dark: bool,
}

/// Prints a line for each colour that should be another, and replaces the theme if that is wished.
///
/// Proposals that are not written are a refusal, so that a build can ask whether there are any.
pub(crate) fn run(verdict: &Verdict, wishes: Wishes) -> Result<(), Failure> {
    let Some((theme, path)) = verdict.theme.as_ref().zip(verdict.file.as_ref()) else { return Ok(()) };
    let found = if wishes.derives_dark { derive_dark(theme) } else { fix(theme) };
    for Proposal { section, token, from, to } in &found.proposals {
        let from = from.map_or_else(|| "unset".to_owned(), shown);
        println!("{:<40} {from:>9} -> {}", format!("{section}.{token}"), shown(*to));
    }
    match (found.proposals.len(), wishes.write) {
        (0, _) => println!("nothing to change"),
        (count, true) => {
            file::replace(path, &found.text)?;
            println!("{count} written to `{}`", path.display());
        }
        (count, false) => {
            println!("{count} proposed; --write puts them into `{}`", path.display());
            return Err(Failure::Refused);
        }
    }
    Ok(())
}

fn shown(colour: Rgba) -> String {
    format!("#{colour}")
}
