//! Stores that are wrong on purpose: each is refused by the check that its test names.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicI64, Ordering},
};

use analytics_filter::{
    Activities, Change, Cohort, Commit, Days, ErrorType, Filter, MemoryStore, MetricsReader, OrganizationRow,
    OverviewWriter, Position, RecordReader, Seek, Split, Start, Table, TableReader, TenantId, User, UserId,
    UserRow, WaitlistEntry, WaitlistEntryId, WaitlistRow, contract,
};
use chrono::DateTime;
use store_contract::block_on;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// One table for all tenants.
    SharesTenants,
    /// Whatever arrives last stays.
    LastWriteWins,
    /// A deletion is a state like any other, and so forgotten if it comes first.
    ForgetsDeletions,
    /// A deletion takes the user out of the numbers.
    DeletesHistory,
    /// Active users of the range: the sum of its days.
    SumsDays,
    /// A cursor without the id.
    ComparesTimesOnly,
    /// Rows that were created after the first page come in between.
    IgnoresTheEpoch,
    /// Charts are filtered, tables aren't.
    IgnoresTheFilter,
    /// A page back starts at the top.
    GoesBackFromTheTop,
    /// Days end a second early.
    LosesTheLastDay,
    /// Retention is unbounded: who came back later counts before, too.
    RetainsOnOrAfter,
    /// A walk starts again and again.
    WalksInCircles,
}

struct Wrong {
    inner: MemoryStore,
    flaw: Flaw,
    arrivals: AtomicI64,
}

impl Wrong {
    fn new(flaw: Flaw) -> Self {
        Self { inner: MemoryStore::new(), flaw, arrivals: AtomicI64::new(0) }
    }

    fn tenant(&self, tenant: &TenantId) -> TenantId {
        if self.flaw == Flaw::SharesTenants { TenantId::new("all").unwrap() } else { tenant.clone() }
    }

    fn change(&self, change: &Change) -> Option<Change> {
        match (self.flaw, change.clone()) {
            (Flaw::LastWriteWins, Change::User(mut user)) => {
                let arrival = self.arrivals.fetch_add(1, Ordering::Relaxed);
                user.as_of = DateTime::from_timestamp_millis(arrival).unwrap();
                Some(Change::User(user))
            }
            (Flaw::ForgetsDeletions, Change::UserDeleted(_)) => None,
            (_, change) => Some(change),
        }
    }

    fn seek(&self, seek: &Seek) -> Seek {
        let mut seek = seek.clone();
        match (self.flaw, &mut seek.start) {
            (Flaw::ComparesTimesOnly, Start::After(Position { id, .. })) => *id = "".into(),
            (Flaw::GoesBackFromTheTop, Start::Before(_)) => seek.start = Start::First,
            (Flaw::IgnoresTheEpoch, _) => {
                seek.until = DateTime::from_timestamp_millis(i64::from(i32::MAX) * 1_000).unwrap();
            }
            (Flaw::IgnoresTheFilter, _) => seek.filter = Filter::Everyone,
            _ => {}
        }
        seek
    }
}

impl ErrorType for Wrong {
    type Error = Infallible;
}

impl OverviewWriter for Wrong {
    async fn commit(&self, tenant: &TenantId, changes: &[Change]) -> Result<Commit, Infallible> {
        let changes: Vec<_> = changes.iter().filter_map(|change| self.change(change)).collect();
        self.inner.commit(&self.tenant(tenant), &changes).await
    }
}

