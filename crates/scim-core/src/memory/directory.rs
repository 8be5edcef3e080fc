//! One directory with its resources.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::lookups::Lookups;
use crate::{
    AccountEffect, Directory, DirectoryId, Filter, Groups, MAX_INDIRECT_GROUPS, Member, MemberDelta, Related,
    Resource, ResourceChange, ResourceCommit, ResourceId, UniqueValue, account, filterable,
};

#[derive(Debug)]
pub(super) struct Rows {
    pub(super) directory: Arc<Directory>,
    resources: BTreeMap<ResourceId, Arc<Resource>>,
    /// Members by group, with the names that clients gave them.
    members: BTreeMap<ResourceId, BTreeMap<ResourceId, Option<String>>>,
    /// Groups by member.
    groups: BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    unique: BTreeMap<TakenValue, ResourceId>,
    /// Those of a resource.
    taken: BTreeMap<ResourceId, Vec<TakenValue>>,
    lookups: Lookups,
}

/// By a type of resource.
type TakenValue = (Arc<str>, UniqueValue);

/// Writes a new directory, if no other one belongs to its enterprise connection.
pub(super) fn create(
    directories: &mut BTreeMap<DirectoryId, Rows>,
    new: &Arc<Directory>,
) -> Option<Vec<AccountEffect>> {
    let connection = &new.enterprise_connection_id;
    if directories.values().any(|rows| rows.directory.enterprise_connection_id == *connection) {
        return None;
    }
    let rows = Rows {
        directory: new.clone(),
        resources: BTreeMap::new(),
        members: BTreeMap::new(),
        groups: BTreeMap::new(),
        unique: BTreeMap::new(),
        taken: BTreeMap::new(),
        lookups: Lookups::default(),
    };
    directories.insert(new.id.clone(), rows);
    Some(Vec::new())
}

type Outcome = (ResourceCommit, Vec<AccountEffect>);

/// What became of the members of a group.
struct Changed {
    is_any: bool,
    /// Whose membership it was; a name is nothing to an account.
    members: Vec<ResourceId>,
}

impl Rows {
    pub(super) fn reconfigure(&mut self, next: &Arc<Directory>) -> Option<Vec<AccountEffect>> {
        if self.directory.revision.next() != next.revision {
            return None;
        }
        self.directory = next.clone();
        let users: Vec<_> = self.users().cloned().collect();
        Some(users.iter().filter_map(|user| self.effect(&user.id, Some(&user.attributes))).collect())
    }

    pub(super) fn removals(&self) -> Vec<AccountEffect> {
        self.users().map(|user| self.removal(&user.id)).collect()
    }

    fn users(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values().filter(|resource| &*resource.kind == "User")
    }

    fn removal(&self, user: &ResourceId) -> AccountEffect {
        let enterprise_connection_id = self.directory.enterprise_connection_id.clone();
        AccountEffect::Remove { user: user.clone(), enterprise_connection_id }
    }

    pub(super) fn resource(&self, kind: &str, id: &ResourceId) -> Option<&Arc<Resource>> {
        self.resources.get(id).filter(|resource| &*resource.kind == kind)
    }

    pub(super) fn matching(&self, kind: &str, filter: Option<&Filter>) -> Vec<Arc<Resource>> {
        let Some(filter) = filter else {
            return self.resources.values().filter(|resource| &*resource.kind == kind).cloned().collect();
        };
        let matching = |resource: &&Arc<Resource>| &*resource.kind == kind && self.matches(filter, resource);
        match filter.lookups() {
            None => self.resources.values().filter(matching).cloned().collect(),
            Some(keys) => {
                let candidates = self.lookups.find(&keys);
                let found = candidates.iter().filter_map(|id| self.resources.get(id));
                found.filter(matching).cloned().collect()
            }
        }
    }

    fn matches(&self, filter: &Filter, resource: &Resource) -> bool {
        let related = Related {
            members: filter.mentions("members").then(|| self.members(&resource.id)),
            groups: filter.mentions("groups").then(|| self.groups_of(&resource.id)),
        };
        filter.matches(&filterable(resource, &related))
    }

    pub(super) fn members(&self, group: &ResourceId) -> Vec<Member> {
        let member = |(id, display): (&ResourceId, &Option<String>)| {
            Some(Member { display: display.clone(), ..Member::of(self.resources.get(id)?) })
        };
        self.members.get(group).into_iter().flatten().filter_map(member).collect()
    }

    pub(super) fn groups_of(&self, member: &ResourceId) -> Groups {
        Groups { direct: self.groups_with(member), around: self.groups_around(member) }
    }

