//! Plans and statements: `/v1/billing/...`.

mod query;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    routing::get,
};
use billing_plans::{
    Billing, BillingStore, Page, Plan, PlanError, Statement, StatementId,
    wire::{ErrorCode, ListBody, PlanBody, StatementBody},
};

use self::query::{PageQuery, Parameters, payer_type};
use crate::{ApiError, Tenant};

/// The routes of plans and statements, on `billing`:
///
/// - `GET /v1/billing/plans`: `limit`, `offset`, `paginated`, `payer_type`; newest first;
/// - `GET /v1/billing/statements`: `limit`, `offset`, `paginated`; newest first;
/// - `GET /v1/billing/statements/{id}`.
///
/// Plans are created, and usage is reported, by the host through [`Billing`]: the public API has no routes for that.
/// The tenant is the [`Tenant`] in the request's extensions, which
/// [`require_secret_key`](crate::require_secret_key) puts there.
///
/// ```
/// use axum::{Router, middleware};
/// use billing_plans::{Billing, MemoryStore};
/// use vestibule_axum::{SecretKeys, Tenant, billing, require_secret_key};
///
/// let keys = SecretKeys::new([("sk_test_example", Tenant::new("acme")?)]);
/// let app: Router = billing::router(Billing::new(MemoryStore::new()))
///     .layer(middleware::from_fn_with_state(keys, require_secret_key));
/// # Ok::<_, vestibule_axum::InvalidTenant>(())
/// ```
pub fn router<S: BillingStore + 'static>(billing: Billing<S>) -> Router {
    Router::new()
        .route("/v1/billing/plans", get(list_plans::<S>))
        .route("/v1/billing/statements", get(list_statements::<S>))
        .route("/v1/billing/statements/{id}", get(read_statement::<S>))
        .with_state(Arc::new(billing))
}

async fn list_plans<S: BillingStore>(
    State(billing): State<Arc<Billing<S>>>,
    Extension(tenant): Extension<Tenant>,
    RawQuery(query): RawQuery,
) -> Result<Json<ListBody<PlanBody>>, ApiError> {
    let parameters = Parameters::read(query.as_deref())?;
    let PageQuery { limit, offset } = PageQuery::read(&parameters)?;
    let payer_type = payer_type(&parameters)?;
    let page: Page<Plan> = billing
        .plans(tenant.billing(), payer_type, (limit, offset))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(ListBody::new(page, |plan| PlanBody::from(&plan))))
}

async fn list_statements<S: BillingStore>(
    State(billing): State<Arc<Billing<S>>>,
    Extension(tenant): Extension<Tenant>,
    RawQuery(query): RawQuery,
) -> Result<Json<ListBody<StatementBody>>, ApiError> {
    let PageQuery { limit, offset } = PageQuery::read(&Parameters::read(query.as_deref())?)?;
    let page: Page<Statement> = billing
        .statements(tenant.billing(), (limit, offset))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(ListBody::new(page, |statement| StatementBody::new(tenant.billing(), &statement))))
}

async fn read_statement<S: BillingStore>(
    State(billing): State<Arc<Billing<S>>>,
    Extension(tenant): Extension<Tenant>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Json<StatementBody>, ApiError> {
    let not_found = || refusal(ErrorCode::STATEMENT_NOT_FOUND, "the tenant has no such statement");
    // An id that is no UTF-8 names nothing.
    let Path(id) = id.map_err(|_| not_found())?;
    let found = billing
        .statement(tenant.billing(), &StatementId::new(&id))
        .await
        .map_err(|error| ApiError::internal(&error))?;
    found.map(|statement| Json(StatementBody::new(tenant.billing(), &statement))).ok_or_else(not_found)
}

fn refusal(code: ErrorCode, message: impl Into<String>) -> ApiError {
    let status = StatusCode::from_u16(code.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    ApiError::new(status, code.code, message)
}

/// How the public API tells why a plan was refused, for hosts that have routes of their own for plans.
impl From<&PlanError> for ApiError {
    fn from(error: &PlanError) -> Self {
        refusal(error.into(), error.to_string())
    }
}
