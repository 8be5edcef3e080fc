//! Load, decide, commit.

mod known_members;
mod list;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;
use serde_json::Value;

use crate::{
    Commit, Cursors, Directory, DirectoryChange, DirectoryId, DirectoryToken, NewDirectory, PatchRequest,
    Profile, Projection, Registry, Related, Resource, ResourceChange, ResourceCommit, ResourceId, ScimStore,
    TenantId, Written, create,
    error::{ScimError, ScimType},
    modify,
    registry::TypeSchema,
    render::{location, render},
    replace,
};

/// A SCIM service provider for all tenants, on a store.
///
/// Each method loads what it needs, decides, and commits; if another commit came between, it does so again, at most
/// three times.
#[derive(Debug)]
pub struct Scim<S> {
    store: S,
    registry: Arc<Registry>,
    profile: Profile,
    cursors: Option<Cursors>,
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
const RETRIES: u32 = 3;

impl<S: ScimStore> Scim<S> {
    /// A service provider of these types of resources.
    pub fn new(store: S, registry: Registry) -> Self {
        Self { store, registry: Arc::new(registry), profile: Profile::default(), cursors: None }
    }

    /// The same, whose lists can be paged through by cursors (RFC 9865).
    #[must_use]
    pub fn with_cursors(self, cursors: Cursors) -> Self {
        Self { cursors: Some(cursors), ..self }
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
    pub async fn create(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        body: &Value,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let (resource, change) = create(kind, body, now, rng).map_err(ServiceError::Refused)?;
        match self.commit(place, &change).await? {
            Some(_) => self.answer(place, kind, resource, &Projection::default()).await,
            None => Err(ServiceError::Contended),
        }
    }

    /// Reads a resource (RFC 7644 §3.4.1).
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

    /// Replaces a resource (RFC 7644 §3.5.1).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn replace(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Answer, ServiceError<ScimError, S::Error>> {
        let resource = self.change(place, kind, id, |stored| replace(kind, stored, body, now)).await?;
        self.answer(place, kind, resource, &Projection::default()).await
    }

    /// Changes a resource (RFC 7644 §3.5.2).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn modify(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        request: &PatchRequest,
        now: DateTime<Utc>,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        self.change(place, kind, id, |stored| modify(kind, stored, request, now)).await
    }

    /// Deletes a resource (RFC 7644 §3.6).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
    ) -> Result<(), ServiceError<ScimError, S::Error>> {
        let change = ResourceChange::Delete { kind: kind.name().clone(), id: id.clone() };
        match self.commit(place, &change).await? {
            Some(_) => Ok(()),
            None => Err(ServiceError::Refused(ScimError::not_found(kind.name(), id.as_str()))),
        }
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
        let wants = |name: &str| kind.attribute(name).is_some_and(|attribute| projection.wants(attribute));
        let mut related = Related::default();
        if kind.has_members() && wants("members") {
            let members = self.store.members(place.tenant, place.directory, &resource.id).await;
            related.members = Some(members.map_err(ServiceError::Store)?);
        }
        if wants("groups") {
            let groups = self.store.groups_of(place.tenant, place.directory, &resource.id).await;
            related.groups = Some(groups.map_err(ServiceError::Store)?);
        }
        Ok(Answer {
            body: render(kind, &resource, &related, place.base_url, projection),
            location: location(kind, &resource, place.base_url),
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

    async fn change(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        decide: impl Fn(&Arc<Resource>) -> Result<Written, ScimError>,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        for _ in 0..=RETRIES {
            let stored = self.load(place, kind, id).await?;
            let (next, change) = decide(&stored).map_err(ServiceError::Refused)?;
            let Some(change) = change else { return Ok(next) };
            if let Some(revision) = self.commit(place, &change).await? {
                let updated_at = match change {
                    ResourceChange::Members { at, .. } if revision != stored.revision => at,
                    _ => next.updated_at,
                };
                return Ok(Arc::new(Resource { revision, updated_at, ..Resource::clone(&next) }));
            }
        }
        Err(ServiceError::Contended)
    }

    /// The revision after the change; `None` if it was stale.
    async fn commit(
        &self,
        place: Place<'_>,
        change: &ResourceChange,
    ) -> Result<Option<crate::Revision>, ServiceError<ScimError, S::Error>> {
        let commit = self.store.commit(place.tenant, place.directory, change).await;
        let mut commit = commit.map_err(ServiceError::Store)?;
        if matches!(commit, ResourceCommit::UnknownMember(_)) && self.profile.leaves_out_unknown_members {
            let known = self.with_known_members(place, change).await.map_err(ServiceError::Store)?;
            let again = self.store.commit(place.tenant, place.directory, &known).await;
            commit = again.map_err(ServiceError::Store)?;
        }
        match commit {
            ResourceCommit::Applied(revision) => Ok(Some(revision)),
            ResourceCommit::Stale => Ok(None),
            ResourceCommit::NotUnique(attribute) => {
                Err(ServiceError::Refused(ScimError::uniqueness(&attribute)))
            }
            ResourceCommit::UnknownMember(id) => {
                let detail = format!("there is no member `{}`", crate::error::shortened(id.as_str()));
                Err(ServiceError::Refused(ScimError::bad(ScimType::InvalidValue, detail)))
            }
        }
    }
}

/// A resource in its wire form, and where it is found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The body.
    pub body: Value,
    /// The URL.
    pub location: String,
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
