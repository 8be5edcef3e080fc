//! Parts of the tables, by keyset.

use std::sync::Arc;

use analytics_filter::{
    Contacts, Filter, OrganizationId, OrganizationRow, Reason, Seek, Start, Table, TenantId, UserClass,
    UserId, UserRow, WaitlistEntryId, WaitlistRow, WaitlistStatus,
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::write::is_test;
use crate::SqliteError;

pub(super) const USERS: &str = "overview_users";
const ORGANIZATIONS: &str = "overview_organizations";
pub(super) const WAITLIST: &str = "overview_waitlist";

pub(super) fn users(db: &Connection, tenant: &TenantId, seek: &Seek) -> Result<Vec<UserRow>, SqliteError> {
    rows(db, tenant, seek, &select(USERS, seek, true), |row| {
        Ok(UserRow {
            id: parsed(USERS, "id", UserId::new(&row.get::<_, String>("id")?))?,
            name: row.get("name")?,
            contacts: contacts(row)?,
            class: class(row)?,
            reason: reason(USERS, row)?,
            created_at: time(USERS, row, "created_at")?,
        })
    })
}

pub(super) fn organizations(
    db: &Connection,
    tenant: &TenantId,
    seek: &Seek,
) -> Result<Vec<OrganizationRow>, SqliteError> {
    rows(db, tenant, seek, &select(ORGANIZATIONS, seek, false), |row| {
        Ok(OrganizationRow {
            id: parsed(ORGANIZATIONS, "id", OrganizationId::new(&row.get::<_, String>("id")?))?,
            name: row.get("name")?,
            members: row.get("members")?,
            created_at: time(ORGANIZATIONS, row, "created_at")?,
        })
    })
}

pub(super) fn waitlist(
    db: &Connection,
    tenant: &TenantId,
    seek: &Seek,
) -> Result<Vec<WaitlistRow>, SqliteError> {
    rows(db, tenant, seek, &select(WAITLIST, seek, true), |row| {
        Ok(WaitlistRow {
            id: parsed(WAITLIST, "id", WaitlistEntryId::new(&row.get::<_, String>("id")?))?,
            email: row.get("email")?,
            status: status(row)?,
            class: class(row)?,
            reason: reason(WAITLIST, row)?,
            created_at: time(WAITLIST, row, "created_at")?,
        })
    })
}

pub(super) fn count(
    db: &Connection,
    tenant: &TenantId,
    table: Table,
    filter: Filter,
    cap: u64,
) -> Result<u64, SqliteError> {
    let (name, kept) = match table {
        Table::Users => (USERS, filter.class()),
        Table::Organizations => (ORGANIZATIONS, None),
        Table::Waitlist => (WAITLIST, filter.class()),
    };
    let class = class_clause(kept);
    let sql = format!(
        "SELECT count(*) FROM
         (SELECT 1 FROM {name} WHERE tenant = ?1 AND deleted = 0 AND created_at IS NOT NULL{class} LIMIT ?2)"
    );
    let cap = i64::try_from(cap).unwrap_or(i64::MAX);
    let found: i64 = db.prepare_cached(&sql)?.query_row(params![tenant.as_str(), cap], |row| row.get(0))?;
    Ok(u64::try_from(found).unwrap_or(0))
}

/// A keyset, compared as a row value, so that the index on it is walked from where the page starts.
pub(super) fn select(table: &str, seek: &Seek, has_class: bool) -> String {
    let class = class_clause(seek.filter.class().filter(|_| has_class));
    let (side, direction) = match seek.start {
        Start::First => ("", "DESC"),
        Start::After(_) => (" AND (created_at, id) < (?4, ?5)", "DESC"),
        Start::Before(_) => (" AND (created_at, id) > (?4, ?5)", "ASC"),
    };
    format!(
        "SELECT * FROM {table} WHERE tenant = ?1 AND deleted = 0{class} AND created_at <= ?2{side}
         ORDER BY created_at {direction}, id {direction} LIMIT ?3"
    )
}

fn class_clause(kept: Option<UserClass>) -> &'static str {
    match kept.map(is_test) {
        None => "",
        Some(false) => " AND is_test = 0",
        Some(true) => " AND is_test = 1",
    }
}

