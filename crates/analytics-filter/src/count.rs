//! How many rows a table has, as far as somebody counted.

use serde::{Deserialize, Serialize};

/// How many rows a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Nobody counted.
    Unknown,
    /// Counting stopped here.
    AtLeast(u64),
    /// All were counted.
    Exact(u64),
}

impl Count {
    /// The count that came to `found` and would have stopped at `cap`.
    pub fn capped(found: u64, cap: u64) -> Self {
        if found < cap { Self::Exact(found) } else { Self::AtLeast(cap) }
    }
}
