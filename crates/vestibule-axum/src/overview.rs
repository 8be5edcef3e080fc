//! The Overview: `/v1/overview...`, and the page that shows it.

mod page;

use std::sync::Arc;

use analytics_filter::{
    Days, Filter, Interval, Overview, OverviewStore, PageLimit, RetentionError, Table, TableError,
    wire::{OrganizationBody, OverviewBody, PageBody, RetentionBody, UserBody, WaitlistBody},
};
use axum::{Extension, Json, Router, extract::State, http::StatusCode, routing::get};
use chrono::{DateTime, NaiveDate, Utc};

pub use self::page::page;
use crate::{ApiError, Clock, Tenant, parameters::Parameters};

/// The routes of the Overview, on `overview`, for the [`Tenant`] in the request's extensions:
///
/// - `GET /v1/overview`: charts and tiles of the days `from` to `to` (UTC), the last 90 complete ones if neither is given;
///   `include_incomplete=true` adds today to those; by `interval` `day`, `week` or `month`, whose
///   periods are whole;
/// - `GET /v1/overview/retention`: of those who signed up in each period, how many were active in it and in each later one; the
///   same parameters, by `week` if no interval is given, over the last 84 complete days;
/// - `GET /v1/overview/users`, `/v1/overview/organizations` and `/v1/overview/waitlist`: a page of at most `limit` rows (1 to
///   500, default 50), the first or the one that `cursor` leads to. A cursor that leads nowhere is answered 400 with the
///   code of [`PageError::code`](analytics_filter::PageError::code).
///
/// All take `filter_test_users=true`; organizations have no class, so the filter leaves out none of them.
///
/// ```
/// use analytics_filter::{CursorKey, Cursors, MemoryStore, Overview, TestUserRule};
/// use axum::{Router, middleware};
/// use vestibule_axum::{Clock, SecretKeys, Tenant, overview, require_secret_key};
///
/// let cursors = Cursors::new(CursorKey::new(&[7; 32]));
/// let metrics = Overview::new(MemoryStore::new(), TestUserRule::default(), cursors);
/// let tenant = Tenant::new("acme")?;
/// let keys = SecretKeys::new([("sk_test_example", tenant.clone()), ("ov_token_of_the_page", tenant)]);
/// let app: Router = overview::router(metrics, Clock::system())
///     .layer(middleware::from_fn_with_state(keys, require_secret_key))
///     .merge(overview::page());
/// # Ok::<_, vestibule_axum::InvalidTenant>(())
/// ```
pub fn router<S: OverviewStore + 'static>(overview: Overview<S>, clock: Clock) -> Router {
    Router::new()
        .route("/v1/overview", get(report::<S>))
        .route("/v1/overview/retention", get(retention::<S>))
        .route("/v1/overview/users", get(users::<S>))
        .route("/v1/overview/organizations", get(organizations::<S>))
        .route("/v1/overview/waitlist", get(waitlist::<S>))
        .with_state(Served { overview: Arc::new(overview), clock })
}

struct Served<S> {
    overview: Arc<Overview<S>>,
    clock: Clock,
}

impl<S> Clone for Served<S> {
    fn clone(&self) -> Self {
        Self { overview: Arc::clone(&self.overview), clock: self.clock.clone() }
    }
}

const DEFAULT_DAYS: u16 = 90;
const RETENTION_DAYS: u16 = 84;

async fn report<S: OverviewStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<OverviewBody>, ApiError> {
    let now = served.clock.now();
    let (filter, days) = (filter(&asked)?, days(&asked, DEFAULT_DAYS, now)?);
    let report =
        served.overview.report_by(tenant.analytics(), interval(&asked)?.unwrap_or_default(), days, now).await;
    let report = report.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(OverviewBody::new(&report, filter)))
}

async fn retention<S: OverviewStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<RetentionBody>, ApiError> {
    let now = served.clock.now();
    let (filter, days) = (filter(&asked)?, days(&asked, RETENTION_DAYS, now)?);
    let interval = interval(&asked)?.unwrap_or(Interval::Week);
    match served.overview.retention(tenant.analytics(), interval, days, now).await {
        Ok(retention) => Ok(Json(RetentionBody::new(&retention, filter))),
        Err(error @ RetentionError::TooManyCohorts) => {
            Err(ApiError::value_invalid("from", &error.to_string()))
        }
        Err(error) => Err(ApiError::internal(&error)),
    }
}

async fn users<S: OverviewStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<PageBody<UserBody>>, ApiError> {
    let (filter, part, now) = (filter(&asked)?, part(&asked)?, served.clock.now());
    let page = served.overview.users(tenant.analytics(), filter, part, now).await.map_err(refused)?;
    let count = served.overview.count(tenant.analytics(), Table::Users, filter).await;
    Ok(Json(PageBody::new(page, count.map_err(|error| ApiError::internal(&error))?)))
}

async fn organizations<S: OverviewStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<PageBody<OrganizationBody>>, ApiError> {
    let (filter, part, now) = (filter(&asked)?, part(&asked)?, served.clock.now());
    let page = served.overview.organizations(tenant.analytics(), filter, part, now).await.map_err(refused)?;
    let count = served.overview.count(tenant.analytics(), Table::Organizations, filter).await;
    Ok(Json(PageBody::new(page, count.map_err(|error| ApiError::internal(&error))?)))
}

async fn waitlist<S: OverviewStore>(
    State(served): State<Served<S>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<PageBody<WaitlistBody>>, ApiError> {
    let (filter, part, now) = (filter(&asked)?, part(&asked)?, served.clock.now());
    let page = served.overview.waitlist(tenant.analytics(), filter, part, now).await.map_err(refused)?;
    let count = served.overview.count(tenant.analytics(), Table::Waitlist, filter).await;
    Ok(Json(PageBody::new(page, count.map_err(|error| ApiError::internal(&error))?)))
}

fn filter(asked: &Parameters) -> Result<Filter, ApiError> {
    Ok(Filter::switched(asked.switch("filter_test_users")?))
}

fn part(asked: &Parameters) -> Result<(Option<&str>, PageLimit), ApiError> {
    let limit = asked.checked("limit", "a whole number", PageLimit::new)?;
    Ok((asked.text("cursor"), limit.unwrap_or_default()))
}

fn interval(asked: &Parameters) -> Result<Option<Interval>, ApiError> {
    asked.checked("interval", "an interval", |code: String| {
        Interval::from_code(&code).ok_or("it is day, week or month")
    })
}

/// The days asked for, without those that are still to come.
fn days(asked: &Parameters, usual: u16, now: DateTime<Utc>) -> Result<Days, ApiError> {
    let day = |name| asked.value::<NaiveDate>(name, "a day, such as 2026-05-01");
    let usual = Days::complete_before(now, usual);
    let usual_last = if asked.switch("include_incomplete")? { now.date_naive() } else { usual.last() };
    let (first, last) = match (day("from")?, day("to")?) {
        (Some(first), last) => (first, last.unwrap_or(usual_last.max(first))),
        (None, Some(last)) => (usual.first().min(last), last),
        (None, None) => (usual.first(), usual_last),
    };
    let days = Days::new(first, last).map_err(|error| ApiError::value_invalid("to", &error.to_string()))?;
    days.until(now.date_naive()).ok_or_else(|| ApiError::value_invalid("from", "it lies in the future"))
}

fn refused<E: std::error::Error + 'static>(error: TableError<E>) -> ApiError {
    match error {
        TableError::Page(error) => ApiError::new(StatusCode::BAD_REQUEST, error.code(), error.to_string())
            .with_meta("param_name", "cursor"),
        error => ApiError::internal(&error),
    }
}
