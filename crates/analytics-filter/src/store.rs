//! What this crate asks of a store: one small trait per authority.
//!
//! Whoever implements them proves it with the checks behind feature `contract`.

use std::{error::Error, future::Future, sync::Arc};

use crate::{
    Activities, Change, Cohort, Commit, Days, Filter, OrganizationRow, Seek, Table, TenantId, User, UserId,
    UserRow, WaitlistEntry, WaitlistEntryId, WaitlistRow,
};

/// The error of a store, the same for each of its traits.
pub trait ErrorType {
    /// What can go wrong with the store itself; never a refusal of the domain.
    type Error: Error + Send + Sync + 'static;
}

/// Writing what the Overview shows.
pub trait OverviewWriter: ErrorType + Send + Sync {
    /// Merges changes, all of them or none.
    ///
    /// # Contract
    /// *Merge*, as [`Change`] says: whatever the order in which changes arrive, and however often, the same is stored.
    /// Always [`Commit::Applied`].
    fn commit(
        &self,
        tenant: &TenantId,
        changes: &[Change],
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// Reading the charts' numbers.
pub trait MetricsReader: ErrorType + Send + Sync {
    /// Sign-ups and active users of each of these days (UTC) and of all of them together, and active users of each of
    /// these periods.
    ///
    /// # Contract
    /// One entry for each of the days, in order, those without users too. A user counts for its current class, a deleted
    /// one for its last. A user is active once a day, however often it was recorded; on the day of its sign-up, too; and
    /// [`Activities::active_users`] counts it once for all days, [`Activities::periods`] once for each period; those lie
    /// anywhere, and are answered in the order in which they were asked for. Activity of a user that was never written counts for
    /// nothing. All is of one point in time.
    fn activities(
        &self,
        tenant: &TenantId,
        days: Days,
        periods: &[Days],
    ) -> impl Future<Output = Result<Activities, Self::Error>> + Send;

    /// The cohort of each of these periods, which are in order and have no day in common.
    ///
    /// # Contract
    /// One cohort for each of the periods: who signed up in it, counted as by [`activities`](Self::activities), and who of
    /// those was active in it and in each later one of the periods. All is of one point in time.
    fn cohorts(
        &self,
        tenant: &TenantId,
        periods: &[Days],
    ) -> impl Future<Output = Result<Vec<Cohort>, Self::Error>> + Send;
}

/// Reading the tables.
pub trait TableReader: ErrorType + Send + Sync {
    /// Users, those that were not deleted.
    ///
    /// # Contract
    /// Ordered as [`Seek`] says, which also says whom to leave out; at most `seek.limit` of them, and fewer only if there
    /// are no more.
    fn users(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> impl Future<Output = Result<Vec<UserRow>, Self::Error>> + Send;

    /// Organizations, those that were not deleted.
    ///
    /// # Contract
    /// As [`users`](Self::users); the filter leaves out none of them.
    fn organizations(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> impl Future<Output = Result<Vec<OrganizationRow>, Self::Error>> + Send;

    /// Entries on the waitlist, those that were not deleted.
    ///
    /// # Contract
    /// As [`users`](Self::users).
    fn waitlist(
        &self,
        tenant: &TenantId,
        seek: &Seek,
    ) -> impl Future<Output = Result<Vec<WaitlistRow>, Self::Error>> + Send;

    /// How many rows a table has under a filter, counted up to `cap`.
    ///
    /// # Contract
    /// The number of rows that the table's method answers without a bound and a limit, or `cap` if it is less.
    fn count(
        &self,
        tenant: &TenantId,
        table: Table,
        filter: Filter,
        cap: u64,
    ) -> impl Future<Output = Result<u64, Self::Error>> + Send;
}

/// Walking through what was classified, to classify it by another rule.
pub trait RecordReader: ErrorType + Send + Sync {
    /// Users that were not deleted, as they were written, but for `created_at`, which is the earliest.
    ///
    /// # Contract
    /// Ordered by id, byte by byte, from the one behind `after`; at most `limit` of them, and fewer only if there are no
    /// more.
    fn users_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<User>, Self::Error>> + Send;

    /// Entries on the waitlist that were not deleted, as they were written, but for `created_at`, which is the earliest.
    ///
    /// # Contract
    /// As [`users_by_id`](Self::users_by_id).
    fn waitlist_by_id(
        &self,
        tenant: &TenantId,
        after: Option<&WaitlistEntryId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<WaitlistEntry>, Self::Error>> + Send;
}

/// All of them.
pub trait OverviewStore: OverviewWriter + MetricsReader + TableReader + RecordReader {}

impl<S: OverviewWriter + MetricsReader + TableReader + RecordReader> OverviewStore for S {}

macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        impl<S: ErrorType + ?Sized> ErrorType for $pointer {
            type Error = S::Error;
        }

        impl<S: OverviewWriter + ?Sized> OverviewWriter for $pointer {
            fn commit(
                &self,
                tenant: &TenantId,
                changes: &[Change],
            ) -> impl Future<Output = Result<Commit, Self::Error>> + Send {
                (**self).commit(tenant, changes)
            }
        }

        impl<S: MetricsReader + ?Sized> MetricsReader for $pointer {
            fn activities(
                &self,
                tenant: &TenantId,
                days: Days,
                periods: &[Days],
            ) -> impl Future<Output = Result<Activities, Self::Error>> + Send {
                (**self).activities(tenant, days, periods)
            }

            fn cohorts(
                &self,
                tenant: &TenantId,
                periods: &[Days],
            ) -> impl Future<Output = Result<Vec<Cohort>, Self::Error>> + Send {
                (**self).cohorts(tenant, periods)
            }
        }

        impl<S: TableReader + ?Sized> TableReader for $pointer {
            fn users(
                &self,
                tenant: &TenantId,
                seek: &Seek,
            ) -> impl Future<Output = Result<Vec<UserRow>, Self::Error>> + Send {
                (**self).users(tenant, seek)
            }

            fn organizations(
                &self,
                tenant: &TenantId,
                seek: &Seek,
            ) -> impl Future<Output = Result<Vec<OrganizationRow>, Self::Error>> + Send {
                (**self).organizations(tenant, seek)
            }

            fn waitlist(
                &self,
                tenant: &TenantId,
                seek: &Seek,
            ) -> impl Future<Output = Result<Vec<WaitlistRow>, Self::Error>> + Send {
                (**self).waitlist(tenant, seek)
            }

            fn count(
                &self,
                tenant: &TenantId,
                table: Table,
                filter: Filter,
                cap: u64,
            ) -> impl Future<Output = Result<u64, Self::Error>> + Send {
                (**self).count(tenant, table, filter, cap)
            }
        }

        impl<S: RecordReader + ?Sized> RecordReader for $pointer {
            fn users_by_id(
                &self,
                tenant: &TenantId,
                after: Option<&UserId>,
                limit: u32,
            ) -> impl Future<Output = Result<Vec<User>, Self::Error>> + Send {
                (**self).users_by_id(tenant, after, limit)
            }

            fn waitlist_by_id(
                &self,
                tenant: &TenantId,
                after: Option<&WaitlistEntryId>,
                limit: u32,
            ) -> impl Future<Output = Result<Vec<WaitlistEntry>, Self::Error>> + Send {
                (**self).waitlist_by_id(tenant, after, limit)
            }
        }
    )*};
}

delegate!(&S, Arc<S>);
