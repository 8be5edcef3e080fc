//! Answers in SCIM's own media type.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use scim_core::{ScimError, ServiceError};
use serde_json::Value;

use crate::ApiError;

/// Why a request failed.
pub(super) type Failure<E> = ServiceError<ScimError, E>;

/// A refusal of the protocol.
pub(super) struct Refused(pub(super) ScimError);

impl From<ScimError> for Refused {
    fn from(error: ScimError) -> Self {
        Self(error)
    }
}

/// A body in `application/scim+json` (RFC 7644 §3.1).
pub(super) fn body(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    response
}

/// A body about a resource, with its version and where it is found.
pub(super) fn resource(status: StatusCode, answer: &scim_core::Answer) -> Response {
    headed(body(status, &answer.body), &answer.head)
}

/// What the headers say about a resource, without a body.
pub(super) fn head(status: StatusCode, head: &scim_core::Head) -> Response {
    headed(empty(status), head)
}

/// RFC 7643 §3.1 wants `Content-Location`, the examples of RFC 7644 have `Location`.
fn headed(mut response: Response, head: &scim_core::Head) -> Response {
    for (name, value) in [
        (header::LOCATION, &head.location),
        (header::CONTENT_LOCATION, &head.location),
        (header::ETAG, &head.version),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// No body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The body of an error.
pub(super) fn error(error: &ScimError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    body(status, &error.body())
}

/// What a failed call of the service answers; a failure of the store is logged and not told.
pub(super) fn failed<E: std::error::Error + 'static>(failure: Failure<E>) -> Response {
    match failure {
        ServiceError::Refused(refused) => error(&refused),
        ServiceError::Store(store) => {
            ApiError::internal(&store);
            error(&ScimError::internal())
        }
        _ => error(&ScimError::contended()),
    }
}
