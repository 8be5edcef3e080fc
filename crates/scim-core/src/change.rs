//! Changes as values: what to write, and what it was decided from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Directory, DirectoryId, Event, MemberDelta, Resource, ResourceId, StoredPassword};

/// Counts the changes of a resource or a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub u64);

impl Revision {
    /// That of what is new.
    pub const FIRST: Self = Self(1);

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A change of one resource of a directory.
///
/// Attributes commit as *compare*; members as *conditional*, row by row. Whoever commits it derives the account effects
/// in the same transaction, from what is stored then.
#[derive(Debug, Clone, PartialEq)]
pub enum ResourceChange {
    /// Writes a new resource with its members.
    Create {
        /// The resource, at [`Revision::FIRST`].
        resource: Arc<Resource>,
        /// Its members.
        members: MemberDelta,
        /// Values that no other resource of its type may have.
        unique: Vec<UniqueValue>,
        /// What the host keeps of the password that is set.
        password: Option<StoredPassword>,
        /// What is told of it.
        event: Option<Arc<Event>>,
    },
    /// Replaces attributes, if the stored revision is the one before that of `resource`, and changes members.
    Replace {
        /// The resource as it is to be.
        resource: Arc<Resource>,
        /// What becomes of its members.
        members: MemberDelta,
        /// Values that no other resource of its type may have.
        unique: Vec<UniqueValue>,
        /// What the host keeps of the password that is set.
        password: Option<StoredPassword>,
        /// What is told of it.
        event: Option<Arc<Event>>,
    },
    /// Changes members whatever the revision is unless one is expected; if no membership and
    /// no name of a member really changes, it commits as [`ResourceCommit::Unchanged`].
    Members {
        /// The name of the resource's type.
        kind: Arc<str>,
        /// The group.
        group: ResourceId,
        /// What becomes of its members.
        members: MemberDelta,
        /// When.
        at: chrono::DateTime<chrono::Utc>,
        /// The revision that the group must have, if the client says one, or `members` depends on who they were.
        expected: Option<Revision>,
        /// What is told of it.
        event: Option<Arc<Event>>,
    },
    /// Deletes a resource with its memberships; each group that it was a member of is at its next revision afterwards.
    Delete {
        /// The name of its type.
        kind: Arc<str>,
        /// The resource.
        id: ResourceId,
        /// When; the groups that it was a member of have changed then.
        at: chrono::DateTime<chrono::Utc>,
        /// The revision that it must have, if the client says one.
        expected: Option<Revision>,
        /// What is told of it.
        event: Option<Arc<Event>>,
    },
    /// Writes nothing; commits as [`ResourceCommit::Applied`] if the directory is there, and an event with it.
    Tell {
        /// What is told.
        event: Arc<Event>,
    },
}

impl ResourceChange {
    /// The same, but only if the resource has this revision.
    #[must_use]
    pub fn expecting(mut self, revision: Revision) -> Self {
        match &mut self {
            Self::Members { expected, .. } | Self::Delete { expected, .. } => *expected = Some(revision),
            // A creation is of nothing before, and a replacement of the revision before its own.
            Self::Create { .. } | Self::Replace { .. } | Self::Tell { .. } => {}
        }
        self
    }

    /// The type and the id of the resource that must have a revision beforehand, by [`Self::expecting`].
    pub fn expected(&self) -> Option<(&Arc<str>, &ResourceId, Revision)> {
        match self {
            Self::Members { kind, group: id, expected, .. } | Self::Delete { kind, id, expected, .. } => {
                Some((kind, id, (*expected)?))
            }
            Self::Create { .. } | Self::Replace { .. } | Self::Tell { .. } => None,
        }
    }

    /// The same with an event that tells of it.
    #[must_use]
    pub(crate) fn telling(mut self, told: Event) -> Self {
        match &mut self {
            Self::Create { event, .. }
            | Self::Replace { event, .. }
            | Self::Members { event, .. }
            | Self::Delete { event, .. } => *event = Some(Arc::new(told)),
            Self::Tell { event } => *event = Arc::new(told),
        }
        self
    }

    /// The same, which sets a password, too; only what writes a resource can.
    #[must_use]
    pub(crate) fn setting(mut self, set: StoredPassword) -> Self {
        match &mut self {
            Self::Create { password, .. } | Self::Replace { password, .. } => *password = Some(set),
            Self::Members { .. } | Self::Delete { .. } | Self::Tell { .. } => {}
        }
        self
    }

    /// The password that belongs to a commit, for the host to keep, and whose it is.
    pub fn password(&self, commit: &ResourceCommit) -> Option<(&ResourceId, &StoredPassword)> {
        match (self, commit) {
            (
                Self::Create { resource, password, .. } | Self::Replace { resource, password, .. },
                ResourceCommit::Applied(_),
            ) => Some((&resource.id, password.as_ref()?)),
            _ => None,
        }
    }

    /// The event that belongs to a commit, for the host's outbox; none, if nothing was written.
    pub fn event(&self, commit: &ResourceCommit) -> Option<Event> {
        let ResourceCommit::Applied(revision) = commit else { return None };
        match self {
            Self::Tell { event } => Some(Event::clone(event)),
            Self::Create { event, .. }
            | Self::Replace { event, .. }
            | Self::Members { event, .. }
            | Self::Delete { event, .. } => Some(event.as_ref()?.committed(*revision)),
        }
    }
}

/// A value that no other resource of a type may have in the same attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UniqueValue {
    /// The attribute.
    pub attribute: Arc<str>,
    /// Its value in the form in which values are compared.
    pub key: String,
}

/// What became of a change of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceCommit {
    /// It was written, all of it; a resource afterwards has this revision.
    Applied(Revision),
    /// It was so already, at this revision: nothing was written, and nothing is told.
    Unchanged(Revision),
    /// Another change came first, or the resource is gone: nothing was written.
    Stale,
    /// Another resource has the value of this attribute: nothing was written.
    NotUnique(Arc<str>),
    /// There is no resource with this id that could be a member: nothing was written.
    UnknownMember(ResourceId),
}

/// A change of a directory; commits as *compare*.
#[derive(Debug, Clone, PartialEq)]
pub enum DirectoryChange {
    /// Writes a new directory, unless another one belongs to its enterprise connection.
    Create(Arc<Directory>),
    /// Replaces a directory, if its stored revision is the one before; every user's account is derived anew.
    Replace(Arc<Directory>),
    /// Deletes a directory with all of its resources.
    Delete(DirectoryId),
}

/// What became of a change of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Commit {
    /// It was written, all of it.
    Applied,
    /// Another change came first: nothing was written.
    Stale,
}
