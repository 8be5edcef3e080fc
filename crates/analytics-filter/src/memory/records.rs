//! All records of one tenant.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use chrono::{DateTime, NaiveDate, Utc};

use super::record::Record;
use crate::{
    Activities, Change, Cohort, Contacts, DayActivity, Days, Filter, Organization, OrganizationId,
    OrganizationRow, Split, Table, User, UserClass, UserId, UserRow, WaitlistEntry, WaitlistEntryId,
    WaitlistRow,
};

#[derive(Debug, Default)]
pub(super) struct Records {
    users: BTreeMap<UserId, Record<User>>,
    active: BTreeMap<UserId, BTreeSet<NaiveDate>>,
    organizations: BTreeMap<OrganizationId, Record<Organization>>,
    waitlist: BTreeMap<WaitlistEntryId, Record<WaitlistEntry>>,
}

impl Records {
    pub(super) fn merge(&mut self, change: &Change) {
        match change {
            Change::User(user) => self.merge_user(user),
            Change::UserDeleted(id) => {
                let record = self.users.entry(id.clone()).or_default();
                record.delete();
                record.forget_if_deleted(forget);
            }
            Change::Activity(activity) => {
                self.active.entry(activity.user.clone()).or_default().extend(activity.days.iter());
            }
            Change::Organization(organization) => {
                let record = self.organizations.entry(organization.id.clone()).or_default();
                record.merge(organization.version(), organization.created_at, organization.clone());
            }
            Change::OrganizationDeleted(id) => self.organizations.entry(id.clone()).or_default().delete(),
            Change::WaitlistEntry(entry) => {
                let record = self.waitlist.entry(entry.id.clone()).or_default();
                record.merge(entry.version(), entry.created_at, entry.clone());
            }
            Change::WaitlistEntryDeleted(id) => self.waitlist.entry(id.clone()).or_default().delete(),
        }
    }

    fn merge_user(&mut self, user: &User) {
        let record = self.users.entry(user.id.clone()).or_default();
        record.merge(user.version(), user.created_at, user.clone());
        record.forget_if_deleted(forget);
        self.active.entry(user.id.clone()).or_default().insert(user.created_at.date_naive());
    }

    pub(super) fn users(&self) -> Vec<(Option<UserClass>, UserRow)> {
        let live = self.users.values().filter_map(Record::live);
        live.map(|(user, created_at)| {
            let row = UserRow {
                id: user.id.clone(),
                name: user.name.clone(),
                contacts: user.contacts.clone(),
                class: user.classification.class,
                reason: user.classification.reason,
                created_at,
            };
            (Some(row.class), row)
        })
        .collect()
    }

    pub(super) fn organizations(&self) -> Vec<(Option<UserClass>, OrganizationRow)> {
        let live = self.organizations.values().filter_map(Record::live);
        live.map(|(organization, created_at)| {
            let row = OrganizationRow {
                id: organization.id.clone(),
                name: organization.name.clone(),
                members: organization.members,
                created_at,
            };
            (None, row)
        })
        .collect()
    }

    pub(super) fn waitlist(&self) -> Vec<(Option<UserClass>, WaitlistRow)> {
        let live = self.waitlist.values().filter_map(Record::live);
        live.map(|(entry, created_at)| {
            let row = WaitlistRow {
                id: entry.id.clone(),
                email: entry.email.clone(),
                status: entry.status,
                class: entry.classification.class,
                reason: entry.classification.reason,
                created_at,
            };
            (Some(row.class), row)
        })
        .collect()
    }

    pub(super) fn users_by_id(&self, after: Option<&UserId>, limit: u32) -> Vec<User> {
        let as_written = |(user, created_at): (&User, _)| User { created_at, ..user.clone() };
        behind(&self.users, after).take(to_usize(limit)).map(as_written).collect()
    }

    pub(super) fn waitlist_by_id(&self, after: Option<&WaitlistEntryId>, limit: u32) -> Vec<WaitlistEntry> {
        let as_written =
            |(entry, created_at): (&WaitlistEntry, _)| WaitlistEntry { created_at, ..entry.clone() };
        behind(&self.waitlist, after).take(to_usize(limit)).map(as_written).collect()
    }

    pub(super) fn count(&self, table: Table, filter: Filter) -> u64 {
        let count = match table {
            Table::Organizations => self.organizations.values().filter_map(Record::live).count(),
            Table::Users => {
                let live = self.users.values().filter_map(Record::live);
                live.filter(|(user, _)| filter.keeps(user.classification.class)).count()
            }
            Table::Waitlist => {
                let live = self.waitlist.values().filter_map(Record::live);
                live.filter(|(entry, _)| filter.keeps(entry.classification.class)).count()
            }
        };
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    pub(super) fn activities(&self, days: Days, periods: &[Days]) -> Activities {
        Activities {
            days: self.by_day(days),
            active_users: self.active_users(days),
            periods: periods.iter().map(|period| self.active_users(*period)).collect(),
        }
    }

    fn by_day(&self, days: Days) -> Vec<DayActivity> {
        let empty = |day| DayActivity { day, sign_ups: Split::default(), active_users: Split::default() };
        let mut by_day: BTreeMap<_, _> = days.iter().map(|day| (day, empty(day))).collect();
        for (user, created_at, active) in self.ever() {
            if let Some(day) = by_day.get_mut(&created_at.date_naive()) {
                day.sign_ups.count(user.classification.class, 1);
            }
            for day in active.range(days.first()..=days.last()) {
                if let Some(day) = by_day.get_mut(day) {
                    day.active_users.count(user.classification.class, 1);
                }
            }
        }
        by_day.into_values().collect()
    }

    fn active_users(&self, days: Days) -> Split<u64> {
        let mut users = Split::default();
        for (user, _, active) in self.ever() {
            let any = active.range(days.first()..=days.last()).next().is_some();
            users.count(user.classification.class, u64::from(any));
        }
        users
    }

    pub(super) fn cohorts(&self, periods: &[Days]) -> Vec<Cohort> {
        let starts = (0..).zip(periods);
        starts.map(|(start, _)| self.cohort(periods.get(start..).unwrap_or_default())).collect()
    }

    /// The cohort of the first of the periods.
    fn cohort(&self, periods: &[Days]) -> Cohort {
        let mut cohort = Cohort { size: Split::default(), active: vec![Split::default(); periods.len()] };
        for (user, created_at, active) in self.ever() {
            if !periods.first().is_some_and(|own| own.contains(created_at.date_naive())) {
                continue;
            }
            cohort.size.count(user.classification.class, 1);
            for (period, count) in periods.iter().zip(&mut cohort.active) {
                let any = active.range(period.first()..=period.last()).next().is_some();
                count.count(user.classification.class, u64::from(any));
            }
        }
        cohort
    }

    /// Whoever ever signed up, deleted or not, when, and the days of activity.
    fn ever(&self) -> impl Iterator<Item = (&User, DateTime<Utc>, &BTreeSet<NaiveDate>)> {
        self.users.iter().filter_map(|(id, record)| {
            let (user, created_at) = record.latest()?;
            Some((user, created_at, self.active.get(id)?))
        })
    }
}

/// The live records behind an id.
fn behind<'a, I: Ord, T>(
    records: &'a BTreeMap<I, Record<T>>,
    after: Option<&'a I>,
) -> impl Iterator<Item = (&'a T, DateTime<Utc>)> {
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    records.range((start, Bound::Unbounded)).filter_map(|(_, record)| record.live())
}

fn to_usize(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn forget(user: &mut User) {
    user.name = None;
    user.contacts = Contacts::default();
}
