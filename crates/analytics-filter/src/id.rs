//! Ids of the host's records.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

const MAX_LEN: usize = 128;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 1 to 128 visible ASCII characters, ordered byte by byte; never used again for another record.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id with this text.
            ///
            /// # Errors
            /// [`InvalidId`], if it is empty, too long, or has another character.
            pub fn new(text: &str) -> Result<Self, InvalidId> {
                let allowed = (1..=MAX_LEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
                if allowed { Ok(Self(text.into())) } else { Err(InvalidId) }
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
    };
}

id!(
    /// A user's id.
    UserId
);
id!(
    /// An organization's id.
    OrganizationId
);
id!(
    /// The id of an entry on the waitlist.
    WaitlistEntryId
);

/// The text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to {MAX_LEN} visible ASCII characters")]
pub struct InvalidId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_visible_and_bounded() {
        assert!(UserId::new(&"~".repeat(128)).is_ok());
        for bad in [String::new(), "a".repeat(129), "a b".into(), "ä".into(), "a\0".into()] {
            assert_eq!(UserId::new(&bad), Err(InvalidId), "{bad:?}");
        }
    }
}
