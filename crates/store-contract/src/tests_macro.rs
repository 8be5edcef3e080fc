//! The macro that makes one `#[test]` per check.

/// Expands to one named `#[test]` per check of a contract; a domain crate wraps it in a macro of its own.
///
/// - `attributes`: put on every test, so that a store that needs a server can carry
///   `#[ignore = "needs PostgreSQL"]`;
/// - `run`: a function that runs a future to its end, [`block_on`](crate::block_on) if the store needs no runtime;
/// - `store`: an expression for a fresh, empty store; it may `.await`;
/// - `checks`: the module that holds the checks, and their names.
///
/// ```
/// mod contract {
///     pub async fn a_fresh_store_is_empty(store: Vec<u8>) -> store_contract::Check {
///         store_contract::ensure!(store.is_empty(), "a fresh store is empty");
///         Ok(())
///     }
/// }
/// store_contract::tests! {
///     attributes [#[cfg(unix)]],
///     run store_contract::block_on,
///     store Vec::new(),
///     checks [contract] a_fresh_store_is_empty
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! tests {
    (attributes $attributes:tt, run $run:path, store $store:expr, checks $module:tt $($check:ident)+) => {
        $($crate::tests! { @one $attributes, $run, $store, $module, $check })+
    };
    (@one [$($attribute:tt)*], $run:path, $store:expr, [$($module:tt)+], $check:ident) => {
        #[test]
        $($attribute)*
        fn $check() {
            let verdict = $run(async { $($module)+::$check($store).await });
            if let ::core::result::Result::Err(violation) = verdict {
                ::std::panic!("{violation}");
            }
        }
    };
}
