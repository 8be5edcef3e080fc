//! What the checks write.
#![expect(clippy::expect_used, reason = "every sample is well-formed")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use store_contract::{Check, Violation, ensure_eq};

use crate::{
    Directory, DirectoryChange, DirectoryId, Filter, Groups, MemberDelta, Registry, Resource, ResourceChange,
    ResourceCommit, ResourceId, ResourcePage, ResourceQuery, Revision, ScimStore, Sort, TenantId,
    UniqueValue,
};

pub(super) const CONNECTION: &str = "ent_contract";

pub(super) fn tenant() -> TenantId {
    tenant_named("ins_contract")
}

pub(super) fn tenant_named(name: &str) -> TenantId {
    TenantId::new(name).expect("a tenant's name")
}

pub(super) fn directory() -> DirectoryId {
    DirectoryId::named("dir_contract")
}

pub(super) fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000_i64.saturating_add(milliseconds)).unwrap_or_default()
}

/// A directory as its document says it.
pub(super) fn directory_of(id: &str, connection: &str, created: i64) -> Directory {
    let document = json!({
        "id": id,
        "name": "Contract",
        "enterprise_connection_id": connection,
        "provider": "okta",
        "enabled": true,
        "group_role_mapping_enabled": true,
        "custom_attributes": [],
        "mappings": [],
        "token": vec![7; 32],
        "previous_token": [vec![8; 32], at(9)],
        "created_at": at(created),
        "updated_at": at(created),
        "revision": 1,
    });
    serde_json::from_value(document).expect("a directory")
}

/// Writes the directory that the checks work in.
pub(super) async fn setup<S: ScimStore>(store: &S) -> Result<Arc<Directory>, Violation> {
    setup_for(store, &tenant()).await
}

/// The groups of a resource, in the directory that the checks work in.
pub(super) async fn groups_of<S: ScimStore>(store: &S, member: &Resource) -> Result<Groups, S::Error> {
    groups_in(store, &tenant(), member).await
}

