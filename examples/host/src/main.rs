//! The demonstration host.
fn main() {}
