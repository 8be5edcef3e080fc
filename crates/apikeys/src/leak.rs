//! Reports of leaked tokens.

use std::ops::Range;

use crate::{KeyId, KeyStatus, MAX_PRESENTED_LEN, TokenFormat};

/// What is answered to whoever reports a token: for every one, whether it is real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakFinding {
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
    /// What it is.
    pub answer: LeakAnswer,
}

/// Whether a reported token is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeakAnswer {
    /// It is the token of this key, whatever became of that.
    TruePositive {
        /// The key.
        id: KeyId,
        /// What it is now; `None` if it was deleted.
        status: Option<KeyStatus>,
    },
    /// It looks like one, and is none.
    FalsePositive,
}

/// Where tokens stand in a text: everything that has their shape, whatever its checksum.
///
/// A token that runs on into other letters or digits is looked at, too: scanners cut where they like.
pub(crate) fn candidates<'a>(
    format: &'a TokenFormat,
    text: &'a str,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let len = format.token_len().min(MAX_PRESENTED_LEN);
    text.match_indices(format.head()).filter_map(move |(start, _)| {
        let range = start..start.checked_add(len)?;
        let tail = text.get(range.clone())?.strip_prefix(format.head())?;
        crate::base62::is_all_digits(tail.as_bytes()).then_some(range)
    })
}
