//! The JSON shapes of the public API for directories.
