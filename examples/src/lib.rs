//! One file answers one question: see the `[[example]]` entries of this package.
