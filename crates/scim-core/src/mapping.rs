//! Editing the list of groups that give roles.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;

use crate::{Directory, GroupRoleMapping, ResourceId, id::random};

/// The most mappings of a directory.
pub const MAX_MAPPINGS: usize = 500;

/// A mapping that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMapping {
    /// The group.
    pub group: ResourceId,
    /// Its name.
    pub group_name: Arc<str>,
    /// The role that its members have.
    pub role: Arc<str>,
}

/// Replaces the whole list; the order of `new` is the precedence.
///
/// # Errors
/// [`MappingError`].
pub fn replace_mappings(
    directory: &Directory,
    new: Vec<NewMapping>,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Directory, MappingError> {
    let created_at = now.trunc_subsecs(3);
    let made = new.into_iter().map(|new| GroupRoleMapping {
        id: format!("dgrm_{}", random(rng)).into(),
        group: new.group,
        group_name: new.group_name,
        role: new.role,
        created_at,
    });
    let made = made.collect();
    with_mappings(directory, made, now)
}

/// Adds a mapping at a precedence from 1, or after all others.
///
/// # Errors
/// [`MappingError`].
pub fn add_mapping(
    directory: &Directory,
    new: NewMapping,
    precedence: Option<u64>,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<Directory, MappingError> {
    let mut mappings = directory.mappings.to_vec();
    let place = precedence.and_then(|precedence| usize::try_from(precedence.saturating_sub(1)).ok());
    let place = place.unwrap_or(usize::MAX).min(mappings.len());
    let id = format!("dgrm_{}", random(rng)).into();
    let NewMapping { group, group_name, role } = new;
    mappings
        .insert(place, GroupRoleMapping { id, group, group_name, role, created_at: now.trunc_subsecs(3) });
    with_mappings(directory, mappings, now)
}

/// Takes a mapping off the list.
///
/// # Errors
/// [`MappingError`].
pub fn remove_mapping(
    directory: &Directory,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Directory, MappingError> {
    let mut mappings = directory.mappings.to_vec();
    let place = mappings.iter().position(|mapping| &*mapping.id == id).ok_or(MappingError::Unknown)?;
    mappings.remove(place);
    with_mappings(directory, mappings, now)
}

fn with_mappings(
    directory: &Directory,
    mappings: Vec<GroupRoleMapping>,
    now: DateTime<Utc>,
) -> Result<Directory, MappingError> {
    if !directory.group_role_mapping_enabled {
        return Err(MappingError::Disabled);
    }
    if mappings.len() > MAX_MAPPINGS {
        return Err(MappingError::TooMany);
    }
    let mut groups = std::collections::HashSet::new();
    if let Some(twice) = mappings.iter().find(|mapping| !groups.insert(&mapping.group)) {
        return Err(MappingError::MappedTwice(twice.group.clone()));
    }
    Ok(directory.changed(now, |next| next.mappings = mappings.into()))
}

/// Why the mappings stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Groups give no roles in this directory.
    #[error("group role mapping is not enabled for this directory")]
    Disabled,
    /// There is no such mapping.
    #[error("there is no such mapping")]
    Unknown,
    /// A group gives one role at most.
    #[error("the group `{0}` is mapped already")]
    MappedTwice(ResourceId),
    /// More than [`MAX_MAPPINGS`].
    #[error("a directory has at most {MAX_MAPPINGS} mappings")]
    TooMany,
}
