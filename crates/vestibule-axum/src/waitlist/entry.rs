//! An entry.

use analytics_filter::WaitlistStatus;
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// An address on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistEntry {
    /// Its id.
    pub id: String,
    /// The address, its ASCII letters in lower case.
    pub email_address: String,
    /// How far it has come.
    pub status: WaitlistStatus,
    /// Whether something else is under way with it, so that nothing may be done to it.
    pub is_locked: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last invited.
    pub invited_at: Option<DateTime<Utc>>,
}

impl WaitlistEntry {
    /// A new entry, which waits.
    pub fn pending(id: impl Into<String>, email_address: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            id: id.into(),
            email_address: email_address.into(),
            status: WaitlistStatus::Pending,
            is_locked: false,
            created_at: now,
            updated_at: now,
            invited_at: None,
        }
    }
}

impl Serialize for WaitlistEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("WaitlistEntry", 8)?;
        entry.serialize_field("object", "waitlist_entry")?;
        entry.serialize_field("id", &self.id)?;
        entry.serialize_field("email_address", &self.email_address)?;
        entry.serialize_field("status", &self.status)?;
        entry.serialize_field("is_locked", &self.is_locked)?;
        entry.serialize_field("created_at", &self.created_at.timestamp_millis())?;
        entry.serialize_field("updated_at", &self.updated_at.timestamp_millis())?;
        entry.serialize_field("invitation", &None::<()>)?;
        entry.end()
    }
}

/// An address to put on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWaitlistEntry {
    /// The address, its ASCII letters in lower case.
    pub email_address: String,
    /// Whether to confirm it by e-mail.
    pub notify: bool,
}
