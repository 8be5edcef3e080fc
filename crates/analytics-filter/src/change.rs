//! Changes as values: what to merge into the Overview's tables.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{Classification, Contacts, Identifiers, OrganizationId, TestUserRule, UserId, WaitlistEntryId};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// All of it is merged: what is stored is at least as new.
    Applied,
    /// Nothing of it is stored; a merge never is.
    Stale,
}

/// A change of the Overview's tables. Form: *merge*, order-free and idempotent.
///
/// - Of two states of a record the one with the greater [`Version`] stays.
/// - The earliest `created_at` of a record stays.
/// - A record that was deleted stays so, whatever arrives later.
/// - Activity is a set of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A user as it is now; the day of its creation counts as active.
    User(User),
    /// A user is gone: its name and contacts are dropped, its class and activity stay, so that no count of the past
    /// changes.
    UserDeleted(UserId),
    /// A user was active on these days (UTC); one that is not known yet counts once it is.
    Activity(Activity),
    /// An organization as it is now.
    Organization(Organization),
    /// An organization is gone.
    OrganizationDeleted(OrganizationId),
    /// An entry on the waitlist as it is now.
    WaitlistEntry(WaitlistEntry),
    /// An entry on the waitlist is gone.
    WaitlistEntryDeleted(WaitlistEntryId),
}

/// A user, classified by its current contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What a table shows it as.
    pub name: Option<Arc<str>>,
    /// Its contacts.
    pub contacts: Contacts,
    /// Its class.
    pub classification: Classification,
    /// When it signed up; kept to the millisecond.
    pub created_at: DateTime<Utc>,
    /// When it was so; kept to the millisecond.
    pub as_of: DateTime<Utc>,
}

impl User {
    /// A user, classified by `rule`.
    pub fn new(
        rule: &TestUserRule,
        id: UserId,
        contacts: Contacts,
        created_at: DateTime<Utc>,
        as_of: DateTime<Utc>,
    ) -> Self {
        let classification = rule.classification(Identifiers::new(id.as_str(), &contacts));
        Self { id, name: None, contacts, classification, created_at, as_of }
    }

    /// The same state, classified by `rule`; `None` if it was already.
    pub fn reclassified(self, rule: &TestUserRule) -> Option<Self> {
        let classification = rule.classification(Identifiers::new(self.id.as_str(), &self.contacts));
        (classification.rule != self.classification.rule).then_some(Self { classification, ..self })
    }

    /// The user with a name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What decides between two states of it.
    pub fn version(&self) -> Version {
        Version::new(
            self.as_of,
            self.classification.revision,
            &(&self.name, &self.contacts, &self.classification),
        )
    }
}

/// Days on which a user was active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Who.
    pub user: UserId,
    /// The days (UTC).
    pub days: Arc<[NaiveDate]>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: Arc<str>,
    /// How many members it has.
    pub members: u32,
    /// When it was created; kept to the millisecond.
    pub created_at: DateTime<Utc>,
    /// When it was so; kept to the millisecond.
    pub as_of: DateTime<Utc>,
}

impl Organization {
    /// What decides between two states of it.
    pub fn version(&self) -> Version {
        Version::new(self.as_of, 0, &(&self.name, self.members))
    }
}

/// An entry on the waitlist, classified as a user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistEntry {
    /// Its id.
    pub id: WaitlistEntryId,
    /// Its e-mail address.
    pub email: Arc<str>,
    /// How far it has come.
    pub status: WaitlistStatus,
    /// The class of whoever waits.
    pub classification: Classification,
    /// When it was created; kept to the millisecond.
    pub created_at: DateTime<Utc>,
    /// When it was so; kept to the millisecond.
    pub as_of: DateTime<Utc>,
}

impl WaitlistEntry {
    /// An entry, classified by `rule`.
    pub fn new(
        rule: &TestUserRule,
        id: WaitlistEntryId,
        email: &str,
        status: WaitlistStatus,
        created_at: DateTime<Utc>,
        as_of: DateTime<Utc>,
    ) -> Self {
        let contacts = Contacts::new(Some(email), None);
        let classification = rule.classification(Identifiers::new(id.as_str(), &contacts));
        Self { id, email: email.into(), status, classification, created_at, as_of }
    }

    /// The same state, classified by `rule`; `None` if it was already.
    pub fn reclassified(self, rule: &TestUserRule) -> Option<Self> {
        let contacts = Contacts::new(Some(&self.email), None);
        let classification = rule.classification(Identifiers::new(self.id.as_str(), &contacts));
        (classification.rule != self.classification.rule).then_some(Self { classification, ..self })
    }

    /// What decides between two states of it.
    pub fn version(&self) -> Version {
        Version::new(
            self.as_of,
            self.classification.revision,
            &(&self.email, self.status, &self.classification),
        )
    }
}

/// How far an entry on the waitlist has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitlistStatus {
    /// It waits.
    Pending,
    /// It was invited.
    Invited,
    /// It has signed up.
    Completed,
    /// It was turned down.
    Rejected,
}

impl WaitlistStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Invited, Self::Completed, Self::Rejected];

    /// Its name on the wire and in a table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Invited => "invited",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
        }
    }

    /// The status with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// What decides between two states of one record: the time; for equal times the revision of the rule that classified it;
/// and then a digest, so that the order in which they arrive never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The state's `as_of`, in milliseconds since 1970.
    pub as_of: i64,
    /// The rule's revision (bits 47 to 62) and a digest of the state (bits 0 to 46).
    pub tie: i64,
}

const DIGEST_BITS: u32 = 47;

impl Version {
    /// The revision of the rule that classified the state; 0 for what has no class.
    pub fn rule_revision(self) -> u16 {
        u16::try_from(self.tie >> DIGEST_BITS).unwrap_or(0)
    }

    fn new(as_of: DateTime<Utc>, revision: u16, state: &impl Serialize) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("analytics-filter 2026-11 version of a record");
        // Writing to a hasher can't fail, nor can these states be turned into JSON only in part.
        let _ = serde_json::to_writer(&mut hasher, state);
        let mut digest = [0; 8];
        hasher.finalize_xof().fill(&mut digest);
        let digest = i64::from_be_bytes(digest) & ((1 << DIGEST_BITS) - 1);
        Self { as_of: as_of.timestamp_millis(), tie: i64::from(revision) << DIGEST_BITS | digest }
    }
}
