//! What a build writes for the two platforms.

mod android;
mod ios;
mod merge;
mod web;

use thiserror::Error;

use crate::{Position, Span};

pub(crate) use ios::is_xml;

pub use android::android_asset;
pub use merge::{MergeError, merge_plist, unmerge_plist};
pub use web::web_variables;

pub use ios::{PLIST_KEY, plist_document, plist_value};

/// Texts longer than this many bytes are not written.
pub const MAX_OUTPUT: usize = 16 * 1024 * 1024;

/// Why a theme that the plugin accepts cannot be written soundly.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EmitError {
    /// A property list has no null: the key would stand without a value.
    #[error("line {}, column {}: `{path}` is null, which a property list cannot hold", .position.line, .position.column)]
    Null {
        /// Keys from the root, joined by dots.
        path: String,
        /// The null in the source.
        span: Span,
        /// Where it starts.
        position: Position,
    },
    /// A whole number from 1e21 on would stand in exponent form in an `integer` element.
    #[error("line {}, column {}: `{path}` is {number}, too large for an integer", .position.line, .position.column)]
    WholeNumberTooLarge {
        /// Keys from the root, joined by dots.
        path: String,
        /// The number as JavaScript prints it.
        number: String,
        /// The number in the source.
        span: Span,
        /// Where it starts.
        position: Position,
    },
    /// XML 1.0 §2.2 forbids this character, also as an entity.
    #[error(
        "line {}, column {}: `{path}` holds U+{code_point:04X}, which XML forbids", .position.line, .position.column
    )]
    ForbiddenCharacter {
        /// Keys from the root, joined by dots.
        path: String,
        /// The character, or a surrogate without its partner.
        code_point: u32,
        /// The key or string that holds it.
        span: Span,
        /// Where that starts.
        position: Position,
    },
    /// Deep nesting makes the indentation longer than [`MAX_OUTPUT`].
    #[error("the output is longer than {MAX_OUTPUT} bytes")]
    TooLarge,
}

/// Two blanks for each level.
fn indent(out: &mut String, level: usize) -> Result<(), EmitError> {
    if out.len() > MAX_OUTPUT {
        return Err(EmitError::TooLarge);
    }
    let (whole, rest) = (level / 8, level % 8);
    out.push('\n');
    for _ in 0..whole {
        out.push_str(EIGHT);
    }
    out.push_str(EIGHT.get(..rest.saturating_mul(2)).unwrap_or_default());
    Ok(())
}

/// The indentation of eight levels.
const EIGHT: &str = "                ";
