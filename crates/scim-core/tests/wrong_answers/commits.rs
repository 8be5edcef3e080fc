//! Commits that write too much, too little, or half of it.

use std::sync::Arc;

use chrono::DateTime;
use scim_core::{
    Member, MemberDelta, Resource, ResourceChange, ResourceCommit, ResourceId, ResourceQuery, TenantId,
    UniqueValue,
};

use crate::wrong::At;

/// The members that a change names.
fn delta(change: &mut ResourceChange) -> Option<&mut MemberDelta> {
    match change {
        ResourceChange::Create { members, .. }
        | ResourceChange::Replace { members, .. }
        | ResourceChange::Members { members, .. } => Some(members),
        ResourceChange::Delete { .. } | ResourceChange::Tell { .. } => None,
    }
}

fn unique(change: &mut ResourceChange) -> Option<&mut Vec<UniqueValue>> {
    match change {
        ResourceChange::Create { unique, .. } | ResourceChange::Replace { unique, .. } => Some(unique),
        _ => None,
    }
}

fn changed(change: &ResourceChange, by: impl FnOnce(&mut ResourceChange)) -> ResourceChange {
    let mut change = change.clone();
    by(&mut change);
    change
}

fn writes_for_any_tenant(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    At { tenant: &TenantId::new("ins_contract").unwrap(), ..at }.commit(change)
}

fn folds_unique_values(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        for value in unique(change).into_iter().flatten() {
            value.key = value.key.to_lowercase();
        }
    }))
}

fn takes_names_of_another_case(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let name = match change {
        ResourceChange::Create { resource, .. } | ResourceChange::Replace { resource, .. } => {
            resource.text("userName").map(str::to_owned)
        }
        _ => None,
    };
    at.commit(&changed(change, |change| {
        for (value, name) in unique(change).into_iter().flatten().zip(name) {
            value.key = name;
        }
    }))
}

fn knows_one_attribute_for_all_values(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        unique(change).into_iter().flatten().for_each(|value| value.attribute = "any".into());
    }))
}

/// What was refused later on holds what was taken before.
fn writes_a_group_before_its_members(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    match (change, at.commit(change)) {
        (ResourceChange::Create { .. }, refused @ ResourceCommit::UnknownMember(_)) => {
            at.commit(&changed(change, |change| *delta(change).unwrap() = MemberDelta::default()));
            refused
        }
        (_, commit) => commit,
    }
}

fn writes_attributes_before_members(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    match (change, at.commit(change)) {
        (ResourceChange::Replace { .. }, refused @ ResourceCommit::UnknownMember(_)) => {
            at.commit(&changed(change, |change| *delta(change).unwrap() = MemberDelta::default()));
            refused
        }
        (_, commit) => commit,
    }
}

fn writes_members_before_attributes(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    if let ResourceChange::Replace { resource, members, .. } = change {
        let (kind, group) = (resource.kind.clone(), resource.id.clone());
        at.commit(&ResourceChange::Members {
            kind,
            group,
            members: members.clone(),
            at: resource.updated_at,
            expected: None,
            event: None,
        });
    }
    at.commit(change)
}

fn leaves_the_members_of_a_replacement_out(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    match change {
        ResourceChange::Replace { .. } => {
            at.commit(&changed(change, |change| *delta(change).unwrap() = MemberDelta::default()))
        }
        _ => at.commit(change),
    }
}

fn merges_attributes(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let ResourceChange::Replace { resource, .. } = change {
            let stored = at.read(&resource.kind, &resource.id);
            let mut merged = stored.map(|stored| stored.attributes.clone()).unwrap_or_default();
            merged.extend(resource.attributes.clone());
            *resource = Arc::new(Resource { attributes: merged, ..Resource::clone(resource) });
        }
    }))
}

fn writes_over_a_name_that_is_taken(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    match (change, at.commit(change)) {
        (ResourceChange::Replace { .. }, refused @ ResourceCommit::NotUnique(_)) => {
            at.commit(&changed(change, |change| unique(change).unwrap().clear()));
            refused
        }
        (_, commit) => commit,
    }
}

fn applies_the_first_hundred(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let Some(members) = delta(change) {
            members.remove.truncate(100);
        }
    }))
}

fn adds_and_forgets_to_remove(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let Some(members) = delta(change).filter(|members| !members.add.is_empty()) {
            members.remove.clear();
        }
    }))
}

/// The names that a change gives to those who are members already, as they have them.
fn known_names(at: At<'_>, change: &ResourceChange) -> Vec<(ResourceId, Option<String>)> {
    let group = match change {
        ResourceChange::Members { group, .. } => group,
        ResourceChange::Replace { resource, .. } => &resource.id,
        _ => return Vec::new(),
    };
    at.members(group).into_iter().map(|member| (member.id, member.display)).collect()
}

