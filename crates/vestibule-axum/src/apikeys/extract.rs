//! A verified key in a handler's arguments.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use apikeys::{ApiKeys, KeyRecord, KeyStore, Verdict};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Utc};

use crate::{ApiError, Clock, Tenant, secret_key::bearer};

/// The key that a request bears, verified, and counted as one verification.
///
/// The router needs the layer [`verify_keys`]. Refuses with 401 and `WWW-Authenticate: Bearer` whatever is no valid key;
/// malformed and unknown ones are answered alike.
///
/// ```
/// use std::sync::Arc;
///
/// use apikeys::{ApiKeys, MemoryStore, Pepper, PepperId, Peppers, TokenFormat};
/// use axum::{Router, middleware, routing::get};
/// use vestibule_axum::{Clock, Tenant, apikeys::{KeyVerifier, VerifiedKey, verify_keys}};
///
/// async fn whoami(key: VerifiedKey) -> String {
///     key.record().subject.to_string()
/// }
///
/// async fn report(key: VerifiedKey) -> Result<&'static str, vestibule_axum::ApiError> {
///     key.require(&["reports:read"])?;
///     Ok("all is well")
/// }
///
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
/// let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
/// let keys = ApiKeys::new(MemoryStore::new(), TokenFormat::new("ak", "live")?, peppers, &mut rng);
/// let verifier = KeyVerifier::new(Arc::new(keys), Tenant::new("acme")?, Clock::system());
/// let app: Router = Router::new()
///     .route("/whoami", get(whoami))
///     .route("/report", get(report))
///     .layer(middleware::from_fn_with_state(verifier, verify_keys));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifiedKey(Arc<KeyRecord>);

/// What verifies the keys of requests: the keys of one tenant, whatever store they are on.
#[derive(Clone)]
pub struct KeyVerifier(Arc<dyn Verify>);

impl VerifiedKey {
    /// The key.
    pub fn record(&self) -> &Arc<KeyRecord> {
        &self.0
    }

    /// Asks for scopes, all of which must be the key's own.
    ///
    /// # Errors
    /// 403 `authorization_invalid`, if one is missing.
    pub fn require(&self, scopes: &[&str]) -> Result<(), ApiError> {
        let has = |scope: &&str| self.0.scopes.iter().any(|own| &**own == *scope);
        match scopes.iter().find(|scope| !has(scope)) {
            None => Ok(()),
            Some(missing) => {
                let message = format!("the API key lacks the scope `{missing}`");
                let challenge = header::HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
                Err(ApiError::new(StatusCode::FORBIDDEN, "authorization_invalid", message)
                    .with_header(header::WWW_AUTHENTICATE, challenge))
            }
        }
    }
}

impl KeyVerifier {
    /// Verifies keys of `tenant`.
    pub fn new<S: KeyStore + 'static>(keys: Arc<ApiKeys<S>>, tenant: Tenant, clock: Clock) -> Self {
        Self(Arc::new(Keys { keys, tenant, clock }))
    }
}

impl fmt::Debug for KeyVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyVerifier(..)")
    }
}

/// Middleware that hands the verifier to [`VerifiedKey`]; it verifies nothing by itself.
pub async fn verify_keys(State(verifier): State<KeyVerifier>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(verifier);
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for VerifiedKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // A request is one verification, however many of its extractors ask for the key.
        if let Some(verified) = parts.extensions.get::<Self>() {
            return Ok(verified.clone());
        }
        let verifier = parts.extensions.get::<KeyVerifier>().cloned().ok_or_else(no_verifier)?;
        let presented = bearer(&parts.headers).ok_or_else(ApiError::unauthenticated)?;
        match verifier.0.verify(&presented).await? {
            Verdict::Valid(receipt) => {
                let verified = Self(receipt.key);
                parts.extensions.insert(verified.clone());
                Ok(verified)
            }
            Verdict::Revoked(_) => Err(unusable("the API key was revoked")),
            Verdict::Expired(_) => Err(unusable("the API key has expired")),
            _ => Err(unusable("the API key is not valid")),
        }
    }
}

fn unusable(message: &'static str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "authentication_invalid", message).with_header(
        header::WWW_AUTHENTICATE,
        header::HeaderValue::from_static("Bearer error=\"invalid_token\""),
    )
}

/// A mistake of the host's, not of the caller's.
fn no_verifier() -> ApiError {
    tracing::error!("a handler takes a VerifiedKey, but its router has no layer `verify_keys`");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the server is set up wrongly")
}

/// Without the store in its type, so that handlers need not name it.
trait Verify: Send + Sync {
    fn verify<'a>(&'a self, presented: &'a str) -> Verified<'a>;
}

type Verified<'a> = Pin<Box<dyn Future<Output = Result<Verdict, ApiError>> + Send + 'a>>;

struct Keys<S> {
    keys: Arc<ApiKeys<S>>,
    tenant: Tenant,
    clock: Clock,
}

impl<S: KeyStore> Verify for Keys<S> {
    fn verify<'a>(&'a self, presented: &'a str) -> Verified<'a> {
        let now: DateTime<Utc> = self.clock.now();
        Box::pin(async move {
            let verdict = self.keys.verify(self.tenant.apikeys(), presented, &[], now).await;
            verdict.map_err(|error| ApiError::internal(&error))
        })
    }
}
