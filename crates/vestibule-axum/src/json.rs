//! Bodies that hold JSON.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use http_body_util::BodyExt;
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
        let bytes = capped(request.into_body(), BODY_CAP).await.ok_or_else(too_large)?;
        if bytes.is_empty() {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unreadable(&error))
    }
}

/// How much of a body above its cap is taken off the wire before the refusal is sent.
const DRAINED: usize = 32 * 1024 * 1024;

/// The whole body; `None` if it is longer than `cap`, or broke off.
///
/// The rest of a longer one is read and thrown away: a client that still writes would not see an answer that comes before.
pub(crate) async fn capped(mut body: Body, cap: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.ok()?.into_data() else { continue };
        seen = seen.saturating_add(chunk.len());
        if seen <= cap {
            bytes.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    (seen <= cap).then_some(bytes)
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
