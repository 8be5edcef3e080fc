//! What is written.

use rusqlite::{Connection, Transaction, params};
use serde_json::Value;

/// A user's account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    /// Whether the user may sign in.
    pub(crate) active: bool,
    pub(crate) public_metadata: Value,
    /// Milliseconds since 1970.
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Account {
    /// First and last name, as far as they are known.
    pub(crate) fn full_name(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().filter_map(Option::as_deref).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A user's role in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) organization_id: String,
    pub(crate) organization_name: String,
    pub(crate) user_id: String,
    pub(crate) role: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Creates the tables that are missing.
pub(crate) fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(include_str!("tables.sql"))
}

/// Creates or replaces an account; the time of its creation stays.
pub(crate) fn put(tx: &Transaction<'_>, tenant: &str, account: &Account) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO host_accounts (tenant, id, external_id, username, email, first_name, last_name, active,
                                    public_metadata, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (tenant, id) DO UPDATE SET
             external_id = excluded.external_id, username = excluded.username, email = excluded.email,
             first_name = excluded.first_name, last_name = excluded.last_name, active = excluded.active,
             public_metadata = excluded.public_metadata, updated_at = excluded.updated_at",
    )?
    .execute(params![
        tenant,
        account.id,
        account.external_id,
        account.username,
        account.email,
        account.first_name,
        account.last_name,
        account.active,
        account.public_metadata,
        account.created_at,
        account.updated_at,
    ])?;
    Ok(())
}

/// Creates or renames an organization.
pub(crate) fn put_organization(
    tx: &Transaction<'_>,
    tenant: &str,
    id: &str,
    name: &str,
    created_at: i64,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO host_organizations (tenant, id, name, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name",
    )?
    .execute(params![tenant, id, name, created_at])?;
    Ok(())
}

/// Makes a user a member of an organization in this role; `from_directory` if a directory says so.
pub(crate) fn set_role(
    tx: &Transaction<'_>,
    tenant: &str,
    (organization, user): (&str, &str),
    (role, from_directory): (&str, bool),
    now: i64,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO host_memberships (tenant, organization_id, user_id, role, from_directory, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         ON CONFLICT (tenant, organization_id, user_id) DO UPDATE SET
             role = excluded.role, from_directory = excluded.from_directory, updated_at = excluded.updated_at
         WHERE role <> excluded.role OR from_directory <> excluded.from_directory",
    )?
    .execute(params![tenant, organization, user, role, from_directory, now])?;
    Ok(())
}
