//! Pages of a table that scrolls without end, and the cursors between them.

use chrono::{DateTime, TimeDelta, Utc};
use sealed_cursor::{CursorKey, OpenError, Scope};
use serde::{Deserialize, Serialize};

use crate::{Filter, Fingerprint, Position, Row, Seek, Start, Table, TenantId};

/// Part of a table, and how to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows, in the table's order.
    pub rows: Vec<T>,
    /// The cursor of the page behind this one.
    pub next: Option<String>,
    /// The cursor of the page before this one.
    pub prev: Option<String>,
    /// Whether there is a page behind this one.
    pub state: PageState,
}

/// Whether a table goes on behind a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// It goes on.
    More,
    /// It ends.
    End,
}

/// How many rows a page has at most: 1 to 500, 50 if nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageLimit(u32);

impl PageLimit {
    /// The greatest limit.
    pub const MAX: Self = Self(500);

    /// The limit of this many rows.
    ///
    /// # Errors
    /// [`InvalidPageLimit`], if it is 0 or above [`MAX`](Self::MAX).
    pub fn new(rows: u32) -> Result<Self, InvalidPageLimit> {
        if (1..=Self::MAX.0).contains(&rows) { Ok(Self(rows)) } else { Err(InvalidPageLimit) }
    }

    /// How many rows.
    pub fn rows(self) -> u32 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(50)
    }
}

/// The number is no page's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page has 1 to {} rows", PageLimit::MAX.0)]
pub struct InvalidPageLimit;

/// What must not change from one page to the next; a cursor holds its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery<'a> {
    /// Whose table.
    pub tenant: &'a TenantId,
    /// Which table.
    pub table: Table,
    /// Whom to leave out.
    pub filter: Filter,
    /// The rule that tells whom.
    pub rule: Fingerprint,
}

/// Seals and opens the cursors of a host.
#[derive(Debug, Clone)]
pub struct Cursors {
    key: CursorKey,
    lifetime: TimeDelta,
    oldest_epoch: DateTime<Utc>,
}

impl Cursors {
    /// Cursors under this key, good for a day.
    pub fn new(key: CursorKey) -> Self {
        Self { key, lifetime: TimeDelta::days(1), oldest_epoch: DateTime::<Utc>::MIN_UTC }
    }

    /// The same, good for this long from when a page is answered.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: TimeDelta) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The same, without the epochs before this time: the host has since rewritten what they saw, by a restored backup
    /// or a corrected import.
    #[must_use]
    pub fn with_oldest_epoch(mut self, oldest: DateTime<Utc>) -> Self {
        self.oldest_epoch = oldest;
        self
    }

    /// What to ask the store for: one row more than the page has, which tells whether there is another page.
    ///
    /// Without a cursor it is the first page, and `now` becomes the epoch of the whole scroll.
    ///
    /// # Errors
    /// [`PageError`], if the cursor is not one of this query.
    pub fn seek(
        &self,
        query: PageQuery<'_>,
        cursor: Option<&str>,
        limit: PageLimit,
        now: DateTime<Utc>,
    ) -> Result<Seek, PageError> {
        let (until, start) = match cursor {
            None => (now, Start::First),
            Some(text) => decode(&self.key.open(query.scope(), now, text)?).ok_or(PageError::Malformed)?,
        };
        if until < self.oldest_epoch {
            return Err(PageError::EpochGone);
        }
        Ok(Seek { filter: query.filter, until, start, limit: limit.0.saturating_add(1) })
    }

