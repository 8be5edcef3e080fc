//! The contract, for the store in memory.
#![cfg(feature = "contract")]

analytics_filter::contract! { store: analytics_filter::MemoryStore::new() }
