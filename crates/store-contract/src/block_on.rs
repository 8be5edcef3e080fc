//! Running a future without an executor.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// Runs `future` to its end on this thread, parking it while there is nothing to do.
///
/// Enough for stores that need no runtime of their own. A store that does (a pool of connections on tokio,
/// say) names its own function in the contract macro: `run = my_runtime::block_on`.
///
/// ```
/// assert_eq!(store_contract::block_on(async { 6 * 7 }), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut polling = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut polling) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_woken_from_another_thread_is_polled_again() {
        let mut spawned = false;
        let answer = block_on(std::future::poll_fn(move |polling| {
            if spawned {
                return Poll::Ready(7);
            }
            spawned = true;
            let waker = polling.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        }));
        assert_eq!(answer, 7);
    }
}
