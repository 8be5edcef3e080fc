//! What the RFCs leave to a service provider, and what identity providers expect differently of it.

/// How a service provider behaves where the RFCs leave it the choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Profile {
    /// Whether a PATCH of a group is answered 200 with all of the group, and not 204 with nothing (RFC 7644 §3.5.2).
    ///
    /// Entra ID and Okta don't look at it, and it costs as much as the group is large.
    pub answers_patched_groups: bool,
    /// Whether those of a group's members are left out that the directory doesn't have, and not refused with 400.
    ///
    /// Identity providers that push whole groups name users whom they never provisioned. What is left out is lost.
    pub leaves_out_unknown_members: bool,
}

impl Profile {
    /// Says and takes as much as it may, for clients that insist.
    pub const ACCOMMODATING: Self = Self { answers_patched_groups: true, leaves_out_unknown_members: true };
}
