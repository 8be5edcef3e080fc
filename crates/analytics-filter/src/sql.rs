//! The rule as a predicate in SQL, for a host that filters rows of its own.
