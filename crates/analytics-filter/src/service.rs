//! The Overview: load, decide, answer.

use std::error::Error;

use chrono::{DateTime, Utc};

use crate::{
    Change, Commit, Count, Cursors, Days, Filter, Interval, MAX_COHORTS, OrganizationRow, OverviewStore,
    Page, PageError, PageLimit, PageQuery, Report, Retention, Table, TenantId, TestUserRule, UserRow,
    WaitlistRow,
};

/// The Overview of all tenants, on a store.
///
/// ```
/// use analytics_filter::*;
/// # store_contract::block_on(async {
/// let now = "2026-05-02T12:00:00Z".parse()?;
/// let tenant = TenantId::new("acme")?;
/// let rule = TestUserRule::default();
/// let cursors = Cursors::new(CursorKey::new(&[7; 32]));
/// let overview = Overview::new(MemoryStore::new(), rule.clone(), cursors);
///
/// let contacts = Contacts::new(Some("jane+clerk_test@example.com"), None);
/// let jane = User::new(&rule, UserId::new("user_1")?, contacts, now, now);
/// overview.commit(&tenant, &[Change::User(jane)]).await?;
///
/// let report = overview.report(&tenant, Days::new(now.date_naive(), now.date_naive())?, now).await?;
/// assert_eq!(report.view(Filter::Everyone).tiles.sign_ups, 1);
/// assert_eq!(report.view(Filter::switched(true)).tiles.sign_ups, 0);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Overview<S> {
    store: S,
    rule: TestUserRule,
    cursors: Cursors,
}

/// Where counting a table's rows stops.
const COUNT_CAP: u64 = 10_001;
/// How many records are classified anew in one transaction.
const BATCH: u32 = 500;

impl<S: OverviewStore> Overview<S> {
    /// The Overview of what is in `store`, which `rule` has classified.
    pub fn new(store: S, rule: TestUserRule, cursors: Cursors) -> Self {
        Self { store, rule, cursors }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The rule.
    pub fn rule(&self) -> &TestUserRule {
        &self.rule
    }

    /// Merges changes, all of them or none.
    ///
    /// # Errors
    /// The store's.
    pub async fn commit(&self, tenant: &TenantId, changes: &[Change]) -> Result<Commit, S::Error> {
        self.store.commit(tenant, changes).await
    }

    /// Classifies whoever was classified by another rule, and answers how many that were.
    ///
    /// To be called after the rule has changed, with a greater [revision](TestUserRule::with_revision); until it is done, a
    /// report mixes the classes of both rules. Whoever was deleted keeps its last class, since its contacts are gone. May
    /// be repeated, and run while others write.
    ///
    /// # Errors
    /// The store's; what was classified until then stays so.
    pub async fn reclassify(&self, tenant: &TenantId) -> Result<u64, S::Error> {
        let users = self.reclassify_users(tenant).await?;
        Ok(self.reclassify_waitlist(tenant).await?.saturating_add(users))
    }

    /// The numbers of each of these days, as of `now`.
    ///
    /// # Errors
    /// The store's.
    pub async fn report(
        &self,
        tenant: &TenantId,
        days: Days,
        now: DateTime<Utc>,
    ) -> Result<Report, S::Error> {
        self.report_by(tenant, Interval::Day, days, now).await
    }

    /// The numbers of each period that these days touch, as of `now`: periods are whole, so the report may cover more days.
    ///
    /// # Errors
    /// The store's.
    pub async fn report_by(
        &self,
        tenant: &TenantId,
        interval: Interval,
        days: Days,
        now: DateTime<Utc>,
    ) -> Result<Report, S::Error> {
        let (days, periods) = interval.covering(days);
        let activities = self.store.activities(tenant, days, &periods).await?;
        Ok(Report::new(&self.rule, (interval, days), now, activities))
    }

    /// The retention of whoever signed up in each period that these days touch, as of `now`.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub async fn retention(
        &self,
        tenant: &TenantId,
        interval: Interval,
        days: Days,
        now: DateTime<Utc>,
    ) -> Result<Retention, RetentionError<S::Error>> {
        let periods = interval.periods(days);
        if periods.len() > MAX_COHORTS {
            return Err(RetentionError::TooManyCohorts);
        }
        let cohorts = self.store.cohorts(tenant, &periods).await.map_err(RetentionError::Store)?;
        Ok(Retention::new(&self.rule, (interval, periods), now, cohorts))
    }

