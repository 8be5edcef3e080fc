//! The store in memory keeps the contract.

billing_plans::contract! { store: billing_plans::MemoryStore::new() }
