//! What the keys of a tenant were used for in a month, and what it costs: `apikeys` counts, `billing-plans` rates.

use std::error::Error;

use axum::{
    Extension, Json, Router,
    extract::{Query, State},
    routing::get,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule::{
    apikeys::{Month, UsageTotals},
    billing_plans::{self, BillError, Payer, RateCard, ServiceError, UsageReport, wire::StatementBody},
};
use vestibule_axum::{ApiError, Tenant};

use crate::setup::{House, ORGANIZATION};

/// `/v1/usage` and `/v1/usage/statement`, for a tenant in the request's extensions.
pub(crate) fn router(house: House) -> Router {
    Router::new()
        .route("/v1/usage", get(usage))
        .route("/v1/usage/statement", get(statement))
        .with_state(house)
}

#[derive(Debug, Deserialize)]
struct Asked {
    /// `2026-11`; this month, if it is absent.
    month: Option<String>,
}

async fn usage(
    State(house): State<House>,
    Extension(tenant): Extension<Tenant>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, ApiError> {
    let (month, totals) = totals(&house, &tenant, &asked).await?;
    Ok(Json(json!({
        "object": "usage",
        "month": month.to_string(),
        "creations": totals.creations,
        "verifications": totals.verifications,
    })))
}

/// Reports the month's usage so far, and answers its statement.
async fn statement(
    State(house): State<House>,
    Extension(tenant): Extension<Tenant>,
    Query(asked): Query<Asked>,
) -> Result<Json<StatementBody>, ApiError> {
    let (month, totals) = totals(&house, &tenant, &asked).await?;
    let report = UsageReport {
        payer: Payer::organization(ORGANIZATION).map_err(|error| ApiError::internal(&error))?,
        month: billing_plans::Month::parse(&month.to_string()).map_err(|_| not_a_month())?,
        totals: billing_plans::UsageTotals::api_keys(totals.creations, totals.verifications),
    };
    let (card, now) = (RateCard::api_keys(), house.clock.now());
    let stated =
        house.billing.report_usage(tenant.billing(), &card, &report, now, &mut UnwrapErr(SysRng)).await;
    let statement = stated.map_err(refused)?;
    Ok(Json(StatementBody::new(tenant.billing(), &statement)))
}

async fn totals(house: &House, tenant: &Tenant, asked: &Asked) -> Result<(Month, UsageTotals), ApiError> {
    let month = match &asked.month {
        None => Month::of(house.clock.now()),
        Some(month) => month.parse().map_err(|_| not_a_month())?,
    };
    let totals =
        house.keys.usage(tenant.apikeys(), month).await.map_err(|error| ApiError::internal(&error))?;
    Ok((month, totals))
}

fn not_a_month() -> ApiError {
    ApiError::format_invalid("month", "a month such as 2026-11")
}

fn refused<E: Error + 'static>(error: ServiceError<BillError, E>) -> ApiError {
    match error {
        ServiceError::Refused(refused @ BillError::NotBegun(_)) => {
            ApiError::value_invalid("month", &refused.to_string())
        }
        other => ApiError::internal(&other),
    }
}