/// The groups of a resource, in the same directory of a tenant.
pub(super) async fn groups_in<S: ScimStore>(
    store: &S,
    tenant: &TenantId,
    member: &Resource,
) -> Result<Groups, S::Error> {
    let found = store.groups_of(tenant, &directory(), std::slice::from_ref(&member.id)).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The same directory, of another tenant.
pub(super) async fn setup_for<S: ScimStore>(
    store: &S,
    tenant: &TenantId,
) -> Result<Arc<Directory>, Violation> {
    let directory = Arc::new(directory_of(directory().as_str(), CONNECTION, 0));
    store.commit_directory(tenant, &DirectoryChange::Create(directory.clone())).await?;
    Ok(directory)
}

pub(super) async fn commit<S: ScimStore>(
    store: &S,
    change: &ResourceChange,
) -> Result<ResourceCommit, S::Error> {
    store.commit(&tenant(), &directory(), change).await
}

/// What is stored under the type and the id of a resource.
pub(super) async fn read<S: ScimStore>(
    store: &S,
    resource: &Resource,
) -> Result<Option<Arc<Resource>>, S::Error> {
    store.resource(&tenant(), &directory(), &resource.kind, &resource.id).await
}

/// A user whose every attribute says something.
pub(super) fn user(number: u8) -> Resource {
    let attributes = json!({
        "userName": format!("User{number}"),
        "displayName": format!("User Number {number}"),
        "externalId": format!("ext{number}"),
        "active": true,
        "emails": [{ "value": format!("user{number}@example.com"), "type": "work", "primary": true }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engineering" },
    });
    resource("User", number, &attributes)
}

/// A user of these attributes, named by its number unless they say so.
pub(super) fn of_user(number: u8, attributes: &serde_json::Value) -> Resource {
    let mut user = resource("User", number, attributes);
    user.attributes.entry("userName").or_insert_with(|| format!("User{number}").into());
    user
}

pub(super) fn group(number: u8) -> Resource {
    resource("Group", number, &json!({ "displayName": format!("Group {number}") }))
}

fn resource(kind: &str, number: u8, attributes: &serde_json::Value) -> Resource {
    Resource {
        kind: kind.into(),
        id: id(number),
        attributes: attributes.as_object().cloned().unwrap_or_default(),
        created_at: at(i64::from(number)),
        updated_at: at(i64::from(number)),
        revision: Revision::FIRST,
    }
}

fn id(number: u8) -> ResourceId {
    ResourceId::named(&format!("id{number}"))
}

fn unique(resource: &Resource) -> Vec<UniqueValue> {
    let key = |name: &str| UniqueValue { attribute: "userName".into(), key: name.to_lowercase() };
    resource.text("userName").map(key).into_iter().collect()
}

/// The creation of a resource with these members.
pub(super) fn added(new: &Resource, members: impl IntoIterator<Item = u8>) -> ResourceChange {
    let members = MemberDelta { add: members.into_iter().map(id).collect(), ..MemberDelta::default() };
    ResourceChange::Create {
        resource: Arc::new(new.clone()),
        members,
        unique: unique(new),
        password: None,
        event: None,
    }
}

/// A user under another name.
pub(super) fn replaced(stored: &Resource, name: &str) -> ResourceChange {
    let mut next = Resource { revision: stored.revision.next(), ..stored.clone() };
    next.attributes.insert("userName".into(), name.into());
    let unique = unique(&next);
    ResourceChange::Replace {
        resource: Arc::new(next),
        members: MemberDelta::default(),
        unique,
        password: None,
        event: None,
    }
}

pub(super) fn removed(stored: &Resource) -> ResourceChange {
    let (kind, id) = (stored.kind.clone(), stored.id.clone());
    ResourceChange::Delete { kind, id, at: at(200), expected: None, event: None }
}

/// Who joins and who leaves group 8.
pub(super) fn by(add: impl IntoIterator<Item = u8>, remove: impl IntoIterator<Item = u8>) -> ResourceChange {
    let ids = |numbers: &mut dyn Iterator<Item = u8>| numbers.map(id).collect();
    let (add, remove) = (ids(&mut add.into_iter()), ids(&mut remove.into_iter()));
    members(MemberDelta { add, remove, ..MemberDelta::default() })
}

pub(super) fn members(members: MemberDelta) -> ResourceChange {
    ResourceChange::Members {
        kind: "Group".into(),
        group: group(8).id,
        members,
        at: at(100),
        expected: None,
        event: None,
    }
}

pub(super) async fn stored<S: ScimStore>(store: &S, resources: impl IntoIterator<Item = Resource>) -> Check {
    for resource in resources {
        let commit = store.commit(&tenant(), &directory(), &added(&resource, [])).await?;
        ensure_eq!(commit, ResourceCommit::Applied(Revision::FIRST), "a new resource is stored");
    }
    Ok(())
}

pub(super) async fn all<S: ScimStore>(store: &S, kind: &str) -> Result<ResourcePage, S::Error> {
    store.resources(&tenant(), &directory(), kind, &ResourceQuery::first(None, 99)).await
}

pub(super) async fn all_users<S: ScimStore>(store: &S, sort: Option<Sort>) -> Result<ResourcePage, S::Error> {
    let query = ResourceQuery { sort, ..ResourceQuery::first(None, 99) };
    store.resources(&tenant(), &directory(), "User", &query).await
}

pub(super) fn by_attribute(by: &str, order: &str) -> Sort {
    let registry = Registry::standard();
    Sort::parse(registry.resource_type("User").expect("a type"), by, Some(order)).expect("an order")
}

pub(super) fn filter(kind: &str, text: &str) -> Filter {
    let registry = Registry::standard();
    Filter::parse(registry.resource_type(kind).expect("a type"), text).expect("a filter")
}

pub(super) async fn filtered<S: ScimStore>(
    store: &S,
    kind: &str,
    text: &str,
) -> Result<ResourcePage, S::Error> {
    let query = ResourceQuery::first(Some(filter(kind, text)), 99);
    store.resources(&tenant(), &directory(), kind, &query).await
}

pub(super) fn resource_ids(page: &ResourcePage) -> Vec<String> {
    page.resources.iter().map(|resource| resource.id.to_string()).collect()
}

pub(super) async fn member_ids<S: ScimStore>(store: &S) -> Result<Vec<String>, S::Error> {
    let members = store.members(&tenant(), &directory(), &group(8).id).await?;
    Ok(members.iter().map(|member| member.id.to_string()).collect())
}
