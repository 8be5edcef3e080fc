//! Rows of the Overview's tables.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Contacts, OrganizationId, Position, Reason, UserClass, UserId, WaitlistEntryId, WaitlistStatus};

/// A table of the Overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Users.
    Users,
    /// Organizations; no filter leaves one out.
    Organizations,
    /// Entries on the waitlist.
    Waitlist,
}

/// A row that has a place in its table.
pub trait Row {
    /// Its place.
    fn position(&self) -> Position;
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// Its contacts.
    pub contacts: Contacts,
    /// Its class.
    pub class: UserClass,
    /// Why it is of that class.
    pub reason: Reason,
    /// When it signed up, to the millisecond.
    pub created_at: DateTime<Utc>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: Arc<str>,
    /// How many members it has.
    pub members: u32,
    /// When it was created, to the millisecond.
    pub created_at: DateTime<Utc>,
}

/// An entry on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistRow {
    /// Its id.
    pub id: WaitlistEntryId,
    /// Its e-mail address.
    pub email: Arc<str>,
    /// How far it has come.
    pub status: WaitlistStatus,
    /// The class of whoever waits.
    pub class: UserClass,
    /// Why it is of that class.
    pub reason: Reason,
    /// When it was created, to the millisecond.
    pub created_at: DateTime<Utc>,
}

impl Row for UserRow {
    fn position(&self) -> Position {
        Position { created_at: self.created_at, id: self.id.as_str().into() }
    }
}

impl Row for OrganizationRow {
    fn position(&self) -> Position {
        Position { created_at: self.created_at, id: self.id.as_str().into() }
    }
}

impl Row for WaitlistRow {
    fn position(&self) -> Position {
        Position { created_at: self.created_at, id: self.id.as_str().into() }
    }
}
