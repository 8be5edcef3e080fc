//! What the host decides for a tenant as a whole.

use crate::SubjectKind;

/// Whether keys of users and of organizations may be used: the instance's `user_api_keys_enabled` and
/// `orgs_api_keys_enabled`.
///
/// Keys of a subject that is switched off fail, but are not revoked: switched on again they work as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Switches {
    /// Keys of users.
    pub users: bool,
    /// Keys of organizations.
    pub organizations: bool,
}

impl Default for Switches {
    /// Both on.
    fn default() -> Self {
        Self { users: true, organizations: true }
    }
}

/// What happens past the free allowance of a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// It is counted, and billed by whoever rates the totals.
    #[default]
    Overage,
    /// No key is created, and none verified, beyond these numbers in a month.
    HardStop {
        /// How many keys may be created.
        creations: u64,
        /// How many verifications there may be.
        verifications: u64,
    },
}

impl Allowance {
    /// The free allowance as a hard stop: 1,000 creations and 100,000 verifications.
    pub const FREE: Self = Self::HardStop { creations: 1_000, verifications: 100_000 };
}

/// What the host decides for a tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TenantPolicy {
    /// Which subjects' keys may be used.
    pub switches: Switches,
    /// What happens past the free allowance.
    pub allowance: Allowance,
}

impl Switches {
    /// Whether keys of such a subject may not be used.
    pub(crate) fn is_off(self, kind: SubjectKind) -> bool {
        match kind {
            SubjectKind::User => !self.users,
            SubjectKind::Organization => !self.organizations,
            SubjectKind::Machine | SubjectKind::Directory => false,
        }
    }
}

impl TenantPolicy {
    /// Whether a key of such a subject may be used without a look at the policy.
    pub(crate) fn lets_pass(&self, kind: SubjectKind) -> bool {
        self.allowance == Allowance::Overage && !self.switches.is_off(kind)
    }
}
