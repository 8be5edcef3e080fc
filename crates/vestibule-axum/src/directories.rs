//! `/v1/directories…` of the Backend API: what a host's administrators set directories up with.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get, post},
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AttributeDefinition, Commit, Directory, DirectoryChange, DirectoryId, MappingError, NewDirectory,
    NewMapping, ResourceId, ResourceQuery, Scim, ScimStore, ServiceError, add_mapping, remove_mapping,
    replace_mappings,
    wire::{DirectoryBody, MappingBody},
};
use serde_json::{Value, json};

use crate::{ApiError, Clock, Fields, JsonBody, Tenant, path::ApiPath};

/// What the directory routes work with.
struct Directories<S> {
    scim: Arc<Scim<S>>,
    endpoint_url: Arc<str>,
    clock: Clock,
}

impl<S> Clone for Directories<S> {
    fn clone(&self) -> Self {
        Self { scim: self.scim.clone(), endpoint_url: self.endpoint_url.clone(), clock: self.clock.clone() }
    }
}

type Answer = Result<Json<Value>, ApiError>;

/// `/v1/directories…`, for a [`Tenant`] in the request's extensions.
///
/// `endpoint_url` is where [`scim::router`](crate::scim::router) is mounted.
pub fn router<S: ScimStore + 'static>(scim: Arc<Scim<S>>, endpoint_url: &str, clock: Clock) -> Router {
    let state = Directories { scim, endpoint_url: endpoint_url.into(), clock };
    Router::new()
        .route("/v1/directories", get(list::<S>).post(create::<S>))
        .route("/v1/directories/{id}", get(read::<S>).patch(update::<S>).delete(remove::<S>))
        .route("/v1/directories/{id}/rotate_api_key", post(rotate::<S>))
        .route(
            "/v1/directories/{id}/group_role_mappings",
            get(mappings::<S>).post(create_mapping::<S>).put(put_mappings::<S>),
        )
        .route("/v1/directories/{id}/group_role_mappings/{mapping}", delete(delete_mapping::<S>))
        .with_state(state)
}

async fn list<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
) -> Answer {
    let found =
        state.scim.store().directories(tenant.scim()).await.map_err(|error| ApiError::internal(&error))?;
    let bodies: Vec<_> = found.iter().map(|directory| state.body(directory, None)).collect();
    Ok(Json(json!({ "total_count": bodies.len(), "data": bodies })))
}

async fn create<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    JsonBody(body): JsonBody,
) -> Answer {
    let mut fields = Fields::new(body)?;
    let connection = fields.required_string("enterprise_connection_id")?;
    let provider = fields.required_string("provider")?;
    let name = fields.string("name")?.unwrap_or_else(|| provider.clone());
    let mappings = fields.value("group_role_mappings").map(read_ordered_mappings);
    let mappings = mappings.transpose()?.unwrap_or_default();
    fields.finish()?;
    let new = NewDirectory {
        name: name.into(),
        enterprise_connection_id: connection.into(),
        provider: provider.into(),
        custom_attributes: Vec::new(),
    };
    let (now, rng) = (state.clock.now(), &mut UnwrapErr(SysRng));
    // Refused before anything is written: a directory that was left behind would have lost its token.
    let (draft, _) = Directory::create(new.clone(), now, rng);
    replace_mappings(&draft, mappings.clone(), now, rng).map_err(|refused| refused_mapping(&refused))?;
    let created = state.scim.create_directory(tenant.scim(), new, now, rng).await;
    let created = created.map_err(|error| ApiError::internal(&error))?;
    let (mut directory, token) = created.ok_or_else(connection_used)?;
    if !mappings.is_empty() {
        let decide = |stored: &Directory| {
            replace_mappings(stored, mappings.clone(), now, &mut UnwrapErr(SysRng)).map(|next| (next, ()))
        };
        directory = state.change(&tenant, directory.id.as_str(), decide).await?.0;
    }
    Ok(Json(state.body(&directory, Some(&token.reveal()))))
}

async fn read<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Answer {
    let directory = state.find(&tenant, &id).await?;
    Ok(Json(state.body(&directory, None)))
}

async fn update<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let mut fields = Fields::new(body)?;
    let (name, provider) = (fields.string("name")?, fields.string("provider")?);
    let (enabled, roles) = (fields.boolean("enabled")?, fields.boolean("group_role_mapping_enabled")?);
    let paths = fields.value("attribute_mapping").map(read_paths).transpose()?.unwrap_or_default();
    fields.finish()?;
    let now = state.clock.now();
    let decide = |stored: &Directory| {
        let next = stored.changed(now, |next| {
            next.name = name.as_deref().map_or_else(|| next.name.clone(), Into::into);
            next.provider = provider.as_deref().map_or_else(|| next.provider.clone(), Into::into);
            next.enabled = enabled.unwrap_or(next.enabled);
            next.group_role_mapping_enabled = roles.unwrap_or(next.group_role_mapping_enabled);
            next.custom_attributes = with_paths(&next.custom_attributes, &paths);
        });
        Ok((next, ()))
    };
    let (directory, ()) = state.change(&tenant, &id, decide).await?;
    Ok(Json(state.body(&directory, None)))
}

