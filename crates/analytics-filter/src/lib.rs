#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod change;
mod class;
#[cfg(feature = "contract")]
pub mod contract;
mod count;
mod days;
mod email_tag;
mod fingerprint;
mod id;
mod identifiers;
mod interval;
mod memory;
mod page;
mod phone_pattern;
mod report;
mod retention;
mod row;
mod rule;
mod seek;
mod service;
mod split;
pub mod sql;
mod store;
mod tenant;
pub mod wire;

pub use sealed_cursor::CursorKey;
#[cfg(feature = "contract")]
#[doc(hidden)]
pub use store_contract as __store_contract;

pub use crate::{
    change::{Activity, Change, Commit, Organization, User, Version, WaitlistEntry, WaitlistStatus},
    class::{Classification, Reason, UserClass},
    count::Count,
    days::{Days, InvalidDays, MAX_DAYS},
    email_tag::{EmailTag, InvalidEmailTag},
    fingerprint::{Fingerprint, InvalidFingerprint},
    id::{InvalidId, OrganizationId, UserId, WaitlistEntryId},
    identifiers::{Contacts, IdentifierKind, IdentifierPolicy, Identifiers},
    interval::Interval,
    memory::MemoryStore,
    page::{Cursors, InvalidPageLimit, Page, PageError, PageLimit, PageQuery, PageState},
    phone_pattern::{InvalidPhonePattern, PhonePattern},
    report::{Activities, DayActivity, PeriodView, Report, ReportView, Tiles},
    retention::{Cohort, CohortView, MAX_COHORTS, RetainedView, Retention},
    row::{OrganizationRow, Row, Table, UserRow, WaitlistRow},
    rule::{Atom, Policy, TestUserRule},
    seek::{Position, Seek, Start},
    service::{Overview, RetentionError, TableError},
    split::{Filter, Ratio, Split},
    store::{ErrorType, MetricsReader, OverviewStore, OverviewWriter, RecordReader, TableReader},
    tenant::{InvalidTenantId, TenantId},
};
