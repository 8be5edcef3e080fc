//! Stores that are wrong in one way each, and the check of the contract that refuses each.
#![cfg(feature = "contract")]

use std::{convert::Infallible, sync::Arc};

use scim_core::{
    Commit, Directory, DirectoryChange, DirectoryId, DirectoryStore, ErrorType, Groups, Member, MemoryStore,
    Resource, ResourceChange, ResourceCommit, ResourceId, ResourcePage, ResourceQuery, ResourceReader,
    ResourceWriter, TenantId, contract,
};
use store_contract::block_on;

/// What is wrong with a store.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    IgnoresFilters,
    PostFiltersThePage,
    MembersBecomeASet,
    ForgetsUniqueness,
    AcceptsUnknownMembers,
    ReplacesWhateverTheRevision,
    ChangesMembersWhateverTheRevision,
    DeletesWhateverTheRevision,
    SharesDirectories,
    ListsNewestFirst,
}

struct Wrong(MemoryStore, Fault);

fn with(fault: Fault) -> Wrong {
    Wrong(MemoryStore::new(), fault)
}

impl ErrorType for Wrong {
    type Error = Infallible;
}

impl DirectoryStore for Wrong {
    async fn directory(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
    ) -> Result<Option<Arc<Directory>>, Infallible> {
        self.0.directory(tenant, id).await
    }

    async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, Infallible> {
        let mut found = self.0.directories(tenant).await?;
        if self.1 == Fault::ListsNewestFirst {
            found.reverse();
        }
        Ok(found)
    }

    async fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> Result<Commit, Infallible> {
        self.0.commit_directory(tenant, change).await
    }
}

impl ResourceReader for Wrong {
    async fn resource(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        id: &ResourceId,
    ) -> Result<Option<Arc<Resource>>, Infallible> {
        if self.1 == Fault::SharesDirectories {
            for other in self.0.directories(tenant).await? {
                if let Some(found) = self.0.resource(tenant, &other.id, kind, id).await? {
                    return Ok(Some(found));
                }
            }
        }
        self.0.resource(tenant, directory, kind, id).await
    }

    async fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> Result<ResourcePage, Infallible> {
        let unfiltered = ResourceQuery { filter: None, ..query.clone() };
        match self.1 {
            Fault::IgnoresFilters => self.0.resources(tenant, directory, kind, &unfiltered).await,
            Fault::PostFiltersThePage => {
                let mut found = self.0.resources(tenant, directory, kind, &unfiltered).await?;
                let all = ResourceQuery::first(query.filter.clone(), 999);
                let matching = self.0.resources(tenant, directory, kind, &all).await?;
                found.resources.retain(|resource| matching.resources.contains(resource));
                found.total = found.resources.len() as u64;
                Ok(found)
            }
            _ => self.0.resources(tenant, directory, kind, query).await,
        }
    }

    async fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> Result<Vec<Member>, Infallible> {
        self.0.members(tenant, directory, group).await
    }

    async fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> Result<Vec<Groups>, Infallible> {
        self.0.groups_of(tenant, directory, members).await
    }
}

impl ResourceWriter for Wrong {
    async fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> Result<ResourceCommit, Infallible> {
        let mut change = change.clone();
        match (self.1, &mut change) {
            (Fault::MembersBecomeASet, ResourceChange::Members { members, .. }) => members.clear = true,
            (Fault::ForgetsUniqueness, ResourceChange::Create { unique, .. }) => unique.clear(),
            (Fault::AcceptsUnknownMembers, ResourceChange::Members { members, .. }) => {
                let mut known = Vec::new();
                for id in &members.add {
                    if self.0.resource(tenant, directory, "User", id).await?.is_some() {
                        known.push(id.clone());
                    }
                }
                members.add = known;
            }
            (Fault::ReplacesWhateverTheRevision, ResourceChange::Replace { resource, .. }) => {
                let stored = self.0.resource(tenant, directory, &resource.kind, &resource.id).await?;
                if let Some(stored) = stored {
                    *resource =
                        Arc::new(Resource { revision: stored.revision.next(), ..Resource::clone(resource) });
                }
            }
            (Fault::ChangesMembersWhateverTheRevision, ResourceChange::Members { expected, .. })
            | (Fault::DeletesWhateverTheRevision, ResourceChange::Delete { expected, .. }) => {
                *expected = None;
            }
            _ => {}
        }
        self.0.commit(tenant, directory, &change).await
    }
}

/// The right store passes the check, and the wrong one does not.
macro_rules! refused {
    ($($fault:ident by $check:ident)+) => {
        $(#[test]
        fn $check() {
            block_on(contract::$check(with(Fault::None))).unwrap();
            assert!(block_on(contract::$check(with(Fault::$fault))).is_err());
        })+
    };
}

refused! {
    IgnoresFilters by a_filter_is_never_ignored
    PostFiltersThePage by a_page_and_its_total_are_cut_alike
    MembersBecomeASet by the_rest_of_the_members_stay
    ForgetsUniqueness by a_value_is_unique_within_a_type
    AcceptsUnknownMembers by an_unknown_member_writes_nothing
    ReplacesWhateverTheRevision by a_replacement_needs_the_revision_before_it
    ChangesMembersWhateverTheRevision by members_change_from_an_expected_revision
    DeletesWhateverTheRevision by a_resource_is_deleted_from_an_expected_revision
    SharesDirectories by a_resource_is_its_directorys_own
    ListsNewestFirst by directories_are_listed_oldest_first
}
