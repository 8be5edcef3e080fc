//! Nothing of a tenant, nor of a directory, is another one's.

use std::sync::Arc;

use store_contract::{Check, ensure_eq};

use super::sample::{
    CONNECTION, added, all, at, by, directory, directory_of, group, groups_in, removed, replaced,
    resource_ids, setup, setup_for, stored, tenant, tenant_named, user,
};
use crate::{
    Commit, DirectoryChange, Groups, MemberDelta, ResourceChange, ResourceCommit, ResourceQuery, Revision,
    ScimStore, TenantId,
};

fn other() -> TenantId {
    tenant_named("ins_other")
}

/// No other tenant lists it.
pub async fn a_directory_is_listed_for_its_tenant_alone<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    ensure_eq!(store.directories(&other()).await?, [], "another tenant has no directories");
    setup_for(&store, &other()).await?;
    ensure_eq!(store.directories(&tenant()).await?.len(), 1, "each tenant has its own");
    Ok(())
}

/// No other tenant replaces or deletes it.
pub async fn a_directory_is_changed_by_its_tenant_alone<S: ScimStore>(store: S) -> Check {
    let first = setup(&store).await?;
    let next = Arc::new(first.changed(at(5), |next| next.enabled = false));
    for change in [DirectoryChange::Replace(next), DirectoryChange::Delete(directory())] {
        ensure_eq!(
            store.commit_directory(&other(), &change).await?,
            Commit::Stale,
            "another tenant changes nothing"
        );
    }
    ensure_eq!(store.directory(&tenant(), &directory()).await?, Some(first), "the directory is as it was");
    Ok(())
}

/// Deleting a directory leaves that of another tenant with the same id as it is, and another one of the same tenant.
pub async fn a_deleted_directory_takes_nothing_of_another<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    setup_for(&store, &other()).await?;
    let beside = Arc::new(directory_of("dir_beside", "ent_beside", 1));
    store.commit_directory(&tenant(), &DirectoryChange::Create(beside.clone())).await?;
    stored(&store, [user(1)]).await?;
    store.commit(&other(), &directory(), &added(&user(1), [])).await?;
    store.commit(&tenant(), &beside.id, &added(&user(1), [])).await?;
    store.commit_directory(&tenant(), &DirectoryChange::Delete(directory())).await?;
    for (tenant, directory) in [(other(), directory()), (tenant(), beside.id.clone())] {
        let read = store.resource(&tenant, &directory, "User", &user(1).id).await?;
        ensure_eq!(read.as_deref(), Some(&user(1)), "another directory keeps its resources");
        let twin = store.commit(&tenant, &directory, &added(&user(1), [])).await?;
        ensure_eq!(twin, ResourceCommit::Stale, "and what is taken in it");
    }
    Ok(())
}

/// No other tenant writes into a directory by its id.
pub async fn a_resource_is_written_by_its_tenant_alone<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    for change in [added(&user(2), []), replaced(&user(1), "other"), by([1], []), removed(&user(1))] {
        let commit = store.commit(&other(), &directory(), &change).await?;
        ensure_eq!(commit, ResourceCommit::Stale, "another tenant has no such directory");
    }
    ensure_eq!(resource_ids(&all(&store, "User").await?), ["id1"], "nobody comes and nobody goes");
    let read = store.resource(&tenant(), &directory(), "User", &user(1).id).await?;
    ensure_eq!(read.as_deref(), Some(&user(1)), "the resource is as it was");
    ensure_eq!(store.members(&tenant(), &directory(), &group(8).id).await?, [], "the group, too");
    Ok(())
}

