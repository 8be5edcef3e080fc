//! The contract, for the store in memory.

analytics_filter::contract! { store: analytics_filter::MemoryStore::new() }
