//! What changes mean for accounts, derived from what is stored in the transaction.

use rusqlite::Transaction;
use scim_core::{AccountEffect, Directory, Resource, ResourceId, account};
use serde_json::{Map, Value};

use super::{Place, members, read};
use crate::SqliteError;

pub(super) fn of_user(
    tx: &Transaction<'_>,
    place: &Place,
    directory: &Directory,
    before: Option<&Map<String, Value>>,
    user: &Resource,
) -> Result<AccountEffect, SqliteError> {
    let groups = members::direct_groups(tx, place, &user.id)?;
    Ok(account(directory, before, user, groups))
}

/// One effect for each of these that is a user.
pub(super) fn of_members(
    tx: &Transaction<'_>,
    place: &Place,
    directory: &Directory,
    ids: &[ResourceId],
) -> Result<Vec<AccountEffect>, SqliteError> {
    let mut effects = Vec::new();
    for id in ids {
        if let Some(user) = read::resource(tx, place, "User", id)? {
            effects.push(of_user(tx, place, directory, Some(&user.attributes), &user)?);
        }
    }
    Ok(effects)
}

pub(super) fn removal(directory: &Directory, user: &ResourceId) -> AccountEffect {
    AccountEffect::Remove {
        user: user.clone(),
        enterprise_connection_id: directory.enterprise_connection_id.clone(),
    }
}