    /// The page of what the store answered to a [`seek`](Self::seek).
    pub fn page<T: Row>(
        &self,
        query: PageQuery<'_>,
        seek: &Seek,
        mut rows: Vec<T>,
        now: DateTime<Utc>,
    ) -> Page<T> {
        let limit = usize::try_from(seek.limit.saturating_sub(1)).unwrap_or(usize::MAX);
        let overflows = rows.len() > limit;
        rows.truncate(limit);
        let backward = matches!(seek.start, Start::Before(_));
        if backward {
            rows.reverse();
        }
        let goes_on = if backward { !rows.is_empty() } else { overflows };
        let comes_from = if backward { overflows } else { seek.start != Start::First };
        let seal = |start| self.seal(query, seek.until, &start, now);
        let next = rows.last().filter(|_| goes_on).map(|row| seal(Start::After(row.position())));
        let prev = rows.first().filter(|_| comes_from).map(|row| seal(Start::Before(row.position())));
        let state = if next.is_some() { PageState::More } else { PageState::End };
        Page { rows, next, prev, state }
    }

    fn seal(&self, query: PageQuery<'_>, epoch: DateTime<Utc>, start: &Start, now: DateTime<Utc>) -> String {
        let expires_at = now.checked_add_signed(self.lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.key.seal(query.scope(), expires_at, &encode(epoch, start))
    }
}

impl PageQuery<'_> {
    fn scope(self) -> Scope {
        let mut query = vec![ORDER, self.table as u8, self.filter as u8];
        query.extend_from_slice(&self.rule.to_bytes());
        Scope::new(self.tenant.as_str(), &query)
    }
}

/// The only order so far: by creation, newest first.
const ORDER: u8 = 1;
const AFTER: u8 = 1;
const BEFORE: u8 = 2;

/// Epoch (8 bytes), direction (1), creation (8), id. Times in milliseconds since 1970, as the stores keep them.
fn encode(epoch: DateTime<Utc>, start: &Start) -> Vec<u8> {
    let mut bytes = epoch.timestamp_millis().to_be_bytes().to_vec();
    let (direction, position) = match start {
        Start::First => return bytes,
        Start::After(position) => (AFTER, position),
        Start::Before(position) => (BEFORE, position),
    };
    bytes.push(direction);
    bytes.extend_from_slice(&position.created_at.timestamp_millis().to_be_bytes());
    bytes.extend_from_slice(position.id.as_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<(DateTime<Utc>, Start)> {
    let (epoch, rest) = time(bytes)?;
    let (direction, rest) = rest.split_first()?;
    let (created_at, id) = time(rest)?;
    let position = Position { created_at, id: std::str::from_utf8(id).ok()?.into() };
    match *direction {
        AFTER => Some((epoch, Start::After(position))),
        BEFORE => Some((epoch, Start::Before(position))),
        _ => None,
    }
}

fn time(bytes: &[u8]) -> Option<(DateTime<Utc>, &[u8])> {
    let (millis, rest) = bytes.split_first_chunk()?;
    Some((DateTime::from_timestamp_millis(i64::from_be_bytes(*millis))?, rest))
}

/// Why a cursor leads to no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// It is no cursor.
    #[error("the cursor is malformed")]
    Malformed,
    /// It was not sealed with this key, or altered since.
    #[error("the cursor was not issued here")]
    BadMac,
    /// The table, the filter or the rule is another one.
    #[error("the cursor belongs to another query: start again from the first page")]
    WrongQuery,
    /// The tenant is another one.
    #[error("the cursor belongs to another tenant")]
    WrongTenant,
    /// Its time is over.
    #[error("the cursor has expired: start again from the first page")]
    Expired,
    /// What it scrolls through was rewritten since.
    #[error("the cursor's epoch is gone: start again from the first page")]
    EpochGone,
}

impl PageError {
    /// Its name on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "cursor_malformed",
            Self::BadMac => "cursor_bad_mac",
            Self::WrongQuery => "cursor_wrong_query",
            Self::WrongTenant => "cursor_wrong_tenant",
            Self::Expired => "cursor_expired",
            Self::EpochGone => "cursor_epoch_gone",
        }
    }
}

impl From<OpenError> for PageError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Forged => Self::BadMac,
            OpenError::WrongTenant => Self::WrongTenant,
            OpenError::WrongQuery => Self::WrongQuery,
            OpenError::Expired => Self::Expired,
            _ => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests;
