//! Stores that pass on what they are asked.

/// Implements ports of a store that passes calls on to another one: a pointer, a fault wrapper, a wrong store in a test.
///
/// `via` names a macro that turns `(self, method(arguments))` into the answer; `impl` may have generics.
///
/// ```
/// use apikeys::{ErrorType, MemoryStore};
///
/// /// Counts nothing yet.
/// struct Counting(MemoryStore);
///
/// impl ErrorType for Counting {
///     type Error = std::convert::Infallible;
/// }
///
/// macro_rules! inner {
///     ($self:ident, $call:ident($($argument:expr),*)) => { $self.0.$call($($argument),*).await };
/// }
/// apikeys::forward_store! {
///     impl[] Counting, error std::convert::Infallible, via inner,
///     ports [KeyReader, KeyLister, KeyWriter, ChangeFeed, UsageStore, SpendStore, AuditStore]
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! forward_store {
    (impl $generics:tt $store:ty, error $error:ty, via $via:ident, ports [$($port:ident),+ $(,)?]) => {
        $($crate::forward_store! { @$port $generics, $store, $error, $via })+
    };
    (@KeyReader [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::KeyReader for $store {
            async fn key(
                &self,
                tenant: &$crate::TenantId,
                id: $crate::KeyId,
            ) -> ::core::result::Result<::core::option::Option<::std::sync::Arc<$crate::KeyRecord>>, $error> {
                $via!(self, key(tenant, id))
            }

            async fn key_by_digest(
                &self,
                tenant: &$crate::TenantId,
                digests: &[$crate::Digest],
            ) -> ::core::result::Result<::core::option::Option<::std::sync::Arc<$crate::KeyRecord>>, $error> {
                $via!(self, key_by_digest(tenant, digests))
            }

            async fn tombstone(
                &self,
                tenant: &$crate::TenantId,
                id: $crate::KeyId,
            ) -> ::core::result::Result<::core::option::Option<$crate::Tombstone>, $error> {
                $via!(self, tombstone(tenant, id))
            }

            async fn sealed_secret(
                &self,
                tenant: &$crate::TenantId,
                id: $crate::KeyId,
            ) -> ::core::result::Result<::core::option::Option<$crate::SealedSecret>, $error> {
                $via!(self, sealed_secret(tenant, id))
            }
        }
    };
    (@KeyLister [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::KeyLister for $store {
            async fn keys(
                &self,
                tenant: &$crate::TenantId,
                filter: &$crate::KeyFilter,
                start: $crate::Start,
                limit: u32,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::KeyPage, $error> {
                $via!(self, keys(tenant, filter, start, limit, now))
            }
        }
    };
    (@KeyWriter [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::KeyWriter for $store {
            async fn earlier_creation(
                &self,
                tenant: &$crate::TenantId,
                key: &$crate::IdempotencyKey,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<::core::option::Option<$crate::EarlierCreation>, $error> {
                $via!(self, earlier_creation(tenant, key, now))
            }

            async fn commit(
                &self,
                tenant: &$crate::TenantId,
                change: &$crate::KeyChange,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::Commit, $error> {
                $via!(self, commit(tenant, change, now))
            }
        }
    };
    (@ChangeFeed [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::ChangeFeed for $store {
            async fn changed_keys(
                &self,
                tenant: &$crate::TenantId,
                cursor: ::core::option::Option<$crate::FeedCursor>,
                limit: u32,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::ChangedKeys, $error> {
                $via!(self, changed_keys(tenant, cursor, limit, now))
            }
        }
    };
    (@UsageStore [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::UsageStore for $store {
            async fn merge(
                &self,
                tenant: &$crate::TenantId,
                change: &$crate::UsageChange,
            ) -> ::core::result::Result<(), $error> {
                $via!(self, merge(tenant, change))
            }

            async fn usage(
                &self,
                tenant: &$crate::TenantId,
                month: $crate::Month,
            ) -> ::core::result::Result<$crate::UsageTotals, $error> {
                $via!(self, usage(tenant, month))
            }
        }
    };
    (@SpendStore [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::SpendStore for $store {
            async fn admit(
                &self,
                tenant: &$crate::TenantId,
                family: $crate::KeyId,
                limit: $crate::RateLimit,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::Admission, $error> {
                $via!(self, admit(tenant, family, limit, now))
            }

            async fn reserve(
                &self,
                tenant: &$crate::TenantId,
                reservation: &$crate::Reservation,
                plan: &$crate::CreditPlan,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::Reserved, $error> {
                $via!(self, reserve(tenant, reservation, plan, now))
            }

            async fn spend(
                &self,
                tenant: &$crate::TenantId,
                reservation: &$crate::Reservation,
                plan: &$crate::CreditPlan,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<$crate::Reserved, $error> {
                $via!(self, spend(tenant, reservation, plan, now))
            }

            async fn settle(
                &self,
                tenant: &$crate::TenantId,
                id: $crate::ReservationId,
                settlement: $crate::Settlement,
                now: $crate::__DateTime,
            ) -> ::core::result::Result<bool, $error> {
                $via!(self, settle(tenant, id, settlement, now))
            }

            async fn balance(
                &self,
                tenant: &$crate::TenantId,
                account: $crate::Account,
            ) -> ::core::result::Result<::core::option::Option<$crate::Balance>, $error> {
                $via!(self, balance(tenant, account))
            }
        }
    };
    (@AuditStore [$($generics:tt)*], $store:ty, $error:ty, $via:ident) => {
        impl<$($generics)*> $crate::AuditStore for $store {
            async fn append(
                &self,
                tenant: &$crate::TenantId,
                events: &[$crate::AuditEvent],
            ) -> ::core::result::Result<(), $error> {
                $via!(self, append(tenant, events))
            }

            async fn events(
                &self,
                tenant: &$crate::TenantId,
                key: ::core::option::Option<$crate::KeyId>,
                limit: u32,
            ) -> ::core::result::Result<::std::vec::Vec<$crate::AuditEvent>, $error> {
                $via!(self, events(tenant, key, limit))
            }
        }
    };
}

macro_rules! through_pointer {
    ($self:ident, $call:ident($($argument:expr),*)) => {
        (**$self).$call($($argument),*).await
    };
}

macro_rules! pointers {
    ($($pointer:ty),+) => { $(
        impl<S: $crate::ErrorType + ?Sized> $crate::ErrorType for $pointer {
            type Error = S::Error;
        }

        pointers! { @ports $pointer: KeyReader KeyLister KeyWriter ChangeFeed UsageStore SpendStore AuditStore }
    )+ };
    (@ports $pointer:ty: $($port:ident)+) => { $(
        $crate::forward_store! {
            impl[S: $crate::$port] $pointer, error S::Error, via through_pointer, ports [$port]
        }
    )+ };
}

pointers!(&S, std::sync::Arc<S>);
