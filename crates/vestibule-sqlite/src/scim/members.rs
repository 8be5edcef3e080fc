//! Memberships: one row each.

use rusqlite::{Connection, Transaction, params};
use scim_core::{Member, MemberDelta, ResourceId};

use super::{Place, read};
use crate::SqliteError;

pub(super) fn of_group(
    db: &Connection,
    place: &Place,
    group: &ResourceId,
) -> Result<Vec<Member>, SqliteError> {
    related(db, place, group, "m.group_id = ?3 AND r.id = m.member_id", "m.member_id")
}

pub(super) fn groups_of(
    db: &Connection,
    place: &Place,
    member: &ResourceId,
) -> Result<Vec<Member>, SqliteError> {
    related(
        db,
        place,
        member,
        "lower(m.member_id) = lower(?3) AND m.member_id = ?3 AND r.id = m.group_id",
        "m.group_id",
    )
}

fn related(
    db: &Connection,
    place: &Place,
    of: &ResourceId,
    joined: &str,
    order: &str,
) -> Result<Vec<Member>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(&format!(
        "SELECT r.*, m.display FROM scim_memberships m
         JOIN scim_resources r ON r.tenant = m.tenant AND r.directory = m.directory AND {joined}
         WHERE m.tenant = ?1 AND m.directory = ?2 ORDER BY {order}"
    ))?;
    let mut rows = found.query(params![tenant, directory, of.as_str()])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let member = Member::of(&*read::record(row)?);
        let display = if order == "m.member_id" { row.get("display")? } else { member.display };
        members.push(Member { display, ..member });
    }
    Ok(members)
}

/// Somebody who is to be a member and is no resource.
pub(super) fn unknown(
    tx: &Transaction<'_>,
    place: &Place,
    delta: &MemberDelta,
) -> Result<Option<ResourceId>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut known = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND id = ?3)",
    )?;
    for id in &delta.add {
        if !known.query_row(params![tenant, directory, id.as_str()], |row| row.get(0))? {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}

/// Changes memberships, and says whose really changed. Reads nobody else's, unless all are cleared.
pub(super) fn apply(
    tx: &Transaction<'_>,
    place: &Place,
    group: &ResourceId,
    delta: &MemberDelta,
) -> Result<Vec<ResourceId>, SqliteError> {
    let mut changed = Vec::new();
    let mut leaving = delta.remove.clone();
    if delta.clear {
        let keep: std::collections::HashSet<_> = delta.add.iter().collect();
        let stored = of_group(tx, place, group)?.into_iter().map(|member| member.id);
        leaving.extend(stored.filter(|id| !keep.contains(id)));
    }
    let (tenant, directory) = place.keys();
    let mut leave = tx.prepare_cached(
        "DELETE FROM scim_memberships WHERE tenant = ?1 AND directory = ?2 AND group_id = ?3 AND member_id = ?4",
    )?;
    for id in leaving {
        if leave.execute(params![tenant, directory, group.as_str(), id.as_str()])? == 1 {
            changed.push(id);
        }
    }
    // Who is a member already keeps the name that was given first.
    let mut join = tx.prepare_cached(
        "INSERT INTO scim_memberships (tenant, directory, group_id, member_id, display) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    for id in &delta.add {
        if join.execute(params![tenant, directory, group.as_str(), id.as_str(), delta.displays.get(id)])? == 1
        {
            changed.push(id.clone());
        }
    }
    Ok(changed)
}
