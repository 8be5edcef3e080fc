//! The checks that every store must pass, for whoever writes one.
//!
//! [`contract!`](crate::contract!) makes one `#[test]` of each in the crate that it is used in:
//!
//! ```
//! scim_core::contract! { store: scim_core::MemoryStore::new() }
//! # fn main() {}
//! ```
#![expect(clippy::missing_errors_doc, reason = "every check answers the clause that the store breaks")]

mod filters;
mod groups;
mod nested;
mod pages;
mod sample;
mod sorts;
mod tenancy;
mod writes;

use std::sync::Arc;

use store_contract::{Check, Violation, ensure, ensure_eq};

use self::sample::{
    CONNECTION, added, all, at, by, directory, directory_of, group, groups_of, member_ids, removed, replaced,
    resource_ids, setup, stored, tenant, tenant_named, user,
};
pub use self::{filters::*, groups::*, nested::*, pages::*, sorts::*, tenancy::*, writes::*};
use crate::{
    Commit, DirectoryChange, DirectoryId, Event, Groups, MemberDelta, Registry, Resource, ResourceChange,
    ResourceCommit, ResourceId, ResourceQuery, Revision, ScimStore, TransactionId, UniqueValue, Window,
};

/// Makes one `#[test]` of each check, in the module that it is used in.
///
/// `store` is an expression for a fresh, empty store and may `.await`. Optional, in this order and before it:
/// `attributes: [#[ignore = "needs PostgreSQL"]],` for every test, and `run: my_runtime::block_on,` for a store that
/// needs a runtime.
#[macro_export]
macro_rules! contract {
    ($(attributes: $attributes:tt,)? store: $store:expr) => {
        $crate::contract! { $(attributes: $attributes,)? run: $crate::__store_contract::block_on, store: $store }
    };
    (run: $run:path, store: $store:expr) => {
        $crate::contract! { attributes: [], run: $run, store: $store }
    };
    (attributes: $attributes:tt, run: $run:path, store: $store:expr) => {
        $crate::__store_contract::tests! {
            attributes $attributes,
            run $run,
            store $store,
            checks [$crate::contract]
                a_directory_is_read_back
                an_enterprise_connection_has_one_directory
                a_directory_is_replaced_from_the_revision_before
                directories_are_listed_oldest_first
                a_deleted_directory_takes_its_resources_along
                a_resource_is_read_back
                a_resource_is_its_directorys_own
                a_resource_has_one_type
                an_unknown_directory_takes_no_resources
                an_id_is_given_once
                a_value_is_unique_within_a_type
                a_unique_value_is_free_again_after_a_deletion
                a_unique_value_is_free_again_after_a_change
                a_replacement_needs_the_revision_before_it
                a_deleted_resource_is_gone
                what_is_only_told_writes_nothing
                a_resource_is_deleted_from_an_expected_revision
                members_are_told_by_id
                a_member_is_added_once
                a_member_leaves
                the_rest_of_the_members_stay
                members_are_replaced_as_a_set
                members_are_cleared
                an_unknown_member_writes_nothing
                a_revision_counts_only_real_changes_of_members
                members_change_from_an_expected_revision
                a_deleted_user_leaves_its_groups
                a_deleted_group_has_no_members
                a_page_has_the_oldest_first
                a_page_and_its_total_are_cut_alike
                a_filter_is_never_ignored
                a_filter_finds_by_every_indexed_value
                a_filter_finds_the_groups_of_a_member
                a_directory_is_listed_for_its_tenant_alone
                a_directory_is_changed_by_its_tenant_alone
                a_deleted_directory_takes_nothing_of_another
                a_resource_is_written_by_its_tenant_alone
                members_are_a_tenants_own
                a_member_is_of_the_same_directory
                a_list_is_of_its_tenant_alone
                a_value_is_unique_within_a_tenant
                a_connection_is_free_after_a_deletion
                a_name_is_taken_in_any_case
                a_unique_value_is_taken_as_it_is_given
                several_values_are_unique_each
                a_resource_keeps_its_own_values
                a_refused_replacement_changes_nothing
                a_refused_creation_leaves_nothing
                a_refused_member_leaves_the_attributes
                a_stale_replacement_changes_no_members
                members_change_with_the_attributes
                a_replacement_is_read_back
                a_replacement_is_found_by_its_new_values_alone
                a_deleted_resource_is_found_no_more
                a_resource_is_replaced_as_its_own_type
                a_revision_counts_every_replacement
                an_id_is_free_again_after_a_deletion
                any_value_is_read_back
                a_delta_adds_and_removes_at_once
                a_delta_may_be_of_any_size
                a_member_has_the_name_that_was_given_last
                a_member_is_renamed_in_its_own_group
                a_member_who_comes_back_has_a_new_name
                groups_hold_groups
                a_deleted_group_leaves_its_groups
                a_deleted_member_is_a_change_of_its_groups
                a_group_is_not_replaced_from_before_a_member_was_deleted
                members_of_what_is_no_group_change_nothing
                a_change_of_members_is_dated
                clearing_an_empty_group_changes_nothing
                the_same_set_of_members_is_no_change
                members_are_a_groups_own
                a_filter_knows_every_operator
                a_filter_is_joined_as_it_is_written
                a_filter_denies_what_is_absent
                a_filter_looks_at_every_element
                a_value_path_holds_within_one_element
                a_filter_heeds_case_where_the_schema_does
                a_filter_compares_times_as_instants
                a_filter_reaches_into_extensions
                a_filter_sees_what_the_service_provider_knows
                a_filter_sees_members_and_groups
                a_filter_follows_members_as_they_change
                a_filter_finds_one_type
                a_list_is_sorted_by_an_attribute
                equal_values_are_sorted_by_id
                who_has_no_value_is_sorted_last
                a_sort_heeds_case_where_the_schema_does
                a_sort_takes_the_primary_element
                a_sort_reaches_into_extensions
                a_sort_knows_types
                a_sorted_list_is_cut_like_any_other
                a_sort_follows_every_change
                a_page_begins_behind_its_position
                a_page_ends_before_its_position
                a_position_need_not_be_there
                a_page_begins_among_equal_values
                a_page_begins_among_missing_values
                a_list_is_turned_through_by_any_attribute
                a_walk_meets_everybody_once_while_others_come_and_go
                a_page_at_a_position_counts_the_whole_list
                a_page_at_a_position_is_filtered
                what_is_looked_up_is_paged_too
                the_groups_around_groups_are_told
                a_circle_of_groups_is_passed_once
                the_groups_around_follow_every_change
                the_nearest_of_too_many_groups_are_told
                a_filter_sees_the_groups_around
                groups_are_told_of_several_resources_at_once
                a_group_whose_name_is_no_text_has_none
        }
    };
}