async fn remove<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Answer {
    let change = DirectoryChange::Delete(DirectoryId::named(&id));
    let commit = state.scim.store().commit_directory(tenant.scim(), &change).await;
    match commit.map_err(|error| ApiError::internal(&error))? {
        Commit::Applied => Ok(Json(json!({ "object": "directory", "id": id, "deleted": true }))),
        Commit::Stale => Err(ApiError::not_found("directory")),
    }
}

async fn rotate<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Answer {
    let now = state.clock.now();
    let (directory, token) =
        state.change(&tenant, &id, |stored| Ok(stored.rotate(now, &mut UnwrapErr(SysRng)))).await?;
    Ok(Json(state.body(&directory, Some(&token.reveal()))))
}

async fn mappings<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Answer {
    Ok(all_mappings(&*state.find(&tenant, &id).await?))
}

async fn create_mapping<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let mut fields = Fields::new(body)?;
    let new = read_mapping(&mut fields)?;
    let precedence = read_precedence(&mut fields)?;
    fields.finish()?;
    let new = state.named(&tenant, &id, new).await?;
    let now = state.clock.now();
    let place = |next: &Directory| next.mappings.iter().position(|mapping| mapping.group == new.group);
    let decide = |stored: &Directory| {
        add_mapping(stored, new.clone(), precedence, now, &mut UnwrapErr(SysRng)).map(|next| (next, ()))
    };
    let (directory, ()) = state.change(&tenant, &id, decide).await?;
    let made = place(&directory).and_then(|place| MappingBody::all(&directory).into_iter().nth(place));
    made.map(|made| Json(with_role(&made))).ok_or_else(|| ApiError::not_found("mapping"))
}

async fn put_mappings<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let mut fields = Fields::new(body)?;
    let list = fields.value("mappings").ok_or_else(|| ApiError::missing("mappings"))?;
    fields.finish()?;
    let mut new = Vec::new();
    for mapping in read_mappings("mappings", list)? {
        new.push(state.named(&tenant, &id, mapping).await?);
    }
    let now = state.clock.now();
    let decide = |stored: &Directory| {
        replace_mappings(stored, new.clone(), now, &mut UnwrapErr(SysRng)).map(|next| (next, ()))
    };
    let (directory, ()) = state.change(&tenant, &id, decide).await?;
    Ok(all_mappings(&directory))
}

async fn delete_mapping<S: ScimStore + 'static>(
    State(state): State<Directories<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath((id, mapping)): ApiPath<(String, String)>,
) -> Answer {
    let now = state.clock.now();
    state.change(&tenant, &id, |stored| remove_mapping(stored, &mapping, now).map(|next| (next, ()))).await?;
    Ok(Json(json!({ "object": "directory_group_role_mapping", "id": mapping, "deleted": true })))
}

impl<S: ScimStore> Directories<S> {
    fn body(&self, directory: &Directory, token: Option<&str>) -> Value {
        serde_json::to_value(DirectoryBody::new(directory, &self.endpoint_url, token)).unwrap_or_default()
    }

    async fn find(&self, tenant: &Tenant, id: &str) -> Result<Arc<Directory>, ApiError> {
        let found = self.scim.store().directory(tenant.scim(), &DirectoryId::named(id)).await;
        found.map_err(|error| ApiError::internal(&error))?.ok_or_else(|| ApiError::not_found("directory"))
    }

    async fn change<T>(
        &self,
        tenant: &Tenant,
        id: &str,
        decide: impl FnMut(&Directory) -> Result<(Directory, T), MappingError>,
    ) -> Result<(Arc<Directory>, T), ApiError> {
        let changed = self.scim.change_directory(tenant.scim(), &DirectoryId::named(id), decide).await;
        match changed {
            Ok(changed) => changed.ok_or_else(|| ApiError::not_found("directory")),
            Err(ServiceError::Refused(refused)) => Err(refused_mapping(&refused)),
            Err(ServiceError::Store(error)) => Err(ApiError::internal(&error)),
            Err(other) => Err(ApiError::internal(&other)),
        }
    }

    /// The mapping with the group's name; the group may be named by its own id or by the identity provider's.
    async fn named(
        &self,
        tenant: &Tenant,
        directory: &str,
        mut new: NewMapping,
    ) -> Result<NewMapping, ApiError> {
        let unknown = || ApiError::not_found("group");
        let kind = self.scim.registry().resource_type("Group").ok_or_else(unknown)?;
        let (directory, store) = (DirectoryId::named(directory), self.scim.store());
        let found = store.resource(tenant.scim(), &directory, "Group", &new.group).await;
        let mut found = found.map_err(|error| ApiError::internal(&error))?;
        if found.is_none() {
            let filter = format!("externalId eq {}", Value::from(new.group.as_str()));
            let filter = scim_core::Filter::parse(kind, &filter).map_err(|_| unknown())?;
            let one = ResourceQuery::first(Some(filter), 1);
            let page = store.resources(tenant.scim(), &directory, "Group", &one).await;
            found = page.map_err(|error| ApiError::internal(&error))?.resources.pop();
        }
        let group = found.ok_or_else(unknown)?;
        new.group = group.id.clone();
        new.group_name = group.text("displayName").unwrap_or_default().into();
        Ok(new)
    }
}

