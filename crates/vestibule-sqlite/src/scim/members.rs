//! Memberships: one row each.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, params, params_from_iter};
use scim_core::{Groups, MAX_INDIRECT_GROUPS, Member, MemberDelta, ResourceId};

use super::Place;
use crate::{SqliteError, column::json};

pub(super) fn of_group(
    db: &Connection,
    place: &Place,
    group: &ResourceId,
) -> Result<Vec<Member>, SqliteError> {
    related(db, place, group, OF_GROUP)
}

pub(super) fn groups_of(db: &Connection, place: &Place, member: &ResourceId) -> Result<Groups, SqliteError> {
    let direct = related(db, place, member, &GROUPS_OF)?;
    // Most groups are in none, and to walk around them takes much longer than to see that.
    let is_nested = !direct.is_empty() && {
        let (tenant, directory) = place.keys();
        db.prepare_cached(&IS_NESTED)?.exists([tenant, directory, member.as_str()])?
    };
    let around = if is_nested { related(db, place, member, &GROUPS_AROUND)? } else { Vec::new() };
    Ok(Groups { direct, around })
}

/// The ids of the groups that a resource is a direct member of.
pub(super) fn direct_groups(
    db: &Connection,
    place: &Place,
    member: &ResourceId,
) -> Result<Vec<ResourceId>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(&DIRECT_GROUPS)?;
    let rows = found.query_map([tenant, directory, member.as_str()], |row| row.get::<_, String>(0))?;
    rows.map(|id| Ok(ResourceId::named(&id?))).collect()
}

/// The name of a group, as [`Member::of`] takes it: a host's own types may have something else than a text there.
pub(super) fn display(row: &str) -> String {
    let text = |name: &str| {
        format!(
            "CASE json_type({row}.attributes, '$.{name}') WHEN 'text' THEN {row}.attributes ->> '$.{name}' END"
        )
    };
    format!("coalesce({}, {})", text("displayName"), text("userName"))
}

/// The ids of the groups `around` a member, which is an expression.
///
/// A group is passed once, since `UNION` knows it by then, and none is passed after the limit. Without an order the queue is
/// one of first in, first out, so that the nearest ones come before; the contract of stores checks it.
pub(super) fn around(member: &str) -> String {
    let (memberships, of_member, of_group) = (indexed("m"), of_member("m", member), of_member("m", "w.id"));
    format!(
        "WITH RECURSIVE walk(id) AS (
             SELECT m.group_id FROM {memberships} WHERE {of_member}
             UNION
             SELECT m.group_id FROM walk w CROSS JOIN {memberships} ON {of_group}),
         around(id) AS (
             SELECT w.id FROM walk w WHERE w.id <> {member} AND NOT EXISTS (
                 SELECT 1 FROM scim_memberships d
                 WHERE d.tenant = ?1 AND d.directory = ?2 AND d.group_id = w.id AND d.member_id = {member})
             LIMIT {MAX_INDIRECT_GROUPS})"
    )
}

/// That a resource `r` is in a group, whose id in lower case this expression is, or in one within it, at any depth.
///
/// Found once for a statement, where to walk around the groups of each user takes long; who is below is still to be told.
pub(super) fn is_below(group: &str) -> String {
    format!(
        "r.id IN (WITH RECURSIVE below(id) AS (
             SELECT g.id FROM scim_resources g WHERE g.tenant = ?1 AND g.directory = ?2 AND lower(g.id) = {group}
             UNION
             SELECT m.member_id FROM below b
             CROSS JOIN scim_memberships m ON m.tenant = ?1 AND m.directory = ?2 AND m.group_id = b.id)
         SELECT id FROM below)"
    )
}

/// The memberships `row`, to be looked up [by a member](of_member): SQLite would read all of a directory otherwise.
fn indexed(row: &str) -> String {
    format!("scim_memberships AS {row} INDEXED BY scim_memberships_by_member")
}

/// That a membership `row` is that of a member; the plus keeps SQLite from an index without the member in it.
fn of_member(row: &str, member: &str) -> String {
    format!(
        "{row}.tenant = ?1 AND {row}.directory = ?2 AND lower({row}.member_id) = lower({member}) \
         AND +{row}.member_id = {member}"
    )
}

const OF_GROUP: &str = "SELECT r.id, r.kind, m.display FROM scim_memberships m
    JOIN scim_resources r ON r.tenant = m.tenant AND r.directory = m.directory AND r.id = m.member_id
    WHERE m.tenant = ?1 AND m.directory = ?2 AND m.group_id = ?3 ORDER BY m.member_id";

