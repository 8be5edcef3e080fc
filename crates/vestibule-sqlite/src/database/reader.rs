//! The readers: threads that take jobs from one queue.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::SqliteError;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers(Arc<Queue>);

/// Each job wakes one thread: readers that wait for their turn to wait would wake each other.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Readers {
    /// One thread for each connection; they end with the last handle.
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, SqliteError> {
        let readers = Self(Arc::default());
        for connection in connections {
            let queue = Arc::clone(&readers.0);
            thread::Builder::new()
                .name("vestibule-reader".into())
                .spawn(move || work(&connection, &queue))
                .map_err(SqliteError::Thread)?;
        }
        Ok(readers)
    }

    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, SqliteError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // A caller that has gone away needs no answer.
            let _ = answer.send(snapshot(connection, job));
        });
        self.0.waiting().jobs.push_back(job);
        self.0.changed.notify_one();
        answered.await.map_err(|_| SqliteError::Closed)?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.waiting().is_closed = true;
        self.0.changed.notify_all();
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, once there is one; none after the last one, when nobody can ask any more.
    fn next(&self) -> Option<Job> {
        let is_idle = |waiting: &mut Waiting| waiting.jobs.is_empty() && !waiting.is_closed;
        let waiting = self.changed.wait_while(self.waiting(), is_idle);
        waiting.unwrap_or_else(PoisonError::into_inner).jobs.pop_front()
    }
}

/// Several statements of one job see one state of the database.
///
/// Its two statements are kept prepared: to read them each time takes as long as to look a row up.
fn snapshot<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, SqliteError>,
) -> Result<T, SqliteError> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let done = catch_unwind(AssertUnwindSafe(|| job(connection)));
    connection.prepare_cached("ROLLBACK")?.execute([])?;
    done.unwrap_or_else(|panic| resume_unwind(panic))
}

fn work(connection: &Connection, queue: &Queue) {
    while let Some(job) = queue.next() {
        // The job's answer is dropped by the unwinding, which its caller sees as `Closed`.
        let _ = catch_unwind(AssertUnwindSafe(|| job(connection)));
    }
}
