//! Leaving out of a change the members that the directory doesn't have.

use super::{Place, Scim};
use crate::{MemberDelta, ResourceChange, ResourceId, ScimStore};

impl<S: ScimStore> Scim<S> {
    /// The same change with only those new members that are there.
    pub(super) async fn with_known_members(
        &self,
        place: Place<'_>,
        mut change: ResourceChange,
    ) -> Result<ResourceChange, S::Error> {
        let Some(delta) = members(&mut change) else { return Ok(change) };
        let mut known = Vec::with_capacity(delta.add.len());
        for id in std::mem::take(&mut delta.add) {
            if self.is_known(place, &id).await? {
                known.push(id);
            } else {
                delta.displays.remove(&id);
            }
        }
        delta.add = known;
        Ok(change)
    }

    async fn is_known(&self, place: Place<'_>, id: &ResourceId) -> Result<bool, S::Error> {
        for kind in self.registry.resource_types() {
            if self.store.resource(place.tenant, place.directory, kind.name(), id).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn members(change: &mut ResourceChange) -> Option<&mut MemberDelta> {
    match change {
        ResourceChange::Create { members, .. }
        | ResourceChange::Replace { members, .. }
        | ResourceChange::Members { members, .. } => Some(members),
        ResourceChange::Delete { .. } | ResourceChange::Tell { .. } => None,
    }
}
