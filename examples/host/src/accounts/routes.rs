//! Users and memberships over HTTP, read-only: they are written by sign-up and by directories.

use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_axum::{ApiError, Tenant};
use vestibule_sqlite::Database;

use super::{
    queries::{self, AccountFilter},
    tables::Membership,
    wire,
};

/// `/users…` and `/organizations/{id}/memberships`, for a tenant in the request's extensions.
pub(crate) fn router(database: Database) -> Router {
    Router::new()
        .route("/users", get(list))
        .route("/users/count", get(count))
        .route("/users/{id}", get(one))
        .route("/users/{id}/organization_memberships", get(of_user))
        .route("/organizations/{id}/memberships", get(of_organization))
        .with_state(database)
}

#[derive(Debug, Deserialize)]
struct Asked {
    email_address: Option<String>,
    external_id: Option<String>,
    username: Option<String>,
    user_id: Option<String>,
    limit: Option<u32>,
    offset: Option<u32>,
}

impl Asked {
    fn filter(&self) -> AccountFilter {
        AccountFilter {
            email: self.email_address.clone(),
            external_id: self.external_id.clone(),
            username: self.username.clone(),
            id: self.user_id.clone(),
        }
    }

    fn page(&self) -> (u32, u32) {
        (self.limit.unwrap_or(10).clamp(1, 500), self.offset.unwrap_or(0))
    }
}

async fn list(
    State(database): State<Database>,
    Extension(tenant): Extension<Tenant>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, ApiError> {
    let (limit, offset) = asked.page();
    let accounts = database
        .read(move |db| Ok(queries::list(db, tenant.name(), &asked.filter(), limit, offset)?))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(accounts.iter().map(wire::user).collect()))
}

async fn count(
    State(database): State<Database>,
    Extension(tenant): Extension<Tenant>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, ApiError> {
    let count = database
        .read(move |db| Ok(queries::count(db, tenant.name(), &asked.filter())?))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(json!({ "object": "total_count", "total_count": count })))
}

async fn one(
    State(database): State<Database>,
    Extension(tenant): Extension<Tenant>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let account = database
        .read(move |db| Ok(queries::find(db, tenant.name(), &id)?))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    account.map(|account| Json(wire::user(&account))).ok_or_else(|| ApiError::not_found("user"))
}

async fn of_user(
    database: State<Database>,
    tenant: Extension<Tenant>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    memberships(database, tenant, None, Some(id)).await
}

async fn of_organization(
    database: State<Database>,
    tenant: Extension<Tenant>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    memberships(database, tenant, Some(id), None).await
}

async fn memberships(
    State(database): State<Database>,
    Extension(tenant): Extension<Tenant>,
    organization: Option<String>,
    user: Option<String>,
) -> Result<Json<Value>, ApiError> {
    let found = database
        .read(move |db| {
            let found = queries::memberships(db, tenant.name(), organization.as_deref(), user.as_deref())?;
            let with_account = |membership: Membership| {
                let account = queries::find(db, tenant.name(), &membership.user_id)?;
                Ok(wire::membership(&membership, account.as_ref()))
            };
            found.into_iter().map(with_account).collect::<Result<Vec<_>, vestibule_sqlite::SqliteError>>()
        })
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(json!({ "total_count": found.len(), "data": found })))
}
