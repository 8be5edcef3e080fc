//! `POST /Bulk` (RFC 7644 §3.7).

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{BulkRequest, Directory, MAX_BULK_PAYLOAD, ScimStore};

use super::{
    Provider,
    answer::{self, Refused},
    asynchronous::{self, accepted},
};
use crate::{ApiError, Tenant};

pub(super) async fn perform<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): (Extension<Tenant>, Extension<Arc<Directory>>),
    request: Request,
) -> Result<Response, Refused> {
    let call = provider.call(&tenant, &directory, request.headers());
    let transaction = asynchronous::transaction(&call);
    let body = crate::json::capped(request.into_body(), MAX_BULK_PAYLOAD).await;
    let request =
        BulkRequest::read(&body.ok_or_else(BulkRequest::too_long)?)?.under(provider.scim.profile())?;
    let now = provider.clock.now();
    let answered = provider.scim.bulk(call, &request, now, &mut UnwrapErr(SysRng)).await;
    if let Some(failure) = &answered.failure {
        ApiError::internal(failure);
    }
    // What the outbox did not get, the client is told.
    Ok(match transaction.filter(|_| answered.failure.is_none()) {
        Some(transaction) => accepted(&transaction, None),
        None => answer::body(StatusCode::OK, &answered.body),
    })
}
