#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod key;
mod scope;

pub use crate::{
    key::{CursorKey, MAX_TEXT_LEN, OpenError},
    scope::Scope,
};
