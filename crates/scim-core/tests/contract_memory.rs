//! The store in memory passes the contract.
#![cfg(feature = "contract")]

scim_core::contract! { store: scim_core::MemoryStore::new() }
