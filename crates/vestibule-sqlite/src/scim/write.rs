//! Changes of resources.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params, params};
use scim_core::{
    AccountEffect, Directory, DirectoryId, Lookup, MemberDelta, Resource, ResourceChange, ResourceCommit,
    ResourceId, Revision, TenantId, UniqueValue, comparison_key,
};

use super::{Place, effects, members, read};
use crate::{SqliteError, column::json};

type Outcome = Result<(ResourceCommit, Vec<AccountEffect>), SqliteError>;

/// Applies a change of a resource within a host's own transaction, and says what it means for accounts; its event is
/// [`ResourceChange::event`].
///
/// Nothing is written unless the answer is [`ResourceCommit::Applied`].
///
/// # Errors
/// [`SqliteError`], and then the transaction should be rolled back.
pub fn apply(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    directory: &DirectoryId,
    change: &ResourceChange,
) -> Outcome {
    let place = Place::new(tenant, directory);
    let Some(directory) = place.exists(tx)? else { return stale() };
    let writer = Writer { tx, place: &place, directory: &directory };
    if let Some((kind, id, revision)) = change.expected()
        && writer.revision(kind, id)? != Some(revision)
    {
        return stale();
    }
    match change {
        ResourceChange::Create { resource, members, unique, .. } => {
            if writer.is_taken(&resource.id)? {
                return stale();
            }
            writer.write(None, resource, members, unique)
        }
        ResourceChange::Replace { resource, members, unique, .. } => {
            match read::resource(tx, &place, &resource.kind, &resource.id)? {
                Some(stored) if stored.revision.next() == resource.revision => {
                    writer.write(Some(&stored), resource, members, unique)
                }
                _ => stale(),
            }
        }
        ResourceChange::Members { kind, group, members, at, .. } => {
            writer.change_members(kind, group, members, *at)
        }
        ResourceChange::Delete { kind, id, at, .. } => writer.delete(kind, id, *at),
        ResourceChange::Tell { .. } => Ok((ResourceCommit::Applied(Revision::FIRST), Vec::new())),
    }
}

struct Writer<'a> {
    tx: &'a Transaction<'a>,
    place: &'a Place,
    directory: &'a Directory,
}

