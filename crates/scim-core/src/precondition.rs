//! On which version of a resource a request depends (RFC 7644 §3.14).

use crate::{Resource, error::ScimError, render::version};

/// What `If-Match` and `If-None-Match` ask of a resource's version; nothing, if they are absent.
///
/// Versions are weak, and compared as such, since a resource's versions are counted whatever its representation.
///
/// ```
/// use scim_core::{Precondition, Revision};
///
/// let request = Precondition::parse(Some("W/\"6\", W/\"7\""), None);
/// assert!(request.admits(Revision(7)) && !request.admits(Revision(8)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Precondition {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// Entity tags without `W/` and quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    Of(Vec<String>),
}

impl Precondition {
    /// Reads the two headers; what is no entity tag matches no version.
    pub fn parse(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Self { if_match: if_match.map(Tags::parse), if_none_match: if_none_match.map(Tags::parse) }
    }

    /// Whether it asks anything.
    pub fn is_some(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }

    /// Whether a request may happen to a resource of this revision.
    pub fn admits(&self, revision: crate::Revision) -> bool {
        self.expects(revision) && !self.knows(revision)
    }

    /// Whether the client asks about no version but this one, or about any.
    pub fn expects(&self, revision: crate::Revision) -> bool {
        self.if_match.as_ref().is_none_or(|tags| tags.has(revision))
    }

    /// Whether the client has this revision already, so that it need not be sent again.
    pub fn knows(&self, revision: crate::Revision) -> bool {
        self.if_none_match.as_ref().is_some_and(|tags| tags.has(revision))
    }

    /// Refuses a change of a resource that is not at an expected version.
    ///
    /// # Errors
    /// [`ScimError`] 412.
    pub fn check(&self, stored: &Resource) -> Result<(), ScimError> {
        if self.admits(stored.revision) {
            return Ok(());
        }
        let version = version(stored);
        Err(ScimError::new(412, format!("the resource is at version {version}: read it and try again")))
    }
}

impl Tags {
    fn parse(header: &str) -> Self {
        let header = header.trim();
        if header == "*" {
            return Self::Any;
        }
        let opaque = |tag: &str| {
            let tag = tag.trim();
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            let quoted = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            quoted.unwrap_or(tag).to_owned()
        };
        // None of ours holds a comma.
        Self::Of(header.split(',').map(opaque).collect())
    }

    fn has(&self, revision: crate::Revision) -> bool {
        match self {
            Self::Any => true,
            Self::Of(tags) => tags.iter().any(|tag| *tag == revision.0.to_string()),
        }
    }
}
