//! The readers: threads that take jobs from one queue.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::SqliteError;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    queue: Sender<Job>,
}

impl Readers {
    /// One thread for each connection; they end with the last handle.
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, SqliteError> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for connection in connections {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new()
                .name("vestibule-reader".into())
                .spawn(move || work(&connection, &jobs))
                .map_err(SqliteError::Thread)?;
        }
        Ok(Self { queue })
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
        self.queue.send(job).map_err(|_| SqliteError::Closed)?;
        answered.await.map_err(|_| SqliteError::Closed)?
    }
}

/// Several statements of one job see one state of the database.
fn snapshot<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, SqliteError>,
) -> Result<T, SqliteError> {
    let tx = connection.unchecked_transaction()?;
    job(&tx)
}

fn work(connection: &Connection, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The job's answer is dropped by the unwinding, which its caller sees as `Closed`.
        let _ = catch_unwind(AssertUnwindSafe(|| job(connection)));
    }
}
