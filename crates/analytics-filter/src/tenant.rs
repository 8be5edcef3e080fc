//! The tenant that every record belongs to.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// One instance of the host's application: the wire's `instance_id`.
///
/// 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`.
///
/// ```
/// use analytics_filter::TenantId;
///
/// assert_eq!(TenantId::new("ins_1")?.as_str(), "ins_1");
/// assert!(TenantId::new("no spaces").is_err());
/// # Ok::<_, analytics_filter::InvalidTenantId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(Arc<str>);

const MAX_LEN: usize = 64;

impl TenantId {
    /// The tenant of this name.
    ///
    /// # Errors
    /// [`InvalidTenantId`], if the name is empty, too long, or has another character.
    pub fn new(name: &str) -> Result<Self, InvalidTenantId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (1..=MAX_LEN).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidTenantId)
        }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TenantId {
    type Error = InvalidTenantId;

    fn try_from(name: String) -> Result<Self, InvalidTenantId> {
        Self::new(&name)
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> Self {
        tenant.as_str().to_owned()
    }
}

/// The name is no tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant's name has 1 to {MAX_LEN} characters of `A-Z`, `a-z`, `0-9`, `-` and `_`")]
pub struct InvalidTenantId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded() {
        assert!(TenantId::new(&"a".repeat(64)).is_ok());
        for bad in [String::new(), "a".repeat(65), "a.b".into(), "ä".into(), "a b".into()] {
            assert_eq!(TenantId::new(&bad), Err(InvalidTenantId), "{bad}");
        }
    }
}
