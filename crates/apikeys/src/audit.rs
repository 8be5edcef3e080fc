//! What happened to keys, for those who must be able to tell later.

use chrono::{DateTime, Utc};

use crate::{KeyChange, KeyId, Subject};

/// Something that happened; it is never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its name, so that writing it twice writes it once.
    pub id: [u8; 16],
    /// When.
    pub at: DateTime<Utc>,
    /// The key that it happened to, if it is known.
    pub key: Option<KeyId>,
    /// Who did it, if it is known.
    pub by: Option<Subject>,
    /// What.
    pub action: AuditAction,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// A key was issued, or imported.
    Created,
    /// A key was issued that takes over from another.
    Rotated,
    /// A key was changed, disabled or enabled.
    Updated,
    /// A key was revoked.
    Revoked,
    /// A key was deleted.
    Deleted,
    /// A digest was made anew under the current pepper.
    Rehashed,
    /// A sealed secret was opened and shown.
    SecretShown,
    /// A token was reported as leaked, and is real.
    LeakReported,
    /// A verification was refused; [`Verdict::index`](crate::Verdict::index) says why.
    Refused {
        /// The verdict's number.
        verdict: u8,
    },
    /// More verifications were refused than are written one by one.
    RefusalsDropped {
        /// How many.
        count: u64,
    },
}

impl AuditAction {
    /// Its name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Rotated => "rotated",
            Self::Updated => "updated",
            Self::Revoked => "revoked",
            Self::Deleted => "deleted",
            Self::Rehashed => "rehashed",
            Self::SecretShown => "secret_shown",
            Self::LeakReported => "leak_reported",
            Self::Refused { .. } => "refused",
            Self::RefusalsDropped { .. } => "refusals_dropped",
        }
    }

    /// The number that belongs to it: a verdict's, or how many.
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Refused { verdict } => Some(verdict.into()),
            Self::RefusalsDropped { count } => Some(count),
            _ => None,
        }
    }

    /// The action of this name and number.
    pub fn from_parts(name: &str, number: Option<u64>) -> Option<Self> {
        Some(match (name, number) {
            ("created", None) => Self::Created,
            ("rotated", None) => Self::Rotated,
            ("updated", None) => Self::Updated,
            ("revoked", None) => Self::Revoked,
            ("deleted", None) => Self::Deleted,
            ("rehashed", None) => Self::Rehashed,
            ("secret_shown", None) => Self::SecretShown,
            ("leak_reported", None) => Self::LeakReported,
            ("refused", Some(verdict)) => Self::Refused { verdict: verdict.try_into().ok()? },
            ("refusals_dropped", Some(count)) => Self::RefusalsDropped { count },
            _ => return None,
        })
    }
}

impl KeyChange {
    /// The event that a store writes in the same commit as the change: its id follows from the change, so that no commit
    /// is told twice.
    pub fn event(&self, now: DateTime<Utc>) -> AuditEvent {
        let (key, revision, by, action) = match self {
            Self::Create(creation) => {
                let action =
                    if creation.predecessor.is_some() { AuditAction::Rotated } else { AuditAction::Created };
                (creation.record.id, 0, creation.record.created_by.clone(), action)
            }
            Self::Replace { records } => {
                let first = records.first();
                let id = first.map_or(KeyId::from_bytes([0; 16]), |key| key.id);
                (id, first.map_or(0, |key| key.revision.0), None, AuditAction::Updated)
            }
            Self::Revoke { record } => {
                let by = record.revoked.as_ref().and_then(|revoked| revoked.by.clone());
                (record.id, record.revision.0, by, AuditAction::Revoked)
            }
            Self::Delete { id, expected, .. } => (*id, expected.next().0, None, AuditAction::Deleted),
            Self::Rehash { id, to, .. } => (*id, u64::from(to.pepper.0), None, AuditAction::Rehashed),
        };
        AuditEvent { id: event_id(key, revision, action), at: now, key: Some(key), by, action }
    }
}

fn event_id(key: KeyId, revision: u64, action: AuditAction) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.as_bytes()).update(&revision.to_be_bytes()).update(action.name().as_bytes());
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    id
}

/// How many refused verifications of a tenant are written one by one in a minute.
pub(crate) const REFUSALS_PER_MINUTE: u32 = 10;

/// The refusals of one tenant that are still to be written.
///
/// Whoever floods a tenant with bad tokens floods no log: past the cap only their number is kept.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    minute: i64,
    written: u32,
    dropped: u64,
    waiting: Vec<AuditEvent>,
}

impl Refusals {
    /// Keeps a refusal, or counts it.
    pub(crate) fn add(&mut self, event: AuditEvent) {
        let minute = event.at.timestamp().div_euclid(60);
        if minute != self.minute {
            (self.minute, self.written) = (minute, 0);
        }
        if self.written < REFUSALS_PER_MINUTE {
            self.written = self.written.saturating_add(1);
            self.waiting.push(event);
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// What is to be written now; it is taken out.
    pub(crate) fn take(&mut self, now: DateTime<Utc>, id: impl FnOnce() -> [u8; 16]) -> Vec<AuditEvent> {
        let mut events = std::mem::take(&mut self.waiting);
        let count = std::mem::take(&mut self.dropped);
        if count > 0 {
            let action = AuditAction::RefusalsDropped { count };
            events.push(AuditEvent { id: id(), at: now, key: None, by: None, action });
        }
        events
    }

    /// Puts back what could not be written.
    pub(crate) fn put_back(&mut self, events: Vec<AuditEvent>) {
        self.waiting.splice(0..0, events);
    }
}
