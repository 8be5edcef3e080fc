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

mod audit;
mod base62;
mod cache;
mod change;
#[cfg(feature = "contract")]
pub mod contract;
mod credits;
mod feed;
mod forward;
#[cfg(feature = "import")]
pub mod import;
mod issue;
mod key_id;
mod leak;
pub mod limits;
mod lineage;
mod list;
mod memory;
mod meter;
mod network;
mod pepper;
mod policy;
mod rate;
mod record;
mod rotate;
mod scope;
mod secret;
mod service;
mod store;
mod subject;
mod tenant;
mod token;
mod update;
mod usage;
mod vault;
mod verify;
pub mod wire;

#[doc = include_str!("../THREATS.md")]
pub mod threats {}

#[cfg(feature = "contract")]
#[doc(hidden)]
pub use store_contract as __store_contract;

/// What [`forward_store!`] names.
#[doc(hidden)]
pub type __DateTime = chrono::DateTime<chrono::Utc>;

#[cfg(feature = "vault")]
pub use crate::vault::XChaChaVault;
pub use crate::{
    audit::{AuditAction, AuditEvent},
    cache::CachePolicy,
    change::{
        Commit, Creation, DELETED_PARENT, EarlierCreation, Idempotency, KeyChange, Revision, Tombstone,
        UsageChange,
    },
    credits::{
        Account, Balance, CreditPlan, Every, Refill, Reservation, ReservationId, Reserved, Settlement,
    },
    feed::{ChangedKeys, FeedCursor},
    issue::{IdempotencyKey, IssueError, Issued, Mint, NewKey, issue},
    key_id::{InvalidKeyId, KeyId},
    leak::{LeakAnswer, LeakFinding},
    lineage::{Lineage, MAX_GENERATIONS, ParentError, Predecessor, Successor},
    list::{KeyFilter, KeyPage, Position, Start},
    memory::MemoryStore,
    network::{InvalidNetwork, Network},
    pepper::{Digest, DigestScheme, Pepper, PepperId, Peppers, StoredDigest, TenantPeppers},
    policy::{Allowance, Switches, TenantPolicy},
    rate::{Admission, DueAt, InvalidRateLimit, RateLimit},
    record::{KeyRecord, KeyStatus, Revocation, Rules},
    rotate::{RotateError, Rotation, end_grace, rotate},
    scope::{InvalidScope, RequiredScopes, Scope},
    secret::Secret,
    service::{ApiKeys, SecretError, ServiceError, TenantKeys, WithSecret},
    store::{
        AuditStore, ChangeFeed, ErrorType, KeyLister, KeyReader, KeyStore, KeyWriter, SpendStore, UsageStore,
    },
    subject::{InvalidSubject, Subject, SubjectKind},
    tenant::{InvalidTenantId, TenantId},
    token::{InvalidFormat, MAX_PRESENTED_LEN, Malformed, PresentedKey, TokenFormat},
    update::{Changed, KeyUpdate, UpdateError, delete, disable, enable, revoke, update},
    usage::{InvalidMonth, Month, UsageCounter, UsageKind, UsageTotals, WriterId},
    vault::{SealedSecret, Vault, VaultError},
    verify::{Demand, Receipt, Verdict, judge},
};
