//! What a change means for the host's accounts.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    Directory, MetadataEffect, Resource, ResourceId, RoleEffect, User, public_metadata, resolve_role,
};

/// What a change means for one of the host's accounts.
#[derive(Debug, Clone, PartialEq)]
pub enum AccountEffect {
    /// The account is created, or brought to this state.
    Put(Box<Account>),
    /// The user is gone from the directory: the account is deactivated, and its sessions end.
    Remove {
        /// The user.
        user: ResourceId,
        /// The enterprise connection of its directory.
        enterprise_connection_id: Arc<str>,
    },
}

/// A directory's user, as the host's account should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The user; its id never changes.
    pub user: ResourceId,
    /// The enterprise connection of its directory, which tells the organization.
    pub enterprise_connection_id: Arc<str>,
    /// The identity provider's id.
    pub external_id: Option<String>,
    /// `userName`.
    pub username: Option<String>,
    /// The primary e-mail address.
    pub email: Option<String>,
    /// `name.givenName`.
    pub first_name: Option<String>,
    /// `name.familyName`.
    pub last_name: Option<String>,
    /// Whether the user may sign in.
    pub active: bool,
    /// What changes in `public_metadata`.
    pub public_metadata: Vec<MetadataEffect>,
    /// What the user's groups say about the role.
    pub role: RoleEffect,
}

/// What the account of a user should be, given its attributes before and all groups that it is a direct member of: a group
/// around those gives no role.
pub fn account(
    directory: &Directory,
    before: Option<&Map<String, Value>>,
    user: &Resource,
    groups: impl IntoIterator<Item = ResourceId>,
) -> AccountEffect {
    let seen = User::of(user);
    let role = match directory.group_role_mapping_enabled {
        true if user.is_active() => resolve_role(&directory.mappings, groups),
        true => RoleEffect::NoGroup,
        false => RoleEffect::Untouched,
    };
    AccountEffect::Put(Box::new(Account {
        user: user.id.clone(),
        enterprise_connection_id: directory.enterprise_connection_id.clone(),
        external_id: user.text("externalId").map(str::to_owned),
        username: user.text("userName").map(str::to_owned),
        email: user.email().map(str::to_owned),
        first_name: seen.and_then(User::given_name).map(str::to_owned),
        last_name: seen.and_then(User::family_name).map(str::to_owned),
        active: user.is_active(),
        public_metadata: public_metadata(&directory.custom_attributes, before, &user.attributes),
        role,
    }))
}
