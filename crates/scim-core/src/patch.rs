//! PATCH (RFC 7644 §3.5.2): operations one after the other, all or none.

mod apply;
mod elements;
mod members;
mod password;
mod request;
mod required;

use std::sync::Arc;

use serde_json::{Map, Value};

use self::apply::Place;
pub use self::request::{MAX_OPERATIONS, PatchRequest};
use crate::{
    Filter, Member, MemberDelta, Profile,
    error::{ScimError, ScimType, shortened},
    members::Pending,
    path::elements,
    registry::TypeSchema,
};

/// How many elements of lists the operations of a request may look at, each counted for every term that looks at it.
const MAX_WORK: usize = 1_000_000;

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
/// [`ScimError`] of the first operation that can't be applied, or if the result lacks what its schema requires; 413 if
/// many operations each look at a long list.
pub fn patch(
    kind: &TypeSchema,
    attributes: &Map<String, Value>,
    request: &PatchRequest,
) -> Result<Patched, ScimError> {
    let profile = request.profile;
    let mut working = Working {
        attributes: attributes.clone(),
        members: Pending::default(),
        stored_members: request.members.clone(),
        profile,
        work: 0,
    };
    for operation in &*request.operations {
        apply::apply(kind, &mut working, operation)?;
    }
    required::check(kind, attributes, &working.attributes)?;
    Ok(Patched { attributes: working.attributes, members: working.members.delta() })
}

/// What the operations so far have made of it.
struct Working {
    attributes: Map<String, Value>,
    members: Pending,
    /// Who they were before, if that was read.
    stored_members: Option<Arc<[Member]>>,
    profile: Profile,
    /// See [`MAX_WORK`].
    work: usize,
}

impl Working {
    /// Many operations on a long list must not cost their product.
    fn spend_on(&mut self, place: &Place) -> Result<(), ScimError> {
        let elements = elements(&self.attributes, &place.path).len();
        let terms = place.filter.as_ref().map_or(1, Filter::terms);
        self.spend(elements.saturating_mul(terms))
    }

    fn spend(&mut self, work: usize) -> Result<(), ScimError> {
        self.work = self.work.saturating_add(work);
        if self.work <= MAX_WORK {
            return Ok(());
        }
        let detail = "the lists that the operations look at are too long: send the rest in another request";
        Err(ScimError { status: 413, kind: Some(ScimType::TooMany), detail: detail.to_owned() })
    }
}

fn no_target(text: &str) -> ScimError {
    ScimError::bad(ScimType::NoTarget, format!("`{}` selects nothing", shortened(text)))
}
