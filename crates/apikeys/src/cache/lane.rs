//! Which threads share the memory that they write.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// More lanes than this cost more memory than they save time.
const MOST: usize = 8;

/// As many as this machine runs threads at a time, up to 8; a power of two.
pub(super) fn lanes() -> usize {
    thread::available_parallelism().map_or(1, usize::from).clamp(1, MOST).next_power_of_two()
}

/// Of all lanes there could be; threads get them in turn.
#[inline]
pub(super) fn lane_of_this_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static LANE: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    LANE.try_with(|lane| *lane).unwrap_or(0)
}
