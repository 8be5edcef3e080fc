//! Resources.

use std::sync::Arc;

use rusqlite::{Connection, Row, params, params_from_iter};
use scim_core::{Resource, ResourceId, ResourcePage, ResourceQuery, Revision, Window};

use super::{Place, filter::Matching, order::Page};
use crate::{SqliteError, column::Columns};

pub(super) fn resource(
    db: &Connection,
    place: &Place,
    kind: &str,
    id: &ResourceId,
) -> Result<Option<Arc<Resource>>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(&format!(
        "SELECT {RECORD} FROM scim_resources r WHERE tenant = ?1 AND directory = ?2 AND id = ?3 AND kind = ?4"
    ))?;
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
    let resources =
        if query.window.count() == 0 { Vec::new() } else { Page::of(&matching, query)?.read(db)? };
    let total = match query.window {
        // Who is not on the first page, though there is room, is nowhere.
        Window::Slice { skip: 0, count } if (resources.len() as u64) < count => resources.len() as u64,
        _ => matching.count(db)?,
    };
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

/// What a record is read from, of a row `r`.
pub(super) const RECORD: &str = "r.kind, r.id, r.attributes, r.created_at, r.updated_at, r.revision";

/// By place in [`RECORD`], since to find a column by its name takes SQLite as long as to read it.
fn record(row: &Row<'_>) -> Result<Arc<Resource>, SqliteError> {
    let columns = Columns::new("scim_resources", row);
    Ok(Arc::new(Resource {
        kind: columns.plain::<String>(0)?.into(),
        id: ResourceId::named(&columns.plain::<String>(1)?),
        attributes: columns.json(2)?,
        created_at: columns.time(3)?,
        updated_at: columns.time(4)?,
        revision: Revision(columns.counter(5)?),
    }))
}

#[cfg(test)]
mod tests;
