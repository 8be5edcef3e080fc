//! Groups into roles.

use std::{collections::HashSet, sync::Arc};

use crate::{GroupRoleMapping, ResourceId};

/// What a user's groups say about the role in the organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RoleEffect {
    /// The topmost mapped group gives this role.
    FromGroup(Arc<str>),
    /// No group gives a role: one that came from a group falls back to the default, one that was set by hand stays.
    NoGroup,
    /// Groups give no roles in this directory: whatever the role is stays.
    Untouched,
}

/// The role that the complete set of the groups gives that a user is a direct member of, by a list of mappings in order of
/// precedence.
///
/// ```
/// use scim_core::{GroupRoleMapping, ResourceId, RoleEffect, resolve_role};
///
/// let mapping = |group: &str, role: &str| GroupRoleMapping {
///     id: group.into(), group: ResourceId::named(group), group_name: group.into(), role: role.into(),
///     created_at: chrono::DateTime::UNIX_EPOCH,
/// };
/// let mappings = [mapping("owners", "org:admin"), mapping("staff", "org:member")];
/// let of = |groups: &[&str]| resolve_role(&mappings, groups.iter().map(|id| ResourceId::named(id)));
/// assert_eq!(of(&["staff", "owners"]), RoleEffect::FromGroup("org:admin".into()));
/// assert_eq!(of(&["staff"]), RoleEffect::FromGroup("org:member".into()));
/// assert_eq!(of(&["guests"]), RoleEffect::NoGroup);
/// ```
pub fn resolve_role(
    mappings: &[GroupRoleMapping],
    groups: impl IntoIterator<Item = ResourceId>,
) -> RoleEffect {
    let groups: HashSet<ResourceId> = groups.into_iter().collect();
    let topmost = mappings.iter().find(|mapping| groups.contains(&mapping.group));
    topmost.map_or(RoleEffect::NoGroup, |mapping| RoleEffect::FromGroup(mapping.role.clone()))
}