/// A directory is read back as it was written; an unknown one is none.
pub async fn a_directory_is_read_back<S: ScimStore>(store: S) -> Check {
    let directory = setup(&store).await?;
    ensure_eq!(
        store.directory(&tenant(), &directory.id).await?,
        Some(directory.clone()),
        "a directory is read back"
    );
    ensure_eq!(
        store.directory(&tenant_named("ins_other"), &directory.id).await?,
        None,
        "it is its tenant's own"
    );
    ensure_eq!(
        store.directory(&tenant(), &DirectoryId::named("dir_x")).await?,
        None,
        "an unknown one is none"
    );
    Ok(())
}

/// A second directory of an enterprise connection is refused; another tenant may use the same name for one.
pub async fn an_enterprise_connection_has_one_directory<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let second = DirectoryChange::Create(Arc::new(directory_of("dir_second", CONNECTION, 1)));
    ensure_eq!(
        store.commit_directory(&tenant(), &second).await?,
        Commit::Stale,
        "a connection has one directory"
    );
    ensure_eq!(store.directories(&tenant()).await?.len(), 1, "nothing is written");
    let other = store.commit_directory(&tenant_named("ins_other"), &second).await?;
    ensure_eq!(other, Commit::Applied, "another tenant's connection is another one");
    Ok(())
}

