//! Resources.

use std::sync::Arc;

use rusqlite::{Connection, Row, params, params_from_iter};
use scim_core::{Resource, ResourceId, ResourcePage, ResourceQuery, Revision};

use super::{Place, filter::Matching, order::Page};
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
    Ok(resources(db, place, kind, &ResourceQuery::first(None, u64::MAX))?.resources)
}

pub(super) fn resources(
    db: &Connection,
    place: &Place,
    kind: &str,
    query: &ResourceQuery,
) -> Result<ResourcePage, SqliteError> {
    let matching = Matching::new(place, kind, query.filter.as_ref())?;
    let total = matching.count(db)?;
    let is_empty = total == 0 || query.window.count() == 0;
    let resources = if is_empty { Vec::new() } else { Page::of(&matching, query)?.read(db)? };
    Ok(ResourcePage { resources, total })
}

impl Matching {
    fn count(&self, db: &Connection) -> Result<u64, SqliteError> {
        let mut counted = db.prepare_cached(&format!("SELECT count(*) {}", self.sql))?;
        Ok(counted.query_row(params_from_iter(&self.values), |row| row.get(0))?)
    }
}

impl Page {
    fn read(&self, db: &Connection) -> Result<Vec<Arc<Resource>>, SqliteError> {
        let mut found = db.prepare_cached(&self.sql)?;
        let mut rows = found.query(params_from_iter(&self.values))?;
        let mut resources = Vec::new();
        while let Some(row) = rows.next()? {
            resources.push(record(row)?);
        }
        if self.is_reversed {
            resources.reverse();
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

#[cfg(test)]
mod tests;
