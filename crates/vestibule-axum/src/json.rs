//! Bodies that hold JSON.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde_json::Value;

use crate::ApiError;

/// The longest body that the routers of the public API read, in bytes; a longer one is answered 413.
pub const BODY_CAP: usize = 1024 * 1024;

/// The JSON value in a request's body, whatever its `Content-Type`; an empty body counts as `{}`.
///
/// Refuses with 413 `request_body_too_large` above [`BODY_CAP`], and with 400 `request_body_invalid` what is no JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonBody(pub Value);

impl<S: Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = to_bytes(request.into_body(), BODY_CAP).await.map_err(|_| too_large())?;
        if bytes.is_empty() {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unreadable(&error))
    }
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_body_too_large",
        format!("the body must not be longer than {BODY_CAP} bytes"),
    )
}

fn unreadable(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "request_body_invalid",
        format!("the body is not valid JSON at line {line}, column {column}"),
    )
}
