//! `/Me`: whoever makes the request (RFC 7644 §3.11).

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, Request, State},
    http::HeaderMap,
    response::Response,
};
use scim_core::{ResourceId, ScimError, ScimStore};

use super::{Provider, ScimPath, answer::Refused, resources};

/// The resource of whoever makes a request, put into the request's extensions by the host; without it `/Me` is answered
/// 501.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The name of the resource's type.
    pub kind: Arc<str>,
    /// The resource.
    pub id: ResourceId,
}

impl Subject {
    /// A user.
    pub fn user(id: ResourceId) -> Self {
        Self { kind: "User".into(), id }
    }
}

type Me = Option<Extension<Subject>>;
type Outcome = Result<Response, Refused>;

pub(super) async fn read<S: ScimStore + 'static>(
    provider: State<Provider<S>>,
    (at, me): (resources::At, Me),
    query: RawQuery,
    headers: HeaderMap,
) -> Outcome {
    let path = path(&provider, me)?;
    resources::read(provider, at, path, query, headers).await
}

pub(super) async fn replace<S: ScimStore + 'static>(
    provider: State<Provider<S>>,
    (at, me): (resources::At, Me),
    request: Request,
) -> Outcome {
    let path = path(&provider, me)?;
    resources::replace(provider, at, path, request).await
}

pub(super) async fn modify<S: ScimStore + 'static>(
    provider: State<Provider<S>>,
    (at, me): (resources::At, Me),
    query: RawQuery,
    request: Request,
) -> Outcome {
    let path = path(&provider, me)?;
    resources::modify(provider, at, path, query, request).await
}

pub(super) async fn delete<S: ScimStore + 'static>(
    provider: State<Provider<S>>,
    (at, me): (resources::At, Me),
    headers: HeaderMap,
) -> Outcome {
    let path = path(&provider, me)?;
    resources::delete(provider, at, path, headers).await
}

/// Where the resource is found; the answer's `Location` says it, too.
fn path<S: ScimStore>(provider: &Provider<S>, me: Me) -> Result<ScimPath<(String, String)>, ScimError> {
    let Some(Extension(Subject { kind, id })) = me else {
        return Err(ScimError::new(501, "this service provider does not know who you are: use `/Users`"));
    };
    let found = provider.scim.registry().resource_type(&kind);
    let found = found.ok_or_else(|| ScimError::not_found(&kind, id.as_str()))?;
    let endpoint = found.endpoint().trim_start_matches('/').to_owned();
    Ok(ScimPath((endpoint, id.as_str().to_owned())))
}
