//! Where the RFC and what clients need differ, or the RFC leaves a choice.

use crate::registry::TypeSchema;

/// How a service provider behaves where clients need different things; the default serves Okta and Entra ID.
///
/// ```
/// use scim_core::{MemoryStore, Profile, Registry, Scim, UnmatchedReplace};
///
/// let profile = Profile { unmatched_replace: UnmatchedReplace::NoTarget, ..Profile::default() };
/// let scim = Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile);
/// # assert_eq!(scim.profile(), &profile);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Profile {
    /// What a PATCH is answered with.
    pub patch_answer: PatchAnswer,
    /// What becomes of a `replace` whose path selects no element of a list.
    pub unmatched_replace: UnmatchedReplace,
    /// What a `replace` of `members` in a PATCH does.
    pub replaced_members: ReplacedMembers,
    /// How a text is read that holds JSON where a PATCH should have an object.
    pub json_text: JsonText,
}

/// RFC 7644 §3.5.2 leaves it open; whoever asks for `attributes` gets the resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PatchAnswer {
    /// 204 for groups, whose members nobody wants back, which Entra ID expects; 200 for any other type.
    #[default]
    ByType,
    /// 200 with the resource, for clients that read the answer.
    Resource,
    /// 204, for clients that do not.
    Nothing,
}

/// RFC 7644 §3.5.2.3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum UnmatchedReplace {
    /// An element is made of the `eq` terms of the filter: Entra ID sends a first work address like this.
    #[default]
    Creates,
    /// 400 `noTarget`, as the RFC has it, and suites that follow it.
    NoTarget,
}

/// RFC 7644 §3.5.2.3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ReplacedMembers {
    /// They are the only members afterwards, as the RFC has it.
    #[default]
    Replaced,
    /// They join: tenants of Entra ID are set up to send a `replace` with only whom they add.
    Added,
}

/// RFC 7644 §3.5.2: the `value` of an operation is JSON itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum JsonText {
    /// As any other text.
    #[default]
    Kept,
    /// As the object or the list in it: Keycloak's extension sends partial resources, and Entra ID complex roles
    /// (`AppRoleAssignmentsComplex`) like this.
    Read,
}

impl Profile {
    /// Whether a PATCH of a resource of this type is answered with the resource, if nobody asks for attributes.
    pub fn answers_patch_of(&self, kind: &TypeSchema) -> bool {
        match self.patch_answer {
            PatchAnswer::ByType => !kind.has_members(),
            PatchAnswer::Resource => true,
            PatchAnswer::Nothing => false,
        }
    }
}
