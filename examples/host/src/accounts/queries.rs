//! What is read.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::tables::{Account, Membership};

/// Which accounts are asked for; what is absent does not restrict.
#[derive(Debug, Default, Clone)]
pub(crate) struct AccountFilter {
    pub(crate) email: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) id: Option<String>,
}

const MATCHES: &str = "tenant = :tenant AND (:email IS NULL OR email = :email)
    AND (:external_id IS NULL OR external_id = :external_id) AND (:username IS NULL OR username = :username)
    AND (:id IS NULL OR id = :id)";

/// The accounts that match, newest first.
pub(crate) fn list(
    db: &Connection,
    tenant: &str,
    filter: &AccountFilter,
    limit: u32,
    offset: u32,
) -> rusqlite::Result<Vec<Account>> {
    db.prepare_cached(&format!(
        "SELECT * FROM host_accounts WHERE {MATCHES} ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset"
    ))?
    .query_map(
        named_params! {
            ":tenant": tenant, ":email": filter.email, ":external_id": filter.external_id,
            ":username": filter.username, ":id": filter.id, ":limit": limit, ":offset": offset,
        },
        account,
    )?
    .collect()
}

/// How many accounts match.
pub(crate) fn count(db: &Connection, tenant: &str, filter: &AccountFilter) -> rusqlite::Result<u64> {
    db.prepare_cached(&format!("SELECT count(*) FROM host_accounts WHERE {MATCHES}"))?.query_row(
        named_params! {
            ":tenant": tenant, ":email": filter.email, ":external_id": filter.external_id,
            ":username": filter.username, ":id": filter.id,
        },
        |row| row.get(0),
    )
}

/// The account with this id.
pub(crate) fn find(db: &Connection, tenant: &str, id: &str) -> rusqlite::Result<Option<Account>> {
    db.prepare_cached("SELECT * FROM host_accounts WHERE tenant = ?1 AND id = ?2")?
        .query_row([tenant, id], account)
        .optional()
}

/// Memberships of an organization or of a user, oldest first.
pub(crate) fn memberships(
    db: &Connection,
    tenant: &str,
    organization: Option<&str>,
    user: Option<&str>,
) -> rusqlite::Result<Vec<Membership>> {
    db.prepare_cached(
        "SELECT m.*, o.name FROM host_memberships m
         JOIN host_organizations o ON o.tenant = m.tenant AND o.id = m.organization_id
         WHERE m.tenant = ?1 AND (?2 IS NULL OR m.organization_id = ?2) AND (?3 IS NULL OR m.user_id = ?3)
         ORDER BY m.created_at, m.user_id",
    )?
    .query_map(params![tenant, organization, user], membership)?
    .collect()
}

/// A user's membership in an organization, and whether its role came from a directory.
pub(crate) fn role(
    db: &Connection,
    tenant: &str,
    (organization, user): (&str, &str),
) -> rusqlite::Result<Option<(String, bool)>> {
    db.prepare_cached(
        "SELECT role, from_directory FROM host_memberships
         WHERE tenant = ?1 AND organization_id = ?2 AND user_id = ?3",
    )?
    .query_row([tenant, organization, user], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        external_id: row.get("external_id")?,
        username: row.get("username")?,
        email: row.get("email")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        active: row.get("active")?,
        public_metadata: row.get("public_metadata")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn membership(row: &Row<'_>) -> rusqlite::Result<Membership> {
    Ok(Membership {
        organization_id: row.get("organization_id")?,
        organization_name: row.get("name")?,
        user_id: row.get("user_id")?,
        role: row.get("role")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
