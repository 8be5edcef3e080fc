//! Every room under one roof.

use std::sync::Arc;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Redirect},
    routing::get,
};
use serde_json::{Value, json};
use vestibule_axum::{
    ApiError, SecretKeys, Tenant,
    apikeys::{self, KeyVerifier, VerifiedKey, verify_keys},
    billing, check_api_version, directories, overview, require_secret_key, scim, waitlist,
};

use crate::{accounts, credentials::scim_url, setup::House, usage, waitlist::HostWaitlist};

/// The application, reached under `base_url`.
pub(crate) fn router(base_url: &str, house: &House) -> Router {
    Router::new()
        .merge(backend_api(base_url, house))
        .merge(overview_json(house))
        .merge(overview::page())
        .merge(for_key_holders(house))
        .nest("/scim/v2", scim_api(base_url, house))
        .route("/", get(async || Redirect::temporary("/overview")))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_allowed)
}

/// What `@clerk/backend` calls with the secret key.
fn backend_api(base_url: &str, house: &House) -> Router {
    let keys = SecretKeys::new([(house.secrets.secret_key.as_str(), house.tenant.clone())]);
    let waitlist = HostWaitlist { database: house.store.database().clone(), rule: house.rule.clone() };
    Router::new()
        .merge(apikeys::router(house.keys.clone(), house.clock.clone()))
        .merge(billing::router(house.billing.clone()))
        .merge(directories::router(house.scim.clone(), &scim_url(base_url), house.clock.clone()))
        .merge(waitlist::router(waitlist, house.clock.clone()))
        .merge(usage::router(house.clone()))
        .nest("/v1", accounts::router(house.store.database().clone()))
        .layer(middleware::from_fn(check_api_version))
        .layer(middleware::from_fn_with_state(keys, require_secret_key))
}

/// The page has a token of its own; the secret key will do, too.
fn overview_json(house: &House) -> Router {
    let tokens = [&house.secrets.overview_token, &house.secrets.secret_key];
    let tokens = SecretKeys::new(tokens.map(|token| (token.as_str(), house.tenant.clone())));
    overview::router(house.overview(), house.clock.clone())
        .layer(middleware::from_fn_with_state(tokens, require_secret_key))
}

/// Every directory of the one tenant of this host.
fn scim_api(base_url: &str, house: &House) -> Router {
    let tenant: Tenant = house.tenant.clone();
    scim::router(house.scim.clone(), &scim_url(base_url), house.clock.clone()).layer(axum::Extension(tenant))
}

/// What users' own keys open.
fn for_key_holders(house: &House) -> Router {
    let verifier = KeyVerifier::new(house.keys.clone(), house.tenant.clone(), house.clock.clone());
    Router::new().route("/whoami", get(whoami)).layer(middleware::from_fn_with_state(verifier, verify_keys))
}

async fn whoami(key: VerifiedKey) -> Json<Value> {
    let key: &Arc<_> = key.record();
    Json(json!({ "key": key.id.to_string(), "subject": key.subject.as_str(), "scopes": key.scopes }))
}

async fn nowhere() -> impl IntoResponse {
    ApiError::not_found("resource")
}

async fn not_allowed() -> impl IntoResponse {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this method is not allowed here")
}
