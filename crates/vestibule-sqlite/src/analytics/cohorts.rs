//! Counting who comes back.

use analytics_filter::{Cohort, Days, Split, TenantId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::{
    metrics::{bounds, class, count},
    write::{bit, month},
};
use crate::SqliteError;

pub(super) fn cohorts(
    db: &Connection,
    tenant: &TenantId,
    periods: &[Days],
) -> Result<Vec<Cohort>, SqliteError> {
    let mut cohorts: Vec<_> = (0..periods.len())
        .map(|start| Cohort { size: Split::default(), active: vec![Split::default(); periods.len() - start] })
        .collect();
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return Ok(cohorts) };
    let signed_up = (bounds(*first).0, bounds(*last).1);
    count_sizes(db, tenant, periods, signed_up, &mut cohorts)?;
    for at in 0..periods.len() {
        count_active(db, tenant, periods, (signed_up.0, at), &mut cohorts)?;
    }
    Ok(cohorts)
}

fn count_sizes(
    db: &Connection,
    tenant: &TenantId,
    periods: &[Days],
    (first, last): (i64, i64),
    cohorts: &mut [Cohort],
) -> Result<(), SqliteError> {
    let mut counts = db.prepare_cached(
        "SELECT (created_at - (created_at % 86400000 + 86400000) % 86400000), is_test, count(*)
         FROM overview_users
         WHERE tenant = ?1 AND deleted IN (0, 1) AND is_test IN (0, 1) AND created_at BETWEEN ?2 AND ?3
         GROUP BY 1, 2",
    )?;
    let mut rows = counts.query(params![tenant.as_str(), first, last])?;
    while let Some(row) = rows.next()? {
        if let Some(own) = cohort_of(periods, row)? {
            cohorts[own].size.count(class(row.get(1)?), count(row.get(2)?));
        }
    }
    Ok(())
}

/// Who was active in the period `at`, by day of sign-up, which is no later.
fn count_active(
    db: &Connection,
    tenant: &TenantId,
    periods: &[Days],
    (signed_up_from, at): (i64, usize),
    cohorts: &mut [Cohort],
) -> Result<(), SqliteError> {
    let mut counts = db.prepare_cached(
        "SELECT (u.created_at - (u.created_at % 86400000 + 86400000) % 86400000), u.is_test, count(DISTINCT a.user_id)
         FROM overview_activity a JOIN overview_users u ON u.tenant = a.tenant AND u.id = a.user_id
         WHERE a.tenant = ?1 AND a.month BETWEEN ?2 AND ?3 AND u.is_test IS NOT NULL
           AND a.days & iif(a.month = ?2, ?4, -1) & iif(a.month = ?3, ?5, -1) <> 0
           AND u.created_at BETWEEN ?6 AND ?7
         GROUP BY 1, 2",
    )?;
    let period = periods[at];
    let (first, last) = (period.first(), period.last());
    let (from_first, to_last) = (-bit(first), bit(last) * 2 - 1);
    let mut rows = counts.query(params![
        tenant.as_str(),
        month(first),
        month(last),
        from_first,
        to_last,
        signed_up_from,
        bounds(period).1,
    ])?;
    while let Some(row) = rows.next()? {
        if let Some(own) = cohort_of(periods, row)? {
            cohorts[own].active[at - own].count(class(row.get(1)?), count(row.get(2)?));
        }
    }
    Ok(())
}

/// The period in which the day of a row lies; periods are in order.
fn cohort_of(periods: &[Days], row: &Row<'_>) -> Result<Option<usize>, SqliteError> {
    let Some(day) = DateTime::<Utc>::from_timestamp_millis(row.get(0)?).map(|day| day.date_naive()) else {
        return Ok(None);
    };
    let at = periods.partition_point(|period: &Days| period.last() < day);
    Ok(periods.get(at).filter(|period| period.contains(day)).map(|_| at))
}
