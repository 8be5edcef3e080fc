//! Passwords: taken from a request, handed to the host, and nowhere else (RFC 7643 §4.1.1, `password`).

use std::{fmt, sync::Arc};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    error::{ScimError, ScimType},
    registry::TypeSchema,
    schema::{Attribute, Mutability},
};

/// The password of a request in clear text; wiped when dropped.
///
/// It is no more secret than the body that it came in: whoever holds that should drop it soon.
#[derive(Clone, PartialEq, Eq)]
pub struct ClearPassword(Zeroizing<String>);

impl ClearPassword {
    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The password that a value is; `None` if it says that there is none.
    pub(crate) fn of(value: &Value) -> Result<Option<Self>, ScimError> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => Ok(Some(Self(Zeroizing::new(text.clone())))),
            _ => Err(ScimError::bad(ScimType::InvalidValue, "`password` must be a text")),
        }
    }

    /// The password in the body of a POST or a PUT.
    pub(crate) fn of_body(kind: &TypeSchema, body: &Value) -> Result<Option<Self>, ScimError> {
        let named = |name: &str| kind.attribute(name).is_some_and(|attribute| is_password(attribute));
        let found = body.as_object().and_then(|body| body.iter().find(|(name, _)| named(name)));
        found.map_or(Ok(None), |(_, value)| Self::of(value))
    }
}

/// Whether an attribute is the password, which nobody reads.
pub(crate) fn is_password(attribute: &Attribute) -> bool {
    &*attribute.name == "password" && attribute.mutability == Mutability::WriteOnly
}

/// What the host made of a password, and keeps: a hash, or a reference to where it is.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword(Arc<str>);

impl StoredPassword {
    /// What the host keeps.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClearPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearPassword(..)")
    }
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredPassword(..)")
    }
}