    /// How many rows a table has under a filter; counting stops at 10,001.
    ///
    /// # Errors
    /// The store's.
    pub async fn count(&self, tenant: &TenantId, table: Table, filter: Filter) -> Result<Count, S::Error> {
        Ok(Count::capped(self.store.count(tenant, table, filter, COUNT_CAP).await?, COUNT_CAP))
    }

    /// A page of the users, the newest first.
    ///
    /// # Errors
    /// [`TableError`].
    pub async fn users(
        &self,
        tenant: &TenantId,
        filter: Filter,
        (cursor, limit): (Option<&str>, PageLimit),
        now: DateTime<Utc>,
    ) -> Result<Page<UserRow>, TableError<S::Error>> {
        let query = self.query(tenant, Table::Users, filter);
        let seek = self.cursors.seek(query, cursor, limit, now)?;
        let rows = self.store.users(tenant, &seek).await.map_err(TableError::Store)?;
        Ok(self.cursors.page(query, &seek, rows, now))
    }

    /// A page of the organizations, the newest first.
    ///
    /// # Errors
    /// [`TableError`].
    pub async fn organizations(
        &self,
        tenant: &TenantId,
        filter: Filter,
        (cursor, limit): (Option<&str>, PageLimit),
        now: DateTime<Utc>,
    ) -> Result<Page<OrganizationRow>, TableError<S::Error>> {
        let query = self.query(tenant, Table::Organizations, filter);
        let seek = self.cursors.seek(query, cursor, limit, now)?;
        let rows = self.store.organizations(tenant, &seek).await.map_err(TableError::Store)?;
        Ok(self.cursors.page(query, &seek, rows, now))
    }

    /// A page of the waitlist, the newest entry first.
    ///
    /// # Errors
    /// [`TableError`].
    pub async fn waitlist(
        &self,
        tenant: &TenantId,
        filter: Filter,
        (cursor, limit): (Option<&str>, PageLimit),
        now: DateTime<Utc>,
    ) -> Result<Page<WaitlistRow>, TableError<S::Error>> {
        let query = self.query(tenant, Table::Waitlist, filter);
        let seek = self.cursors.seek(query, cursor, limit, now)?;
        let rows = self.store.waitlist(tenant, &seek).await.map_err(TableError::Store)?;
        Ok(self.cursors.page(query, &seek, rows, now))
    }

    async fn reclassify_users(&self, tenant: &TenantId) -> Result<u64, S::Error> {
        let (mut after, mut count) = (None, 0_u64);
        loop {
            let users = self.store.users_by_id(tenant, after.as_ref(), BATCH).await?;
            let Some(last) = users.last() else { return Ok(count) };
            after = Some(last.id.clone());
            let changes = users.into_iter().filter_map(|user| user.reclassified(&self.rule));
            count = count.saturating_add(self.put(tenant, changes.map(Change::User).collect()).await?);
        }
    }

    async fn reclassify_waitlist(&self, tenant: &TenantId) -> Result<u64, S::Error> {
        let (mut after, mut count) = (None, 0_u64);
        loop {
            let entries = self.store.waitlist_by_id(tenant, after.as_ref(), BATCH).await?;
            let Some(last) = entries.last() else { return Ok(count) };
            after = Some(last.id.clone());
            let changes = entries.into_iter().filter_map(|entry| entry.reclassified(&self.rule));
            count =
                count.saturating_add(self.put(tenant, changes.map(Change::WaitlistEntry).collect()).await?);
        }
    }

    async fn put(&self, tenant: &TenantId, changes: Vec<Change>) -> Result<u64, S::Error> {
        if !changes.is_empty() {
            self.store.commit(tenant, &changes).await?;
        }
        Ok(u64::try_from(changes.len()).unwrap_or(u64::MAX))
    }

    fn query<'a>(&self, tenant: &'a TenantId, table: Table, filter: Filter) -> PageQuery<'a> {
        PageQuery { tenant, table, filter, rule: self.rule.fingerprint() }
    }
}

/// Why there is no retention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError<E: Error + 'static> {
    /// The days touch more than [`MAX_COHORTS`] periods.
    #[error("a table of retention has at most {MAX_COHORTS} cohorts: choose fewer days or a longer interval")]
    TooManyCohorts,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError<E: Error + 'static> {
    /// The cursor leads to none.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}
