//! One file answers one question: see the `[[example]]` entries of this package.

/// The project's README, whose snippets are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
