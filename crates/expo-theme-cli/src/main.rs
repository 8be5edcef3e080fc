//! The command `expo-theme`.
#![forbid(unsafe_code)]

fn main() {}
