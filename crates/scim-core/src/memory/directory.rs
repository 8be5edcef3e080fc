//! One directory with its resources.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value};

use crate::{
    AccountEffect, Directory, DirectoryId, Filter, Member, MemberDelta, Related, Resource, ResourceChange,
    ResourceCommit, ResourceId, UniqueValue, account, filterable,
};

#[derive(Debug)]
pub(super) struct Rows {
    pub(super) directory: Arc<Directory>,
    resources: BTreeMap<ResourceId, Arc<Resource>>,
    /// (group, member)
    memberships: BTreeMap<(ResourceId, ResourceId), Option<String>>,
    /// (member, group)
    groups: BTreeSet<(ResourceId, ResourceId)>,
    unique: BTreeMap<(Arc<str>, UniqueValue), ResourceId>,
}

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
        memberships: BTreeMap::new(),
        groups: BTreeSet::new(),
        unique: BTreeMap::new(),
    };
    directories.insert(new.id.clone(), rows);
    Some(Vec::new())
}

type Outcome = (ResourceCommit, Vec<AccountEffect>);

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
        let of_kind = self.resources.values().filter(|resource| &*resource.kind == kind);
        let mut matching: Vec<_> = of_kind
            .filter(|resource| filter.is_none_or(|filter| self.matches(filter, resource)))
            .cloned()
            .collect();
        matching.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        matching
    }

    fn matches(&self, filter: &Filter, resource: &Resource) -> bool {
        let related = Related {
            members: filter.mentions("members").then(|| self.members(&resource.id)),
            groups: filter.mentions("groups").then(|| self.groups_of(&resource.id)),
        };
        filter.matches(&filterable(resource, &related))
    }

    pub(super) fn members(&self, group: &ResourceId) -> Vec<Member> {
        let from = (group.clone(), ResourceId::named(""));
        let rows = self.memberships.range(from..).take_while(|((of, _), _)| of == group);
        let member = |((_, id), display): (&(ResourceId, ResourceId), &Option<String>)| {
            let member = Member::of(self.resources.get(id)?);
            Some(Member { display: display.clone(), ..member })
        };
        rows.filter_map(member).collect()
    }

    pub(super) fn groups_of(&self, member: &ResourceId) -> Vec<Member> {
        let from = (member.clone(), ResourceId::named(""));
        let pairs = self.groups.range(from..).take_while(|(of, _)| of == member);
        pairs.filter_map(|(_, id)| self.resources.get(id)).map(|resource| Member::of(resource)).collect()
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
            ResourceChange::Delete { kind, id, .. } => self.delete(kind, id),
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
        self.unique.retain(|_, holder| *holder != resource.id);
        self.unique.extend(unique.iter().map(|value| (key(value), resource.id.clone())));
        let before = self.resources.insert(resource.id.clone(), resource.clone());
        let changed = self.apply(&resource.id, members);
        let own = self.effect(&resource.id, before.as_ref().map(|before| &before.attributes));
        let effects = own.into_iter().chain(self.effects_of(&changed)).collect();
        (ResourceCommit::Applied(resource.revision), effects)
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
        if changed.is_empty() {
            return (ResourceCommit::Unchanged(stored.revision), Vec::new());
        }
        let revision = stored.revision.next();
        let next = Resource { revision, updated_at: at, ..Resource::clone(&stored) };
        self.resources.insert(group.clone(), Arc::new(next));
        (ResourceCommit::Applied(revision), self.effects_of(&changed))
    }

    fn delete(&mut self, kind: &str, id: &ResourceId) -> Outcome {
        let Some(resource) = self.resource(kind, id).cloned() else { return stale() };
        let members: Vec<_> = self.members(id).into_iter().map(|member| member.id).collect();
        let groups: Vec<_> = self.groups_of(id).into_iter().map(|group| group.id).collect();
        for member in &members {
            self.leave(id, member);
        }
        for group in &groups {
            self.leave(group, id);
        }
        self.resources.remove(id);
        self.unique.retain(|_, holder| holder != id);
        let own = (&*resource.kind == "User").then(|| self.removal(id));
        let effects = own.into_iter().chain(self.effects_of(&members)).collect();
        (ResourceCommit::Applied(resource.revision), effects)
    }

    fn unknown(&self, members: &MemberDelta, own: Option<&ResourceId>) -> Option<ResourceId> {
        let known = |id: &ResourceId| self.resources.contains_key(id) || own == Some(id);
        members.add.iter().find(|id| !known(id)).cloned()
    }

    /// Whose membership really changed.
    fn apply(&mut self, group: &ResourceId, delta: &MemberDelta) -> Vec<ResourceId> {
        let keep: BTreeSet<_> = delta.add.iter().collect();
        let cleared = if delta.clear { self.members(group) } else { Vec::new() };
        let cleared = cleared.into_iter().map(|member| member.id).filter(|id| !keep.contains(id));
        let leaving: Vec<_> = cleared.chain(delta.remove.iter().cloned()).collect();
        let left: Vec<_> = leaving.into_iter().filter(|member| self.leave(group, member)).collect();
        let joined = delta.add.iter().filter(|member| self.join(group, member, delta.displays.get(*member)));
        left.into_iter().chain(joined.cloned().collect::<Vec<_>>()).collect()
    }

    /// Whether it is new; who is a member already keeps the name that was given first.
    fn join(&mut self, group: &ResourceId, member: &ResourceId, display: Option<&String>) -> bool {
        self.memberships.entry((group.clone(), member.clone())).or_insert_with(|| display.cloned());
        self.groups.insert((member.clone(), group.clone()))
    }

    fn leave(&mut self, group: &ResourceId, member: &ResourceId) -> bool {
        self.groups.remove(&(member.clone(), group.clone()));
        self.memberships.remove(&(group.clone(), member.clone())).is_some()
    }

    fn effects_of(&self, users: &[ResourceId]) -> Vec<AccountEffect> {
        let effect = |id: &ResourceId| self.effect(id, Some(&self.resources.get(id)?.attributes));
        users.iter().filter_map(effect).collect()
    }

    fn effect(&self, id: &ResourceId, before: Option<&Map<String, Value>>) -> Option<AccountEffect> {
        let user = self.resource("User", id)?;
        let groups = self.groups_of(id).into_iter().map(|group| group.id);
        Some(account(&self.directory, before, user, groups))
    }
}

fn stale() -> Outcome {
    (ResourceCommit::Stale, Vec::new())
}
