//! The store in memory passes the contract.
#![cfg(feature = "contract")]

apikeys::contract! { store: apikeys::MemoryStore::new() }