impl Writer<'_> {
    fn is_taken(&self, id: &ResourceId) -> Result<bool, SqliteError> {
        let (tenant, directory) = self.place.keys();
        let sql =
            "SELECT EXISTS (SELECT 1 FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND id = ?3)";
        Ok(self.tx.prepare_cached(sql)?.query_row([tenant, directory, id.as_str()], |row| row.get(0))?)
    }

    fn write(
        &self,
        before: Option<&Resource>,
        resource: &Arc<Resource>,
        delta: &MemberDelta,
        unique: &[UniqueValue],
    ) -> Outcome {
        if let Some(taken) = self.taken_value(resource, unique)? {
            return Ok((ResourceCommit::NotUnique(taken), Vec::new()));
        }
        let others = MemberDelta {
            add: delta.add.iter().filter(|id| **id != resource.id).cloned().collect(),
            ..delta.clone()
        };
        if let Some(unknown) = members::unknown(self.tx, self.place, &others)? {
            return Ok((ResourceCommit::UnknownMember(unknown), Vec::new()));
        }
        let keys = |resource: &Resource| Lookup::keys(&resource.attributes);
        if before.is_some_and(|before| keys(before) == keys(resource)) {
            self.put_document(resource)?;
        } else {
            self.put(resource)?;
            if before.is_some() {
                self.forget_emails(&resource.id)?;
            }
            self.put_emails(resource)?;
        }
        self.put_unique(before, resource, unique)?;
        let told = self.directory.gives_role(&resource.id);
        let changed = members::apply(self.tx, self.place, &resource.id, delta, told)?;
        let mut effects = Vec::new();
        if &*resource.kind == "User" {
            let before = before.map(|before| &before.attributes);
            effects.push(effects::of_user(self.tx, self.place, self.directory, before, resource)?);
        }
        effects.extend(effects::of_members(self.tx, self.place, self.directory, &changed.members)?);
        Ok((ResourceCommit::Applied(resource.revision), effects))
    }

    fn taken_value(
        &self,
        resource: &Resource,
        unique: &[UniqueValue],
    ) -> Result<Option<Arc<str>>, SqliteError> {
        let (tenant, directory) = self.place.keys();
        let mut holder = self.tx.prepare_cached(
            "SELECT resource FROM scim_unique_values
             WHERE tenant = ?1 AND directory = ?2 AND kind = ?3 AND attribute = ?4 AND key = ?5 AND resource <> ?6",
        )?;
        for value in unique {
            let keys = params![
                tenant,
                directory,
                &*resource.kind,
                &*value.attribute,
                value.key,
                resource.id.as_str()
            ];
            if holder.exists(keys)? {
                return Ok(Some(value.attribute.clone()));
            }
        }
        Ok(None)
    }

    /// Most changes leave what a resource is looked up by as it is, and need to touch none of its indexes.
    fn put_document(&self, resource: &Resource) -> Result<(), SqliteError> {
        let (tenant, directory) = self.place.keys();
        let (id, attributes) = (resource.id.as_str(), json("scim_resources", &resource.attributes)?);
        let (at, revision) = (resource.updated_at.timestamp_millis(), resource.revision.0);
        self.tx
            .prepare_cached(
                "UPDATE scim_resources SET attributes = ?4, updated_at = ?5, revision = ?6
                 WHERE tenant = ?1 AND directory = ?2 AND id = ?3",
            )?
            .execute(params![tenant, directory, id, attributes, at, revision])?;
        Ok(())
    }

    fn put(&self, resource: &Resource) -> Result<(), SqliteError> {
        let (tenant, directory) = self.place.keys();
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO scim_resources (tenant, directory, id, kind, attributes, user_name, display_name,
                     external_id, created_at, updated_at, revision)
                 VALUES (:tenant, :directory, :id, :kind, :attributes, :user_name, :display_name,
                     :external_id, :created_at, :updated_at, :revision)",
            )?
            .execute(named_params! {
                ":tenant": tenant,
                ":directory": directory,
                ":id": resource.id.as_str(),
                ":kind": &*resource.kind,
                ":attributes": json("scim_resources", &resource.attributes)?,
                ":user_name": resource.text("userName").map(|name| comparison_key(false, name)),
                ":display_name": resource.text("displayName").map(|name| comparison_key(false, name)),
                ":external_id": resource.text("externalId"),
                ":created_at": resource.created_at.timestamp_millis(),
                ":updated_at": resource.updated_at.timestamp_millis(),
                ":revision": resource.revision.0,
            })?;
        Ok(())
    }

    fn put_unique(
        &self,
        before: Option<&Resource>,
        resource: &Resource,
        unique: &[UniqueValue],
    ) -> Result<(), SqliteError> {
        if before.is_some() {
            if self.has_unique(&resource.id, unique)? {
                return Ok(());
            }
            self.forget_unique(&resource.id)?;
        }
        let (tenant, directory) = self.place.keys();
        let mut put = self.tx.prepare_cached(
            "INSERT INTO scim_unique_values (tenant, directory, kind, attribute, key, resource)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for value in unique {
            let (attribute, id) = (&*value.attribute, resource.id.as_str());
            put.execute(params![tenant, directory, &*resource.kind, attribute, value.key, id])?;
        }
        Ok(())
    }

    /// Whether these values are the ones that are stored, and no others.
    fn has_unique(&self, id: &ResourceId, unique: &[UniqueValue]) -> Result<bool, SqliteError> {
        let (tenant, directory) = self.place.keys();
        let mut stored = self.tx.prepare_cached(
            "SELECT attribute, key FROM scim_unique_values WHERE tenant = ?1 AND directory = ?2 AND resource = ?3",
        )?;
        let mut rows = stored.query([tenant, directory, id.as_str()])?;
        let mut found = 0;
        while let Some(row) = rows.next()? {
            let (attribute, key): (String, String) = (row.get(0)?, row.get(1)?);
            if !unique.iter().any(|value| *value.attribute == *attribute && value.key == key) {
                return Ok(false);
            }
            found += 1;
        }
        Ok(found == unique.len())
    }

    fn put_emails(&self, resource: &Resource) -> Result<(), SqliteError> {
        let (tenant, directory) = self.place.keys();
        let mut put = self.tx.prepare_cached(
            "INSERT INTO scim_emails (tenant, directory, key, resource) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?;
        for (lookup, key) in Lookup::keys(&resource.attributes) {
            if lookup == Lookup::Email {
                put.execute(params![tenant, directory, key, resource.id.as_str()])?;
            }
        }
        Ok(())
    }

    fn forget_emails(&self, id: &ResourceId) -> Result<(), SqliteError> {
        let (tenant, directory) = self.place.keys();
        self.tx
            .prepare_cached("DELETE FROM scim_emails WHERE tenant = ?1 AND directory = ?2 AND resource = ?3")?
            .execute([tenant, directory, id.as_str()])?;
        Ok(())
    }

    fn forget_unique(&self, id: &ResourceId) -> Result<(), SqliteError> {
        let (tenant, directory) = self.place.keys();
        self.tx
            .prepare_cached(
                "DELETE FROM scim_unique_values WHERE tenant = ?1 AND directory = ?2 AND resource = ?3",
            )?
            .execute([tenant, directory, id.as_str()])?;
        Ok(())
    }

    fn change_members(
        &self,
        kind: &str,
        group: &ResourceId,
        delta: &MemberDelta,
        at: DateTime<Utc>,
    ) -> Outcome {
        let Some(stored) = self.revision(kind, group)? else { return stale() };
        if let Some(unknown) = members::unknown(self.tx, self.place, delta)? {
            return Ok((ResourceCommit::UnknownMember(unknown), Vec::new()));
        }
        let told = self.directory.gives_role(group);
        let changed = members::apply(self.tx, self.place, group, delta, told)?;
        if changed.rows == 0 {
            return Ok((ResourceCommit::Unchanged(stored), Vec::new()));
        }
        let revision = stored.next();
        let (tenant, directory) = self.place.keys();
        self.tx
            .prepare_cached(
                "UPDATE scim_resources SET revision = ?4, updated_at = ?5
                 WHERE tenant = ?1 AND directory = ?2 AND id = ?3",
            )?
            .execute(params![tenant, directory, group.as_str(), revision.0, at.timestamp_millis()])?;
        let effects = effects::of_members(self.tx, self.place, self.directory, &changed.members)?;
        Ok((ResourceCommit::Applied(revision), effects))
    }

    fn revision(&self, kind: &str, id: &ResourceId) -> Result<Option<Revision>, SqliteError> {
        let (tenant, directory) = self.place.keys();
        let sql = "SELECT revision FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND id = ?3 AND kind = ?4";
        let found =
            self.tx.prepare_cached(sql)?.query_row([tenant, directory, id.as_str(), kind], |row| row.get(0));
        Ok(found.optional()?.map(Revision))
    }

    fn delete(&self, kind: &str, id: &ResourceId, at: DateTime<Utc>) -> Outcome {
        let Some(stored) = read::resource(self.tx, self.place, kind, id)? else { return stale() };
        let left = members::clear(self.tx, self.place, id, &[], self.directory.gives_role(id))?;
        members::leave_every_group(self.tx, self.place, id, at)?;
        let (tenant, directory) = self.place.keys();
        for sql in [
            "DELETE FROM scim_emails WHERE tenant = ?1 AND directory = ?2 AND resource = ?3",
            "DELETE FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND id = ?3",
        ] {
            self.tx.prepare_cached(sql)?.execute([tenant, directory, id.as_str()])?;
        }
        self.forget_unique(id)?;
        let mut effects = Vec::new();
        if kind == "User" {
            effects.push(effects::removal(self.directory, id));
        }
        effects.extend(effects::of_members(self.tx, self.place, self.directory, &left.members)?);
        Ok((ResourceCommit::Applied(stored.revision), effects))
    }
}

fn stale() -> Outcome {
    Ok((ResourceCommit::Stale, Vec::new()))
}