/// A replacement applies to the revision right before its own.
pub async fn a_directory_is_replaced_from_the_revision_before<S: ScimStore>(store: S) -> Check {
    let first = setup(&store).await?;
    let second = DirectoryChange::Replace(Arc::new(first.changed(at(5), |next| next.enabled = false)));
    ensure_eq!(
        store.commit_directory(&tenant(), &second).await?,
        Commit::Applied,
        "the next revision is applied"
    );
    ensure_eq!(store.commit_directory(&tenant(), &second).await?, Commit::Stale, "the same one is stale");
    let stored = store.directory(&tenant(), &first.id).await?;
    ensure!(stored.is_some_and(|stored| !stored.enabled), "the change stays");
    Ok(())
}

/// Oldest first, equally old ones by id.
pub async fn directories_are_listed_oldest_first<S: ScimStore>(store: S) -> Check {
    for (id, created) in [("dir_b", 2), ("dir_c", 1), ("dir_a", 2)] {
        let change = DirectoryChange::Create(Arc::new(directory_of(id, id, created)));
        store.commit_directory(&tenant(), &change).await?;
    }
    let listed: Vec<String> =
        store.directories(&tenant()).await?.iter().map(|found| found.id.to_string()).collect();
    ensure_eq!(listed, ["dir_c", "dir_a", "dir_b"], "directories are listed oldest first, then by id");
    Ok(())
}

/// Nothing of a deleted directory is left, and its connection is free again.
pub async fn a_deleted_directory_takes_its_resources_along<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let delete = DirectoryChange::Delete(directory());
    ensure_eq!(store.commit_directory(&tenant(), &delete).await?, Commit::Applied, "a directory is deleted");
    ensure_eq!(store.commit_directory(&tenant(), &delete).await?, Commit::Stale, "once");
    setup(&store).await?;
    ensure_eq!(all(&store, "User").await?.total, 0, "its resources are gone");
    stored(&store, [user(1)]).await
}

/// Every part of a resource is read back as it was written.
pub async fn a_resource_is_read_back<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let read = store.resource(&tenant(), &directory(), "User", &user(1).id).await?;
    ensure_eq!(read.as_deref(), Some(&user(1)), "a resource is read back");
    Ok(())
}

/// Neither another directory nor another tenant has it.
pub async fn a_resource_is_its_directorys_own<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let other = directory_of("dir_other", "ent_other", 1);
    store.commit_directory(&tenant(), &DirectoryChange::Create(Arc::new(other.clone()))).await?;
    stored(&store, [user(1)]).await?;
    let read = store.resource(&tenant(), &other.id, "User", &user(1).id).await?;
    ensure_eq!(read, None, "another directory has it not");
    let read = store.resource(&tenant_named("ins_other"), &directory(), "User", &user(1).id).await?;
    ensure_eq!(read, None, "another tenant has it not");
    let page = store.resources(&tenant(), &other.id, "User", &ResourceQuery::first(None, 9)).await?;
    ensure_eq!(page.total, 0, "another directory lists it not");
    let same = store.commit(&tenant(), &other.id, &added(&user(1), [])).await?;
    ensure_eq!(same, ResourceCommit::Applied(Revision::FIRST), "ids and names are unique by directory");
    Ok(())
}

/// A user is no group.
pub async fn a_resource_has_one_type<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let read = store.resource(&tenant(), &directory(), "Group", &user(1).id).await?;
    ensure_eq!(read, None, "a user is no group");
    let delete = removed(&Resource { kind: "Group".into(), ..user(1) });
    ensure_eq!(
        store.commit(&tenant(), &directory(), &delete).await?,
        ResourceCommit::Stale,
        "nor deleted as one"
    );
    Ok(())
}

