//! Names and slugs.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! label {
    ($(#[$doc:meta])* $name:ident, $error:ident, $what:literal, $well_formed:expr, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads `text`; white space around it isn't part of it.
            ///
            /// # Errors
            #[doc = concat!("[`", stringify!($error), "`], if it is empty, too long, or has another character.")]
            pub fn new(text: &str) -> Result<Self, $error> {
                let text = text.trim();
                match text.chars().count() {
                    0 => Err($error::Missing),
                    1..=MAX_LEN if $well_formed(text) => Ok(Self(text.into())),
                    1..=MAX_LEN => Err($error::Format),
                    _ => Err($error::Length),
                }
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
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(label: $name) -> Self {
                label.0.as_ref().to_owned()
            }
        }

        #[doc = concat!("The text is no ", $what, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $error {
            /// It is empty.
            #[error("the {} is missing", $what)]
            Missing,
            /// It is longer than 100 characters.
            #[error("the {} is longer than {MAX_LEN} characters", $what)]
            Length,
            /// It has a character that isn't allowed.
            #[error("the {} may hold only {}", $what, $allowed)]
            Format,
        }
    };
}

const MAX_LEN: usize = 100;

label!(
    /// The name of a plan, a feature or a unit, as people read it: 1 to 100 characters, none of them a control character.
    Name,
    NameError,
    "name",
    is_name,
    "printable characters"
);
label!(
    /// The name of a plan or a feature, as programs read it: 1 to 100 of `a-z`, `0-9`, `-` and `_`.
    Slug,
    SlugError,
    "slug",
    is_slug,
    "`a-z`, `0-9`, `-` and `_`"
);

fn is_name(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn is_slug(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_slugs_are_bounded() {
        assert_eq!(Name::new("  Pro & Söhne ").unwrap().as_str(), "Pro & Söhne");
        assert_eq!(Name::new(" "), Err(NameError::Missing));
        assert_eq!(Name::new(&"ä".repeat(101)), Err(NameError::Length));
        assert_eq!(Name::new("a\u{0}b"), Err(NameError::Format));
        assert_eq!(Slug::new("pro-plus_2").unwrap().as_str(), "pro-plus_2");
        assert_eq!(Slug::new(""), Err(SlugError::Missing));
        assert_eq!(Slug::new("Pro"), Err(SlugError::Format));
        assert_eq!(Slug::new(&"a".repeat(101)), Err(SlugError::Length));
    }
}
