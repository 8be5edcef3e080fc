//! What the RFCs leave to a service provider, and what identity providers expect differently of it.

/// How a service provider behaves where the RFCs leave it the choice, or clients need another answer than theirs; the
/// default serves Okta and Entra ID.
///
/// ```
/// use scim_core::{MemoryStore, Profile, Registry, Scim};
///
/// let profile = Profile { refuses_unmatched_replace: true, ..Profile::default() };
/// let scim = Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile);
/// # assert_eq!(scim.profile(), profile);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Profile {
    /// Whether a PATCH of a group is answered 200 with all of the group, and not 204 with nothing (RFC 7644 §3.5.2).
    ///
    /// Entra ID and Okta don't look at it, and it costs as much as the group is large.
    pub answers_patched_groups: bool,
    /// Whether those of a group's members are left out that the directory doesn't have, and not refused with 400.
    ///
    /// Identity providers that push whole groups name users whom they never provisioned. What is left out is lost.
    pub leaves_out_unknown_members: bool,
    /// Whether a `replace` whose path selects no element of a list is refused with `noTarget`, as RFC 7644 §3.5.2.3 has
    /// it, and does not create the element that the `eq` terms of its filter describe.
    ///
    /// Entra ID sends a first work address like this.
    pub refuses_unmatched_replace: bool,
    /// Whether a `replace` of `members` in a PATCH adds them to those who are there, and does not replace them, as
    /// RFC 7644 §3.5.2.3 has it.
    ///
    /// Some tenants of Entra ID send only whom they add.
    pub adds_replaced_members: bool,
    /// Whether a text is read as the object or the list that it holds as JSON, if it is the `value` of an operation
    /// (RFC 7644 §3.5.2 has the value itself there).
    ///
    /// Keycloak's extension sends whole resources like this, and Entra ID complex roles (`AppRoleAssignmentsComplex`).
    pub reads_json_in_texts: bool,
    /// Whether `schemas` must be as RFC 7643 §3 and RFC 7644 §3.1 have it, or the body is refused with 400: those of a
    /// resource name its type's own schema and each extension that the body has attributes of, once and nothing else;
    /// those of a message name the message.
    ///
    /// Entra ID names a schema of its own in groups and leaves extensions out, OneLogin names those of SCIM 1, and others
    /// send none; an answer names the right ones in any case.
    pub requires_schemas: bool,
}

impl Profile {
    /// Says and takes as much as it may, for clients that insist.
    pub const ACCOMMODATING: Self = Self {
        answers_patched_groups: true,
        leaves_out_unknown_members: true,
        refuses_unmatched_replace: false,
        adds_replaced_members: false,
        reads_json_in_texts: true,
        requires_schemas: false,
    };
}
