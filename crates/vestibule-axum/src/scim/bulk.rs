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
};
use crate::{ApiError, Tenant};

pub(super) async fn perform<S: ScimStore + 'static>(
    State(provider): State<Provider<S>>,
    (tenant, directory): (Extension<Tenant>, Extension<Arc<Directory>>),
    request: Request,
) -> Result<Response, Refused> {
    let body = crate::json::capped(request.into_body(), MAX_BULK_PAYLOAD).await;
    let request = BulkRequest::read(&body.ok_or_else(BulkRequest::too_long)?)?;
    let (place, now) = (provider.place(&tenant, &directory), provider.clock.now());
    let answered = provider.scim.bulk(place, &request, now, &mut UnwrapErr(SysRng)).await;
    if let Some(failure) = &answered.failure {
        ApiError::internal(failure);
    }
    Ok(answer::body(StatusCode::OK, &answered.body))
}