    fn groups_with(&self, member: &ResourceId) -> Vec<Member> {
        let groups = self.groups.get(member).into_iter().flatten();
        groups.filter_map(|id| self.resources.get(id)).map(|group| Member::of(group)).collect()
    }

    /// Each group is passed once, the nearest ones first.
    fn groups_around(&self, member: &ResourceId) -> Vec<Member> {
        let above = |id: &ResourceId| self.groups.get(id).into_iter().flatten();
        let mut next: VecDeque<&ResourceId> = above(member).collect();
        let mut passed: BTreeSet<&ResourceId> = next.iter().copied().chain([member]).collect();
        let mut around = BTreeSet::new();
        while let Some(group) = next.pop_front() {
            for id in above(group) {
                if around.len() < MAX_INDIRECT_GROUPS && passed.insert(id) {
                    next.push_back(id);
                    around.insert(id);
                }
            }
        }
        around.into_iter().filter_map(|id| self.resources.get(id)).map(|group| Member::of(group)).collect()
    }

    pub(super) fn commit(&mut self, change: &ResourceChange) -> Outcome {
        if let Some((kind, id, revision)) = change.expected() {
            if self.resource(kind, id).is_none_or(|stored| stored.revision != revision) {
                return stale();
            }
        }
        match change {
            ResourceChange::Create { resource, members, unique, .. } => {
                if self.resources.contains_key(&resource.id) {
                    return stale();
                }
                self.write(resource, members, unique)
            }
            ResourceChange::Replace { resource, members, unique, .. } => {
                match self.resource(&resource.kind, &resource.id) {
                    Some(stored) if stored.revision.next() == resource.revision => {
                        self.write(resource, members, unique)
                    }
                    _ => stale(),
                }
            }
            ResourceChange::Members { kind, group, members, at, .. } => {
                self.change_members(kind, group, members, *at)
            }
            ResourceChange::Delete { kind, id, at, .. } => self.delete(kind, id, *at),
            ResourceChange::Tell { .. } => (ResourceCommit::Applied(crate::Revision::FIRST), Vec::new()),
        }
    }

    fn write(&mut self, resource: &Arc<Resource>, members: &MemberDelta, unique: &[UniqueValue]) -> Outcome {
        let key = |value: &UniqueValue| (resource.kind.clone(), value.clone());
        let taken =
            |value: &&UniqueValue| self.unique.get(&key(value)).is_some_and(|other| *other != resource.id);
        if let Some(value) = unique.iter().find(taken) {
            return (ResourceCommit::NotUnique(value.attribute.clone()), Vec::new());
        }
        if let Some(unknown) = self.unknown(members, Some(&resource.id)) {
            return (ResourceCommit::UnknownMember(unknown), Vec::new());
        }
        self.free(&resource.id);
        let taken: Vec<_> = unique.iter().map(key).collect();
        self.unique.extend(taken.iter().map(|value| (value.clone(), resource.id.clone())));
        self.taken.insert(resource.id.clone(), taken);
        let before = self.resources.insert(resource.id.clone(), resource.clone());
        self.lookups.replace(&resource.id, before.as_deref(), Some(resource));
        let changed = self.apply(&resource.id, members);
        let own = self.effect(&resource.id, before.as_ref().map(|before| &before.attributes));
        let effects = own.into_iter().chain(self.effects_of(&resource.id, &changed.members)).collect();
        (ResourceCommit::Applied(resource.revision), effects)
    }

    /// Gives the unique values of a resource free.
    fn free(&mut self, id: &ResourceId) {
        for value in self.taken.remove(id).into_iter().flatten() {
            self.unique.remove(&value);
        }
    }