fn keeps_the_first_name(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let known = known_names(at, change);
    at.commit(&changed(change, |change| {
        if let Some(delta) = delta(change) {
            known.iter().for_each(|(id, _)| drop(delta.displays.remove(id)));
        }
    }))
}

/// Everybody who is named leaves, and comes back with the name that is sent, or none.
fn forgets_the_name_that_is_not_sent(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    if let ResourceChange::Members { members, .. } = change {
        let again = |change: &mut ResourceChange| {
            let remove = members.add.clone();
            *delta(change).unwrap() = MemberDelta { remove, ..MemberDelta::default() };
        };
        if members.add.iter().any(|id| !members.displays.contains_key(id)) {
            at.commit(&changed(change, again));
        }
    }
    at.commit(change)
}

/// The name is written, and the group is at the revision that it had.
fn renames_without_a_trace(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let ResourceChange::Members { kind, group, .. } = change else { return at.commit(change) };
    let (before, known) = (at.read(kind, group), known_names(at, change));
    let commit = at.commit(change);
    let after = at.members(group);
    let ids = |members: &[Member]| members.iter().map(|member| member.id.clone()).collect::<Vec<_>>();
    let Some(before) =
        before.filter(|_| ids(&after) == known.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>())
    else {
        return commit;
    };
    let displays = after.iter().filter_map(|member| Some((member.id.clone(), member.display.clone()?)));
    let members = MemberDelta { add: ids(&after), displays: displays.collect(), ..MemberDelta::default() };
    at.commit(&deletion(&before));
    let revision = before.revision;
    let (resource, unique) = (before, Vec::new());
    at.commit(&ResourceChange::Create { resource, members, unique, password: None, event: None });
    ResourceCommit::Unchanged(revision)
}

/// Every group that somebody is in.
fn renames_in_every_group(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let commit = at.commit(change);
    let mut named = change.clone();
    let Some(delta) = delta(&mut named).cloned() else { return commit };
    for (id, display) in &delta.displays {
        for group in at.groups_of(id) {
            let displays = [(id.clone(), display.clone())].into();
            let members = MemberDelta { add: vec![id.clone()], displays, ..MemberDelta::default() };
            let (kind, group, at_, expected) = (group.kind, group.id, DateTime::UNIX_EPOCH, None);
            at.commit(&ResourceChange::Members { kind, group, members, at: at_, expected, event: None });
        }
    }
    commit
}

fn names_no_member_with_the_attributes(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let ResourceChange::Replace { members, .. } = change {
            members.displays.clear();
        }
    }))
}

fn dates_nothing(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let ResourceChange::Members { kind, group, at: when, .. } = change {
            if let Some(stored) = at.read(kind, group) {
                *when = stored.updated_at;
            }
        }
    }))
}

/// Writes the group once more where nothing changed.
fn counts_every_commit(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let ResourceChange::Members { kind, group, .. } = change else { return at.commit(change) };
    let before = at.read(kind, group).map(|stored| stored.revision);
    let commit = at.commit(change);
    let Some(stored) = at.read(kind, group).filter(|stored| Some(stored.revision) == before) else {
        return commit;
    };
    let resource = Arc::new(Resource { revision: stored.revision.next(), ..Resource::clone(&stored) });
    at.commit(&ResourceChange::Replace {
        resource,
        members: MemberDelta::default(),
        unique: Vec::new(),
        password: None,
        event: None,
    })
}

/// Everybody leaves, and whoever is named joins: two changes.
fn replaces_a_set_by_two_changes(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let clears = |change: &ResourceChange| matches!(change, ResourceChange::Members { members, .. } if members.clear && !members.add.is_empty());
    if !clears(change) {
        return at.commit(change);
    }
    at.commit(&changed(change, |change| delta(change).unwrap().add.clear()));
    at.commit(change)
}

fn deletes_whatever_the_type(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let ResourceChange::Delete { kind, id, .. } = change {
            *kind = if at.read("User", id).is_some() { "User".into() } else { "Group".into() };
        }
    }))
}

fn deletion(gone: &Resource) -> ResourceChange {
    let (kind, id, at) = (gone.kind.clone(), gone.id.clone(), gone.updated_at);
    ResourceChange::Delete { kind, id, at, expected: None, event: None }
}

/// Counts a change of every group, whoever is gone.
fn changes_every_group_by_a_deletion(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let ResourceChange::Delete { id, at: when, .. } = change else { return at.commit(change) };
    let own = at.groups_of(id);
    let commit = at.commit(change);
    for group in at.list("Group", &ResourceQuery::first(None, 99)).resources {
        if own.iter().all(|own| own.id != group.id) {
            let (revision, updated_at) = (group.revision.next(), *when);
            at.commit(&replacement(Resource { revision, updated_at, ..Resource::clone(&group) }));
        }
    }
    commit
}