/// There must be a directory to write into.
pub async fn an_unknown_directory_takes_no_resources<S: ScimStore>(store: S) -> Check {
    let commit = store.commit(&tenant(), &directory(), &added(&user(1), [])).await?;
    ensure_eq!(commit, ResourceCommit::Stale, "an unknown directory takes no resources");
    Ok(())
}

/// A second resource with the same id is stale.
pub async fn an_id_is_given_once<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let twin = Resource { id: user(1).id, ..user(2) };
    ensure_eq!(
        store.commit(&tenant(), &directory(), &added(&twin, [])).await?,
        ResourceCommit::Stale,
        "a taken id"
    );
    let read = store.resource(&tenant(), &directory(), "User", &user(1).id).await?;
    ensure_eq!(read.as_deref(), Some(&user(1)), "the first one stays");
    Ok(())
}

/// Two users can't have the same name; a group may.
pub async fn a_value_is_unique_within_a_type<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let unique = || vec![UniqueValue { attribute: "userName".into(), key: "user1".into() }];
    let create = |resource: Resource| ResourceChange::Create {
        resource: Arc::new(resource),
        members: MemberDelta::default(),
        unique: unique(),
        password: None,
        event: None,
    };
    let twin = store.commit(&tenant(), &directory(), &create(user(2))).await?;
    ensure_eq!(twin, ResourceCommit::NotUnique("userName".into()), "another user has the value");
    ensure_eq!(all(&store, "User").await?.total, 1, "nothing is written");
    let other = store.commit(&tenant(), &directory(), &create(group(3))).await?;
    ensure_eq!(other, ResourceCommit::Applied(Revision::FIRST), "another type may have it");
    Ok(())
}

/// Deletion gives values free.
pub async fn a_unique_value_is_free_again_after_a_deletion<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    store.commit(&tenant(), &directory(), &removed(&user(1))).await?;
    let again = Resource { id: ResourceId::named("again"), ..user(1) };
    stored(&store, [again]).await
}

/// A change gives the value before it free, and keeps its own.
pub async fn a_unique_value_is_free_again_after_a_change<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let renamed = replaced(&user(1), "other");
    let commit = store.commit(&tenant(), &directory(), &renamed).await?;
    ensure_eq!(commit, ResourceCommit::Applied(Revision(2)), "a user is renamed");
    let again = Resource { id: ResourceId::named("again"), ..user(1) };
    stored(&store, [again]).await?;
    let taken = store.commit(&tenant(), &directory(), &replaced(&user_named_again(), "other")).await?;
    ensure_eq!(taken, ResourceCommit::NotUnique("userName".into()), "the new name is taken");
    Ok(())
}

fn user_named_again() -> Resource {
    Resource { id: ResourceId::named("again"), ..user(1) }
}

/// A replacement applies to the revision right before its own, and to nothing that is gone.
pub async fn a_replacement_needs_the_revision_before_it<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let change = replaced(&user(1), "other");
    ensure_eq!(
        store.commit(&tenant(), &directory(), &change).await?,
        ResourceCommit::Stale,
        "nobody is replaced"
    );
    stored(&store, [user(1)]).await?;
    let commit = store.commit(&tenant(), &directory(), &change).await?;
    ensure_eq!(commit, ResourceCommit::Applied(Revision(2)), "the next revision is applied");
    ensure_eq!(
        store.commit(&tenant(), &directory(), &change).await?,
        ResourceCommit::Stale,
        "the same one is stale"
    );
    Ok(())
}

/// A second deletion is stale.
pub async fn a_deleted_resource_is_gone<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let commit = store.commit(&tenant(), &directory(), &removed(&user(1))).await?;
    ensure!(matches!(commit, ResourceCommit::Applied(_)), "a user is deleted");
    ensure_eq!(store.resource(&tenant(), &directory(), "User", &user(1).id).await?, None, "it is gone");
    let again = store.commit(&tenant(), &directory(), &removed(&user(1))).await?;
    ensure_eq!(again, ResourceCommit::Stale, "it is not deleted twice");
    Ok(())
}

