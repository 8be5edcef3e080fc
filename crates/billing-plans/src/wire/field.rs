//! Fields that may be null, absent, or both.

use serde::{Deserialize, Deserializer};

/// A field that may be null, and must be there: serde takes an absent `Option` for null unless it is told how to read it.
pub(super) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(field)
}

/// A field that may be absent, and is no `None` if it is there; what null is, `T` says.
pub(super) fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}
