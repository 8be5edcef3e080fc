//! Load, decide, commit.

mod answer;
mod bulk;
mod call;
mod commit;
mod config;
mod events;
mod known_members;
mod list;
mod passwords;

use std::{slice, sync::Arc};

use chrono::{DateTime, SubsecRound, Utc};
use rand_core::CryptoRng;
use serde_json::Value;

pub use self::{
    answer::{Answer, Head, Read},
    bulk::BulkAnswer,
    call::Call,
};
use self::{
    commit::{Attempt, Outcome},
    passwords::Passwords,
};
use crate::{
    ClearPassword, Commit, Cursors, Directory, DirectoryChange, DirectoryId, DirectoryToken, EventDetail,
    Groups, Member, NewDirectory, PatchRequest, Profile, Projection, Registry, Related, Resource,
    ResourceChange, ResourceId, ScimStore, TenantId, bulk::Method, create, declared::check_resource,
    error::ScimError, modify, registry::TypeSchema, render::render, replace, schema::Attribute,
};

/// A SCIM service provider for all tenants, on a store.
///
/// Each method loads what it needs, decides, and commits; if another commit came between, it does so again, at most
/// 32 times. What an answer tells of members and groups is read after the resource: beside a commit it may be newer than
/// the version that is told, and never older.
#[derive(Debug)]
pub struct Scim<S> {
    store: S,
    registry: Arc<Registry>,
    profile: Profile,
    cursors: Option<Cursors>,
    events: Option<EventDetail>,
    passwords: Passwords,
}

/// The directory that a request is about.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its tenant.
    pub tenant: &'a TenantId,
    /// The directory.
    pub directory: &'a DirectoryId,
    /// The base URL of its endpoints, without a slash at its end.
    pub base_url: &'a str,
}

/// How often a decision is made anew because another commit came between.
const RETRIES: u32 = 32;

impl<S: ScimStore> Scim<S> {
    /// A service provider of these types of resources.
    pub fn new(store: S, registry: Registry) -> Self {
        Self {
            store,
            registry: Arc::new(registry),
            profile: Profile::default(),
            cursors: None,
            events: None,
            passwords: Passwords::default(),
        }
    }

