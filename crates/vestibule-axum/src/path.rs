//! The variable parts of a request's path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::ApiError;

/// The variable parts of the path; one that is no UTF-8 leads nowhere, which is told in the public API's shape.
pub(crate) struct ApiPath<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let found = Path::from_request_parts(parts, state).await;
        found.map(|Path(found)| Self(found)).map_err(|_| ApiError::not_found("resource"))
    }
}
