//! The Overview's JSON; times are milliseconds since 1970, days are `YYYY-MM-DD` (UTC).

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    CohortView, Count, Filter, Fingerprint, IdentifierPolicy, Interval, OrganizationRow, Page, PageState,
    PeriodView, Reason, Report, Retention, UserClass, UserRow, WaitlistRow, WaitlistStatus,
};

/// The charts and tiles under one filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverviewBody {
    object: &'static str,
    filter: Filter,
    filter_test_users: bool,
    rule: Fingerprint,
    identifiers: IdentifierPolicy,
    interval: Interval,
    from: NaiveDate,
    to: NaiveDate,
    epoch: i64,
    complete_through: NaiveDate,
    periods: Vec<PeriodView>,
    tiles: TilesBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct TilesBody {
    sign_ups: u64,
    active_users: u64,
    new_among_active_basis_points: Option<u64>,
}

impl OverviewBody {
    /// A report as a filter leaves it.
    pub fn new(report: &Report, filter: Filter) -> Self {
        let view = report.view(filter);
        Self {
            object: "overview",
            filter,
            filter_test_users: filter == Filter::RealUsers,
            rule: report.rule,
            identifiers: report.identifiers,
            interval: report.interval,
            from: report.days.first(),
            to: report.days.last(),
            epoch: report.epoch.timestamp_millis(),
            complete_through: report.complete_through,
            periods: view.periods,
            tiles: TilesBody {
                sign_ups: view.tiles.sign_ups,
                active_users: view.tiles.active_users,
                new_among_active_basis_points: view.tiles.new_among_active.basis_points(),
            },
        }
    }
}

/// The retention under one filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionBody {
    object: &'static str,
    filter: Filter,
    filter_test_users: bool,
    rule: Fingerprint,
    identifiers: IdentifierPolicy,
    interval: Interval,
    epoch: i64,
    complete_through: NaiveDate,
    cohorts: Vec<CohortView>,
}

impl RetentionBody {
    /// Retention as a filter leaves it.
    pub fn new(retention: &Retention, filter: Filter) -> Self {
        Self {
            object: "retention",
            filter,
            filter_test_users: filter == Filter::RealUsers,
            rule: retention.rule,
            identifiers: retention.identifiers,
            interval: retention.interval,
            epoch: retention.epoch.timestamp_millis(),
            complete_through: retention.complete_through,
            cohorts: retention.view(filter),
        }
    }
}

/// A page of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageBody<R> {
    #[serde(rename = "data")]
    rows: Vec<R>,
    next: Option<String>,
    prev: Option<String>,
    state: PageState,
    count: Count,
}

impl<R> PageBody<R> {
    /// A page, and how many rows the table has.
    pub fn new<T>(page: Page<T>, count: Count) -> Self
    where
        R: From<T>,
    {
        let rows = page.rows.into_iter().map(R::from).collect();
        Self { rows, next: page.next, prev: page.prev, state: page.state, count }
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserBody {
    id: String,
    name: Option<Arc<str>>,
    email_address: Option<Arc<str>>,
    phone_number: Option<Arc<str>>,
    class: UserClass,
    reason: Reason,
    created_at: i64,
}

impl From<UserRow> for UserBody {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            email_address: row.contacts.email().cloned(),
            phone_number: row.contacts.phone().cloned(),
            class: row.class,
            reason: row.reason,
            created_at: row.created_at.timestamp_millis(),
        }
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrganizationBody {
    id: String,
    name: Arc<str>,
    members_count: u32,
    created_at: i64,
}

impl From<OrganizationRow> for OrganizationBody {
    fn from(row: OrganizationRow) -> Self {
        let created_at = row.created_at.timestamp_millis();
        Self { id: row.id.into(), name: row.name, members_count: row.members, created_at }
    }
}

/// An entry on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitlistBody {
    id: String,
    email_address: Arc<str>,
    status: WaitlistStatus,
    class: UserClass,
    reason: Reason,
    created_at: i64,
}

impl From<WaitlistRow> for WaitlistBody {
    fn from(row: WaitlistRow) -> Self {
        Self {
            id: row.id.into(),
            email_address: row.email,
            status: row.status,
            class: row.class,
            reason: row.reason,
            created_at: row.created_at.timestamp_millis(),
        }
    }
}