    /// The same with other choices where the RFCs leave them.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// What it chooses where the RFCs leave the choice.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The same, whose lists can be paged through by cursors (RFC 9865).
    #[must_use]
    pub fn with_cursors(self, cursors: Cursors) -> Self {
        Self { cursors: Some(cursors), ..self }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The schemas and types of resources.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The directory whose token this is; `None` for any other text.
    ///
    /// # Errors
    /// The store's.
    pub async fn authenticate(
        &self,
        tenant: &TenantId,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Directory>>, S::Error> {
        let Some(id) = DirectoryToken::directory_of(token) else { return Ok(None) };
        let directory = self.store.directory(tenant, &id).await?;
        Ok(directory.filter(|directory| directory.accepts(token, now)))
    }

    /// Creates a directory, and its token; `None` if its enterprise connection has one already.
    ///
    /// # Errors
    /// The store's.
    pub async fn create_directory(
        &self,
        tenant: &TenantId,
        new: NewDirectory,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<(Arc<Directory>, DirectoryToken)>, S::Error> {
        let (directory, token) = Directory::create(new, now, rng);
        let directory = Arc::new(directory);
        let commit = self.store.commit_directory(tenant, &DirectoryChange::Create(directory.clone())).await?;
        Ok((commit == Commit::Applied).then_some((directory, token)))
    }

    /// Changes a directory by `decide`; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by `decide`.
    pub async fn change_directory<T, R: std::error::Error>(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
        mut decide: impl FnMut(&Directory) -> Result<(Directory, T), R>,
    ) -> Result<Option<(Arc<Directory>, T)>, ServiceError<R, S::Error>> {
        for _ in 0..=RETRIES {
            let stored = self.store.directory(tenant, id).await.map_err(ServiceError::Store)?;
            let Some(stored) = stored else { return Ok(None) };
            let (next, answer) = decide(&stored).map_err(ServiceError::Refused)?;
            let next = Arc::new(next);
            let change = DirectoryChange::Replace(next.clone());
            if self.store.commit_directory(tenant, &change).await.map_err(ServiceError::Store)?
                == Commit::Applied
            {
                return Ok(Some((next, answer)));
            }
        }
        Err(ServiceError::Contended)
    }

    /// Creates a resource (RFC 7644 §3.3).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn create<'a>(
        &self,
        call: impl Into<Call<'a>>,
        kind: &TypeSchema,
        body: &Value,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let call = call.into();
        let resource = self.create_resource(&call, kind, body, now, rng).await?;
        let projection = call.projection.answering_body(kind, body);
        self.answer(call.place, kind, resource, &projection).await
    }

    async fn create_resource(
        &self,
        call: &Call<'_>,
        kind: &TypeSchema,
        body: &Value,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        check_resource(self.profile, kind, body).map_err(ServiceError::Refused)?;
        let password = self.password(|| ClearPassword::of_body(kind, body))?;
        let (resource, mut change) = create(kind, body, now, rng).map_err(ServiceError::Refused)?;
        if let Some(password) = self.stored(call.place.tenant, password.as_ref()).await? {
            change = change.setting(password);
        }
        match self.commit(call.place, &call.moment(kind, Method::Post, None, now), change).await? {
            Outcome::Written(_) => Ok(resource),
            Outcome::Unchanged(_) | Outcome::Stale => Err(ServiceError::Contended),
        }
    }

    /// Reads a resource (RFC 7644 §3.4.1), whatever the version is that the client knows.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn read(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        projection: &Projection,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let resource = self.load(place, kind, id).await?;
        self.answer(place, kind, resource, projection).await
    }

    /// Reads a resource, unless the client knows its version (RFC 7644 §3.14).
    ///
    /// # Errors
    /// [`ServiceError`]; refused with 412, if it has not the version of `If-Match`.
    pub async fn read_if(
        &self,
        call: &Call<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        projection: &Projection,
    ) -> Result<Read, ServiceError<ScimError, S::Error>> {
        let resource = self.load(call.place, kind, id).await?;
        // RFC 9110 §13.2.2: `If-Match` comes first.
        if call.precondition.expects(resource.revision) && call.precondition.knows(resource.revision) {
            return Ok(Read::Unchanged(Head::of(kind, &resource, call.place.base_url)));
        }
        call.precondition.check(&resource).map_err(ServiceError::Refused)?;
        self.answer(call.place, kind, resource, projection).await.map(Read::Changed)
    }

    /// Replaces a resource (RFC 7644 §3.5.1).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn replace<'a>(
        &self,
        call: impl Into<Call<'a>>,
        kind: &TypeSchema,
        id: &ResourceId,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let call = call.into();
        let resource = self.replace_resource(&call, kind, id, body, now).await?;
        let projection = call.projection.answering_body(kind, body);
        self.answer(call.place, kind, resource, &projection).await
    }

    async fn replace_resource(
        &self,
        call: &Call<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        check_resource(self.profile, kind, body).map_err(ServiceError::Refused)?;
        let password = self.password(|| ClearPassword::of_body(kind, body))?;
        let attempt = Attempt { method: Method::Put, now, password, by_members: false };
        self.change(call, kind, id, attempt, |stored, _| replace(kind, stored, body, now)).await
    }