/// An event can be told without a change, in a directory that is there.
pub async fn what_is_only_told_writes_nothing<S: ScimStore>(store: S) -> Check {
    let registry = Registry::standard();
    let kind = registry.resource_type("User").ok_or_else(|| Violation::new("users are a type"))?;
    let tell = ResourceChange::Tell {
        event: Arc::new(Event::joined_feed(kind, &user(1), TransactionId::named("t"), at(0))),
    };
    let commit = store.commit(&tenant(), &directory(), &tell).await?;
    ensure_eq!(commit, ResourceCommit::Stale, "an unknown directory tells nothing");
    setup(&store).await?;
    let commit = store.commit(&tenant(), &directory(), &tell).await?;
    ensure!(matches!(commit, ResourceCommit::Applied(_)), "an event is told");
    ensure_eq!(all(&store, "User").await?.total, 0, "nothing is written");
    Ok(())
}

/// A resource at another revision than the expected one is not deleted.
pub async fn a_resource_is_deleted_from_an_expected_revision<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let delete = |expected| removed(&user(1)).expecting(Revision(expected));
    let commit = store.commit(&tenant(), &directory(), &delete(2)).await?;
    ensure_eq!(commit, ResourceCommit::Stale, "a resource at another revision is not deleted");
    ensure_eq!(all(&store, "User").await?.total, 1, "it is still there");
    let commit = store.commit(&tenant(), &directory(), &delete(1)).await?;
    ensure!(matches!(commit, ResourceCommit::Applied(_)), "one at the expected revision is");
    Ok(())
}

/// Members by id with what they are, groups with their names.
pub async fn members_are_told_by_id<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(2), user(1), group(7)]).await?;
    store.commit(&tenant(), &directory(), &added(&group(8), [2, 7, 1])).await?;
    let members = store.members(&tenant(), &directory(), &group(8).id).await?;
    let told: Vec<_> = members.iter().map(|member| (member.id.as_str(), &*member.kind)).collect();
    ensure_eq!(told, [("id1", "User"), ("id2", "User"), ("id7", "Group")], "members by id, with their types");
    let groups = groups_of(&store, &user(1)).await?.direct;
    let told: Vec<_> = groups.iter().map(|group| (group.id.as_str(), group.display.as_deref())).collect();
    ensure_eq!(told, [("id8", Some("Group 8"))], "groups by id, with their names");
    Ok(())
}

/// Adding a member again changes nothing.
pub async fn a_member_is_added_once<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    for _ in 0..2 {
        store.commit(&tenant(), &directory(), &by([1], [])).await?;
    }
    ensure_eq!(member_ids(&store).await?, ["id1"], "a member is added once");
    Ok(())
}

/// Removing one who is no member is no error.
pub async fn a_member_leaves<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1], [])).await?;
    for _ in 0..2 {
        let commit = store.commit(&tenant(), &directory(), &by([], [1])).await?;
        ensure!(
            matches!(commit, ResourceCommit::Applied(_) | ResourceCommit::Unchanged(_)),
            "leaving is no error"
        );
    }
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "the member has left");
    ensure_eq!(groups_of(&store, &user(1)).await?, Groups::default(), "and is in no group");
    Ok(())
}

/// A delta leaves everybody alone whom it does not name.
pub async fn the_rest_of_the_members_stay<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1, 2], [])).await?;
    store.commit(&tenant(), &directory(), &by([3], [1])).await?;
    ensure_eq!(member_ids(&store).await?, ["id2", "id3"], "only those that are named change");
    Ok(())
}

/// Whoever is not in the new set leaves.
pub async fn members_are_replaced_as_a_set<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1, 2], [])).await?;
    let set = MemberDelta { clear: true, add: vec![user(2).id, user(3).id], ..MemberDelta::default() };
    store.commit(&tenant(), &directory(), &sample::members(set)).await?;
    ensure_eq!(member_ids(&store).await?, ["id2", "id3"], "the set is replaced");
    Ok(())
}

