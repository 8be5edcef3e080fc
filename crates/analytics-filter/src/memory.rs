//! The store in memory: reference semantics, the test double, and enough for a small host.

mod record;
mod records;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
};

use self::records::Records;
use crate::{
    Activities, Change, Cohort, Commit, Days, ErrorType, Filter, MetricsReader, OrganizationRow,
    OverviewWriter, RecordReader, Row, Seek, Start, Table, TableReader, TenantId, User, UserClass, UserId,
    UserRow, WaitlistEntry, WaitlistEntryId, WaitlistRow,
};

/// All stores of this crate, in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: Mutex<BTreeMap<TenantId, Records>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantId, Records>> {
        // A merge that was cut short is completed by repeating it, so a panic elsewhere harms nothing.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows<T: Row>(
        &self,
        tenant: &TenantId,
        seek: &Seek,
        read: impl Fn(&Records) -> Vec<(Option<UserClass>, T)>,
    ) -> Vec<T> {
        let mut rows = self.lock().get(tenant).map(read).unwrap_or_default();
        rows.retain(|(class, row)| seek.takes(*class, &row.position()));
        rows.sort_by_cached_key(|(_, row)| std::cmp::Reverse(row.position()));
        if matches!(seek.start, Start::Before(_)) {
            rows.reverse();
        }
        rows.truncate(usize::try_from(seek.limit).unwrap_or(usize::MAX));
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

impl ErrorType for MemoryStore {
    type Error = Infallible;
}

impl OverviewWriter for MemoryStore {
    async fn commit(&self, tenant: &TenantId, changes: &[Change]) -> Result<Commit, Infallible> {
        let mut tenants = self.lock();
        let records = tenants.entry(tenant.clone()).or_default();
        for change in changes {
            records.merge(change);
        }
        Ok(Commit::Applied)
    }
}

impl MetricsReader for MemoryStore {
    async fn activities(
        &self,
        tenant: &TenantId,
        days: Days,
        periods: &[Days],
    ) -> Result<Activities, Infallible> {
        Ok(self.lock().get(tenant).unwrap_or(&Records::default()).activities(days, periods))
    }

    async fn cohorts(&self, tenant: &TenantId, periods: &[Days]) -> Result<Vec<Cohort>, Infallible> {
        Ok(self.lock().get(tenant).unwrap_or(&Records::default()).cohorts(periods))
    }
}

impl TableReader for MemoryStore {
    async fn users(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<UserRow>, Infallible> {
        Ok(self.rows(tenant, seek, Records::users))
    }

    async fn organizations(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> Result<Vec<OrganizationRow>, Infallible> {
        Ok(self.rows(tenant, seek, Records::organizations))
    }

    async fn waitlist(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<WaitlistRow>, Infallible> {
        Ok(self.rows(tenant, seek, Records::waitlist))
    }

    async fn count(
        &self,
        tenant: &TenantId,
        table: Table,
        filter: Filter,
        cap: u64,
    ) -> Result<u64, Infallible> {
        Ok(self.lock().get(tenant).map_or(0, |records| records.count(table, filter)).min(cap))
    }
}

impl RecordReader for MemoryStore {
    async fn users_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&UserId>,
        limit: u32,
    ) -> Result<Vec<User>, Infallible> {
        Ok(self.lock().get(tenant).map(|records| records.users_by_id(after, limit)).unwrap_or_default())
    }

    async fn waitlist_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&WaitlistEntryId>,
        limit: u32,
    ) -> Result<Vec<WaitlistEntry>, Infallible> {
        Ok(self.lock().get(tenant).map(|records| records.waitlist_by_id(after, limit)).unwrap_or_default())
    }
}
