//! Resources.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use scim_core::{Filter, Related, Resource, ResourceId, ResourcePage, Revision, Slice, filterable};

use super::{Place, members};
use crate::{SqliteError, column::Columns};

pub(super) fn resource(
    db: &Connection,
    place: &Place,
    kind: &str,
    id: &ResourceId,
) -> Result<Option<Arc<Resource>>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(
        "SELECT * FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND id = ?3 AND kind = ?4",
    )?;
    let mut rows = found.query(params![tenant, directory, id.as_str(), kind])?;
    rows.next()?.map(record).transpose()
}

/// Every resource of a type, oldest first.
pub(super) fn all(db: &Connection, place: &Place, kind: &str) -> Result<Vec<Arc<Resource>>, SqliteError> {
    candidates(db, place, kind, "TRUE", "")
}

pub(super) fn resources(
    db: &Connection,
    place: &Place,
    kind: &str,
    filter: Option<&Filter>,
    page: Slice,
) -> Result<ResourcePage, SqliteError> {
    match filter {
        None => unfiltered(db, place, kind, page),
        Some(filter) => filtered(db, place, kind, filter, page),
    }
}

fn unfiltered(db: &Connection, place: &Place, kind: &str, page: Slice) -> Result<ResourcePage, SqliteError> {
    let (tenant, directory) = place.keys();
    let total = db
        .prepare_cached(
            "SELECT count(*) FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND kind = ?3",
        )?
        .query_row(params![tenant, directory, kind], |row| row.get(0))?;
    let mut found = db.prepare_cached(
        "SELECT * FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND kind = ?3
         ORDER BY created_at, id LIMIT ?4 OFFSET ?5",
    )?;
    let (count, skip) = (clamped(page.count), clamped(page.skip));
    let mut rows = found.query(params![tenant, directory, kind, count, skip])?;
    let mut resources = Vec::new();
    while let Some(row) = rows.next()? {
        resources.push(record(row)?);
    }
    Ok(ResourcePage { resources, total })
}

/// An index narrows the candidates where the filter demands a value; the whole filter is evaluated on each of them.
fn filtered(
    db: &Connection,
    place: &Place,
    kind: &str,
    filter: &Filter,
    page: Slice,
) -> Result<ResourcePage, SqliteError> {
    let (narrowed, value) = narrowing(filter);
    let mut total = 0_u64;
    let mut resources = Vec::new();
    for resource in candidates(db, place, kind, narrowed, &value)? {
        if !matches(db, place, filter, &resource)? {
            continue;
        }
        if total >= page.skip && (resources.len() as u64) < page.count {
            resources.push(resource);
        }
        total += 1;
    }
    Ok(ResourcePage { resources, total })
}

/// A condition that every match fulfils, and the value in it.
fn narrowing(filter: &Filter) -> (&'static str, String) {
    let required = |attribute, sub| filter.required_value(attribute, sub);
    if let Some(id) = required("id", None) {
        return ("id = ?4", id.to_owned());
    }
    if let Some(name) = required("userName", None) {
        return ("user_name = ?4", name.to_lowercase());
    }
    if let Some(id) = required("externalId", None) {
        return ("external_id = ?4", id.to_owned());
    }
    if let Some(name) = required("displayName", None) {
        return ("display_name = ?4", name.to_lowercase());
    }
    match required("members", Some("value")) {
        Some(member) => (OF_MEMBER, member.to_owned()),
        None => ("TRUE", String::new()),
    }
}

/// Ids match in any case here, as `members.value` is compared; the filter itself decides.
const OF_MEMBER: &str = "id IN (SELECT group_id FROM scim_memberships
    WHERE tenant = ?1 AND directory = ?2 AND member_id = lower(?4))";

fn candidates(
    db: &Connection,
    place: &Place,
    kind: &str,
    condition: &str,
    value: &str,
) -> Result<Vec<Arc<Resource>>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(&format!(
        "SELECT * FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND kind = ?3 AND {condition} AND ?4 = ?4
         ORDER BY created_at, id"
    ))?;
    let mut rows = found.query(params![tenant, directory, kind, value])?;
    let mut resources = Vec::new();
    while let Some(row) = rows.next()? {
        resources.push(record(row)?);
    }
    Ok(resources)
}

fn matches(
    db: &Connection,
    place: &Place,
    filter: &Filter,
    resource: &Resource,
) -> Result<bool, SqliteError> {
    let mut related = Related::default();
    if filter.mentions("members") {
        related.members = Some(members::of_group(db, place, &resource.id)?);
    }
    if filter.mentions("groups") {
        related.groups = Some(members::groups_of(db, place, &resource.id)?);
    }
    Ok(filter.matches(&filterable(resource, &related)))
}

pub(super) fn record(row: &Row<'_>) -> Result<Arc<Resource>, SqliteError> {
    let columns = Columns::new("scim_resources", row);
    Ok(Arc::new(Resource {
        kind: columns.plain::<String>("kind")?.into(),
        id: ResourceId::named(&columns.plain::<String>("id")?),
        attributes: columns.json("attributes")?,
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
        revision: Revision(columns.counter("revision")?),
    }))
}

fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
