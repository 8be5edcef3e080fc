//! SQLite answers a query as the store in memory does.

mod filters;
mod given;
mod sorts;
