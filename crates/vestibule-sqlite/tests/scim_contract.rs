//! SQLite passes the contract of the directory stores, in memory and on a file.

use vestibule_sqlite::SqliteStore;

mod in_memory {
    scim_core::contract! { store: super::SqliteStore::in_memory().unwrap() }
}

mod on_a_file {
    scim_core::contract! { store: super::on_a_file() }
}

/// In a folder that stays, since the store outlives this call.
fn on_a_file() -> SqliteStore {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    SqliteStore::open(folder.join("scim.sqlite")).unwrap()
}
