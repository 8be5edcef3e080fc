//! The secret key that a backend presents.

use std::{borrow::Cow, fmt, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::{ApiError, Tenant};

/// The secret keys that backends may present, each of one tenant; only digests are kept.
#[derive(Clone)]
pub struct SecretKeys(Arc<[(blake3::Hash, Tenant)]>);

impl SecretKeys {
    /// Accepts each of these keys for its tenant.
    pub fn new<'a>(keys: impl IntoIterator<Item = (&'a str, Tenant)>) -> Self {
        Self(keys.into_iter().map(|(key, tenant)| (digest(key), tenant)).collect())
    }

    /// The tenant whose key this is. Takes equally long whichever key is presented.
    pub fn tenant(&self, presented: &str) -> Option<&Tenant> {
        let presented = digest(presented);
        self.0
            .iter()
            .fold(None, |found, (known, tenant)| if *known == presented { Some(tenant) } else { found })
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKeys").field("count", &self.0.len()).finish()
    }
}

/// Middleware that lets a request through whose `Authorization: Bearer` holds one of the secret keys, and puts its
/// [`Tenant`] into the request's extensions.
///
/// ```
/// use axum::{Extension, Router, middleware, routing::get};
/// use vestibule_axum::{SecretKeys, Tenant, require_secret_key};
///
/// let keys = SecretKeys::new([("sk_test_example", Tenant::new("acme")?)]);
/// let app: Router = Router::new()
///     .route("/whoami", get(|Extension(tenant): Extension<Tenant>| async move { tenant.name().to_owned() }))
///     .layer(middleware::from_fn_with_state(keys, require_secret_key));
/// # Ok::<_, vestibule_axum::InvalidTenant>(())
/// ```
///
/// # Errors
/// 401 `authentication_invalid` without credentials, 401 `clerk_key_invalid` with wrong ones.
pub async fn require_secret_key(
    State(keys): State<SecretKeys>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let presented = bearer(request.headers()).ok_or_else(ApiError::unauthenticated)?;
    let tenant = keys.tenant(&presented).cloned().ok_or_else(wrong_key)?;
    request.extensions_mut().insert(tenant);
    Ok(next.run(request).await)
}

/// The token in `Authorization: Bearer …`; the scheme's case does not count (RFC 9110 §11.1).
///
/// Bytes that are no text are replaced: such a token is a wrong one, and not a missing one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    let token = token.trim_ascii_start();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then(|| String::from_utf8_lossy(token))
}

fn wrong_key() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "clerk_key_invalid", "the secret key is not valid")
        .with_header(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"))
}

fn digest(key: &str) -> blake3::Hash {
    blake3::Hash::from_bytes(blake3::derive_key("vestibule-axum 2026-11 secret key", key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_read() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(Cow::into_owned)
        };
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc").as_deref(), Some("abc"));
        for other in ["Bearer ", "Bearer", "Basic abc", "abc"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn keys_are_not_shown() {
        let keys = SecretKeys::new([("sk_test_secret", Tenant::new("acme").unwrap())]);
        assert!(!format!("{keys:?}").contains("secret"));
        assert_eq!(keys.tenant("sk_test_secret").map(Tenant::name), Some("acme"));
        assert!(keys.tenant("sk_test_secreT").is_none());
    }
}
