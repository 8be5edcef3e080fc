//! Users, groups and whatever else the registry knows.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    Call, Directory, Head, ListRequest, PatchRequest, Projection, Read, ResourceId, ScimError, ScimStore,
    TypeSchema,
};

use super::{
    Parameters, Provider, ScimPath,
    answer::{self, Refused, failed},
    asynchronous::{self, accepted},
    json,
};
use crate::Tenant;

pub(super) type At = (Extension<Tenant>, Extension<Arc<Directory>>);
type Outcome = Result<Response, Refused>;

pub(super) async fn list<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath(endpoint): ScimPath<String>,
    query: RawQuery,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    Ok(provider.list((tenant, directory), std::slice::from_ref(kind), &asked(&query)?).await)
}

/// A list of every type of resource (RFC 7644 §3.4.2.1).
pub(super) async fn list_all<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    query: RawQuery,
) -> Outcome {
    let kinds = provider.scim.registry().resource_types();
    Ok(provider.list((tenant, directory), kinds, &asked(&query)?).await)
}

fn asked(query: &RawQuery) -> Result<ListRequest, ScimError> {
    let parameters = Parameters::of(query);
    ListRequest::of_query(|name| parameters.text(name).map(str::to_owned))
}

/// The parameters of a list in a body instead of a query (RFC 7644 §3.4.3).
pub(super) async fn search<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath(endpoint): ScimPath<String>,
    request: Request,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let request = ListRequest::parse_under(provider.scim.profile(), &json(request).await?)?;
    Ok(provider.list((tenant, directory), std::slice::from_ref(kind), &request).await)
}

/// A search over every type of resource.
pub(super) async fn search_all<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    request: Request,
) -> Outcome {
    let request = ListRequest::parse_under(provider.scim.profile(), &json(request).await?)?;
    let kinds = provider.scim.registry().resource_types();
    Ok(provider.list((tenant, directory), kinds, &request).await)
}

impl<S: ScimStore> Provider<S> {
    async fn list(
        &self,
        (tenant, directory): At,
        kinds: &[Arc<TypeSchema>],
        request: &ListRequest,
    ) -> Response {
        let (place, now) = (self.place(&tenant, &directory), self.clock.now());
        let listed = self.scim.list(place, kinds, request, now).await;
        listed.map_or_else(failed, |list| answer::body(StatusCode::OK, &list))
    }
}

pub(super) async fn create<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath(endpoint): ScimPath<String>,
    query: RawQuery,
    request: Request,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let call = provider.call(&tenant, &directory, request.headers());
    let call = Call { projection: projection(kind, &query), ..call };
    let transaction = asynchronous::transaction(&call);
    let (body, now) = (json(request).await?, provider.clock.now());
    let created = provider.scim.create(call, kind, &body, now, &mut UnwrapErr(SysRng)).await;
    Ok(created.map_or_else(failed, |created| match transaction {
        Some(transaction) => accepted(&transaction, Some(&created.head.location)),
        None => answer::resource(StatusCode::CREATED, &created),
    }))
}

pub(super) async fn read<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath((endpoint, id)): ScimPath<(String, String)>,
    query: RawQuery,
    headers: HeaderMap,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let projection = projection(kind, &query);
    let call = provider.call(&tenant, &directory, &headers);
    let found = provider.scim.read_if(&call, kind, &ResourceId::named(&id), &projection).await;
    Ok(found.map_or_else(failed, |found| match found {
        Read::Changed(found) => answer::resource(StatusCode::OK, &found),
        Read::Unchanged(head) => answer::head(StatusCode::NOT_MODIFIED, &head),
    }))
}

pub(super) async fn replace<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath((endpoint, id)): ScimPath<(String, String)>,
    query: RawQuery,
    request: Request,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let call = provider.call(&tenant, &directory, request.headers());
    let call = Call { projection: projection(kind, &query), ..call };
    let transaction = asynchronous::transaction(&call);
    let (body, now) = (json(request).await?, provider.clock.now());
    let replaced = provider.scim.replace(call, kind, &ResourceId::named(&id), &body, now).await;
    Ok(replaced.map_or_else(failed, |replaced| match transaction {
        Some(transaction) => accepted(&transaction, Some(&replaced.head.location)),
        None => answer::resource(StatusCode::OK, &replaced),
    }))
}

/// 204 for groups, unless attributes are asked for or the profile wants them answered (RFC 7644 §3.5.2).
pub(super) async fn modify<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath((endpoint, id)): ScimPath<(String, String)>,
    query: RawQuery,
    request: Request,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let call = provider.call(&tenant, &directory, request.headers());
    let transaction = asynchronous::transaction(&call);
    let patch = PatchRequest::parse(&json(request).await?)?;
    let (place, now) = (call.place, provider.clock.now());
    let modified = match provider.scim.modify(call, kind, &ResourceId::named(&id), &patch, now).await {
        Ok(modified) => modified,
        Err(failure) => return Ok(failed(failure)),
    };
    let head = Head::of(kind, &modified, place.base_url);
    if let Some(transaction) = transaction {
        return Ok(accepted(&transaction, Some(&head.location)));
    }
    let asked = || Parameters::of(&query).text("attributes").is_some();
    if kind.has_members() && !provider.scim.profile().answers_patched_groups && !asked() {
        return Ok(answer::head(StatusCode::NO_CONTENT, &head));
    }
    let projection = projection(kind, &query).answering(kind, &patch);
    let answered = provider.scim.answer(place, kind, modified, &projection).await;
    Ok(answered.map_or_else(failed, |answered| answer::resource(StatusCode::OK, &answered)))
}

pub(super) async fn delete<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): At,
    ScimPath((endpoint, id)): ScimPath<(String, String)>,
    headers: HeaderMap,
) -> Outcome {
    let kind = provider.kind(&endpoint)?;
    let call = provider.call(&tenant, &directory, &headers);
    let transaction = asynchronous::transaction(&call);
    let deleted = provider.scim.delete(call, kind, &ResourceId::named(&id), provider.clock.now()).await;
    Ok(deleted.map_or_else(failed, |()| match transaction {
        Some(transaction) => {
            accepted(&transaction, Some(&format!("{}{}/{id}", provider.base_url, kind.endpoint())))
        }
        None => answer::empty(StatusCode::NO_CONTENT),
    }))
}

fn projection(kind: &TypeSchema, query: &RawQuery) -> Projection {
    let parameters = Parameters::of(query);
    Projection::parse(kind, parameters.text("attributes"), parameters.text("excludedAttributes"))
}
