//! A resource as it is stored.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{ResourceId, Revision};

/// A resource as it is stored; memberships are rows of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The name of its type: `User`.
    pub kind: std::sync::Arc<str>,
    /// Its id.
    pub id: ResourceId,
    /// What clients wrote, in canonical form: names as the schema has them, extensions under their URN.
    pub attributes: Map<String, Value>,
    /// When it was created, in milliseconds.
    pub created_at: DateTime<Utc>,
    /// When it was changed last, in milliseconds.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes; the wire's version.
    pub revision: Revision,
}

impl Resource {
    /// The text of an attribute.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.as_str()
    }

    /// Whether the user may sign in; who says nothing may.
    pub fn is_active(&self) -> bool {
        self.attributes.get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    /// The primary e-mail address, or the first one.
    pub fn email(&self) -> Option<&str> {
        let emails = self.attributes.get("emails")?.as_array()?;
        let primary = emails.iter().find(|email| email.get("primary") == Some(&Value::Bool(true)));
        primary.or_else(|| emails.first())?.get("value")?.as_str()
    }
}

/// Who is a member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The member.
    pub id: ResourceId,
    /// `User` or `Group`.
    pub kind: std::sync::Arc<str>,
    /// The name that the client gave to a member; the name of a group.
    pub display: Option<String>,
}

/// The groups that a resource is in (RFC 7643 §4.1.2), each list by id; the display is the group's `displayName`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// Those that it is a direct member of.
    pub direct: Vec<Member>,
    /// Those that hold a group that it is in, at any depth.
    ///
    /// Each is told once, whatever circles groups make, and neither the resource itself nor a direct group. Of more than
    /// [`MAX_INDIRECT_GROUPS`](crate::MAX_INDIRECT_GROUPS) those are told that the fewest groups are between.
    pub around: Vec<Member>,
}

impl Member {
    /// A resource as a member, or as a group of one.
    pub fn of(resource: &Resource) -> Self {
        let display = resource.text("displayName").or_else(|| resource.text("userName"));
        Self { id: resource.id.clone(), kind: resource.kind.clone(), display: display.map(str::to_owned) }
    }
}
