//! Counting.

use std::collections::BTreeMap;

use analytics_filter::{Activities, DayActivity, Days, Split, TenantId, UserClass};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rusqlite::{Connection, params};

use super::write::{bit, month};
use crate::SqliteError;

type ByDay = BTreeMap<NaiveDate, DayActivity>;

pub(super) fn activities(
    db: &Connection,
    tenant: &TenantId,
    days: Days,
    periods: &[Days],
) -> Result<Activities, SqliteError> {
    let empty = |day| DayActivity { day, sign_ups: Split::default(), active_users: Split::default() };
    let mut by_day: ByDay = days.iter().map(|day| (day, empty(day))).collect();
    count_sign_ups(db, tenant, days, &mut by_day)?;
    count_active(db, tenant, days, &mut by_day)?;
    Ok(Activities {
        days: by_day.into_values().collect(),
        active_users: active_users(db, tenant, days)?,
        periods: periods.iter().map(|period| active_users(db, tenant, *period)).collect::<Result<_, _>>()?,
    })
}

fn count_sign_ups(
    db: &Connection,
    tenant: &TenantId,
    days: Days,
    by_day: &mut ByDay,
) -> Result<(), SqliteError> {
    // The day is rounded down, before 1970 too.
    let mut counts = db.prepare_cached(
        "SELECT (created_at - (created_at % 86400000 + 86400000) % 86400000), is_test, count(*)
         FROM overview_users
         WHERE tenant = ?1 AND deleted IN (0, 1) AND is_test IN (0, 1) AND created_at BETWEEN ?2 AND ?3
         GROUP BY 1, 2",
    )?;
    let (first, last) = bounds(days);
    let mut rows = counts.query(params![tenant.as_str(), first, last])?;
    while let Some(row) = rows.next()? {
        let day = DateTime::<Utc>::from_timestamp_millis(row.get(0)?).map(|day| day.date_naive());
        if let Some(day) = day.and_then(|day| by_day.get_mut(&day)) {
            day.sign_ups.count(class(row.get(1)?), count(row.get(2)?));
        }
    }
    Ok(())
}

fn count_active(
    db: &Connection,
    tenant: &TenantId,
    days: Days,
    by_day: &mut ByDay,
) -> Result<(), SqliteError> {
    let mut counts = db.prepare_cached(
        "SELECT a.month, a.days, u.is_test, count(*)
         FROM overview_activity a JOIN overview_users u ON u.tenant = a.tenant AND u.id = a.user_id
         WHERE a.tenant = ?1 AND a.month BETWEEN ?2 AND ?3 AND u.is_test IS NOT NULL
         GROUP BY 1, 2, 3",
    )?;
    let mut of_month: BTreeMap<i64, Vec<NaiveDate>> = BTreeMap::new();
    for day in days.iter() {
        of_month.entry(month(day)).or_default().push(day);
    }
    let mut rows = counts.query(params![tenant.as_str(), month(days.first()), month(days.last())])?;
    while let Some(row) = rows.next()? {
        let (active, class, users) = (row.get::<_, i64>(1)?, class(row.get(2)?), count(row.get(3)?));
        let days = of_month.get(&row.get(0)?).into_iter().flatten();
        for day in days.filter(|day| active & bit(**day) != 0) {
            if let Some(day) = by_day.get_mut(day) {
                day.active_users.count(class, users);
            }
        }
    }
    Ok(())
}

fn active_users(db: &Connection, tenant: &TenantId, days: Days) -> Result<Split<u64>, SqliteError> {
    let mut counts = db.prepare_cached(
        "SELECT u.is_test, count(DISTINCT a.user_id)
         FROM overview_activity a JOIN overview_users u ON u.tenant = a.tenant AND u.id = a.user_id
         WHERE a.tenant = ?1 AND a.month BETWEEN ?2 AND ?3 AND u.is_test IS NOT NULL
           AND a.days & iif(a.month = ?2, ?4, -1) & iif(a.month = ?3, ?5, -1) <> 0
         GROUP BY 1",
    )?;
    let (first, last) = (days.first(), days.last());
    let (from_first, to_last) = (-bit(first), bit(last) * 2 - 1);
    let mut rows = counts.query(params![tenant.as_str(), month(first), month(last), from_first, to_last])?;
    let mut users = Split::default();
    while let Some(row) = rows.next()? {
        users.count(class(row.get(0)?), count(row.get(1)?));
    }
    Ok(users)
}

/// The first and the last millisecond.
pub(super) fn bounds(days: Days) -> (i64, i64) {
    (midnight(days.first()), midnight(days.last()) + 86_399_999)
}

fn midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

pub(super) fn class(is_test: bool) -> UserClass {
    if is_test { UserClass::Test } else { UserClass::Real }
}

pub(super) fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}
