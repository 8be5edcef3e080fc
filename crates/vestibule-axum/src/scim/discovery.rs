//! What the service provider says about itself (RFC 7644 §4).

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use scim_core::{ScimError, ScimStore, discovery};
use serde_json::Value;

use super::{
    Parameters, Provider, ScimPath,
    answer::{self, Refused},
};

pub(super) async fn config<S: ScimStore>(State(provider): State<Provider<S>>) -> Response {
    answer::body(StatusCode::OK, &provider.scim.service_provider_config(&provider.base_url))
}

pub(super) async fn schemas<S: ScimStore>(
    State(provider): State<Provider<S>>,
    query: RawQuery,
) -> Result<Response, Refused> {
    list(&discovery::schemas(provider.scim.registry(), &provider.base_url), &query)
}

pub(super) async fn resource_types<S: ScimStore>(
    State(provider): State<Provider<S>>,
    query: RawQuery,
) -> Result<Response, Refused> {
    list(&discovery::resource_types(provider.scim.registry(), &provider.base_url), &query)
}

pub(super) async fn schema<S: ScimStore>(
    State(provider): State<Provider<S>>,
    ScimPath(urn): ScimPath<String>,
) -> Result<Response, Refused> {
    let schema = provider.scim.registry().schema(&urn).ok_or_else(|| ScimError::not_found("Schema", &urn))?;
    Ok(answer::body(StatusCode::OK, &discovery::schema(schema, &provider.base_url)))
}

pub(super) async fn resource_type<S: ScimStore>(
    State(provider): State<Provider<S>>,
    ScimPath(name): ScimPath<String>,
) -> Result<Response, Refused> {
    let kind = provider.scim.registry().resource_type(&name);
    let kind = kind.ok_or_else(|| ScimError::not_found("ResourceType", &name))?;
    Ok(answer::body(StatusCode::OK, &discovery::resource_type(kind, &provider.base_url)))
}

/// RFC 7644 §4: a filter is refused here.
fn list(documents: &[Value], query: &RawQuery) -> Result<Response, Refused> {
    if Parameters::of(query).text("filter").is_some() {
        return Err(ScimError::new(403, "schemas and resource types can't be filtered").into());
    }
    let total = documents.len() as u64;
    Ok(answer::body(StatusCode::OK, &discovery::list(documents, total, 1)))
}
