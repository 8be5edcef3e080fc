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

mod attribute_pool;
mod bulk;
mod canonical;
mod change;
#[cfg(feature = "contract")]
pub mod contract;
mod cursor;
mod declared;
mod directory;
pub mod discovery;
mod effect;
mod error;
mod event;
mod filter;
mod id;
mod list;
mod mapping;
mod members;
mod memory;
mod password;
mod patch;
mod path;
mod precondition;
mod profile;
mod projection;
mod query;
mod record;
mod registry;
mod render;
mod role;
pub mod schema;
mod service;
mod sort;
mod store;
mod tenant;
mod view;
pub mod wire;
mod write;

#[cfg(feature = "contract")]
#[doc(hidden)]
pub use store_contract as __store_contract;

pub use sealed_cursor::CursorKey;

pub use crate::{
    attribute_pool::{AttributeDefinition, MetadataEffect, public_metadata, value},
    bulk::{BulkRequest, MAX_BULK_OPERATIONS, MAX_BULK_PAYLOAD},
    change::{Commit, DirectoryChange, ResourceChange, ResourceCommit, Revision, UniqueValue},
    cursor::Cursors,
    directory::{Directory, DirectoryToken, GroupRoleMapping, NewDirectory, ROTATION_GRACE, TokenDigest},
    effect::{Account, AccountEffect, account},
    error::{ScimError, ScimType},
    event::{Asynchronous, Event, EventDetail, EventKind},
    filter::{
        Comparison, Filter, FilterError, Literal, Lookup, LookupKey, MAX_DEPTH, MAX_LEN, MAX_TERMS, Operator,
        comparison_key,
    },
    id::{DirectoryId, ResourceId, TransactionId},
    list::ListRequest,
    mapping::{MAX_MAPPINGS, MappingError, NewMapping, add_mapping, remove_mapping, replace_mappings},
    members::{Joining, MAX_INDIRECT_GROUPS, MAX_MEMBERS, MemberDelta},
    memory::MemoryStore,
    password::{ClearPassword, StoredPassword},
    patch::{MAX_OPERATIONS, PatchRequest, Patched, patch},
    path::AttributePath,
    precondition::Precondition,
    profile::Profile,
    projection::Projection,
    query::{ResourceQuery, Window},
    record::{Groups, Member, Resource},
    registry::{DocumentError, ENTERPRISE_USER, Registry, TypeSchema},
    render::{Related, filterable, location, render, version},
    role::{RoleEffect, resolve_role},
    service::{Answer, BulkAnswer, Call, Head, Place, Read, Scim, ServiceError},
    sort::{Position, Sort, SortError, SortKey},
    store::{DirectoryStore, ErrorType, ResourcePage, ResourceReader, ResourceWriter, ScimStore},
    tenant::{InvalidTenantId, TenantId},
    view::{Contact, Enterprise, Group, User},
    write::{Written, create, modify, replace},
};
