//! A verified key in a handler's arguments.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use apikeys::{ApiKeys, Demand, KeyRecord, KeyStore, Receipt, RequiredScopes, Verdict};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::Response,
};

use super::answer::refused_bearer;
use crate::{ApiError, Clock, Tenant, secret_key::bearer};

/// The key that a request bears, verified, and counted as one verification.
///
/// The router needs the layer [`verify_keys`], or a [`KeyLayer`](super::KeyLayer). Refuses with 401 and `WWW-Authenticate:
/// Bearer` whatever is no valid key; malformed and unknown ones are answered alike. `R` says which scopes the key must
/// have; a request without them is answered 403.
///
/// ```
/// use std::sync::Arc;
///
/// use apikeys::{ApiKeys, MemoryStore, Pepper, PepperId, Peppers, RequiredScopes, TokenFormat};
/// use axum::{Router, middleware, routing::get};
/// use vestibule_axum::{
///     Clock, Tenant,
///     apikeys::{KeyVerifier, RequireScopes, VerifiedKey, verify_keys},
/// };
///
/// async fn whoami(key: VerifiedKey) -> String {
///     key.record().subject.to_string()
/// }
///
/// struct ReadReports;
///
/// impl RequireScopes for ReadReports {
///     const SCOPES: RequiredScopes<'static> = RequiredScopes::All(&["reports:read"]);
/// }
///
/// async fn report(_: VerifiedKey<ReadReports>) -> &'static str {
///     "all is well"
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
pub struct VerifiedKey<R = NoScopes> {
    receipt: Receipt,
    required: PhantomData<fn() -> R>,
}

/// The scopes that a handler's [`VerifiedKey`] must have.
pub trait RequireScopes {
    /// All of them, or any.
    const SCOPES: RequiredScopes<'static>;
}

/// No scopes.
#[derive(Debug)]
pub struct NoScopes;

impl RequireScopes for NoScopes {
    const SCOPES: RequiredScopes<'static> = RequiredScopes::All(&[]);
}

/// Where a request comes from, in its extensions: for keys that are bound to networks.
///
/// Without it the peer of the connection counts ([`ConnectInfo`]); a host behind a proxy puts here what that says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// What verifies the keys of requests: the keys of one tenant, whatever store they are on.
#[derive(Clone)]
pub struct KeyVerifier(Arc<dyn Verify>);

impl<R> VerifiedKey<R> {
    /// The key.
    pub fn record(&self) -> &Arc<KeyRecord> {
        &self.receipt.key
    }

    /// Asks for scopes, all of which the key must have; counts and costs nothing more.
    ///
    /// # Errors
    /// 403 `api_key_insufficient_scope`, if one is missing.
    pub fn require(&self, scopes: &[&str]) -> Result<(), ApiError> {
        permit(&self.receipt, RequiredScopes::All(scopes))
    }

    fn new(receipt: Receipt) -> Self {
        Self { receipt, required: PhantomData }
    }
}

impl<R> Clone for VerifiedKey<R> {
    fn clone(&self) -> Self {
        Self::new(self.receipt.clone())
    }
}

impl<R> fmt::Debug for VerifiedKey<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedKey").field(&self.receipt.key.id).finish()
    }
}

impl KeyVerifier {
    /// Verifies keys of `tenant`.
    pub fn new<S: KeyStore + 'static>(keys: Arc<ApiKeys<S>>, tenant: Tenant, clock: Clock) -> Self {
        Self(Arc::new(Keys { keys, tenant, clock }))
    }

    /// The receipt of the key that a request bears: one verification, however often it is asked for.
    pub(super) async fn receipt(
        &self,
        parts: &mut Parts,
        scopes: RequiredScopes<'_>,
    ) -> Result<Receipt, ApiError> {
        if let Some(Verified(receipt)) = parts.extensions.get::<Verified>().cloned() {
            permit(&receipt, scopes)?;
            return Ok(receipt);
        }
        let presented = bearer(&parts.headers).ok_or_else(ApiError::unauthenticated)?;
        let demand = Demand { scopes, address: address(parts), ..Demand::default() };
        match self.0.verify(&presented, &demand).await? {
            Verdict::Valid(receipt) => {
                parts.extensions.insert(Verified(receipt.clone()));
                Ok(receipt)
            }
            refused => Err(refused_bearer(&refused)),
        }
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

impl<S: Sync, R: RequireScopes> FromRequestParts<S> for VerifiedKey<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let verifier = parts.extensions.get::<KeyVerifier>().cloned().ok_or_else(no_verifier)?;
        verifier.receipt(parts, R::SCOPES).await.map(Self::new)
    }
}

/// What was verified, in a request's extensions.
#[derive(Clone)]
struct Verified(Receipt);

fn permit(receipt: &Receipt, scopes: RequiredScopes<'_>) -> Result<(), ApiError> {
    if receipt.permits(scopes) {
        return Ok(());
    }
    Err(refused_bearer(&Verdict::InsufficientScope(receipt.clone())))
}

fn address(parts: &Parts) -> Option<IpAddr> {
    let told = parts.extensions.get::<ClientAddress>().map(|address| address.0);
    told.or_else(|| parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()))
}

/// A mistake of the host's, not of the caller's.
fn no_verifier() -> ApiError {
    tracing::error!("a handler takes a VerifiedKey, but its router has no layer `verify_keys`");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the server is set up wrongly")
}

/// Without the store in its type, so that handlers need not name it.
trait Verify: Send + Sync {
    fn verify<'a>(&'a self, presented: &'a str, demand: &'a Demand<'a>) -> Verifying<'a>;
}

type Verifying<'a> = Pin<Box<dyn Future<Output = Result<Verdict, ApiError>> + Send + 'a>>;

struct Keys<S> {
    keys: Arc<ApiKeys<S>>,
    tenant: Tenant,
    clock: Clock,
}

impl<S: KeyStore> Verify for Keys<S> {
    fn verify<'a>(&'a self, presented: &'a str, demand: &'a Demand<'a>) -> Verifying<'a> {
        let now = self.clock.now();
        Box::pin(async move {
            let verdict = self.keys.verify(self.tenant.apikeys(), presented, demand, now).await;
            verdict.map_err(|error| ApiError::internal(&error))
        })
    }
}