/// Nobody stays.
pub async fn members_are_cleared<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1, 2], [])).await?;
    let nobody = MemberDelta { clear: true, ..MemberDelta::default() };
    store.commit(&tenant(), &directory(), &sample::members(nobody)).await?;
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "nobody stays");
    Ok(())
}

/// All or nothing.
pub async fn an_unknown_member_writes_nothing<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let commit = store.commit(&tenant(), &directory(), &by([1, 5], [])).await?;
    ensure_eq!(commit, ResourceCommit::UnknownMember(user(5).id), "an unknown member is named");
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "nobody is added");
    let commit = store.commit(&tenant(), &directory(), &added(&group(9), [5])).await?;
    ensure_eq!(commit, ResourceCommit::UnknownMember(user(5).id), "by a new group, too");
    ensure_eq!(all(&store, "Group").await?.total, 1, "and the group is not written");
    Ok(())
}

/// What changes nothing is no new version.
pub async fn a_revision_counts_only_real_changes_of_members<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    for (change, expected) in [
        (by([1], []), ResourceCommit::Applied(Revision(2))),
        (by([1], []), ResourceCommit::Unchanged(Revision(2))),
        (by([], [1]), ResourceCommit::Applied(Revision(3))),
        (by([], [1]), ResourceCommit::Unchanged(Revision(3))),
    ] {
        let commit = store.commit(&tenant(), &directory(), &change).await?;
        ensure_eq!(commit, expected, "only real changes count");
        let (ResourceCommit::Applied(Revision(revision)) | ResourceCommit::Unchanged(Revision(revision))) =
            expected
        else {
            continue;
        };
        let read = store.resource(&tenant(), &directory(), "Group", &group(8).id).await?;
        ensure_eq!(read.map(|group| group.revision), Some(Revision(revision)), "as the group says, too");
    }
    Ok(())
}

/// Members that are changed from another revision than the stored one stay as they are.
pub async fn members_change_from_an_expected_revision<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let join = by([1], []);
    for (expected, commit) in [
        (2, ResourceCommit::Stale),
        (1, ResourceCommit::Applied(Revision(2))),
        (1, ResourceCommit::Stale),
        (2, ResourceCommit::Unchanged(Revision(2))),
    ] {
        let change = join.clone().expecting(Revision(expected));
        ensure_eq!(
            store.commit(&tenant(), &directory(), &change).await?,
            commit,
            "members of an expected group"
        );
    }
    ensure_eq!(member_ids(&store).await?, ["id1"], "the expected change is there");
    Ok(())
}

/// Memberships of a deleted user are gone.
pub async fn a_deleted_user_leaves_its_groups<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1, 2], [])).await?;
    store.commit(&tenant(), &directory(), &removed(&user(1))).await?;
    ensure_eq!(member_ids(&store).await?, ["id2"], "a deleted user is no member");
    Ok(())
}

/// A group that is made again under the same id is empty.
pub async fn a_deleted_group_has_no_members<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1], [])).await?;
    store.commit(&tenant(), &directory(), &removed(&group(8))).await?;
    ensure_eq!(groups_of(&store, &user(1)).await?, Groups::default(), "the user is in no group");
    stored(&store, [group(8)]).await?;
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "a group starts empty");
    Ok(())
}

/// Oldest first, equally old ones by id.
pub async fn a_page_has_the_oldest_first<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let twin = Resource { created_at: user(1).created_at, ..user(3) };
    stored(&store, [user(2), twin, user(1)]).await?;
    ensure_eq!(
        resource_ids(&all(&store, "User").await?),
        ["id1", "id3", "id2"],
        "the oldest comes first, then by id"
    );
    Ok(())
}

