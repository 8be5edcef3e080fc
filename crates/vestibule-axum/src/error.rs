//! Errors as the public API tells them.

use std::{error::Error, fmt::Write};

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// One error of the public API: `{"errors": [{message, long_message, code, meta?}], clerk_trace_id}`.
///
/// Never holds a secret, nor the value that was refused.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    long_message: String,
    meta: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// An error with the wire's status and code, and a message of our own.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let long_message = message.clone();
        Self { status, code, message, long_message, meta: Map::new(), headers: Vec::new() }
    }

    /// 404 `resource_not_found`.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource_not_found", format!("{what} not found"))
    }

    /// 422 `form_param_missing`.
    pub fn missing(field: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "form_param_missing", format!("{field} must be included"))
            .with_meta("param_name", field)
    }

    /// 422 `form_param_format_invalid`: the value is of another type or shape than `expected`.
    pub fn format_invalid(field: &str, expected: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "form_param_format_invalid",
            format!("{field} must be {expected}"),
        )
        .with_meta("param_name", field)
    }

    /// 422 `form_param_value_invalid`: the value has the right shape, and is not allowed because of `reason`.
    pub fn value_invalid(field: &str, reason: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "form_param_value_invalid",
            format!("{field} is not allowed: {reason}"),
        )
        .with_meta("param_name", field)
    }

    /// 400 `bad_request`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 405 `method_not_allowed`.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this method is not allowed here")
    }

    /// 401 `authentication_invalid`: the request has no credentials.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authentication_invalid", "no valid credentials were sent")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 500 `internal_error`: logs the failure and its causes, and tells the caller nothing of it.
    pub fn internal(failure: &dyn Error) -> Self {
        let mut causes = String::new();
        let mut cause = failure.source();
        while let Some(inner) = cause {
            let _ = write!(causes, ": {inner}");
            cause = inner.source();
        }
        tracing::error!(failure = %format_args!("{failure}{causes}"), "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the server failed: try again later")
    }

    /// The same error with a longer message, which says what to do.
    #[must_use]
    pub fn with_long_message(mut self, long_message: impl Into<String>) -> Self {
        self.long_message = long_message.into();
        self
    }

    /// The same error with one more entry in its `meta`.
    #[must_use]
    pub fn with_meta(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }

    /// The same error with one more header in its response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status of its response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error =
            json!({ "message": self.message, "long_message": self.long_message, "code": self.code });
        if let (Some(error), false) = (error.as_object_mut(), self.meta.is_empty()) {
            error.insert("meta".into(), self.meta.into());
        }
        let body = json!({ "errors": [error], "clerk_trace_id": trace_id() });
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// 32 hexadecimal digits; all zero where the system has no entropy to give, which no answer should fail for.
fn trace_id() -> String {
    let mut bytes = [0; 16];
    let _ = getrandom::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}
