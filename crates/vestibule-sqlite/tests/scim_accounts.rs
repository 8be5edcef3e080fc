//! The host's hook sees what a change of a directory means for accounts, in the transaction of that change.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use scim_core::{
    AccountEffect, Directory, DirectoryChange, DirectoryId, DirectoryStore, MemberDelta, Resource,
    ResourceChange, ResourceCommit, ResourceId, ResourceReader, ResourceWriter, Revision, StoredPassword,
    TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;
use vestibule_sqlite::{HookResult, SqliteError, SqliteStore};

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn place() -> DirectoryId {
    DirectoryId::named("dir")
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn directory() -> Arc<Directory> {
    let document = json!({
        "id": "dir", "name": "Acme", "enterprise_connection_id": "ent", "provider": "okta", "enabled": true,
        "group_role_mapping_enabled": false, "custom_attributes": [], "mappings": [], "token": vec![7; 32],
        "previous_token": null, "created_at": now(), "updated_at": now(), "revision": 1,
    });
    Arc::new(serde_json::from_value(document).unwrap())
}

fn user(name: &str, revision: Revision) -> Arc<Resource> {
    let Value::Object(attributes) = json!({ "userName": name, "active": true }) else { unreachable!() };
    let id = ResourceId::named("ada");
    Arc::new(Resource { kind: "User".into(), id, attributes, created_at: now(), updated_at: now(), revision })
}

fn create(name: &str) -> ResourceChange {
    let resource = user(name, Revision::FIRST);
    ResourceChange::Create {
        resource,
        members: MemberDelta::default(),
        unique: Vec::new(),
        password: None,
        event: None,
    }
}

fn delete() -> ResourceChange {
    let (kind, id, at) = ("User".into(), ResourceId::named("ada"), DateTime::UNIX_EPOCH);
    ResourceChange::Delete { kind, id, at, expected: None, event: None }
}

/// Writes each effect into a table of the host's, then refuses who is called `mallory`.
fn record(tx: &Transaction<'_>, tenant: &TenantId, effect: &AccountEffect) -> HookResult {
    let (told, name) = match effect {
        AccountEffect::Put(account) => ("put", account.username.clone().unwrap_or_default()),
        AccountEffect::Remove { .. } => ("remove", String::new()),
    };
    let stored: i64 = tx.query_row("SELECT count(*) FROM scim_resources", [], |row| row.get(0))?;
    tx.execute("INSERT INTO told VALUES (?1, ?2, ?3, ?4)", (tenant.as_str(), told, &name, stored))?;
    if name == "mallory" { Err("no account for mallory".into()) } else { Ok(()) }
}

fn store() -> SqliteStore {
    let store = SqliteStore::in_memory().unwrap().with_accounts(record);
    let table = "CREATE TABLE told (tenant TEXT, told TEXT, name TEXT, stored INTEGER)";
    block_on(store.database().write(move |tx| Ok(tx.execute_batch(table)?))).unwrap();
    block_on(store.commit_directory(&tenant(), &DirectoryChange::Create(directory()))).unwrap();
    store
}

fn commit(store: &SqliteStore, change: &ResourceChange) -> Result<ResourceCommit, SqliteError> {
    block_on(ResourceWriter::commit(store, &tenant(), &place(), change))
}

fn told(store: &SqliteStore) -> Vec<String> {
    let read = |db: &rusqlite::Connection| {
        let mut rows =
            db.prepare("SELECT tenant || ' ' || told || ' ' || name || ' ' || stored FROM told")?;
        let told = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(told)
    };
    block_on(store.database().read(read)).unwrap()
}

fn stored(store: &SqliteStore) -> Option<Arc<Resource>> {
    block_on(store.resource(&tenant(), &place(), "User", &ResourceId::named("ada"))).unwrap()
}

#[test]
fn the_hook_sees_each_effect_and_what_the_change_has_written() {
    let store = store();
    commit(&store, &create("ada")).unwrap();
    commit(&store, &delete()).unwrap();
    assert_eq!(told(&store), ["acme put ada 1", "acme remove  0"]);
}

#[test]
fn a_hook_that_fails_takes_the_change_and_its_own_rows_back() {
    let store = store();
    assert!(matches!(commit(&store, &create("mallory")), Err(SqliteError::Hook(_))));
    assert_eq!((stored(&store), told(&store)), (None, Vec::new()));
    commit(&store, &create("ada")).unwrap();
    let renamed = user("mallory", Revision::FIRST.next());
    let change = ResourceChange::Replace {
        resource: renamed,
        members: MemberDelta::default(),
        unique: Vec::new(),
        password: None,
        event: None,
    };
    assert!(matches!(commit(&store, &change), Err(SqliteError::Hook(_))));
    assert_eq!(stored(&store), Some(user("ada", Revision::FIRST)));
    assert_eq!(told(&store), ["acme put ada 1"]);
}

#[test]
fn what_is_not_written_is_not_told() {
    let store = store();
    commit(&store, &create("ada")).unwrap();
    assert_eq!(commit(&store, &create("eve")).unwrap(), ResourceCommit::Stale);
    assert_eq!(told(&store), ["acme put ada 1"]);
}

/// Refuses what it has written, if it is `bad`.
fn keep(tx: &Transaction<'_>, tenant: &TenantId, user: &ResourceId, password: &StoredPassword) -> HookResult {
    let account: String = tx.query_row("SELECT told FROM told ORDER BY rowid DESC", [], |row| row.get(0))?;
    assert_eq!(account, "put", "the account is there before");
    let name = format!("{user} {}", password.as_str());
    tx.execute("INSERT INTO told VALUES (?1, 'password', ?2, 1)", (tenant.as_str(), &name))?;
    if password.as_str() == "bad" { Err("a bad password".into()) } else { Ok(()) }
}

#[test]
fn what_the_host_keeps_of_a_password_is_written_with_its_user() {
    let store = store().with_passwords(keep);
    let creating = |kept: &str| {
        let (resource, members, unique) = (user("ada", Revision::FIRST), MemberDelta::default(), Vec::new());
        let password = Some(StoredPassword::new(kept));
        ResourceChange::Create { resource, members, unique, password, event: None }
    };
    assert!(matches!(commit(&store, &creating("bad")), Err(SqliteError::Hook(_))));
    assert_eq!((stored(&store), told(&store)), (None, Vec::new()));
    commit(&store, &creating("good")).unwrap();
    assert_eq!(told(&store), ["acme put ada 1", "acme password ada good 1"]);
    assert_eq!(commit(&store, &creating("again")).unwrap(), ResourceCommit::Stale);
    assert_eq!(told(&store).len(), 2, "what is not written hands no password over");
}
