//! The tables: numbered steps that a database runs once each.

use std::collections::BTreeSet;

use rusqlite::{Connection, TransactionBehavior};

use crate::{SqliteError, scim};

/// One step: a name that never changes once released, and its statements.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `domain/number_what`, as the file is called.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../migrations/", $name, ".sql")) }),*]
    };
}

/// Every step, in order; a domain's steps follow each other.
const ALL: &[Migration] = migrations![
    "analytics/0001_overview",
    "apikeys/0001_keys",
    "apikeys/0002_rules_and_spending",
    "billing/0001_plans_and_statements",
    "scim/0001_directories",
    "scim/0002_lookups",
    "scim/0003_wide_rows",
];

/// Brings the tables of a connection up to this version, in one transaction.
///
/// [`Database::open`](crate::Database::open) calls it; a host that keeps its own connection calls it itself.
///
/// # Errors
/// [`SqliteError::Newer`] if a newer version has written to the database; [`SqliteError::Statement`] if a step fails,
/// and then no step was taken.
pub fn migrate(connection: &mut Connection) -> Result<(), SqliteError> {
    scim::register(connection)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS vestibule_migrations (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    )?;
    let taken: BTreeSet<String> = {
        let mut names = tx.prepare("SELECT name FROM vestibule_migrations")?;
        let rows = names.query_map([], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    if let Some(unknown) = taken.iter().find(|name| !ALL.iter().any(|step| step.name == *name)) {
        return Err(SqliteError::Newer(unknown.clone()));
    }
    for step in ALL.iter().filter(|step| !taken.contains(step.name)) {
        tx.execute_batch(step.sql)?;
        tx.execute("INSERT INTO vestibule_migrations (name) VALUES (?1)", [step.name])?;
    }
    tx.commit().map_err(|error| SqliteError::Commit(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let taken: i64 =
            connection.query_row("SELECT count(*) FROM vestibule_migrations", [], |row| row.get(0)).unwrap();
        assert_eq!(usize::try_from(taken).unwrap(), ALL.len());
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO vestibule_migrations VALUES ('apikeys/9999_later')", []).unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert!(matches!(error, SqliteError::Newer(name) if name == "apikeys/9999_later"));
    }

    #[test]
    fn addresses_of_before_are_looked_up_too() {
        let mut connection = Connection::open_in_memory().unwrap();
        scim::register(&connection).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE vestibule_migrations (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                 INSERT INTO vestibule_migrations VALUES ('scim/0001_directories');",
            )
            .unwrap();
        let first = ALL.iter().find(|step| step.name == "scim/0001_directories").unwrap();
        connection.execute_batch(first.sql).unwrap();
        let attributes = r#"{"emails":[{"value":"\u00d6re@x"},{"value":"a"},{"type":"work"},{"value":"A"}]}"#;
        connection
            .execute(
                "INSERT INTO scim_resources VALUES ('t','d','u','User',?1,NULL,NULL,NULL,0,0,1)",
                [attributes],
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let mut keys = connection.prepare("SELECT key FROM scim_emails ORDER BY key").unwrap();
        let keys: Vec<String> = keys.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(keys, ["a", "öre@x"]);
    }

    #[test]
    fn the_tenant_leads_every_key() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let mut first_columns = connection
            .prepare(
                "SELECT t.name, l.name, (SELECT i.name FROM pragma_index_info(l.name) i ORDER BY i.seqno LIMIT 1)
                 FROM pragma_table_list t JOIN pragma_index_list(t.name) l ON l.\"unique\" = 1
                 WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'vestibule_migrations'",
            )
            .unwrap();
        let rows = first_columns
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<Vec<(String, String, Option<String>)>, _>>()
            .unwrap();
        for (table, index, first) in rows {
            assert_eq!(first.as_deref(), Some("tenant"), "{index} of {table}");
        }
    }
}