    fn change_members(
        &mut self,
        kind: &str,
        group: &ResourceId,
        members: &MemberDelta,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Outcome {
        let Some(stored) = self.resource(kind, group).cloned() else { return stale() };
        if let Some(unknown) = self.unknown(members, None) {
            return (ResourceCommit::UnknownMember(unknown), Vec::new());
        }
        let changed = self.apply(group, members);
        if !changed.is_any {
            return (ResourceCommit::Unchanged(stored.revision), Vec::new());
        }
        self.touch(group, at);
        (ResourceCommit::Applied(stored.revision.next()), self.effects_of(group, &changed.members))
    }

    /// Counts a change of what a resource is told with, and not of its attributes.
    fn touch(&mut self, id: &ResourceId, at: chrono::DateTime<chrono::Utc>) {
        if let Some(stored) = self.resources.get_mut(id) {
            let revision = stored.revision.next();
            *stored = Arc::new(Resource { revision, updated_at: at, ..Resource::clone(stored) });
        }
    }

    fn delete(&mut self, kind: &str, id: &ResourceId, at: chrono::DateTime<chrono::Utc>) -> Outcome {
        let Some(resource) = self.resource(kind, id).cloned() else { return stale() };
        let members = self.clear(id, &BTreeSet::new());
        for group in self.groups.remove(id).into_iter().flatten() {
            self.leave(&group, id);
            self.touch(&group, at);
        }
        self.resources.remove(id);
        self.lookups.replace(id, Some(&resource), None);
        self.free(id);
        let own = (&*resource.kind == "User").then(|| self.removal(id));
        let effects = own.into_iter().chain(self.effects_of(id, &members)).collect();
        (ResourceCommit::Applied(resource.revision), effects)
    }

    fn unknown(&self, members: &MemberDelta, own: Option<&ResourceId>) -> Option<ResourceId> {
        let known = |id: &ResourceId| self.resources.contains_key(id) || own == Some(id);
        members.add.iter().find(|id| !known(id)).cloned()
    }

    fn apply(&mut self, group: &ResourceId, delta: &MemberDelta) -> Changed {
        let mut members =
            if delta.clear { self.clear(group, &delta.add.iter().collect()) } else { Vec::new() };
        members.extend(delta.remove.iter().filter(|member| self.leave(group, member)).cloned());
        let mut is_renamed = false;
        for member in &delta.add {
            let display = delta.displays.get(member);
            if self.join(group, member, display) {
                members.push(member.clone());
            } else if delta.clear || display.is_some() {
                is_renamed |= self.rename(group, member, display);
            }
        }
        Changed { is_any: is_renamed || !members.is_empty(), members }
    }

    /// Who was a member and is to be none; no member is looked at.
    fn clear(&mut self, group: &ResourceId, keep: &BTreeSet<&ResourceId>) -> Vec<ResourceId> {
        let Some(members) = self.members.remove(group) else { return Vec::new() };
        let (stay, leave): (BTreeMap<_, _>, BTreeMap<_, _>) =
            members.into_iter().partition(|(member, _)| keep.contains(member));
        if !stay.is_empty() {
            self.members.insert(group.clone(), stay);
        }
        let leave: Vec<_> = leave.into_keys().collect();
        leave.iter().for_each(|member| self.forget_group(member, group));
        leave
    }

    /// Whether it is new.
    fn join(&mut self, group: &ResourceId, member: &ResourceId, display: Option<&String>) -> bool {
        let members = self.members.entry(group.clone()).or_default();
        members.entry(member.clone()).or_insert_with(|| display.cloned());
        self.lookups.join(group, member);
        self.groups.entry(member.clone()).or_default().insert(group.clone())
    }

    /// Whether it is another name.
    fn rename(&mut self, group: &ResourceId, member: &ResourceId, display: Option<&String>) -> bool {
        let stored = self.members.get_mut(group).and_then(|members| members.get_mut(member));
        let Some(stored) = stored.filter(|stored| stored.as_ref() != display) else { return false };
        *stored = display.cloned();
        true
    }

    fn leave(&mut self, group: &ResourceId, member: &ResourceId) -> bool {
        self.forget_group(member, group);
        let Some(members) = self.members.get_mut(group) else { return false };
        let was_member = members.remove(member).is_some();
        if members.is_empty() {
            self.members.remove(group);
        }
        was_member
    }

    fn forget_group(&mut self, member: &ResourceId, group: &ResourceId) {
        self.lookups.leave(group, member);
        if let Some(groups) = self.groups.get_mut(member) {
            groups.remove(group);
            if groups.is_empty() {
                self.groups.remove(member);
            }
        }
    }

    /// What it means for users that they joined or left a group.
    fn effects_of(&self, group: &ResourceId, users: &[ResourceId]) -> Vec<AccountEffect> {
        if !self.directory.gives_role(group) {
            return Vec::new();
        }
        let effect = |id: &ResourceId| self.effect(id, Some(&self.resources.get(id)?.attributes));
        users.iter().filter_map(effect).collect()
    }

    fn effect(&self, id: &ResourceId, before: Option<&Map<String, Value>>) -> Option<AccountEffect> {
        let user = self.resource("User", id)?;
        let groups = self.groups_with(id).into_iter().map(|group| group.id);
        Some(account(&self.directory, before, user, groups))
    }
}

fn stale() -> Outcome {
    (ResourceCommit::Stale, Vec::new())
}