    /// Changes a resource (RFC 7644 §3.5.2).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn modify<'a>(
        &self,
        call: impl Into<Call<'a>>,
        kind: &TypeSchema,
        id: &ResourceId,
        request: &PatchRequest,
        now: DateTime<Utc>,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        request.check_declared(self.profile).map_err(ServiceError::Refused)?;
        let request = request.under(self.profile);
        let password = self.password(|| request.password(kind))?;
        let by_members = request.selects_members(kind);
        let attempt = Attempt { method: Method::Patch, now, password, by_members };
        let decide = |stored: &Arc<Resource>, members: Option<Vec<Member>>| match members {
            None => modify(kind, stored, &request, now),
            Some(members) => modify(kind, stored, &request.on_members(members), now),
        };
        self.change(&call.into(), kind, id, attempt, decide).await
    }

    /// Deletes a resource (RFC 7644 §3.6).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete<'a>(
        &self,
        call: impl Into<Call<'a>>,
        kind: &TypeSchema,
        id: &ResourceId,
        now: DateTime<Utc>,
    ) -> Result<(), ServiceError<ScimError, S::Error>> {
        let call = call.into();
        let conditional = call.precondition.is_some();
        for _ in 0..=RETRIES {
            let mut change = ResourceChange::Delete {
                kind: kind.name().clone(),
                id: id.clone(),
                at: now.trunc_subsecs(3),
                expected: None,
                event: None,
            };
            let mut stored = None;
            if conditional || self.events.is_some() {
                let found = self.load(call.place, kind, id).await?;
                call.precondition.check(&found).map_err(ServiceError::Refused)?;
                change = if conditional { change.expecting(found.revision) } else { change };
                stored = Some(found);
            }
            let moment = call.moment(kind, Method::Delete, stored.as_deref(), now);
            match self.commit(call.place, &moment, change).await? {
                Outcome::Stale if conditional => {}
                Outcome::Stale => {
                    return Err(ServiceError::Refused(ScimError::not_found(kind.name(), id.as_str())));
                }
                Outcome::Written(_) | Outcome::Unchanged(_) => return Ok(()),
            }
        }
        Err(ServiceError::Contended)
    }

    /// The answer about a resource, with its members or groups if they are asked for.
    ///
    /// # Errors
    /// [`ServiceError`]; never refused.
    pub async fn answer(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        resource: Arc<Resource>,
        projection: &Projection,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let groups = if wants(kind, projection, "groups") {
            let groups =
                self.store.groups_of(place.tenant, place.directory, slice::from_ref(&resource.id)).await;
            groups.map_err(ServiceError::Store)?.pop()
        } else {
            None
        };
        self.answer_with(place, kind, resource, groups, projection).await
    }

    /// The same, of a resource whose groups were read, if they are asked for.
    async fn answer_with(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        resource: Arc<Resource>,
        groups: Option<Groups>,
        projection: &Projection,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let mut related = Related { groups, ..Related::default() };
        if kind.has_members() && wants(kind, projection, "members") {
            let members = self.store.members(place.tenant, place.directory, &resource.id).await;
            related.members = Some(members.map_err(ServiceError::Store)?);
        }
        Ok(Answer {
            body: render(kind, &resource, &related, place.base_url, projection),
            head: Head::of(kind, &resource, place.base_url),
        })
    }

    async fn load(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        let found = self.store.resource(place.tenant, place.directory, kind.name(), id).await;
        let found = found.map_err(ServiceError::Store)?;
        found.ok_or_else(|| ServiceError::Refused(ScimError::not_found(kind.name(), id.as_str())))
    }
}

/// Why an operation didn't happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError<R: std::error::Error, E: std::error::Error + 'static> {
    /// It was refused.
    #[error(transparent)]
    Refused(R),
    /// Other commits came between too often; it may be tried again.
    #[error("other changes came between too often")]
    Contended,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}

/// Whether an answer has any part of a list of members or groups; a host's own types may mean something else by the name.
fn wants(kind: &TypeSchema, projection: &Projection, name: &str) -> bool {
    let is_list = |list: &Attribute| list.is_complex() && list.multi_valued;
    kind.attribute(name).is_some_and(|attribute| is_list(attribute) && projection.wants(attribute))
}
