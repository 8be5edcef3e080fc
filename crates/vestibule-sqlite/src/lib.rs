#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod analytics;
pub mod apikeys;
pub mod billing;
mod column;
mod database;
mod error;
mod migrations;
pub mod scim;
mod store;

pub use crate::{
    database::Database,
    error::SqliteError,
    migrations::{Migration, migrate},
    store::{HookResult, SqliteStore},
};
