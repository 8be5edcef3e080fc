#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api_version;
pub mod apikeys;
pub mod billing;
mod clock;
pub mod directories;
mod error;
mod fields;
mod json;
pub mod overview;
mod parameters;
mod path;
pub mod scim;
mod secret_key;
mod tenant;
pub mod waitlist;

pub use crate::{
    api_version::check_api_version,
    clock::Clock,
    error::ApiError,
    fields::Fields,
    json::{BODY_CAP, JsonBody},
    secret_key::{SecretKeys, require_secret_key},
    tenant::{InvalidTenant, Tenant},
};