/// With the same ids in two tenants, each has its own members.
pub async fn members_are_a_tenants_own<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    setup_for(&store, &other()).await?;
    stored(&store, [user(1), group(8)]).await?;
    for resource in [user(1), group(8)] {
        store.commit(&other(), &directory(), &added(&resource, [])).await?;
    }
    store.commit(&tenant(), &directory(), &by([1], [])).await?;
    ensure_eq!(store.members(&other(), &directory(), &group(8).id).await?, [], "the other group is empty");
    ensure_eq!(groups_in(&store, &other(), &user(1)).await?, Groups::default(), "the other user is in none");
    store.commit(&other(), &directory(), &removed(&user(1))).await?;
    ensure_eq!(store.members(&tenant(), &directory(), &group(8).id).await?.len(), 1, "a deletion leaves it");
    Ok(())
}

/// A member is looked for in the directory of the group.
pub async fn a_member_is_of_the_same_directory<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let beside = Arc::new(directory_of("dir_beside", "ent_beside", 1));
    store.commit_directory(&tenant(), &DirectoryChange::Create(beside.clone())).await?;
    store.commit(&tenant(), &beside.id, &added(&user(1), [])).await?;
    stored(&store, [group(8)]).await?;
    let commit = store.commit(&tenant(), &directory(), &by([1], [])).await?;
    ensure_eq!(commit, ResourceCommit::UnknownMember(user(1).id), "another directory's user is unknown");
    Ok(())
}

/// With the same ids in two tenants, lists and their totals are of one of them.
pub async fn a_list_is_of_its_tenant_alone<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    setup_for(&store, &other()).await?;
    stored(&store, [user(1), user(2)]).await?;
    store.commit(&other(), &directory(), &added(&user(3), [])).await?;
    for filter in
        [None, Some("userName sw \"user\""), Some("emails.value co \"example\""), Some("active eq true")]
    {
        let filter = filter.map(|text| super::sample::filter("User", text));
        for (tenant, expected) in [(tenant(), 2), (other(), 1)] {
            let query = ResourceQuery::first(filter.clone(), 99);
            let page = store.resources(&tenant, &directory(), "User", &query).await?;
            ensure_eq!(
                (page.resources.len(), page.total),
                (expected, expected as u64),
                "only its own are listed"
            );
        }
    }
    for text in [
        "userName eq \"user3\"",
        "id eq \"id3\"",
        "externalId eq \"ext3\"",
        "emails.value eq \"user3@example.com\"",
    ] {
        let query = ResourceQuery::first(Some(super::sample::filter("User", text)), 99);
        let page = store.resources(&tenant(), &directory(), "User", &query).await?;
        ensure_eq!(page.total, 0, "`{text}` finds nobody of another tenant");
    }
    Ok(())
}

/// A name that is taken in one tenant is free in another.
pub async fn a_value_is_unique_within_a_tenant<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    setup_for(&store, &other()).await?;
    stored(&store, [user(1)]).await?;
    let commit = store.commit(&other(), &directory(), &added(&user(1), [])).await?;
    ensure_eq!(commit, ResourceCommit::Applied(Revision::FIRST), "another tenant has its own names");
    Ok(())
}

/// A connection that is free again takes a directory with another id, in which nothing is.
pub async fn a_connection_is_free_after_a_deletion<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let join = MemberDelta { add: vec![user(1).id], ..MemberDelta::default() };
    let change = ResourceChange::Members {
        kind: "Group".into(),
        group: group(8).id,
        members: join,
        at: at(9),
        expected: None,
        event: None,
    };
    store.commit(&tenant(), &directory(), &change).await?;
    store.commit_directory(&tenant(), &DirectoryChange::Delete(directory())).await?;
    let next = Arc::new(directory_of("dir_next", CONNECTION, 2));
    let commit = store.commit_directory(&tenant(), &DirectoryChange::Create(next.clone())).await?;
    ensure_eq!(commit, Commit::Applied, "the connection is free");
    let page = store.resources(&tenant(), &next.id, "User", &ResourceQuery::first(None, 9)).await?;
    ensure_eq!(page.total, 0, "the next directory is empty");
    ensure_eq!(store.members(&tenant(), &directory(), &group(8).id).await?, [], "no membership is left");
    Ok(())
}
