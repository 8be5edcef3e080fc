//! API keys: `/api_keys…`, and the extractor of a verified key.

mod answer;
mod body;
mod extract;
mod layer;

use std::sync::Arc;

use apikeys::{
    ApiKeys, Demand, KeyFilter, KeyId, KeyRecord, KeyStore, SecretError, ServiceError, Start, Verdict,
    wire::{CreatedKeyBody, DeletedKeyBody, KeyBody, KeyPageBody, SecretBody},
};
use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use getrandom::SysRng;
use rand_core::UnwrapErr;

use self::{
    answer::{failed, issue_failed, refused_verdict, rotate_failed, update_failed},
    body::{new_key, read_rotation, read_update},
};
pub use self::{
    extract::{ClientAddress, KeyVerifier, NoScopes, RequireScopes, VerifiedKey, verify_keys},
    layer::{KeyLayer, KeyService},
};
use crate::{ApiError, Clock, Fields, JsonBody, Tenant, parameters::Parameters, path::ApiPath};

/// The routes of API keys, on `keys`, for the [`Tenant`] in the request's extensions:
///
/// - `POST /api_keys`: `name`, `subject`, and what a key may have beside; the answer alone has the `secret`. A repeated
///   `Idempotency-Key` is answered 409;
/// - `GET /api_keys`: `subject`, `type`, `query`, `include_invalid`, `limit` (1 to 100), `offset`;
/// - `GET`, `PATCH` and `DELETE /api_keys/{id}`, `POST /api_keys/{id}/revoke`;
/// - `GET /api_keys/{id}/secret`: only if `keys` have a vault, and had one when the key was created;
/// - `POST /api_keys/verify`: 404 for whatever is no key, 400 for one that may not be used, 429 for one that was used too
///   often or has no credits left.
///
/// Beyond the public specification, in its manner:
/// - `POST /api_keys/{id}/rotate`: `grace_seconds`, `ends_on_first_use`, `seconds_until_expiration`; answers the successor
///   with its `secret`;
/// - `POST /api_keys/{id}/disable` and `/enable`.
///
/// The same under `/v1/api_keys`: clients call either.
pub fn router<S: KeyStore + 'static>(keys: Arc<ApiKeys<S>>, clock: Clock) -> Router {
    let routes = Router::new()
        .route("/", get(list::<S>).post(create::<S>))
        .route("/verify", post(verify::<S>))
        .route("/{id}", get(read::<S>).patch(update::<S>).delete(remove::<S>))
        .route("/{id}/revoke", post(revoke::<S>))
        .route("/{id}/rotate", post(rotate::<S>))
        .route("/{id}/disable", post(disable::<S>))
        .route("/{id}/enable", post(enable::<S>))
        .route("/{id}/secret", get(secret::<S>))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .with_state(Served { keys, clock });
    Router::new().nest("/api_keys", routes.clone()).nest("/v1/api_keys", routes)
}

struct Served<S> {
    keys: Arc<ApiKeys<S>>,
    clock: Clock,
}

impl<S> Clone for Served<S> {
    fn clone(&self) -> Self {
        Self { keys: Arc::clone(&self.keys), clock: self.clock.clone() }
    }
}

async fn create<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Json<CreatedKeyBody>, ApiError> {
    let new = new_key(body, headers.get("idempotency-key"))?;
    let now = served.clock.now();
    let issued = served.keys.issue(tenant.apikeys(), new, now, &mut UnwrapErr(SysRng)).await;
    let (key, secret) = issued.map_err(issue_failed)?;
    Ok(Json(CreatedKeyBody::new(&key, secret, now)))
}

const DEFAULT_LIMIT: u32 = 10;

