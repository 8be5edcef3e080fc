//! What a page asks a store for.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{Filter, UserClass};

/// A part of a table, whose order is `created_at`, newest first, then id, largest first, byte by byte.
///
/// Both are fixed when a row is made, so no row moves between two pages; and the id makes the order total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seek {
    /// Whom to leave out.
    pub filter: Filter,
    /// The epoch: rows created later are left out.
    pub until: DateTime<Utc>,
    /// Where to start, and in which direction.
    pub start: Start,
    /// How many rows at most.
    pub limit: u32,
}

/// Where a part of a table starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the first row, in the table's order.
    First,
    /// Behind a position, in the table's order.
    After(Position),
    /// Before a position, in reverse order: the row nearest to the position comes first.
    Before(Position),
}

/// A place in a table, by value: no row need be there any more. Positions are ordered from old to new.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When the row was created.
    pub created_at: DateTime<Utc>,
    /// The row's id.
    pub id: Arc<str>,
}

impl Seek {
    /// Whether a row of this class at this position belongs to the part, but for the limit.
    pub fn takes(&self, class: Option<UserClass>, at: &Position) -> bool {
        let side = match &self.start {
            Start::First => true,
            Start::After(position) => at < position,
            Start::Before(position) => at > position,
        };
        side && at.created_at <= self.until && class.is_none_or(|class| self.filter.keeps(class))
    }
}
