//! The writer: one thread that commits all waiting jobs together.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::SqliteError;

/// Jobs that share one transaction at most: it bounds how long the first of them waits.
const BATCH: usize = 256;

/// A job runs inside the transaction, or learns why there is none; what it leaves answers its caller once the outcome
/// of the commit is known.
type Job = Box<dyn FnOnce(Result<&Transaction<'_>, SqliteError>) -> Done + Send>;
type Answer = Box<dyn FnOnce(Result<(), SqliteError>) + Send>;

struct Done {
    keep: bool,
    answer: Answer,
}

pub(super) struct Writer {
    /// Taken when the writer is dropped, which ends the thread.
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, SqliteError> {
        let (queue, jobs) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("vestibule-writer".into())
            .spawn(move || work(connection, &jobs))
            .map_err(SqliteError::Thread)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, SqliteError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let outcome = tx.and_then(job);
            Done {
                keep: outcome.is_ok(),
                // A caller that has gone away needs no answer.
                answer: Box::new(move |committed| drop(answer.send(committed.and(outcome)))),
            }
        });
        let queue = self.queue.as_ref().ok_or(SqliteError::Closed)?;
        queue.send(job).map_err(|_| SqliteError::Closed)?;
        answered.await.map_err(|_| SqliteError::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A job that holds the last handle drops it on the writer's own thread, which can't wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn work(mut connection: Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let batch = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1));
        let (answers, committed) = commit_together(&mut connection, batch);
        for answer in answers {
            answer(committed.as_ref().copied().map_err(lost));
        }
    }
}

fn commit_together(
    connection: &mut Connection,
    batch: impl Iterator<Item = Job>,
) -> (Vec<Answer>, Result<(), Arc<rusqlite::Error>>) {
    let mut answers = Vec::new();
    let tx = match connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Arc::new) {
        Ok(tx) => tx,
        Err(error) => {
            answers.extend(batch.map(|job| job(Err(lost(&error))).answer));
            return (answers, Err(error));
        }
    };
    for job in batch {
        match in_savepoint(&tx, job) {
            Ok(answer) => answers.extend(answer),
            // The transaction itself is lost: it rolls back when dropped.
            Err(error) => return (answers, Err(error.into())),
        }
    }
    let committed = tx.commit().map_err(Arc::new);
    (answers, committed)
}

/// Nothing answers for a job that panicked: its caller sees that the answer is gone.
fn in_savepoint(tx: &Transaction<'_>, job: Job) -> rusqlite::Result<Option<Answer>> {
    tx.prepare_cached("SAVEPOINT job")?.execute([])?;
    let done = catch_unwind(AssertUnwindSafe(|| job(Ok(tx)))).ok();
    if !done.as_ref().is_some_and(|done| done.keep) {
        tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    tx.prepare_cached("RELEASE job")?.execute([])?;
    Ok(done.map(|done| done.answer))
}

fn lost(error: &Arc<rusqlite::Error>) -> SqliteError {
    SqliteError::Commit(Arc::clone(error))
}
