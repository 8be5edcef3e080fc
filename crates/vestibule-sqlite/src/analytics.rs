//! The Overview's tables.

mod cohorts;
mod metrics;
mod records;
mod tables;
mod write;

use analytics_filter::{
    Activities, Change, Cohort, Commit, Days, ErrorType, Filter, MetricsReader, OrganizationRow,
    OverviewWriter, RecordReader, Seek, Table, TableReader, TenantId, User, UserId, UserRow, WaitlistEntry,
    WaitlistEntryId, WaitlistRow,
};

pub use self::write::apply;
use crate::{SqliteError, SqliteStore};

impl ErrorType for SqliteStore {
    type Error = SqliteError;
}

impl OverviewWriter for SqliteStore {
    async fn commit(&self, tenant: &TenantId, changes: &[Change]) -> Result<Commit, SqliteError> {
        let (tenant, changes) = (tenant.clone(), changes.to_vec());
        self.database
            .write(move |tx| {
                for change in &changes {
                    apply(tx, &tenant, change)?;
                }
                Ok(Commit::Applied)
            })
            .await
    }
}

impl MetricsReader for SqliteStore {
    async fn activities(
        &self,
        tenant: &TenantId,
        days: Days,
        periods: &[Days],
    ) -> Result<Activities, SqliteError> {
        let (tenant, periods) = (tenant.clone(), periods.to_vec());
        self.database.read(move |db| metrics::activities(db, &tenant, days, &periods)).await
    }

    async fn cohorts(&self, tenant: &TenantId, periods: &[Days]) -> Result<Vec<Cohort>, SqliteError> {
        let (tenant, periods) = (tenant.clone(), periods.to_vec());
        self.database.read(move |db| cohorts::cohorts(db, &tenant, &periods)).await
    }
}

impl TableReader for SqliteStore {
    async fn users(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<UserRow>, SqliteError> {
        let (tenant, seek) = (tenant.clone(), seek.clone());
        self.database.read(move |db| tables::users(db, &tenant, &seek)).await
    }

    async fn organizations(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> Result<Vec<OrganizationRow>, SqliteError> {
        let (tenant, seek) = (tenant.clone(), seek.clone());
        self.database.read(move |db| tables::organizations(db, &tenant, &seek)).await
    }

    async fn waitlist(&self, tenant: &TenantId, seek: &Seek) -> Result<Vec<WaitlistRow>, SqliteError> {
        let (tenant, seek) = (tenant.clone(), seek.clone());
        self.database.read(move |db| tables::waitlist(db, &tenant, &seek)).await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        table: Table,
        filter: Filter,
        cap: u64,
    ) -> Result<u64, SqliteError> {
        let tenant = tenant.clone();
        self.database.read(move |db| tables::count(db, &tenant, table, filter, cap)).await
    }
}

impl RecordReader for SqliteStore {
    async fn users_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&UserId>,
        limit: u32,
    ) -> Result<Vec<User>, SqliteError> {
        let (tenant, after) = (tenant.clone(), after.cloned());
        self.database.read(move |db| records::users(db, &tenant, after.as_ref(), limit)).await
    }

    async fn waitlist_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&WaitlistEntryId>,
        limit: u32,
    ) -> Result<Vec<WaitlistEntry>, SqliteError> {
        let (tenant, after) = (tenant.clone(), after.cloned());
        self.database.read(move |db| records::waitlist(db, &tenant, after.as_ref(), limit)).await
    }
}
