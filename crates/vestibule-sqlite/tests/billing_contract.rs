//! The billing stores on SQLite keep the contract.

billing_plans::contract! { store: vestibule_sqlite::SqliteStore::in_memory().unwrap() }
