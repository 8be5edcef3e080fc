//! The version of the public API that a request asks for.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};

use crate::ApiError;

/// The version that is spoken, also when a request names none.
const SPOKEN: &str = "2026-05-12";

/// Middleware that refuses an unknown `Clerk-API-Version`.
///
/// # Errors
/// 400 `api_version_invalid`.
pub async fn check_api_version(request: Request, next: Next) -> Result<Response, ApiError> {
    match asked(request.headers()) {
        None => Ok(next.run(request).await),
        Some(version) if version == SPOKEN.as_bytes() => Ok(next.run(request).await),
        Some(_) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "api_version_invalid",
            format!("this server speaks the API version {SPOKEN}"),
        )),
    }
}

fn asked(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get("clerk-api-version").map(HeaderValue::as_bytes)
}
