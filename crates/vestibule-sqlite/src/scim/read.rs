//! Resources.

use std::sync::Arc;

use rusqlite::{Connection, Row, params, params_from_iter, types::Value};
use scim_core::{Filter, Resource, ResourceId, ResourcePage, Revision, Slice};

use super::{Place, filter::Matching};
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
    Ok(resources(db, place, kind, None, Slice { skip: 0, count: u64::MAX })?.resources)
}

pub(super) fn resources(
    db: &Connection,
    place: &Place,
    kind: &str,
    filter: Option<&Filter>,
    page: Slice,
) -> Result<ResourcePage, SqliteError> {
    let matching = Matching::new(place, kind, filter)?;
    let total = matching.count(db)?;
    let resources = if page.skip < total && page.count > 0 { matching.page(db, page)? } else { Vec::new() };
    Ok(ResourcePage { resources, total })
}

impl Matching {
    fn count(&self, db: &Connection) -> Result<u64, SqliteError> {
        let mut counted = db.prepare_cached(&format!("SELECT count(*) {}", self.sql))?;
        Ok(counted.query_row(params_from_iter(&self.values), |row| row.get(0))?)
    }

    fn page(&self, db: &Connection, page: Slice) -> Result<Vec<Arc<Resource>>, SqliteError> {
        let mut found = db.prepare_cached(&format!(
            "SELECT r.* {} ORDER BY r.created_at, r.id LIMIT {} OFFSET {}",
            self.sql,
            format_args!("?{}", self.values.len() + 1),
            format_args!("?{}", self.values.len() + 2)
        ))?;
        let window = [page.count, page.skip].map(|number| Value::Integer(clamped(number)));
        let mut rows = found.query(params_from_iter(self.values.iter().chain(&window)))?;
        let mut resources = Vec::new();
        while let Some(row) = rows.next()? {
            resources.push(record(row)?);
        }
        Ok(resources)
    }
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

#[cfg(test)]
mod tests;