static GROUPS_OF: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT r.id, r.kind, {} FROM {}
         JOIN scim_resources r ON r.tenant = m.tenant AND r.directory = m.directory AND r.id = m.group_id
         WHERE {} ORDER BY m.group_id",
        display("r"),
        indexed("m"),
        of_member("m", "?3")
    )
});

static DIRECT_GROUPS: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT m.group_id FROM {} WHERE {} ORDER BY m.group_id", indexed("m"), of_member("m", "?3"))
});

/// A group that holds one that a member is in.
static IS_NESTED: LazyLock<String> = LazyLock::new(|| {
    let (memberships, of_groups) = (indexed("m"), indexed("g"));
    let (of_member, of_group) = (of_member("m", "?3"), of_member("g", "m.group_id"));
    format!("SELECT 1 FROM {memberships} CROSS JOIN {of_groups} ON {of_group} WHERE {of_member} LIMIT 1")
});

static GROUPS_AROUND: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{} SELECT r.id, r.kind, {} FROM around a
         CROSS JOIN scim_resources r ON r.tenant = ?1 AND r.directory = ?2 AND r.id = a.id ORDER BY r.id",
        around("?3"),
        display("r")
    )
});

/// Rows of an id, a type, and a name.
fn related(db: &Connection, place: &Place, of: &ResourceId, sql: &str) -> Result<Vec<Member>, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut found = db.prepare_cached(sql)?;
    let mut rows = found.query(params![tenant, directory, of.as_str()])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, kind): (String, String) = (row.get(0)?, row.get(1)?);
        members.push(Member { id: ResourceId::named(&id), kind: kind.into(), display: row.get(2)? });
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

/// What became of memberships.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// How many there are more or less, or have another name.
    pub(super) rows: usize,
    /// Whose there are more or less; only if that is of interest.
    pub(super) members: Vec<ResourceId>,
}

/// Changes memberships of a group; `told` whose really changed. Looks at no member that the delta does not name.
pub(super) fn apply(
    tx: &Transaction<'_>,
    place: &Place,
    group: &ResourceId,
    delta: &MemberDelta,
    told: bool,
) -> Result<Changed, SqliteError> {
    let mut changed =
        if delta.clear { clear(tx, place, group, &delta.add, told)? } else { Changed::default() };
    let (tenant, directory) = place.keys();
    let mut leave = tx.prepare_cached(
        "DELETE FROM scim_memberships WHERE tenant = ?1 AND directory = ?2 AND group_id = ?3 AND member_id = ?4",
    )?;
    for id in &delta.remove {
        let rows = leave.execute(params![tenant, directory, group.as_str(), id.as_str()])?;
        changed.count(rows, id, told);
    }
    let mut join = tx.prepare_cached(
        "INSERT INTO scim_memberships (tenant, directory, group_id, member_id, display) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    for id in &delta.add {
        let display = delta.displays.get(id);
        let rows = join.execute(params![tenant, directory, group.as_str(), id.as_str(), display])?;
        changed.count(rows, id, told);
        if rows == 0 && (delta.clear || display.is_some()) {
            let keys = params![tenant, directory, group.as_str(), id.as_str(), display];
            changed.rows += tx.prepare_cached(RENAME)?.execute(keys)?;
        }
    }
    Ok(changed)
}

/// A name is nothing to an account: whose it is is not told.
const RENAME: &str = "UPDATE scim_memberships SET display = ?5
    WHERE tenant = ?1 AND directory = ?2 AND group_id = ?3 AND member_id = ?4 AND display IS NOT ?5";

impl Changed {
    fn count(&mut self, rows: usize, id: &ResourceId, told: bool) {
        self.rows += rows;
        if rows > 0 && told {
            self.members.push(id.clone());
        }
    }
}

/// Whoever is not to be kept leaves a group; without `told`, in one statement that yields no row.
pub(super) fn clear(
    tx: &Transaction<'_>,
    place: &Place,
    group: &ResourceId,
    keep: &[ResourceId],
    told: bool,
) -> Result<Changed, SqliteError> {
    let (tenant, directory) = place.keys();
    let mut sql =
        "DELETE FROM scim_memberships WHERE tenant = ?1 AND directory = ?2 AND group_id = ?3".to_owned();
    let mut values = vec![tenant.to_owned(), directory.to_owned(), group.to_string()];
    if !keep.is_empty() {
        sql.push_str(" AND member_id NOT IN (SELECT value FROM json_each(?4))");
        values.push(json("scim_memberships", keep)?);
    }
    if !told {
        let rows = tx.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        return Ok(Changed { rows, members: Vec::new() });
    }
    let mut leave = tx.prepare_cached(&format!("{sql} RETURNING member_id"))?;
    let mut left = leave.query(params_from_iter(values))?;
    let mut members = Vec::new();
    while let Some(row) = left.next()? {
        members.push(ResourceId::named(&row.get::<_, String>("member_id")?));
    }
    Ok(Changed { rows: members.len(), members })
}

