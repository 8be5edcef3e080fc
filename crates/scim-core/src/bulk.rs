//! Bulk requests (RFC 7644 §3.7): what is asked for, in which order it happens, and what is answered.

mod answer;
mod order;
mod reference;
mod request;

pub use self::request::{BulkRequest, MAX_BULK_OPERATIONS, MAX_BULK_PAYLOAD};
pub(crate) use self::{
    answer::{Done, Results},
    order::{Unit, order},
    reference::{Reference, link, resolve, resolve_without},
    request::{Asked, Method, Target},
};
