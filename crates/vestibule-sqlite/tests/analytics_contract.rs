//! The Overview's contract, on SQLite.

analytics_filter::contract! { store: vestibule_sqlite::SqliteStore::in_memory().unwrap() }
