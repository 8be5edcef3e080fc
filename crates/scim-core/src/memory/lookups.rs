//! The indexes that filters are looked up in.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Lookup, LookupKey, Resource, ResourceId, comparison_key};

/// Resources by key, each with whose key it is: its own, or that of one of its members.
#[derive(Debug, Default)]
pub(super) struct Lookups(BTreeMap<LookupKey, BTreeSet<(ResourceId, ResourceId)>>);

impl Lookups {
    /// Who has one of these keys.
    pub(super) fn find(&self, keys: &[LookupKey]) -> BTreeSet<ResourceId> {
        keys.iter().filter_map(|key| self.0.get(key)).flatten().map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn replace(&mut self, id: &ResourceId, before: Option<&Resource>, after: Option<&Resource>) {
        before.into_iter().flat_map(keys).for_each(|key| self.remove(&key, id, id));
        after.into_iter().flat_map(keys).for_each(|key| self.insert(key, id, id));
    }

    pub(super) fn join(&mut self, group: &ResourceId, member: &ResourceId) {
        self.insert(of_member(member), group, member);
    }

    pub(super) fn leave(&mut self, group: &ResourceId, member: &ResourceId) {
        self.remove(&of_member(member), group, member);
    }

    fn insert(&mut self, key: LookupKey, id: &ResourceId, by: &ResourceId) {
        self.0.entry(key).or_default().insert((id.clone(), by.clone()));
    }

    fn remove(&mut self, key: &LookupKey, id: &ResourceId, by: &ResourceId) {
        if let Some(found) = self.0.get_mut(key) {
            found.remove(&(id.clone(), by.clone()));
            if found.is_empty() {
                self.0.remove(key);
            }
        }
    }
}

fn keys(resource: &Resource) -> Vec<LookupKey> {
    let id = (Lookup::Id, resource.id.to_string());
    Lookup::keys(&resource.attributes).into_iter().chain([id]).collect()
}

fn of_member(member: &ResourceId) -> LookupKey {
    (Lookup::Member, comparison_key(false, member.as_str()).into_owned())
}
