//! What a check answers.

use std::{error::Error, fmt};

/// What a check of a contract answers: nothing, or the clause that the store broke.
pub type Check = Result<(), Violation>;

/// The clause of a contract that a store broke, and what was seen.
///
/// Made by [`ensure!`](crate::ensure) and [`ensure_eq!`](crate::ensure_eq), and by `?` from any error of the
/// store, since a check only makes calls that must succeed.
#[derive(Debug)]
pub struct Violation(String);

impl Violation {
    /// A violation of the clause that `clause` states.
    pub fn new(clause: impl Into<String>) -> Self {
        Self(clause.into())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Like `anyhow::Error`, and for the same reason, `Violation` is no `Error` itself.
impl<E: Error> From<E> for Violation {
    fn from(error: E) -> Self {
        let mut text = format!("the store failed: {error}");
        let mut cause = error.source();
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self(text)
    }
}

/// Returns a [`Violation`] from a check unless the condition holds.
///
/// ```
/// fn check() -> store_contract::Check {
///     store_contract::ensure!(1 + 1 == 2, "numbers add up");
///     Ok(())
/// }
/// assert!(check().is_ok());
/// ```
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($clause:tt)+) => {
        if !$condition {
            return ::core::result::Result::Err($crate::Violation::new(::std::format!($($clause)+)));
        }
    };
}

/// Returns a [`Violation`] from a check unless both values are equal; it shows the two.
///
/// ```
/// fn check() -> store_contract::Check {
///     store_contract::ensure_eq!(1 + 1, 3, "numbers add up");
///     Ok(())
/// }
/// assert_eq!(check().unwrap_err().to_string(), "numbers add up: got 2, expected 3");
/// ```
#[macro_export]
macro_rules! ensure_eq {
    ($got:expr, $expected:expr, $($clause:tt)+) => {
        match (&$got, &$expected) {
            (got, expected) => {
                if *got != *expected {
                    return ::core::result::Result::Err($crate::Violation::new(::std::format!(
                        "{}: got {got:?}, expected {expected:?}",
                        ::std::format_args!($($clause)+)
                    )));
                }
            }
        }
    };
}
