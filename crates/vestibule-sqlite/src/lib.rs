#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod analytics;
pub mod billing;
mod database;
mod error;
mod migrations;
mod store;

pub use crate::{
    database::Database,
    error::SqliteError,
    migrations::{Migration, migrate},
    store::SqliteStore,
};
