//! Faults that a wrapper around a store injects.

use std::{future::Future, sync::Mutex};

/// What goes wrong with one call of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails before anything was written.
    Before,
    /// The call is carried out, and then reports a failure: the caller can't know its outcome.
    After,
    /// The call is delivered twice; the second answer is returned.
    Twice,
}

/// The faults to come, one per call, in order; a domain crate's fault wrapper asks it in every method.
///
/// ```
/// use store_contract::{Fault, FaultError, FaultPlan, block_on};
///
/// let plan = FaultPlan::new([None, Some(Fault::Before)]);
/// let call = || async { Ok::<_, std::fmt::Error>(1) };
/// assert!(matches!(block_on(plan.call(call)), Ok(1)));
/// assert!(matches!(block_on(plan.call(call)), Err(FaultError::Injected(Fault::Before))));
/// assert!(matches!(block_on(plan.call(call)), Ok(1)));
/// ```
#[derive(Debug, Default)]
pub struct FaultPlan(Mutex<std::collections::VecDeque<Option<Fault>>>);

impl FaultPlan {
    /// The faults of the next calls; calls past the end go through unharmed.
    pub fn new(faults: impl IntoIterator<Item = Option<Fault>>) -> Self {
        Self(Mutex::new(faults.into_iter().collect()))
    }

    /// Makes one call under the next fault of the plan.
    ///
    /// # Errors
    /// The store's own error, or [`FaultError::Injected`].
    pub async fn call<T, E, F>(&self, call: impl Fn() -> F) -> Result<T, FaultError<E>>
    where
        F: Future<Output = Result<T, E>>,
    {
        match self.next() {
            None => call().await.map_err(FaultError::Store),
            Some(Fault::Before) => Err(FaultError::Injected(Fault::Before)),
            Some(Fault::After) => {
                call().await.map_err(FaultError::Store)?;
                Err(FaultError::Injected(Fault::After))
            }
            Some(Fault::Twice) => {
                call().await.map_err(FaultError::Store)?;
                call().await.map_err(FaultError::Store)
            }
        }
    }

    fn next(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front().flatten()
    }
}

/// The error of a fault wrapper.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError<E> {
    /// The plan asked for this fault.
    #[error("injected fault: {0:?}")]
    Injected(Fault),
    /// The store failed by itself.
    #[error(transparent)]
    Store(E),
}
