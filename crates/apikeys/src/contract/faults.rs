//! A store that fails as planned.

use std::{
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use store_contract::{FaultError, FaultPlan};

use crate::{ErrorType, KeyStore};

/// A store whose calls fail, or arrive twice, as a [`FaultPlan`] says; and that can be stopped in the middle of a call.
///
/// For tests of what is built on a store. Every method takes the next fault of the plan.
#[derive(Debug)]
pub struct FaultyStore<S> {
    store: S,
    plan: FaultPlan,
    pauses: AtomicBool,
}

impl<S: KeyStore> FaultyStore<S> {
    /// `store`, under this plan.
    pub fn new(store: S, plan: FaultPlan) -> Self {
        Self { store, plan, pauses: AtomicBool::new(false) }
    }

    /// Whether calls pause once after they were carried out, before they answer.
    pub fn pause(&self, pauses: bool) {
        self.pauses.store(pauses, Ordering::Relaxed);
    }

    /// The store without faults.
    pub fn store(&self) -> &S {
        &self.store
    }
}

/// Not ready when it is asked first.
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.0) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl<S: KeyStore> ErrorType for FaultyStore<S> {
    type Error = FaultError<S::Error>;
}

macro_rules! with_faults {
    ($self:ident, $call:ident($($argument:expr),*)) => {{
        let answer = $self.plan.call(|| $self.store.$call($($argument),*)).await;
        Pause($self.pauses.load(Ordering::Relaxed)).await;
        answer
    }};
}

crate::forward_store! {
    impl[S: KeyStore] FaultyStore<S>, error FaultError<S::Error>, via with_faults,
    ports [KeyReader, KeyLister, KeyWriter, ChangeFeed, UsageStore, SpendStore, AuditStore]
}