fn replacement(resource: Resource) -> ResourceChange {
    let (resource, members) = (Arc::new(resource), MemberDelta::default());
    ResourceChange::Replace { resource, members, unique: Vec::new(), password: None, event: None }
}

/// Writes the groups of who is gone anew, without that member, at the revision that they had.
fn keeps_versions(
    at: At<'_>,
    change: &ResourceChange,
    written: impl Fn(&Resource) -> Resource,
) -> ResourceCommit {
    let ResourceChange::Delete { id, .. } = change else { return at.commit(change) };
    let groups: Vec<_> = at.groups_of(id).iter().filter_map(|group| at.read("Group", &group.id)).collect();
    let members: Vec<_> = groups.iter().map(|group| at.members(&group.id)).collect();
    let commit = at.commit(change);
    for (group, members) in groups.iter().zip(members) {
        at.commit(&deletion(group));
        let add = members.into_iter().map(|member| member.id).filter(|member| member != id).collect();
        at.commit(&ResourceChange::Create {
            resource: Arc::new(written(group)),
            members: MemberDelta { add, ..MemberDelta::default() },
            unique: Vec::new(),
            password: None,
            event: None,
        });
    }
    commit
}

fn deletes_without_a_trace(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    keeps_versions(at, change, Resource::clone)
}

fn dates_a_deletion_and_keeps_the_version(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    let ResourceChange::Delete { at: when, .. } = change else { return at.commit(change) };
    keeps_versions(at, change, |group| Resource { updated_at: *when, ..Resource::clone(group) })
}

fn dates_no_deletion(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    at.commit(&changed(change, |change| {
        if let ResourceChange::Delete { at, .. } = change {
            *at = DateTime::UNIX_EPOCH;
        }
    }))
}

/// Members that are named in the order in which they joined.
fn tells_members_backwards(at: At<'_>, group: &ResourceId) -> Vec<Member> {
    let mut members = at.members(group);
    members.reverse();
    members
}

fn tells_members_to_any_tenant(at: At<'_>, group: &ResourceId) -> Vec<Member> {
    At { tenant: &TenantId::new("ins_contract").unwrap(), ..at }.members(group)
}

mod faults {
    crate::wrong::refused! { write:
        writes_for_any_tenant by a_resource_is_written_by_its_tenant_alone
        folds_unique_values by a_unique_value_is_taken_as_it_is_given
        takes_names_of_another_case by a_name_is_taken_in_any_case
        knows_one_attribute_for_all_values by several_values_are_unique_each
        writes_a_group_before_its_members by a_refused_creation_leaves_nothing
        writes_attributes_before_members by a_refused_member_leaves_the_attributes
        writes_members_before_attributes by a_stale_replacement_changes_no_members
        leaves_the_members_of_a_replacement_out by members_change_with_the_attributes
        merges_attributes by a_replacement_is_read_back
        writes_over_a_name_that_is_taken by a_refused_replacement_changes_nothing
        applies_the_first_hundred by a_delta_may_be_of_any_size
        adds_and_forgets_to_remove by a_delta_adds_and_removes_at_once
        keeps_the_first_name by a_member_has_the_name_that_was_given_last
        forgets_the_name_that_is_not_sent by a_member_has_the_name_that_was_given_last
        renames_without_a_trace by a_member_has_the_name_that_was_given_last
        renames_in_every_group by a_member_is_renamed_in_its_own_group
        names_no_member_with_the_attributes by a_member_is_renamed_in_its_own_group
        dates_nothing by a_change_of_members_is_dated
        counts_every_commit by clearing_an_empty_group_changes_nothing
        replaces_a_set_by_two_changes by the_same_set_of_members_is_no_change
        dates_a_deletion_and_keeps_the_version by a_group_is_not_replaced_from_before_a_member_was_deleted
        deletes_without_a_trace by a_deleted_member_is_a_change_of_its_groups
        changes_every_group_by_a_deletion by a_deleted_member_is_a_change_of_its_groups
        dates_no_deletion by a_deleted_member_is_a_change_of_its_groups
        deletes_whatever_the_type by a_resource_has_one_type
    }

    mod of_members {
        use super::super::{tells_members_backwards, tells_members_to_any_tenant};

        mod faults {
            crate::wrong::refused! { members:
                tells_members_backwards by members_are_told_by_id
                tells_members_to_any_tenant by members_are_a_tenants_own
            }
        }
    }
}