impl MetricsReader for Wrong {
    async fn activities(
        &self,
        tenant: &TenantId,
        days: Days,
        periods: &[Days],
    ) -> Result<Activities, Infallible> {
        let mut found = self.inner.activities(&self.tenant(tenant), days, periods).await?;
        match self.flaw {
            Flaw::SumsDays => {
                found.active_users = Split::default();
                for day in &found.days {
                    found.active_users += day.active_users;
                }
            }
            Flaw::DeletesHistory => {
                let until = DateTime::from_timestamp_millis(i64::from(i32::MAX) * 1_000).unwrap();
                let seek = Seek { filter: Filter::Everyone, until, start: Start::First, limit: 1 };
                if self.inner.users(&self.tenant(tenant), &seek).await?.is_empty() {
                    found.active_users = Split::default();
                }
            }
            Flaw::LosesTheLastDay => {
                if let Some(day) = found.days.last_mut() {
                    day.active_users = Split::default();
                }
            }
            _ => {}
        }
        Ok(found)
    }

    async fn cohorts(&self, tenant: &TenantId, periods: &[Days]) -> Result<Vec<Cohort>, Infallible> {
        let mut cohorts = self.inner.cohorts(&self.tenant(tenant), periods).await?;
        if self.flaw == Flaw::RetainsOnOrAfter {
            for cohort in &mut cohorts {
                let mut later: Split<u64> = Split::default();
                for active in cohort.active.iter_mut().rev() {
                    later.real = later.real.max(active.real);
                    later.test = later.test.max(active.test);
                    *active = later;
                }
            }
        }
        Ok(cohorts)
    }
}

impl RecordReader for Wrong {
    async fn users_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&UserId>,
        limit: u32,
    ) -> Result<Vec<User>, Infallible> {
        let after = after.filter(|_| self.flaw != Flaw::WalksInCircles);
        self.inner.users_by_id(&self.tenant(tenant), after, limit).await
    }

    async fn waitlist_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&WaitlistEntryId>,
        limit: u32,
    ) -> Result<Vec<WaitlistEntry>, Infallible> {
        self.inner.waitlist_by_id(&self.tenant(tenant), after, limit).await
    }
}

impl TableReader for Wrong {
    async fn users(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<UserRow>, Infallible> {
        self.inner.users(&self.tenant(tenant), &self.seek(seek)).await
    }

    async fn organizations(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> Result<Vec<OrganizationRow>, Infallible> {
        self.inner.organizations(&self.tenant(tenant), &self.seek(seek)).await
    }

    async fn waitlist(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<WaitlistRow>, Infallible> {
        self.inner.waitlist(&self.tenant(tenant), &self.seek(seek)).await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        table: Table,
        filter: Filter,
        cap: u64,
    ) -> Result<u64, Infallible> {
        self.inner.count(&self.tenant(tenant), table, filter, cap).await
    }
}

macro_rules! refused {
    ($($flaw:ident by $($check:ident),+;)*) => {$(
        #[test]
        #[expect(non_snake_case, reason = "the test is called as the flaw is")]
        fn $flaw() {
            $(
                assert!(block_on(contract::$check(Wrong::new(Flaw::None))).is_ok(), "the right store passes");
                assert!(block_on(contract::$check(Wrong::new(Flaw::$flaw))).is_err(), stringify!($check));
            )+
        }
    )*};
}

refused! {
    SharesTenants by tenants_are_apart, numbers_of_tenants_are_apart;
    LastWriteWins by the_later_state_stays_in_any_order, states_of_one_time_are_decided_alike,
        the_newer_rule_stays_in_any_order;
    ForgetsDeletions by what_is_deleted_stays_so_in_any_order;
    DeletesHistory by a_deleted_user_stays_in_the_numbers;
    SumsDays by activity_counts_once;
    ComparesTimesOnly by a_part_starts_behind_its_position, a_scroll_misses_and_repeats_nothing;
    IgnoresTheEpoch by rows_after_the_epoch_are_left_out;
    IgnoresTheFilter by the_filter_leaves_out_rows_but_no_organization;
    GoesBackFromTheTop by a_part_before_a_position_is_reversed;
    RetainsOnOrAfter by cohorts_are_counted_period_by_period;
    WalksInCircles by users_are_walked_by_id;
    LosesTheLastDay by sign_ups_and_activity_are_split_by_class;
}
