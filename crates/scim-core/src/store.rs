//! What this crate asks of a store: one small trait per authority.
//!
//! Whoever implements them proves it with the checks behind feature `contract`.

use std::{error::Error, future::Future, sync::Arc};

use crate::{
    Commit, Directory, DirectoryChange, DirectoryId, Groups, Member, Resource, ResourceChange,
    ResourceCommit, ResourceId, ResourceQuery, TenantId,
};

/// The error of a store, the same for each of its traits.
pub trait ErrorType {
    /// What can go wrong with the store itself; never a refusal of the domain.
    type Error: Error + Send + Sync + 'static;
}

/// Directories.
pub trait DirectoryStore: ErrorType + Send + Sync {
    /// The directory with this id.
    ///
    /// # Contract
    /// What was committed before the call began is seen; another tenant's directory is none.
    fn directory(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
    ) -> impl Future<Output = Result<Option<Arc<Directory>>, Self::Error>> + Send;

    /// Every directory of a tenant.
    ///
    /// # Contract
    /// Oldest first, equally old ones by id.
    fn directories(
        &self,
        tenant: &TenantId,
    ) -> impl Future<Output = Result<Vec<Arc<Directory>>, Self::Error>> + Send;

    /// Writes a change of a directory.
    ///
    /// # Contract
    /// *Compare*, as each [`DirectoryChange`] says. The account effects of a replacement, one for each user, belong to the
    /// same commit, and so do the removals of a deletion.
    fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Reading resources of a directory.
pub trait ResourceReader: ErrorType + Send + Sync {
    /// The resource of this type with this id.
    fn resource(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        id: &ResourceId,
    ) -> impl Future<Output = Result<Option<Arc<Resource>>, Self::Error>> + Send;

    /// Part of the resources of a type that fulfil a filter, and how many do in all.
    ///
    /// # Contract
    /// In the order of their [`Position`](crate::Position)s, or its reverse if the sort is descending. Page and total are
    /// of one point in time. A filter is never ignored.
    fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> impl Future<Output = Result<ResourcePage, Self::Error>> + Send;

    /// The members of a group.
    ///
    /// # Contract
    /// By id.
    fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> impl Future<Output = Result<Vec<Member>, Self::Error>> + Send;

    /// The groups of each of some resources.
    ///
    /// # Contract
    /// In the order in which they are asked for, of one point in time, and as [`Groups`] says; who is not there is in none.
    fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> impl Future<Output = Result<Vec<Groups>, Self::Error>> + Send;
}

/// Writing resources of a directory.
pub trait ResourceWriter: ErrorType + Send + Sync {
    /// Writes a change of a resource.
    ///
    /// # Contract
    /// As each [`ResourceChange`] says; all of it or nothing, and durable before it is answered. A membership whose group
    /// or member is gone is gone, too: the groups that a deleted resource was a direct member of, and no others, are at
    /// their next revision, changed when it was deleted, so that whoever knows their version reads them anew.
    ///
    /// The account effects are derived from what is stored by then, for the user that was written, and for every user who
    /// joined or left a group that [gives a role](Directory::gives_role); they belong to the same commit. Nothing else needs
    /// the members of a group that is cleared or deleted. So do [`ResourceChange::password`] and [`ResourceChange::event`]
    /// belong to it, for a store that hands them to the host.
    fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> impl Future<Output = Result<ResourceCommit, Self::Error>> + Send;
}

/// A page of resources, and how many there are in all.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcePage {
    /// The resources, in the order of the list.
    pub resources: Vec<Arc<Resource>>,
    /// How many there are in all.
    pub total: u64,
}

/// Everything that [`Scim`](crate::Scim) needs.
pub trait ScimStore: DirectoryStore + ResourceReader + ResourceWriter {}

impl<S: DirectoryStore + ResourceReader + ResourceWriter> ScimStore for S {}

macro_rules! through_pointer {
    ($pointer:ty) => {
        impl<S: ErrorType + ?Sized> ErrorType for $pointer {
            type Error = S::Error;
        }

        impl<S: DirectoryStore> DirectoryStore for $pointer {
            async fn directory(
                &self,
                tenant: &TenantId,
                id: &DirectoryId,
            ) -> Result<Option<Arc<Directory>>, S::Error> {
                (**self).directory(tenant, id).await
            }

            async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, S::Error> {
                (**self).directories(tenant).await
            }

            async fn commit_directory(
                &self,
                tenant: &TenantId,
                change: &DirectoryChange,
            ) -> Result<Commit, S::Error> {
                (**self).commit_directory(tenant, change).await
            }
        }

        impl<S: ResourceReader> ResourceReader for $pointer {
            async fn resource(
                &self,
                tenant: &TenantId,
                directory: &DirectoryId,
                kind: &str,
                id: &ResourceId,
            ) -> Result<Option<Arc<Resource>>, S::Error> {
                (**self).resource(tenant, directory, kind, id).await
            }

            async fn resources(
                &self,
                tenant: &TenantId,
                directory: &DirectoryId,
                kind: &str,
                query: &ResourceQuery,
            ) -> Result<ResourcePage, S::Error> {
                (**self).resources(tenant, directory, kind, query).await
            }

            async fn members(
                &self,
                tenant: &TenantId,
                directory: &DirectoryId,
                group: &ResourceId,
            ) -> Result<Vec<Member>, S::Error> {
                (**self).members(tenant, directory, group).await
            }

            async fn groups_of(
                &self,
                tenant: &TenantId,
                directory: &DirectoryId,
                members: &[ResourceId],
            ) -> Result<Vec<Groups>, S::Error> {
                (**self).groups_of(tenant, directory, members).await
            }
        }

        impl<S: ResourceWriter> ResourceWriter for $pointer {
            async fn commit(
                &self,
                tenant: &TenantId,
                directory: &DirectoryId,
                change: &ResourceChange,
            ) -> Result<ResourceCommit, S::Error> {
                (**self).commit(tenant, directory, change).await
            }
        }
    };
}

through_pointer!(&S);
through_pointer!(Arc<S>);