/// Skip and count cut the page, and the total counts all, with a filter and without.
pub async fn a_page_and_its_total_are_cut_alike<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, (1..=5).map(user)).await?;
    for filter in [None, Some(sample::filter("User", "userName sw \"user\""))] {
        let window = Window::Slice { skip: 1, count: 2 };
        let query = ResourceQuery { filter: filter.clone(), ..ResourceQuery::new(window) };
        let page = store.resources(&tenant(), &directory(), "User", &query).await?;
        ensure_eq!(
            (resource_ids(&page), page.total),
            (vec!["id2".to_owned(), "id3".to_owned()], 5),
            "a page is cut"
        );
        let nothing = ResourceQuery::first(filter, 0);
        let page = store.resources(&tenant(), &directory(), "User", &nothing).await?;
        ensure_eq!((page.resources.len(), page.total), (0, 5), "a count of 0 gives the total alone");
    }
    Ok(())
}

/// What matches nothing finds nothing.
pub async fn a_filter_is_never_ignored<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    for (filter, expected) in [
        ("userName eq \"nobody\"", vec![]),
        ("not (userName eq \"user1\")", vec!["id2"]),
        ("userName eq \"user1\" and userName eq \"user2\"", vec![]),
        ("userName eq \"user1\" or userName eq \"user2\"", vec!["id1", "id2"]),
        ("userName eq \"user1\" and externalId eq \"ext2\"", vec![]),
        ("title pr", vec![]),
    ] {
        let page = sample::filtered(&store, "User", filter).await?;
        ensure_eq!(resource_ids(&page), expected, "`{filter}` finds");
        ensure_eq!(page.total, expected.len() as u64, "`{filter}` counts");
    }
    Ok(())
}

/// Names in any case, ids exactly.
pub async fn a_filter_finds_by_every_indexed_value<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    for (filter, expected) in [
        ("userName eq \"USER1\"", vec!["id1"]),
        ("externalId eq \"ext2\"", vec!["id2"]),
        ("externalId eq \"EXT2\"", vec![]),
        ("id eq \"id1\"", vec!["id1"]),
        ("displayName eq \"user NUMBER 2\"", vec!["id2"]),
        ("emails.value eq \"user2@example.com\"", vec!["id2"]),
        ("emails[type eq \"work\" and value eq \"user1@example.com\"]", vec!["id1"]),
    ] {
        ensure_eq!(
            resource_ids(&sample::filtered(&store, "User", filter).await?),
            expected,
            "`{filter}` finds"
        );
    }
    Ok(())
}

/// Groups by a member.
pub async fn a_filter_finds_the_groups_of_a_member<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(7), group(8)]).await?;
    store.commit(&tenant(), &directory(), &by([1], [])).await?;
    for filter in
        ["members.value eq \"id1\"", "members[value eq \"id1\"]", "id eq \"id8\" and members eq \"id1\""]
    {
        ensure_eq!(
            resource_ids(&sample::filtered(&store, "Group", filter).await?),
            ["id8"],
            "`{filter}` finds"
        );
    }
    ensure_eq!(
        sample::filtered(&store, "Group", "members.value eq \"id9\"").await?.total,
        0,
        "nobody's groups"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_check_is_in_the_list() {
        let source = include_str!("contract.rs");
        let (list, rest) = source.split_once("/// A directory is read back as").unwrap();
        let (checks, _) = rest.split_once("#[cfg(test)]").unwrap();
        let files = [
            checks,
            include_str!("contract/filters.rs"),
            include_str!("contract/groups.rs"),
            include_str!("contract/nested.rs"),
            include_str!("contract/pages.rs"),
            include_str!("contract/sorts.rs"),
            include_str!("contract/tenancy.rs"),
            include_str!("contract/writes.rs"),
        ];
        for check in files.iter().flat_map(|checks| checks.split("pub async fn ").skip(1)) {
            let name = check.split('<').next().unwrap();
            assert!(list.contains(&format!(" {name}\n")), "{name} is not in the list");
        }
    }
}
