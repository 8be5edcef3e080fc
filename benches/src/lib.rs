//! Benches of the hot paths: see the `[[bench]]` entries of this package.
