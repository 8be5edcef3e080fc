//! What may be done to an entry.

use analytics_filter::WaitlistStatus;
use chrono::{DateTime, Utc};

use super::WaitlistEntry;

/// Something to do to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitlistAction {
    /// Take it off the list, while it waits.
    Delete,
    /// Invite it.
    Invite {
        /// Also if it was invited before.
        ignore_existing: bool,
    },
    /// Turn it down; it may be invited later all the same.
    Reject,
}

impl WaitlistAction {
    /// The entry after the action; `None`: it is to be deleted.
    ///
    /// # Errors
    /// [`WaitlistRefusal`], if nothing may be done.
    pub fn decide(
        self,
        entry: &WaitlistEntry,
        now: DateTime<Utc>,
    ) -> Result<Option<WaitlistEntry>, WaitlistRefusal> {
        if entry.is_locked {
            return Err(WaitlistRefusal::Locked);
        }
        self.allowed(entry.status)?;
        let changed =
            |status, invited_at| WaitlistEntry { status, invited_at, updated_at: now, ..entry.clone() };
        Ok(match self {
            Self::Delete => None,
            Self::Invite { .. } => Some(changed(WaitlistStatus::Invited, Some(now))),
            Self::Reject => Some(changed(WaitlistStatus::Rejected, entry.invited_at)),
        })
    }

    fn allowed(self, status: WaitlistStatus) -> Result<(), WaitlistRefusal> {
        match (self, status) {
            (_, WaitlistStatus::Completed) => Err(WaitlistRefusal::AlreadyCompleted),
            (Self::Delete | Self::Reject, WaitlistStatus::Rejected) => Err(WaitlistRefusal::AlreadyRejected),
            (Self::Delete | Self::Invite { ignore_existing: false }, WaitlistStatus::Invited) => {
                Err(WaitlistRefusal::AlreadyInvited)
            }
            _ => Ok(()),
        }
    }
}

/// Why nothing may be done to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaitlistRefusal {
    /// It has signed up.
    #[error("whoever waited has signed up")]
    AlreadyCompleted,
    /// It was invited.
    #[error("the entry was invited before")]
    AlreadyInvited,
    /// It was turned down.
    #[error("the entry was rejected before")]
    AlreadyRejected,
    /// Something else is under way with it.
    #[error("something else is under way with the entry: try again later")]
    Locked,
}

impl WaitlistRefusal {
    /// Its code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyCompleted => "waitlist_entry_already_completed",
            Self::AlreadyInvited => "waitlist_entry_already_invited",
            Self::AlreadyRejected => "waitlist_entry_already_rejected",
            Self::Locked => "waitlist_entry_locked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: WaitlistAction = WaitlistAction::Invite { ignore_existing: false };
    const AGAIN: WaitlistAction = WaitlistAction::Invite { ignore_existing: true };

    fn after(
        action: WaitlistAction,
        status: WaitlistStatus,
    ) -> Result<Option<WaitlistStatus>, WaitlistRefusal> {
        let entry = WaitlistEntry {
            status,
            ..WaitlistEntry::pending("wait_1", "a@example.com", DateTime::UNIX_EPOCH)
        };
        let decided = action.decide(&entry, DateTime::UNIX_EPOCH)?;
        Ok(decided.map(|entry| entry.status))
    }

    #[test]
    fn every_action_on_every_status() {
        use WaitlistRefusal::{AlreadyCompleted, AlreadyInvited, AlreadyRejected};
        use WaitlistStatus::{Completed, Invited, Pending, Rejected};
        let table = [
            (
                WaitlistAction::Delete,
                [Ok(None), Err(AlreadyInvited), Err(AlreadyCompleted), Err(AlreadyRejected)],
            ),
            (INVITE, [Ok(Some(Invited)), Err(AlreadyInvited), Err(AlreadyCompleted), Ok(Some(Invited))]),
            (AGAIN, [Ok(Some(Invited)), Ok(Some(Invited)), Err(AlreadyCompleted), Ok(Some(Invited))]),
            (
                WaitlistAction::Reject,
                [Ok(Some(Rejected)), Ok(Some(Rejected)), Err(AlreadyCompleted), Err(AlreadyRejected)],
            ),
        ];
        for (action, expected) in table {
            let found = [Pending, Invited, Completed, Rejected].map(|status| after(action, status));
            assert_eq!(found, expected, "{action:?}");
        }
    }

    #[test]
    fn nothing_is_done_to_a_locked_entry() {
        let mut entry = WaitlistEntry::pending("wait_1", "a@example.com", DateTime::UNIX_EPOCH);
        entry.is_locked = true;
        for action in [WaitlistAction::Delete, INVITE, AGAIN, WaitlistAction::Reject] {
            assert_eq!(action.decide(&entry, DateTime::UNIX_EPOCH), Err(WaitlistRefusal::Locked));
        }
    }
}
