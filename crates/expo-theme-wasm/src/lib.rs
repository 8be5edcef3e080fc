#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod answer;
#[expect(unsafe_code, reason = "exports without a name mangled, and memory that the caller passes")]
mod exports;

pub use answer::answer;
pub use exports::{theme_alloc, theme_check, theme_free};