fn rows<T>(
    db: &Connection,
    tenant: &TenantId,
    seek: &Seek,
    sql: &str,
    read: impl Fn(&Row<'_>) -> Result<T, SqliteError>,
) -> Result<Vec<T>, SqliteError> {
    let mut select = db.prepare_cached(sql)?;
    let (tenant, until) = (tenant.as_str(), seek.until.timestamp_millis());
    let mut found = match &seek.start {
        Start::First => select.query(params![tenant, until, seek.limit])?,
        Start::After(at) | Start::Before(at) => {
            select.query(params![tenant, until, seek.limit, at.created_at.timestamp_millis(), at.id])?
        }
    };
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(read(row)?);
    }
    Ok(rows)
}

pub(super) fn contacts(row: &Row<'_>) -> Result<Contacts, SqliteError> {
    Ok(Contacts { emails: addresses(row, "emails")?, phones: addresses(row, "phones")? })
}

fn addresses(row: &Row<'_>, column: &'static str) -> Result<Arc<[Arc<str>]>, SqliteError> {
    parsed(USERS, column, serde_json::from_str(&row.get::<_, String>(column)?))
}

pub(super) fn class(row: &Row<'_>) -> Result<UserClass, SqliteError> {
    Ok(if row.get("is_test")? { UserClass::Test } else { UserClass::Real })
}

pub(super) fn reason(table: &'static str, row: &Row<'_>) -> Result<Reason, SqliteError> {
    let reason = Reason::from_code(&row.get::<_, String>("reason")?);
    reason.ok_or_else(|| SqliteError::corrupt(table, "unknown reason"))
}

pub(super) fn status(row: &Row<'_>) -> Result<WaitlistStatus, SqliteError> {
    let status = WaitlistStatus::from_code(&row.get::<_, String>("status")?);
    status.ok_or_else(|| SqliteError::corrupt(WAITLIST, "unknown status"))
}

pub(super) fn time(
    table: &'static str,
    row: &Row<'_>,
    column: &'static str,
) -> Result<DateTime<Utc>, SqliteError> {
    DateTime::from_timestamp_millis(row.get(column)?)
        .ok_or_else(|| SqliteError::corrupt(table, format!("{column} is out of range")))
}

pub(super) fn parsed<T, E>(table: &'static str, column: &str, value: Result<T, E>) -> Result<T, SqliteError> {
    value.map_err(|_| SqliteError::corrupt(table, format!("{column} is malformed")))
}

#[cfg(test)]
mod tests {
    use analytics_filter::Position;

    use super::*;
    use crate::migrate;

    fn plan(table: &str, filter: Filter, start: Start, has_class: bool) -> String {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        let seek = Seek { filter, until: DateTime::UNIX_EPOCH, start, limit: 51 };
        let sql = select(table, &seek, has_class);
        let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        // Placeholders without a value are NULL, which changes no plan.
        let mut rows = explained.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>(3).unwrap());
        }
        steps.join("; ")
    }

    #[test]
    fn every_page_is_one_walk_along_an_index() {
        let at = Position { created_at: DateTime::UNIX_EPOCH, id: "a".into() };
        for (table, has_class) in [(USERS, true), (WAITLIST, true), (ORGANIZATIONS, false)] {
            for filter in [Filter::Everyone, Filter::RealUsers, Filter::TestUsers] {
                for start in [Start::First, Start::After(at.clone()), Start::Before(at.clone())] {
                    let plan = plan(table, filter, start.clone(), has_class);
                    let by_class = has_class && filter != Filter::Everyone;
                    let index = format!("{table}_by_{}", if by_class { "class" } else { "age" });
                    assert!(plan.starts_with(&format!("SEARCH {table} USING INDEX {index} (")), "{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "no sort: {plan}");
                    assert!(plan.contains("created_at"), "the walk starts at the position: {plan}");
                }
            }
        }
    }
}
