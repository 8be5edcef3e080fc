//! `/scim/v2/…`: what identity providers provision through (RFC 7644).

mod answer;
mod asynchronous;
mod bulk;
mod discovery;
mod me;
mod resources;

use std::{borrow::Cow, collections::HashMap, fmt, sync::Arc};

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use scim_core::{Directory, Precondition, Projection, Scim, ScimError, ScimStore, ScimType, TypeSchema};
use serde::de::DeserializeOwned;

use self::answer::{Failure, failed};
pub use self::me::Subject;
use crate::{Clock, Tenant};

/// The longest body that the SCIM endpoints read, in bytes; a longer one is answered 413.
pub const SCIM_BODY_CAP: usize = scim_core::MAX_BULK_PAYLOAD;

/// What the SCIM endpoints work with.
pub(super) struct Provider<S> {
    scim: Arc<Scim<S>>,
    base_url: Arc<str>,
    clock: Clock,
}

impl<S> Clone for Provider<S> {
    fn clone(&self) -> Self {
        Self { scim: self.scim.clone(), base_url: self.base_url.clone(), clock: self.clock.clone() }
    }
}

impl<S> fmt::Debug for Provider<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The SCIM endpoints of every directory of a tenant, to be nested at the path of `base_url`.
///
/// The tenant is a [`Tenant`] in the request's extensions; the directory is the one whose token the request bears.
/// Discovery needs no token. A host that knows the directory by other means puts it into the extensions as
/// `Arc<Directory>`, and then no token is asked for; `/Me` is whom it says with [`Subject`]. `base_url` is what identity
/// providers are told, without a slash at its end.
pub fn router<S: ScimStore + 'static>(scim: Arc<Scim<S>>, base_url: &str, clock: Clock) -> Router {
    let provider = Provider { scim, base_url: base_url.trim_end_matches('/').into(), clock };
    let directory = middleware::from_fn_with_state(provider.clone(), authenticate::<S>);
    let resources = Router::new()
        .route("/", get(resources::list_all::<S>))
        .route("/{endpoint}", get(resources::list::<S>).post(resources::create::<S>))
        .route("/Bulk", post(bulk::perform::<S>))
        .route("/Me", get(me::read::<S>).put(me::replace::<S>).patch(me::modify::<S>).delete(me::delete::<S>))
        .route("/.search", post(resources::search_all::<S>))
        .route("/{endpoint}/.search", post(resources::search::<S>))
        .route(
            "/{endpoint}/{id}",
            get(resources::read::<S>)
                .put(resources::replace::<S>)
                .patch(resources::modify::<S>)
                .delete(resources::delete::<S>),
        )
        .method_not_allowed_fallback(not_allowed)
        .layer(directory);
    Router::new()
        .route("/ServiceProviderConfig", get(discovery::config::<S>))
        .route("/ResourceTypes", get(discovery::resource_types::<S>))
        .route("/ResourceTypes/{name}", get(discovery::resource_type::<S>))
        .route("/Schemas", get(discovery::schemas::<S>))
        .route("/Schemas/{urn}", get(discovery::schema::<S>))
        .method_not_allowed_fallback(not_allowed)
        .merge(resources)
        .fallback(nowhere)
        .with_state(provider)
}

/// Lets a request through that bears the token of an enabled directory, and says which one it is.
async fn authenticate<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    Extension(tenant): Extension<Tenant>,
    mut request: Request,
    next: Next,
) -> Response {
    let known = request.extensions().get::<Arc<Directory>>().cloned();
    let found = match (known, token(request.headers())) {
        (Some(known), _) => Ok(Some(known)),
        (None, Some(token)) => provider.scim.authenticate(tenant.scim(), &token, provider.clock.now()).await,
        (None, None) => Ok(None),
    };
    match found {
        Err(error) => failed::<S::Error>(Failure::Store(error)),
        Ok(None) => unauthorized(),
        Ok(Some(directory)) if !directory.enabled => {
            answer::error(&ScimError::new(403, "this directory is disabled"))
        }
        Ok(Some(directory)) => {
            request.extensions_mut().insert(directory);
            next.run(request).await
        }
    }
}

/// The bearer token; Okta can be set up to send it without `Bearer`.
fn token(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let bare = || headers.get(header::AUTHORIZATION)?.to_str().ok().filter(|value| !value.contains(' '));
    crate::secret_key::bearer(headers).or_else(|| bare().map(Cow::Borrowed))
}

/// The same whether a token is missing, malformed or unknown.
fn unauthorized() -> Response {
    let error = ScimError::new(401, "the token of a directory must be sent as `Authorization: Bearer`");
    let mut response = answer::error(&error);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

async fn not_allowed() -> Response {
    answer::error(&ScimError::new(405, "this method is not allowed here"))
}

async fn nowhere() -> Response {
    answer::error(&ScimError::new(404, "there is nothing here"))
}

impl<S: ScimStore> Provider<S> {
    fn kind(&self, endpoint: &str) -> Result<&Arc<TypeSchema>, ScimError> {
        self.scim.registry().at_endpoint(endpoint).ok_or_else(ScimError::no_endpoint)
    }

    fn place<'a>(&'a self, tenant: &'a Tenant, directory: &'a Directory) -> scim_core::Place<'a> {
        scim_core::Place { tenant: tenant.scim(), directory: &directory.id, base_url: &self.base_url }
    }

    fn call<'a>(
        &'a self,
        tenant: &'a Tenant,
        directory: &'a Directory,
        headers: &HeaderMap,
    ) -> scim_core::Call<'a> {
        let [matching, other] = [header::IF_MATCH, header::IF_NONE_MATCH].map(|name| listed(headers, name));
        let precondition = Precondition::parse(matching.as_deref(), other.as_deref());
        let asynchronous = asynchronous::asked_for(&self.scim, headers);
        scim_core::Call {
            place: self.place(tenant, directory),
            precondition,
            asynchronous,
            projection: Projection::default(),
        }
    }
}

/// A header's values as one list (RFC 9110 §5.3).
fn listed(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// A request's parameters; a name counts in any case.
struct Parameters(HashMap<String, String>);

impl Parameters {
    fn of(query: &axum::extract::RawQuery) -> Self {
        let query = query.0.as_deref().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_lowercase()).map(String::as_str)
    }
}

/// The variable parts of the path; one that is no UTF-8 leads nowhere, which is told in SCIM's shape.
struct ScimPath<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ScimPath<T> {
    type Rejection = answer::Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, answer::Refused> {
        let found = Path::from_request_parts(parts, state).await;
        found.map(|Path(found)| Self(found)).map_err(|_| ScimError::new(404, "there is nothing here").into())
    }
}

async fn json(request: Request) -> Result<serde_json::Value, ScimError> {
    let too_large = || ScimError::new(413, format!("the body must not be longer than {SCIM_BODY_CAP} bytes"));
    let bytes = crate::json::capped(request.into_body(), SCIM_BODY_CAP).await.ok_or_else(too_large)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let detail = format!("the body is not valid JSON at line {line}, column {column}");
        ScimError::bad(ScimType::InvalidSyntax, detail)
    })
}

impl IntoResponse for answer::Refused {
    fn into_response(self) -> Response {
        answer::error(&self.0)
    }
}
