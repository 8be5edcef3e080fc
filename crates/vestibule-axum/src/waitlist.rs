//! The waitlist: `/v1/waitlist_entries...`, over a table of the host's.

mod action;
mod body;
mod entry;
mod memory;
mod query;

use std::{error::Error, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    routing::{delete, get, post},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub use self::{
    action::{WaitlistAction, WaitlistRefusal},
    entry::{NewWaitlistEntry, WaitlistEntry},
    memory::MemoryWaitlist,
    query::{WaitlistField, WaitlistOrder, WaitlistPage, WaitlistQuery},
};
use crate::{ApiError, Clock, Fields, JsonBody, Tenant, parameters::Parameters};

/// A host's waitlist.
pub trait Waitlist: Send + Sync {
    /// What can go wrong with the table itself.
    type Error: Error + Send + Sync + 'static;

    /// The entries that a query asks for.
    fn list(
        &self,
        tenant: &Tenant,
        query: &WaitlistQuery,
    ) -> impl Future<Output = Result<WaitlistPage, Self::Error>> + Send;

    /// Puts addresses on the list; whoever is on it already stays as it is. `None`: the list is closed.
    ///
    /// # Contract
    /// All or none are written; the answer has one entry for each address, in the same order. An address has at most one
    /// entry, also when two calls come at once.
    fn create(
        &self,
        tenant: &Tenant,
        entries: &[NewWaitlistEntry],
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<Vec<WaitlistEntry>>, Self::Error>> + Send;

    /// Does something to an entry.
    ///
    /// # Contract
    /// The entry is read, [decided on](WaitlistAction::decide) and written in one transaction.
    fn act(
        &self,
        tenant: &Tenant,
        id: &str,
        action: WaitlistAction,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<WaitlistOutcome, Self::Error>> + Send;
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitlistOutcome {
    /// The entry is as stated now.
    Changed(WaitlistEntry),
    /// The entry is gone.
    Deleted,
    /// Nothing was done.
    Refused(WaitlistRefusal),
    /// There is no such entry.
    NotFound,
}

/// The routes of the waitlist, on `waitlist`, for the [`Tenant`] in the request's extensions:
///
/// - `GET /v1/waitlist_entries`: `query`, `status`, `order_by`, `limit`, `offset`;
/// - `POST /v1/waitlist_entries`: one `email_address`;
/// - `POST /v1/waitlist_entries/bulk`: 1 to 50 of them;
/// - `DELETE /v1/waitlist_entries/{id}`;
/// - `POST /v1/waitlist_entries/{id}/invite` and `/reject`.
///
/// ```
/// use axum::Router;
/// use vestibule_axum::{Clock, waitlist};
///
/// let app: Router = waitlist::router(waitlist::MemoryWaitlist::new(), Clock::system());
/// ```
pub fn router<W: Waitlist + 'static>(waitlist: W, clock: Clock) -> Router {
    Router::new()
        .route("/v1/waitlist_entries", get(list::<W>).post(create::<W>))
        .route("/v1/waitlist_entries/bulk", post(create_bulk::<W>))
        .route("/v1/waitlist_entries/{id}", delete(remove::<W>))
        .route("/v1/waitlist_entries/{id}/invite", post(invite::<W>))
        .route("/v1/waitlist_entries/{id}/reject", post(reject::<W>))
        .with_state(Served { waitlist: Arc::new(waitlist), clock })
}

struct Served<W> {
    waitlist: Arc<W>,
    clock: Clock,
}

impl<W> Clone for Served<W> {
    fn clone(&self) -> Self {
        Self { waitlist: Arc::clone(&self.waitlist), clock: self.clock.clone() }
    }
}

async fn list<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    asked: Parameters,
) -> Result<Json<Value>, ApiError> {
    let query = query::read(&asked)?;
    let page = served.waitlist.list(&tenant, &query).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(json!({ "data": page.entries, "total_count": page.total_count })))
}

async fn create<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    JsonBody(body): JsonBody,
) -> Result<Json<WaitlistEntry>, ApiError> {
    let entry = body::entry(body)?;
    let mut created = put(&served, &tenant, &[entry]).await?;
    created.pop().map(Json).ok_or_else(|| ApiError::not_found("waitlist entry"))
}

async fn create_bulk<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    JsonBody(body): JsonBody,
) -> Result<Json<Vec<WaitlistEntry>>, ApiError> {
    put(&served, &tenant, &body::entries(body)?).await.map(Json)
}

async fn put<W: Waitlist>(
    served: &Served<W>,
    tenant: &Tenant,
    entries: &[NewWaitlistEntry],
) -> Result<Vec<WaitlistEntry>, ApiError> {
    let created = served.waitlist.create(tenant, entries, served.clock.now()).await;
    created.map_err(|error| ApiError::internal(&error))?.ok_or_else(|| {
        ApiError::new(StatusCode::FORBIDDEN, "waitlist_not_accepting_entries", "the waitlist is closed")
    })
}

async fn remove<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, ApiError> {
    let id = known(id)?;
    match act(&served, &tenant, &id, WaitlistAction::Delete).await? {
        Some(entry) => Ok(Json(json!(entry))),
        None => Ok(Json(json!({ "object": "waitlist_entry", "id": id, "deleted": true }))),
    }
}

async fn invite<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    id: Result<Path<String>, PathRejection>,
    JsonBody(body): JsonBody,
) -> Result<Json<Option<WaitlistEntry>>, ApiError> {
    let mut fields = Fields::new(body)?;
    let ignore_existing = fields.boolean("ignore_existing")?.unwrap_or(false);
    fields.finish()?;
    act(&served, &tenant, &known(id)?, WaitlistAction::Invite { ignore_existing }).await.map(Json)
}

async fn reject<W: Waitlist>(
    State(served): State<Served<W>>,
    Extension(tenant): Extension<Tenant>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Option<WaitlistEntry>>, ApiError> {
    act(&served, &tenant, &known(id)?, WaitlistAction::Reject).await.map(Json)
}

async fn act<W: Waitlist>(
    served: &Served<W>,
    tenant: &Tenant,
    id: &str,
    action: WaitlistAction,
) -> Result<Option<WaitlistEntry>, ApiError> {
    let outcome = served.waitlist.act(tenant, id, action, served.clock.now()).await;
    match outcome.map_err(|error| ApiError::internal(&error))? {
        WaitlistOutcome::Changed(entry) => Ok(Some(entry)),
        WaitlistOutcome::Deleted => Ok(None),
        WaitlistOutcome::Refused(refusal) => {
            Err(ApiError::new(StatusCode::CONFLICT, refusal.code(), refusal.to_string()))
        }
        WaitlistOutcome::NotFound => Err(ApiError::not_found("waitlist entry")),
    }
}

/// An id that is no UTF-8 is the id of nothing.
fn known(id: Result<Path<String>, PathRejection>) -> Result<String, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::not_found("waitlist entry"))
}
