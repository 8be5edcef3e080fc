//! A layer that lets only verified keys through.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use apikeys::RequiredScopes;
use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use tower_layer::Layer;
use tower_service::Service;

use super::KeyVerifier;

/// A layer that lets a request through only if it bears a valid key with the scopes of the route.
///
/// Handlers behind it may take a [`VerifiedKey`](super::VerifiedKey) without verifying again.
///
/// ```
/// use axum::{Router, routing::get};
/// use vestibule_axum::apikeys::{KeyLayer, KeyVerifier};
///
/// fn routes(verifier: KeyVerifier) -> Router {
///     let read = KeyLayer::new(verifier.clone()).all(&["reports:read"]);
///     let write = KeyLayer::new(verifier).any(&["reports:write", "admin"]);
///     let router = Router::new().route("/report", get(async || "all is well").route_layer(read));
///     router.route("/rewrite", get(async || "done").route_layer(write))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct KeyLayer {
    verifier: KeyVerifier,
    scopes: RequiredScopes<'static>,
}

/// What [`KeyLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct KeyService<S> {
    inner: S,
    layer: KeyLayer,
}

impl KeyLayer {
    /// Any valid key.
    pub fn new(verifier: KeyVerifier) -> Self {
        Self { verifier, scopes: RequiredScopes::All(&[]) }
    }

    /// A key with each of these scopes.
    #[must_use]
    pub fn all(self, scopes: &'static [&'static str]) -> Self {
        Self { scopes: RequiredScopes::All(scopes), ..self }
    }

    /// A key with at least one of these scopes.
    #[must_use]
    pub fn any(self, scopes: &'static [&'static str]) -> Self {
        Self { scopes: RequiredScopes::Any(scopes), ..self }
    }
}

impl<S> Layer<S> for KeyLayer {
    type Service = KeyService<S>;

    fn layer(&self, inner: S) -> KeyService<S> {
        KeyService { inner, layer: self.clone() }
    }
}

impl<S> Service<Request> for KeyService<S>
where
    S: Service<Request, Error = Infallible> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was ready is the one to be called; the clone takes its place.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let KeyLayer { verifier, scopes } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if let Err(refused) = verifier.receipt(&mut parts, scopes).await {
                return Ok(refused.into_response());
            }
            parts.extensions.insert(verifier);
            let answered = inner.call(Request::from_parts(parts, body)).await?;
            Ok(answered.into_response())
        })
    }
}
