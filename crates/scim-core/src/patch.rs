//! PATCH (RFC 7644 §3.5.2): operations one after the other, all or none.

mod apply;
mod elements;
mod password;
mod request;

use serde_json::{Map, Value};

pub use self::request::{MAX_OPERATIONS, PatchRequest};
use crate::{MemberDelta, Profile, canonical, error::ScimError, members::Pending, registry::TypeSchema};

/// What a PATCH makes of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// Its attributes afterwards.
    pub attributes: Map<String, Value>,
    /// What becomes of its members.
    pub members: MemberDelta,
}

/// Applies a request to the attributes of a resource.
///
/// An attribute that the schema doesn't have is refused with `invalidPath`, whether a path or a value without one names
/// it. Sub-attributes of an object that it doesn't have are left out, as in a POST: Entra ID sends some in `roles`.
///
/// # Errors
/// [`ScimError`] of the first operation that can't be applied, or if the result lacks what its schema requires.
pub fn patch(
    kind: &TypeSchema,
    attributes: &Map<String, Value>,
    request: &PatchRequest,
) -> Result<Patched, ScimError> {
    let profile = request.profile;
    let mut working = Working { attributes: attributes.clone(), members: Pending::default(), profile };
    for operation in &*request.operations {
        apply::apply(kind, &mut working, operation)?;
    }
    canonical::check_required(kind, &working.attributes)?;
    Ok(Patched { attributes: working.attributes, members: working.members.delta() })
}

/// What the operations so far have made of it.
struct Working {
    attributes: Map<String, Value>,
    members: Pending,
    profile: Profile,
}
