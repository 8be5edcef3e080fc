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

mod base62;
mod change;
#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "import")]
pub mod import;
mod issue;
mod key_id;
pub mod limits;
mod list;
mod memory;
mod meter;
mod pepper;
mod record;
mod secret;
mod service;
mod store;
mod subject;
mod tenant;
mod token;
mod update;
mod usage;
mod verify;
pub mod wire;

#[cfg(feature = "contract")]
#[doc(hidden)]
pub use store_contract as __store_contract;

pub use crate::{
    change::{Commit, EarlierCreation, Idempotency, KeyChange, Revision, UsageChange},
    issue::{IdempotencyKey, IssueError, Issued, NewKey, issue},
    key_id::{InvalidKeyId, KeyId},
    list::{KeyFilter, KeyPage, Position, Start},
    memory::MemoryStore,
    pepper::{Digest, Pepper, PepperId, Peppers, StoredDigest},
    record::{KeyRecord, Revocation},
    secret::Secret,
    service::{ApiKeys, ServiceError},
    store::{ErrorType, KeyLister, KeyReader, KeyStore, KeyWriter, UsageStore},
    subject::{InvalidSubject, Subject, SubjectKind},
    tenant::{InvalidTenantId, TenantId},
    token::{InvalidFormat, MAX_PRESENTED_LEN, Malformed, PresentedKey, TokenFormat},
    update::{Changed, KeyUpdate, delete, revoke, update},
    usage::{InvalidMonth, Month, UsageCounter, UsageKind, UsageTotals, WriterId},
    verify::{Receipt, Verdict, verify},
};
