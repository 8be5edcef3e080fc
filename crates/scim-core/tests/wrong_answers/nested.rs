//! Groups around groups, told wrongly.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use scim_core::{
    Groups, MAX_INDIRECT_GROUPS, Member, Related, Resource, ResourceChange, ResourceCommit, ResourceId,
    ResourcePage, ResourceQuery, Revision, filterable,
};

use crate::wrong::At;

/// Every group around, however many there are.
fn whole(at: At<'_>, member: &ResourceId) -> BTreeMap<ResourceId, Member> {
    let direct = at.groups_of(member);
    let mut next: VecDeque<_> = direct.iter().cloned().collect();
    let mut around = BTreeMap::new();
    while let Some(group) = next.pop_front() {
        for above in at.groups_of(&group.id) {
            let is_new = above.id != *member && direct.iter().all(|direct| direct.id != above.id);
            if is_new && around.insert(above.id.clone(), above.clone()).is_none() {
                next.push_back(above);
            }
        }
    }
    around
}

fn tells_of_too_many(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    whole(at, member).into_values().collect()
}

fn tells_the_first_by_id_of_too_many(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    whole(at, member).into_values().take(MAX_INDIRECT_GROUPS).collect()
}

fn tells_direct_groups_again(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    let mut told = at.groups_around(member);
    told.extend(at.groups_of(member));
    told.sort_by(|a, b| a.id.cmp(&b.id));
    told
}

/// As SQLite writes out what is no text.
fn tells_what_is_no_text_as_a_name(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    let named = |group: Member| {
        let stored =
            at.read("Group", &group.id).and_then(|found| found.attributes.get("displayName").cloned());
        let display = stored.map(|name| name.as_str().map_or(name.to_string(), str::to_owned));
        Member { display, ..group }
    };
    at.groups_around(member).into_iter().map(named).collect()
}

fn tells_one_level(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    let direct = at.groups_of(member);
    let above: Vec<_> = direct.iter().flat_map(|direct| at.groups_of(&direct.id)).collect();
    at.groups_around(member).into_iter().filter(|group| above.contains(group)).collect()
}

fn tells_a_group_once_for_each_way(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    let direct = at.groups_of(member);
    let mut told = at.groups_around(member);
    let ways: Vec<_> = direct.iter().flat_map(|direct| at.groups_of(&direct.id)).collect();
    let again: Vec<_> =
        told.iter().filter(|group| ways.iter().filter(|way| way == group).count() > 1).cloned().collect();
    told.extend(again);
    told.sort_by(|a, b| a.id.cmp(&b.id));
    told
}

fn tells_groups_around_to_any_tenant(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    At { tenant: &scim_core::TenantId::new("ins_contract").unwrap(), ..at }.groups_around(member)
}

/// As a walk does that comes back to where it began.
fn tells_a_group_that_it_is_around_itself(at: At<'_>, member: &ResourceId) -> Vec<Member> {
    let mut told = at.groups_around(member);
    let is_in = |group: &Member| at.groups_of(&group.id).iter().any(|above| above.id == *member);
    if at.groups_of(member).iter().chain(&told).any(is_in) {
        told.extend(at.read("Group", member).map(|group| Member::of(&group)));
        told.sort_by(|a, b| a.id.cmp(&b.id));
    }
    told
}

/// The group is gone for whoever asks for it, and its memberships are not.
fn deletes_no_group_within_another(at: At<'_>, change: &ResourceChange) -> ResourceCommit {
    match change {
        ResourceChange::Delete { kind, id, .. } if &**kind == "Group" && !at.groups_of(id).is_empty() => {
            ResourceCommit::Applied(Revision::FIRST)
        }
        _ => at.commit(change),
    }
}

fn filters_by_direct_groups_alone(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let Some(filter) = query.filter.as_ref().filter(|filter| filter.mentions("groups")) else {
        return at.list(kind, query);
    };
    let matches = |found: &Arc<Resource>| {
        let groups = Some(Groups { direct: at.groups_of(&found.id), ..Groups::default() });
        filter.matches(&filterable(found, &Related { groups, ..Related::default() }))
    };
    let mut resources = at.all(kind, &ResourceQuery { filter: None, ..query.clone() });
    resources.retain(matches);
    ResourcePage { total: resources.len() as u64, resources }
}

/// As an index yields them, whoever was asked for.
fn tells_groups_in_an_order_of_its_own(mut told: Vec<Groups>) -> Vec<Groups> {
    told.reverse();
    told
}

fn tells_nothing_of_who_is_in_none(mut told: Vec<Groups>) -> Vec<Groups> {
    told.retain(|groups| !groups.direct.is_empty());
    told
}

mod faults {
    mod of_pages {
        use super::super::{tells_groups_in_an_order_of_its_own, tells_nothing_of_who_is_in_none};

        mod faults {
            crate::wrong::refused! { page:
                tells_groups_in_an_order_of_its_own by groups_are_told_of_several_resources_at_once
                tells_nothing_of_who_is_in_none by groups_are_told_of_several_resources_at_once
            }
        }
    }

    crate::wrong::refused! { around:
        tells_of_too_many by the_nearest_of_too_many_groups_are_told
        tells_the_first_by_id_of_too_many by the_nearest_of_too_many_groups_are_told
        tells_direct_groups_again by the_groups_around_groups_are_told
        tells_what_is_no_text_as_a_name by a_group_whose_name_is_no_text_has_none
        tells_one_level by the_groups_around_groups_are_told
        tells_a_group_once_for_each_way by the_groups_around_groups_are_told
        tells_groups_around_to_any_tenant by the_groups_around_groups_are_told
        tells_a_group_that_it_is_around_itself by a_circle_of_groups_is_passed_once
    }

    mod of_writes {
        use super::super::deletes_no_group_within_another;

        mod faults {
            crate::wrong::refused! { write:
                deletes_no_group_within_another by the_groups_around_follow_every_change
            }
        }
    }

    mod of_lists {
        use super::super::filters_by_direct_groups_alone;

        mod faults {
            crate::wrong::refused! { list:
                filters_by_direct_groups_alone by a_filter_sees_the_groups_around
            }
        }
    }
}