async fn list<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<KeyPageBody>, ApiError> {
    let subject = asked.checked("subject", "a subject", |text: String| text.parse())?;
    let filter = KeyFilter {
        subject: Some(subject.ok_or_else(|| ApiError::missing("subject"))?),
        // The specification's default.
        kind: Some(asked.text("type").unwrap_or("api_key").into()),
        name: asked.text("query").map(Into::into),
        include_invalid: asked.switch("include_invalid")?,
        ..KeyFilter::default()
    };
    let bounded = |limit| if (1..=100).contains(&limit) { Ok(limit) } else { Err("it is from 1 to 100") };
    let limit = asked.checked("limit", "a whole number", bounded)?.unwrap_or(DEFAULT_LIMIT);
    let start = Start::Offset(asked.value("offset", "a whole number from 0")?.unwrap_or(0));
    let now = served.clock.now();
    let page = served.keys.keys(tenant.apikeys(), &filter, start, limit, now).await;
    Ok(Json(KeyPageBody::new(&page.map_err(|error| ApiError::internal(&error))?, now)))
}

async fn read<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<KeyBody>, ApiError> {
    let found = served.keys.key(tenant.apikeys(), known(&id)?).await;
    served.answer(found.map_err(|error| ApiError::internal(&error))?)
}

async fn update<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<KeyBody>, ApiError> {
    let changes = read_update(body)?;
    let updated = served.keys.update(tenant.apikeys(), known(&id)?, changes, served.clock.now()).await;
    served.answer(updated.map_err(update_failed)?)
}

async fn revoke<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<KeyBody>, ApiError> {
    let mut fields = Fields::new(body)?;
    let reason = fields.string("revocation_reason")?.map(Into::into);
    body::finish(&fields)?;
    let revoked = served.keys.revoke(tenant.apikeys(), known(&id)?, reason, None, served.clock.now()).await;
    served.answer(revoked.map_err(failed)?)
}

async fn remove<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<DeletedKeyBody>, ApiError> {
    let deleted = served.keys.delete(tenant.apikeys(), known(&id)?, served.clock.now()).await;
    deleted.map_err(failed)?.map(|key| Json(DeletedKeyBody::new(&key))).ok_or_else(not_found)
}

async fn rotate<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Json<CreatedKeyBody>, ApiError> {
    let (id, rotation) = (known(&id)?, read_rotation(body, headers.get("idempotency-key"))?);
    let now = served.clock.now();
    let rotated = served.keys.rotate(tenant.apikeys(), id, &rotation, now, &mut UnwrapErr(SysRng)).await;
    let (key, secret) = rotated.map_err(rotate_failed)?.ok_or_else(not_found)?;
    Ok(Json(CreatedKeyBody::new(&key, secret, now)))
}

async fn disable<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<KeyBody>, ApiError> {
    let disabled = served.keys.disable(tenant.apikeys(), known(&id)?, served.clock.now()).await;
    served.answer(disabled.map_err(failed)?)
}

async fn enable<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<KeyBody>, ApiError> {
    let enabled = served.keys.enable(tenant.apikeys(), known(&id)?, served.clock.now()).await;
    served.answer(enabled.map_err(failed)?)
}

async fn secret<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<SecretBody>, ApiError> {
    match served.keys.secret(tenant.apikeys(), known(&id)?, served.clock.now()).await {
        Ok(secret) => Ok(Json(SecretBody::new(secret))),
        Err(ServiceError::Refused(SecretError::NotFound)) => Err(not_found()),
        Err(ServiceError::Refused(refused)) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, "api_key_secret_not_available", refused.to_string()))
        }
        Err(other) => Err(ApiError::internal(&other)),
    }
}

async fn verify<S: KeyStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = Fields::new(body)?;
    let presented = fields.required_string("secret")?;
    body::finish(&fields)?;
    let now = served.clock.now();
    let verdict = served.keys.verify(tenant.apikeys(), &presented, &Demand::default(), now).await;
    match verdict.map_err(|error| ApiError::internal(&error))? {
        Verdict::Valid(receipt) => Ok(Json(KeyBody::new(&receipt.key, now)).into_response()),
        refused => Err(refused_verdict(&refused)),
    }
}

impl<S: KeyStore> Served<S> {
    fn answer(&self, found: Option<Arc<KeyRecord>>) -> Result<Json<KeyBody>, ApiError> {
        found.map(|key| Json(KeyBody::new(&key, self.clock.now()))).ok_or_else(not_found)
    }
}

/// A text that is no id is answered like an id of no key.
fn known(id: &str) -> Result<KeyId, ApiError> {
    id.parse().map_err(|_| not_found())
}

fn not_found() -> ApiError {
    ApiError::not_found("API key")
}