/// The mappings of a new directory, in order of their precedence; those without one come last.
fn read_ordered_mappings(list: Value) -> Result<Vec<NewMapping>, ApiError> {
    let Value::Array(list) = list else {
        return Err(ApiError::format_invalid("group_role_mappings", "an array of mappings"));
    };
    let read = |mapping| {
        let mut fields = Fields::new(mapping)?;
        let mapping = read_mapping(&mut fields)?;
        let precedence = read_precedence(&mut fields)?;
        fields.finish()?;
        Ok((precedence.unwrap_or(u64::MAX), mapping))
    };
    let mut ordered = list.into_iter().map(read).collect::<Result<Vec<_>, ApiError>>()?;
    ordered.sort_by_key(|(precedence, _)| *precedence);
    Ok(ordered.into_iter().map(|(_, mapping)| mapping).collect())
}

fn read_precedence(fields: &mut Fields) -> Result<Option<u64>, ApiError> {
    match fields.whole_number("precedence")? {
        Some(0) => Err(ApiError::value_invalid("precedence", "it starts at 1")),
        precedence => Ok(precedence),
    }
}

/// Where the directory has custom attributes, by their key; null takes a path away.
type Paths = BTreeMap<String, Option<String>>;

fn read_paths(mapping: Value) -> Result<Paths, ApiError> {
    serde_json::from_value(mapping)
        .map_err(|_| ApiError::format_invalid("attribute_mapping", "an object of paths by key, or nulls"))
}

/// The pool with other paths; a key that is not in it yet becomes an attribute with one value.
fn with_paths(pool: &[AttributeDefinition], paths: &Paths) -> Arc<[AttributeDefinition]> {
    let path_of = |key: &str| paths.get(key).map(|path| path.as_deref().map(Arc::from));
    let known = pool.iter().map(|definition| {
        let directory_path = path_of(&definition.key).unwrap_or_else(|| definition.directory_path.clone());
        AttributeDefinition { directory_path, ..definition.clone() }
    });
    let is_new = |key: &str| !pool.iter().any(|definition| &*definition.key == key);
    let new = paths.iter().filter(|(key, path)| path.is_some() && is_new(key)).map(|(key, path)| {
        AttributeDefinition {
            key: key.as_str().into(),
            name: key.as_str().into(),
            multi_valued: false,
            sso_path: None,
            directory_path: path.as_deref().map(Arc::from),
        }
    });
    known.chain(new).collect()
}

fn read_mappings(field: &str, list: Value) -> Result<Vec<NewMapping>, ApiError> {
    let Value::Array(list) = list else {
        return Err(ApiError::format_invalid(field, "an array of mappings"));
    };
    let read = |mapping| read_mapping(&mut Fields::new(mapping)?);
    list.into_iter().map(read).collect()
}

/// Either name of the group will do, or both if they say the same.
fn read_mapping(fields: &mut Fields) -> Result<NewMapping, ApiError> {
    let (group, older) = (fields.string("directory_group_id")?, fields.string("scim_group_id")?);
    let role = fields.required_string("role_id")?;
    let name = fields.string("directory_group_display_name")?;
    let name = name.or(fields.string("scim_group_display_name")?).unwrap_or_default();
    let group = match (group, older) {
        (Some(group), Some(older)) if group != older => {
            return Err(ApiError::value_invalid(
                "scim_group_id",
                "it names another group than directory_group_id",
            ));
        }
        (Some(group), _) | (None, Some(group)) => group,
        (None, None) => return Err(ApiError::missing("directory_group_id")),
    };
    Ok(NewMapping { group: ResourceId::named(&group), group_name: name.into(), role: role.into() })
}

fn all_mappings(directory: &Directory) -> Json<Value> {
    let bodies: Vec<_> = MappingBody::all(directory).iter().map(with_role).collect();
    Json(json!({ "total_count": bodies.len(), "data": bodies }))
}

/// The role is the host's: it is told by the id that the mapping was made with.
fn with_role(mapping: &MappingBody) -> Value {
    let mut body = serde_json::to_value(mapping).unwrap_or_default();
    if let Value::Object(body) = &mut body {
        let role = json!({ "object": "role", "id": mapping.role_id, "key": mapping.role_id, "name": mapping.role_id });
        body.insert("role".into(), role);
    }
    body
}

fn refused_mapping(refused: &MappingError) -> ApiError {
    match refused {
        MappingError::Disabled => {
            ApiError::new(StatusCode::BAD_REQUEST, "feature_not_enabled", refused.to_string())
        }
        MappingError::Unknown => ApiError::not_found("mapping"),
        _ => ApiError::value_invalid("directory_group_id", &refused.to_string()),
    }
}

fn connection_used() -> ApiError {
    ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "scim_directory_enterprise_connection_already_used",
        "this enterprise connection has a directory already",
    )
}
