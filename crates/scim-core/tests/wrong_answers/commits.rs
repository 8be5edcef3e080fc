//! Commits that write too much, too little, or half of it.

use std::sync::Arc;

use scim_core::{
    Member, MemberDelta, Resource, ResourceChange, ResourceCommit, ResourceId, TenantId, UniqueValue,
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

fn renames_who_is_a_member(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    if let ResourceChange::Members { members, .. } = change {
        let again = |change: &mut ResourceChange| {
            let remove = members.add.clone();
            *delta(change).unwrap() = MemberDelta { remove, ..MemberDelta::default() };
        };
        if members.add.iter().any(|id| members.displays.contains_key(id)) {
            at.commit(&changed(change, again));
        }
    }
    at.commit(change)
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
        renames_who_is_a_member by a_member_keeps_the_name_that_was_given_first
        dates_nothing by a_change_of_members_is_dated
        counts_every_commit by clearing_an_empty_group_changes_nothing
        replaces_a_set_by_two_changes by the_same_set_of_members_is_no_change
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
