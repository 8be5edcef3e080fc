//! The host's outbox gets the event of a change in the transaction of that change.

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use rusqlite::Transaction;
use scim_core::{
    DirectoryId, Event, EventDetail, NewDirectory, PatchRequest, Place, Registry, ResourceId, Scim,
    ServiceError, TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;
use vestibule_sqlite::{HookResult, SqliteError, SqliteStore};

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// Refuses whatever tells of `mallory`, after it was written.
fn outbox(tx: &Transaction<'_>, tenant: &TenantId, directory: &DirectoryId, event: &Event) -> HookResult {
    let claims = event.claims().to_string();
    let row = (tenant.as_str(), directory.as_str(), &claims);
    tx.execute("INSERT INTO outbox VALUES (?1, ?2, ?3)", row)?;
    if claims.contains("mallory") { Err("nothing is told of mallory".into()) } else { Ok(()) }
}

struct Provider {
    scim: Scim<SqliteStore>,
    tenant: TenantId,
    directory: DirectoryId,
}

fn provider() -> Provider {
    let store = SqliteStore::in_memory().unwrap().with_events(outbox);
    let table = "CREATE TABLE outbox (tenant TEXT, directory TEXT, claims TEXT)";
    block_on(store.database().write(move |tx| Ok(tx.execute_batch(table)?))).unwrap();
    let scim = Scim::new(store, Registry::standard()).with_events(EventDetail::Full);
    let new = NewDirectory {
        name: "Acme".into(),
        enterprise_connection_id: "ent".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let tenant = TenantId::new("acme").unwrap();
    let created = block_on(scim.create_directory(&tenant, new, now(), &mut UnwrapErr(SysRng)));
    let directory = created.unwrap().unwrap().0.id.clone();
    Provider { scim, tenant, directory }
}

impl Provider {
    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "http://x" }
    }

    fn create(
        &self,
        kind: &str,
        body: &Value,
    ) -> Result<ResourceId, ServiceError<scim_core::ScimError, SqliteError>> {
        let kind = self.scim.registry().resource_type(kind).unwrap();
        let created = block_on(self.scim.create(self.place(), kind, body, now(), &mut UnwrapErr(SysRng)))?;
        Ok(ResourceId::named(created.body["id"].as_str().unwrap()))
    }

    fn patch(
        &self,
        kind: &str,
        id: &ResourceId,
        operation: &Value,
    ) -> Result<(), ServiceError<scim_core::ScimError, SqliteError>> {
        let kind = self.scim.registry().resource_type(kind).unwrap();
        let request = PatchRequest::parse(&json!({ "Operations": [operation] })).unwrap();
        block_on(self.scim.modify(self.place(), kind, id, &request, now())).map(drop)
    }

    fn told(&self) -> Vec<Value> {
        let (tenant, directory) = (self.tenant.as_str().to_owned(), self.directory.as_str().to_owned());
        let read = move |db: &rusqlite::Connection| {
            let mut rows = db.prepare("SELECT claims FROM outbox WHERE tenant = ?1 AND directory = ?2")?;
            let told =
                rows.query_map([tenant, directory], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            Ok(told)
        };
        let told = block_on(self.scim.store().database().read(read)).unwrap();
        told.iter().map(|claims| serde_json::from_str(claims).unwrap()).collect()
    }
}

#[test]
fn each_change_is_told_with_the_version_that_it_gave() {
    let provider = provider();
    let ada = provider.create("User", &json!({ "userName": "ada" })).unwrap();
    let group = provider.create("Group", &json!({ "displayName": "G" })).unwrap();
    let join = json!({ "op": "add", "path": "members", "value": [{ "value": ada.as_str() }] });
    provider.patch("Group", &group, &join).unwrap();
    provider.patch("Group", &group, &join).unwrap();
    let users = provider.scim.registry().resource_type("User").unwrap();
    block_on(provider.scim.delete(provider.place(), users, &ada, now())).unwrap();
    let told = provider.told();
    let kinds: Vec<_> = told
        .iter()
        .map(|event| event["events"].as_object().unwrap().keys().next().unwrap().as_str())
        .collect();
    let prefix = "urn:ietf:params:scim:event:prov";
    assert_eq!(
        kinds,
        ["create:full", "create:full", "patch:full", "delete"].map(|kind| format!("{prefix}:{kind}"))
    );
    assert_eq!(told[2]["events"][format!("{prefix}:patch:full")]["version"], "W/\"2\"");
    assert_eq!(told[2]["txn"], format!("{group}.2"));
}

#[test]
fn an_outbox_that_fails_takes_the_change_and_its_own_row_back() {
    let provider = provider();
    let refused = provider.create("User", &json!({ "userName": "mallory" }));
    assert!(matches!(refused, Err(ServiceError::Store(SqliteError::Hook(_)))), "{refused:?}");
    let ada = provider.create("User", &json!({ "userName": "ada" })).unwrap();
    let rename = json!({ "op": "replace", "path": "userName", "value": "mallory" });
    let refused = provider.patch("User", &ada, &rename);
    assert!(matches!(refused, Err(ServiceError::Store(SqliteError::Hook(_)))), "{refused:?}");
    assert_eq!(provider.told().len(), 1);
    let list = scim_core::ListRequest::default();
    let listed = block_on(provider.scim.list(
        provider.place(),
        provider.scim.registry().resource_types(),
        &list,
        now(),
    ));
    assert_eq!(listed.unwrap()["Resources"][0]["userName"], "ada");
}
