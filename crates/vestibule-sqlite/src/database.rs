//! One writer and a few readers, each on a thread of its own.
//!
//! Callers `await` an answer and no runtime is asked for. The writer takes every job that waits, runs each in a
//! savepoint of one transaction, commits once, and only then answers: under load many changes share one sync to disk.

mod reader;
mod writer;

use std::{fmt, num::NonZero, path::Path, sync::Arc, thread};

use rusqlite::{Connection, OpenFlags, Transaction, config::DbConfig};

use self::{reader::Readers, writer::Writer};
use crate::{SqliteError, migrate, scim};

/// An SQLite database in write-ahead mode: one writer, pooled readers.
///
/// Every acknowledged change is synced to disk (`synchronous = FULL`): it survives a kill and a power cut.
///
/// ```
/// # store_contract::block_on(async {
/// let database = vestibule_sqlite::Database::in_memory()?;
/// database.write(|tx| Ok(tx.execute_batch("CREATE TABLE mine (n INTEGER); INSERT INTO mine VALUES (42)")?)).await?;
/// let n: i64 = database.read(|db| Ok(db.query_row("SELECT n FROM mine", [], |row| row.get(0))?)).await?;
/// assert_eq!(n, 42);
/// # Ok::<_, vestibule_sqlite::SqliteError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Database {
    writer: Arc<Writer>,
    /// Absent in memory, where the writer's connection is the only one that sees the tables.
    readers: Option<Arc<Readers>>,
}

impl Database {
    /// Opens the database in `path`, creating file and tables if they are missing.
    ///
    /// # Errors
    /// [`SqliteError`], if the file can't be opened or is no database, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        let mut connection = Connection::open(&path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What a savepoint may have to take back: kept in a file, it is as many writes again.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        prepare(&connection)?;
        migrate(&mut connection)?;
        let readers = (0..reader_count()).map(|_| open_reader(path.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self {
            writer: Arc::new(Writer::start(connection)?),
            readers: Some(Arc::new(Readers::start(readers)?)),
        })
    }

    /// An empty database in memory, gone with its last clone.
    ///
    /// # Errors
    /// [`SqliteError`], if a thread can't be started.
    pub fn in_memory() -> Result<Self, SqliteError> {
        let mut connection = Connection::open_in_memory()?;
        prepare(&connection)?;
        migrate(&mut connection)?;
        Ok(Self { writer: Arc::new(Writer::start(connection)?), readers: None })
    }

    /// Runs `job` on a snapshot of what has been committed.
    ///
    /// # Errors
    /// What `job` answers, or [`SqliteError::Closed`].
    pub async fn read<T, F>(&self, job: F) -> Result<T, SqliteError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteError> + Send + 'static,
    {
        match &self.readers {
            Some(readers) => readers.run(job).await,
            None => self.writer.run(|tx| job(tx)).await,
        }
    }

    /// Runs `job` in a transaction, all or nothing, and answers once it is committed to disk.
    ///
    /// `job` must not end the transaction itself.
    ///
    /// # Errors
    /// What `job` answers, and then nothing of it was written; [`SqliteError::Commit`]; or [`SqliteError::Closed`].
    pub async fn write<T, F>(&self, job: F) -> Result<T, SqliteError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    {
        self.writer.run(job).await
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("in_memory", &self.readers.is_none()).finish_non_exhaustive()
    }
}

fn open_reader(path: &Path) -> Result<Connection, SqliteError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), SqliteError> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // A plan does not depend on what is bound, or the statement would be prepared again whenever that changes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    scim::register(connection)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

fn reader_count() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get).clamp(2, 8)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;
    use store_contract::block_on;

    use super::*;

    fn table() -> Database {
        let database = Database::in_memory().unwrap();
        block_on(database.write(|tx| Ok(tx.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)")?)))
            .unwrap();
        database
    }

    fn insert(tx: &Transaction<'_>, n: i64) -> Result<(), SqliteError> {
        tx.execute("INSERT INTO t VALUES (?1)", [n])?;
        Ok(())
    }

    fn numbers(database: &Database) -> Vec<i64> {
        let rows = |db: &Connection| {
            let mut rows = db.prepare("SELECT n FROM t ORDER BY n")?;
            let found = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(found)
        };
        block_on(database.read(rows)).unwrap()
    }

    #[test]
    fn a_job_that_fails_leaves_nothing_and_harms_no_other() {
        let database = table();
        block_on(database.write(|tx| insert(tx, 1))).unwrap();
        let failed = block_on(database.write(|tx| {
            insert(tx, 2)?;
            insert(tx, 1)
        }));
        assert!(matches!(failed, Err(SqliteError::Statement(_))));
        block_on(database.write(|tx| insert(tx, 3))).unwrap();
        assert_eq!(numbers(&database), [1, 3]);
    }

    #[test]
    fn a_statement_is_prepared_once_whatever_is_bound() {
        let prepared_again = |db: &Connection| {
            let mut page = db.prepare("SELECT n FROM t WHERE n > ?1 ORDER BY n LIMIT ?2 OFFSET ?3")?;
            for bound in [[0, 1, 0], [5, 100, 7], [-1, 0, 1]] {
                page.query(bound)?.next()?;
            }
            Ok(page.get_status(StatementStatus::RePrepare))
        };
        assert_eq!(block_on(table().read(prepared_again)).unwrap(), 0);
    }

    #[test]
    fn a_job_that_panics_leaves_nothing_and_the_writer_goes_on() {
        let database = table();
        let panicked: Result<(), _> = block_on(database.write(|tx| {
            insert(tx, 1)?;
            panic!("a job of the host's");
        }));
        assert!(matches!(panicked, Err(SqliteError::Closed)));
        block_on(database.write(|tx| insert(tx, 2))).unwrap();
        assert_eq!(numbers(&database), [2]);
    }

    #[test]
    fn many_threads_share_the_writer() {
        let database = table();
        thread::scope(|scope| {
            for first in 0..4 {
                let database = &database;
                scope.spawn(move || {
                    for n in 0..50 {
                        block_on(database.write(move |tx| insert(tx, first * 50 + n))).unwrap();
                    }
                });
            }
        });
        assert_eq!(numbers(&database), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_written_is_read_from_the_file_and_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.sqlite");
        let database = Database::open(&path).unwrap();
        block_on(database.write(|tx| Ok(tx.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)")?)))
            .unwrap();
        block_on(database.write(|tx| insert(tx, 7))).unwrap();
        assert_eq!(numbers(&database), [7]);
        drop(database);
        assert_eq!(numbers(&Database::open(&path).unwrap()), [7]);
    }

    #[test]
    fn readers_can_not_write() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path().join("t.sqlite")).unwrap();
        let refused = block_on(database.read(|db| Ok(db.execute_batch("CREATE TABLE t (n INTEGER)")?)));
        assert!(matches!(refused, Err(SqliteError::Statement(_))));
    }
}