/// Whoever is gone is a member no longer, which is a change of the groups that they were in.
pub(super) fn leave_every_group(
    tx: &Transaction<'_>,
    place: &Place,
    member: &ResourceId,
    at: DateTime<Utc>,
) -> Result<(), SqliteError> {
    let (tenant, directory) = place.keys();
    let at = at.timestamp_millis();
    tx.prepare_cached(&CHANGE_GROUPS_OF)?.execute(params![tenant, directory, member.as_str(), at])?;
    tx.prepare_cached(&LEAVE)?.execute([tenant, directory, member.as_str()])?;
    Ok(())
}

static CHANGE_GROUPS_OF: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE scim_resources SET revision = revision + 1, updated_at = ?4
         WHERE tenant = ?1 AND directory = ?2 AND id IN (SELECT m.group_id FROM {} WHERE {})",
        indexed("m"),
        of_member("m", "?3")
    )
});

static LEAVE: LazyLock<String> =
    LazyLock::new(|| format!("DELETE FROM {} WHERE {}", indexed("m"), of_member("m", "?3")));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrate, scim::register};

    #[test]
    fn memberships_of_a_member_are_found_by_their_index() {
        let mut db = Connection::open_in_memory().unwrap();
        register(&db).unwrap();
        migrate(&mut db).unwrap();
        let group = "USING COVERING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)";
        let membership = "INDEX scim_memberships_by_member (tenant=? AND directory=? AND <expr>=?)";
        for (sql, plan) in [
            (CHANGE_GROUPS_OF.replace("?4", "0"), vec![group, membership]),
            (LEAVE.clone(), vec![membership]),
            (DIRECT_GROUPS.clone(), vec![membership]),
            (IS_NESTED.clone(), vec![membership]),
        ] {
            let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let rows = explained.query_map(["t", "d", "u"], |row| row.get::<_, String>("detail")).unwrap();
            let found = rows.collect::<Result<Vec<_>, _>>().unwrap().join("\n");
            assert!(plan.iter().all(|part| found.contains(part)), "{found}");
            assert!(!found.contains("SCAN"), "{found}");
        }
    }

    #[test]
    fn the_groups_around_are_walked_by_the_index_of_members() {
        let mut db = Connection::open_in_memory().unwrap();
        register(&db).unwrap();
        migrate(&mut db).unwrap();
        let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {}", *GROUPS_AROUND)).unwrap();
        let rows = explained.query_map(["t", "d", "u"], |row| row.get::<_, String>("detail")).unwrap();
        let plan = rows.collect::<Result<Vec<_>, _>>().unwrap();
        let memberships: Vec<_> = plan.iter().filter(|detail| detail.contains(" m ")).collect();
        let index = "INDEX scim_memberships_by_member (tenant=? AND directory=? AND <expr>=?)";
        assert_eq!(memberships.len(), 2, "{plan:?}");
        assert!(memberships.iter().all(|detail| detail.contains(index)), "{plan:?}");
        for key in [
            "d USING PRIMARY KEY (tenant=? AND directory=? AND group_id=? AND member_id=?)",
            "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)",
        ] {
            assert!(plan.iter().any(|detail| detail.contains(key)), "{plan:?}");
        }
    }

    #[test]
    fn both_sides_of_a_membership_are_looked_up() {
        let mut db = Connection::open_in_memory().unwrap();
        register(&db).unwrap();
        migrate(&mut db).unwrap();
        for (sql, index) in [
            (OF_GROUP.to_owned(), "m USING PRIMARY KEY (tenant=? AND directory=? AND group_id=?)"),
            (
                GROUPS_OF.clone(),
                "m USING COVERING INDEX scim_memberships_by_member (tenant=? AND directory=? AND <expr>=?)",
            ),
        ] {
            let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let rows = explained.query_map(["t", "d", "u"], |row| row.get::<_, String>("detail")).unwrap();
            let plan = rows.collect::<Result<Vec<_>, _>>().unwrap().join("\n");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
            assert!(
                plan.contains("r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)"),
                "{plan}"
            );
        }
    }
}
