#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod block_on;
mod fault;
mod tests_macro;
mod violation;

pub use crate::{
    block_on::block_on,
    fault::{Fault, FaultError, FaultPlan},
    violation::{Check, Violation},
};
