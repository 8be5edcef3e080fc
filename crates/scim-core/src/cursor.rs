//! Cursors between pages (RFC 9865): how they are sealed, and where they lead.
//!
//! Compared clause by clause with RFC 9865 as published in October 2025, §2 to §5. Where it leaves a choice: a filter or an
//! order that is written in other words is another list, and a page of no resources has no neighbours.

use chrono::{DateTime, TimeDelta, Utc};
use sealed_cursor::{CursorKey, OpenError, Scope};
use serde::{Deserialize, Serialize};

use crate::{
    DirectoryId, Position, ResourceId, TenantId,
    error::{ScimError, ScimType},
};

/// Seals and opens the cursors of a host.
///
/// A cursor leads on in the same list of the same directory and nowhere else, and holds no rows: what comes or goes
/// before it does not move it.
#[derive(Debug, Clone)]
pub struct Cursors {
    key: CursorKey,
    timeout: TimeDelta,
}

impl Cursors {
    /// Cursors under this key, good for an hour.
    pub fn new(key: CursorKey) -> Self {
        Self { key, timeout: TimeDelta::hours(1) }
    }

    /// The same, good for this long from when a page is answered; in whole seconds, at least one.
    #[must_use]
    pub fn with_timeout(self, timeout: TimeDelta) -> Self {
        Self { timeout: TimeDelta::seconds(timeout.num_seconds().clamp(1, MAX_TIMEOUT)), ..self }
    }

    /// How long a cursor is good for.
    pub fn timeout(&self) -> TimeDelta {
        self.timeout
    }

    pub(crate) fn seal(&self, list: &List<'_>, now: DateTime<Utc>, start: Start) -> String {
        let expires_at = now.checked_add_signed(self.timeout).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let sealed = |start: &Start| serde_json::to_vec(&(list.count, start)).unwrap_or_default();
        let mut position = sealed(&start);
        if position.len() > MAX_POSITION {
            position = sealed(&start.by_id());
        }
        self.key.seal(list.scope(), expires_at, &position)
    }

    /// # Errors
    /// [`ScimError`] 400 `invalidCursor`, `expiredCursor` or `invalidCount`.
    pub(crate) fn open(&self, list: &List<'_>, now: DateTime<Utc>, text: &str) -> Result<Start, ScimError> {
        let position = self.key.open(list.scope(), now, text).map_err(|error| match error {
            OpenError::Expired => expired(),
            _ => invalid(),
        })?;
        let (count, start): (u64, Start) = serde_json::from_slice(&position).map_err(|_| invalid())?;
        if count != list.count {
            let detail = format!("`count` must stay {count} from the first page to the last");
            return Err(ScimError::bad(ScimType::InvalidCount, detail));
        }
        Ok(start)
    }
}

const MAX_TIMEOUT: i64 = 100 * 365 * 24 * 60 * 60;
/// So that a sealed cursor is never longer than what is opened.
const MAX_POSITION: usize = 1_300;

/// The same whatever is wrong, so that nobody learns of another's lists (RFC 9865 §5.2).
fn invalid() -> ScimError {
    let detail = "the cursor is none of this list: start again with an empty one";
    ScimError::bad(ScimType::InvalidCursor, detail)
}

pub(crate) fn expired() -> ScimError {
    ScimError::bad(ScimType::ExpiredCursor, "the cursor has expired: start again with an empty one")
}

/// What must not change from one page to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) directory: &'a DirectoryId,
    /// The names of the types.
    pub(crate) kinds: &'a [&'a str],
    pub(crate) filter: Option<&'a str>,
    pub(crate) sort: Option<&'a crate::Sort>,
    pub(crate) count: u64,
}

impl List<'_> {
    fn scope(&self) -> Scope {
        let sort = self.sort.map(|sort| {
            let name = |attribute: &crate::schema::Attribute| attribute.name.to_string();
            let path = &sort.path;
            (path.extension.as_deref(), name(&path.attribute), path.sub.as_deref().map(name), sort.descending)
        });
        let query = ("scim", self.directory, self.kinds, self.filter, sort);
        Scope::new(self.tenant.as_str(), &serde_json::to_vec(&query).unwrap_or_default())
    }
}

/// Where a page begins, or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Start {
    /// Behind a resource; at the beginning without one.
    After(Option<Mark>),
    /// Before a resource; at the end without one.
    Before(Option<Mark>),
}

/// A resource, there or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mark {
    /// By its position.
    At(Position),
    /// By its id alone, since its key is too long for a cursor; such a cursor leads nowhere once the resource is gone.
    Of(ResourceId),
}

impl Start {
    fn by_id(self) -> Self {
        let by_id = |mark: Mark| match mark {
            Mark::At(Position { id, .. }) | Mark::Of(id) => Mark::Of(id),
        };
        match self {
            Self::After(mark) => Self::After(mark.map(by_id)),
            Self::Before(mark) => Self::Before(mark.map(by_id)),
        }
    }
}

/// A page, and the starts of those beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turned<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) next: Option<Start>,
    pub(crate) previous: Option<Start>,
}

/// The page of at most `count` rows, from what a store gave that was asked for one more.
pub(crate) fn turn<T>(
    start: &Start,
    mut rows: Vec<T>,
    count: usize,
    position: impl Fn(&T) -> Position,
) -> Turned<T> {
    let overflows = rows.len() > count;
    let (goes_on, comes_from) = match start {
        Start::After(mark) => {
            rows.truncate(count);
            (overflows, mark.is_some())
        }
        Start::Before(mark) => {
            rows.drain(..rows.len().saturating_sub(count));
            (mark.is_some(), overflows)
        }
    };
    let at = |row: Option<&T>| row.map(|row| Mark::At(position(row)));
    let (next, previous) = (Start::After(at(rows.last())), Start::Before(at(rows.first())));
    Turned { rows, next: goes_on.then_some(next), previous: comes_from.then_some(previous) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: u32) -> Position {
        Position { key: None, id: ResourceId::named(&number.to_string()) }
    }

    fn mark(number: u32) -> Option<Mark> {
        Some(Mark::At(place(number)))
    }

    fn turned(start: &Start, rows: &[u32]) -> (Vec<u32>, Option<Start>, Option<Start>) {
        let Turned { rows, next, previous } = turn(start, rows.to_vec(), 2, |number| place(*number));
        (rows, next, previous)
    }

    #[test]
    fn a_page_has_neighbours_where_there_are_rows() {
        use Start::{After, Before};
        let (after, before) = (|n| Some(After(mark(n))), |n| Some(Before(mark(n))));
        for (start, rows, page, next, previous) in [
            (After(None), vec![], vec![], None, None),
            (After(None), vec![1, 2], vec![1, 2], None, None),
            (After(None), vec![1, 2, 3], vec![1, 2], after(2), None),
            (After(mark(0)), vec![1, 2, 3], vec![1, 2], after(2), before(1)),
            (After(mark(0)), vec![1], vec![1], None, before(1)),
            // Whatever was behind is gone: the page before is the last one.
            (After(mark(0)), vec![], vec![], None, Some(Before(None))),
            (Before(mark(9)), vec![1, 2, 3], vec![2, 3], after(3), before(2)),
            (Before(mark(9)), vec![1, 2], vec![1, 2], after(2), None),
            // Whatever was before is gone: the page behind is the first one.
            (Before(mark(9)), vec![], vec![], Some(After(None)), None),
            (Before(None), vec![1, 2, 3], vec![2, 3], None, before(2)),
        ] {
            assert_eq!(turned(&start, &rows), (page, next, previous), "{start:?} {rows:?}");
        }
    }
}
