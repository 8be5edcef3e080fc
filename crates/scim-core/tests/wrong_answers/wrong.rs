//! A store that is right but for one call.

use std::{convert::Infallible, sync::Arc};

use scim_core::{
    Commit, Directory, DirectoryChange, DirectoryId, DirectoryStore, ErrorType, Groups, Member, MemoryStore,
    Resource, ResourceChange, ResourceCommit, ResourceId, ResourcePage, ResourceQuery, ResourceReader,
    ResourceWriter, TenantId,
};
use store_contract::block_on;

/// Where a call goes: a tenant's directory in a store that is right.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) right: &'a MemoryStore,
    pub(crate) tenant: &'a TenantId,
    pub(crate) directory: &'a DirectoryId,
}

impl At<'_> {
    pub(crate) fn list(self, kind: &str, query: &ResourceQuery) -> ResourcePage {
        block_on(self.right.resources(self.tenant, self.directory, kind, query)).unwrap()
    }

    /// Everybody whom a query is about, in its order, whatever page it asks for.
    pub(crate) fn all(self, kind: &str, query: &ResourceQuery) -> Vec<Arc<Resource>> {
        let whole =
            ResourceQuery { sort: query.sort.clone(), ..ResourceQuery::first(query.filter.clone(), 9_999) };
        self.list(kind, &whole).resources
    }

    pub(crate) fn commit(self, change: &ResourceChange) -> ResourceCommit {
        block_on(self.right.commit(self.tenant, self.directory, change)).unwrap()
    }

    pub(crate) fn read(self, kind: &str, id: &ResourceId) -> Option<Arc<Resource>> {
        block_on(self.right.resource(self.tenant, self.directory, kind, id)).unwrap()
    }

    pub(crate) fn members(self, group: &ResourceId) -> Vec<Member> {
        block_on(self.right.members(self.tenant, self.directory, group)).unwrap()
    }

    fn groups(self, member: &ResourceId) -> Groups {
        let members = std::slice::from_ref(member);
        block_on(self.right.groups_of(self.tenant, self.directory, members)).unwrap().remove(0)
    }

    pub(crate) fn groups_of(self, member: &ResourceId) -> Vec<Member> {
        self.groups(member).direct
    }

    pub(crate) fn groups_around(self, member: &ResourceId) -> Vec<Member> {
        self.groups(member).around
    }
}

pub(crate) type List = fn(At<'_>, &str, &ResourceQuery) -> ResourcePage;
pub(crate) type Write = fn(At<'_>, &ResourceChange) -> ResourceCommit;
pub(crate) type Page = fn(Vec<Groups>) -> Vec<Groups>;
pub(crate) type Members = fn(At<'_>, &ResourceId) -> Vec<Member>;

pub(crate) struct Wrong {
    right: MemoryStore,
    list: List,
    write: Write,
    members: Members,
    around: Members,
    page: Page,
}

impl Wrong {
    pub(crate) fn none() -> Self {
        Self {
            right: MemoryStore::new(),
            list: |at, kind, query| at.list(kind, query),
            write: |at, change| at.commit(change),
            members: |at, group| at.members(group),
            around: |at, member| at.groups_around(member),
            page: |groups| groups,
        }
    }

    pub(crate) fn list(list: List) -> Self {
        Self { list, ..Self::none() }
    }

    pub(crate) fn write(write: Write) -> Self {
        Self { write, ..Self::none() }
    }

    pub(crate) fn members(members: Members) -> Self {
        Self { members, ..Self::none() }
    }

    pub(crate) fn around(around: Members) -> Self {
        Self { around, ..Self::none() }
    }

    pub(crate) fn page(page: Page) -> Self {
        Self { page, ..Self::none() }
    }

    fn at<'a>(&'a self, tenant: &'a TenantId, directory: &'a DirectoryId) -> At<'a> {
        At { right: &self.right, tenant, directory }
    }
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
        self.right.directory(tenant, id).await
    }

    async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, Infallible> {
        self.right.directories(tenant).await
    }

    async fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> Result<Commit, Infallible> {
        self.right.commit_directory(tenant, change).await
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
        self.right.resource(tenant, directory, kind, id).await
    }

    async fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> Result<ResourcePage, Infallible> {
        Ok((self.list)(self.at(tenant, directory), kind, query))
    }

    async fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> Result<Vec<Member>, Infallible> {
        Ok((self.members)(self.at(tenant, directory), group))
    }

    async fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> Result<Vec<Groups>, Infallible> {
        let at = self.at(tenant, directory);
        let of = |member| Groups { direct: at.groups_of(member), around: (self.around)(at, member) };
        Ok((self.page)(members.iter().map(of).collect()))
    }
}

impl ResourceWriter for Wrong {
    async fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> Result<ResourceCommit, Infallible> {
        Ok((self.write)(self.at(tenant, directory), change))
    }
}

/// The right store passes the check, and the wrong one does not.
macro_rules! refused {
    ($call:ident: $($fault:ident by $check:ident)+) => {
        $(#[test]
        fn $fault() {
            use crate::wrong::Wrong;
            store_contract::block_on(scim_core::contract::$check(Wrong::none())).unwrap();
            let wrong = Wrong::$call(super::$fault);
            assert!(store_contract::block_on(scim_core::contract::$check(wrong)).is_err());
        })+
    };
}
pub(crate) use refused;
