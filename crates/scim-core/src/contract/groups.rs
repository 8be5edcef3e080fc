//! Members, at any size.

use std::collections::HashMap;

use store_contract::{Check, ensure_eq};

use super::sample::{
    added, at, by, commit, directory, group, groups_of, member_ids, members, read, removed, replaced, setup,
    stored, tenant, user,
};
use crate::{Groups, MemberDelta, Resource, ResourceChange, ResourceCommit, ResourceId, Revision, ScimStore};

/// One change may do both.
pub async fn a_delta_adds_and_removes_at_once<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3), group(8)]).await?;
    commit(&store, &by([1, 2], [])).await?;
    let both = commit(&store, &by([3], [1, 2])).await?;
    ensure_eq!(both, ResourceCommit::Applied(Revision(3)), "it is one change");
    ensure_eq!(member_ids(&store).await?, ["id3"], "who leaves is gone, who joins is there");
    Ok(())
}

/// More names than a database takes parameters.
pub async fn a_delta_may_be_of_any_size<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let crowd: Vec<_> = (0..40).map(|n| Resource { id: member(n), ..user(1) }).collect();
    for resource in &crowd {
        let new = ResourceChange::Create {
            resource: std::sync::Arc::new(resource.clone()),
            members: MemberDelta::default(),
            unique: Vec::new(),
            password: None,
            event: None,
        };
        commit(&store, &new).await?;
    }
    stored(&store, [group(8)]).await?;
    let everybody: Vec<_> = (0..40).map(member).collect();
    let joining = MemberDelta { add: everybody.clone(), ..MemberDelta::default() };
    commit(&store, &members(joining)).await?;
    let strangers = (0..70_000).map(|n| ResourceId::named(&format!("stranger{n}")));
    let leaving = strangers.chain(everybody.iter().skip(1).cloned()).collect();
    commit(&store, &members(MemberDelta { remove: leaving, ..MemberDelta::default() })).await?;
    ensure_eq!(member_ids(&store).await?, ["member00"], "everybody who is named leaves");
    let joining = MemberDelta { clear: true, add: everybody, ..MemberDelta::default() };
    commit(&store, &members(joining)).await?;
    ensure_eq!(member_ids(&store).await?.len(), 40, "everybody who is named joins");
    Ok(())
}

fn member(number: u32) -> ResourceId {
    ResourceId::named(&format!("member{number:02}"))
}

fn named(name: &str) -> MemberDelta {
    let displays = [(user(1).id, name.to_owned())].into();
    MemberDelta { add: vec![user(1).id], displays, ..MemberDelta::default() }
}

async fn display<S: ScimStore>(store: &S) -> Result<Option<String>, S::Error> {
    let members = store.members(&tenant(), &directory(), &group(8).id).await?;
    Ok(members.into_iter().next().and_then(|member| member.display))
}

/// A name is part of the group: another one is a change of it, the same one is none, and none leaves it as it is.
pub async fn a_member_has_the_name_that_was_given_last<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(8)]).await?;
    let set = |delta: MemberDelta| MemberDelta { clear: true, ..delta };
    let unnamed = || MemberDelta { displays: HashMap::default(), ..named("") };
    for (delta, revision, name, what) in [
        (named("First"), 2, "First", "a member joins with a name"),
        (named("First"), 2, "First", "the same name is no change"),
        (named("Second"), 3, "Second", "another one is"),
        (named("second"), 4, "second", "also in another case"),
        (unnamed(), 4, "second", "who is added without a name keeps it"),
        (set(named("second")), 4, "second", "in a set, too, the same name is no change"),
        (set(named("Third")), 5, "Third", "and another one is"),
        (set(unnamed()), 6, "", "of a set without a name nothing is kept"),
        (set(unnamed()), 6, "", "which is no change either"),
    ] {
        let before = read(&store, &group(8)).await?.map(|group| group.revision);
        let outcome = match Some(Revision(revision)) == before {
            true => ResourceCommit::Unchanged(Revision(revision)),
            false => ResourceCommit::Applied(Revision(revision)),
        };
        ensure_eq!(commit(&store, &members(delta)).await?, outcome, "{what}");
        let name = Some(name).filter(|name| !name.is_empty());
        ensure_eq!(display(&store).await?.as_deref(), name, "{what}");
    }
    commit(&store, &by([2], [])).await?;
    commit(&store, &members(named("Fourth"))).await?;
    let names = store.members(&tenant(), &directory(), &group(8).id).await?;
    let names: Vec<_> = names.iter().map(|member| member.display.as_deref()).collect();
    ensure_eq!(names, [Some("Fourth"), None], "a name is of one member");
    Ok(())
}

/// With the attributes, in one commit; and in one group, not in another.
pub async fn a_member_is_renamed_in_its_own_group<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    commit(&store, &added(&group(7), [1])).await?;
    commit(&store, &members(named("First"))).await?;
    let resource = std::sync::Arc::new(Resource { revision: Revision(3), ..group(8) });
    let change = ResourceChange::Replace {
        resource,
        members: named("Second"),
        unique: Vec::new(),
        password: None,
        event: None,
    };
    ensure_eq!(commit(&store, &change).await?, ResourceCommit::Applied(Revision(3)), "a group is replaced");
    ensure_eq!(display(&store).await?.as_deref(), Some("Second"), "with the name of its member");
    let other = store.members(&tenant(), &directory(), &group(7).id).await?;
    let other: Vec<_> = other.iter().map(|member| member.display.as_deref()).collect();
    ensure_eq!(other, [None], "another group has its own name for it, or none");
    Ok(())
}

/// Who left has no name any more.
pub async fn a_member_who_comes_back_has_a_new_name<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    commit(&store, &members(named("First"))).await?;
    commit(&store, &by([], [1])).await?;
    commit(&store, &members(named("Second"))).await?;
    ensure_eq!(display(&store).await?.as_deref(), Some("Second"), "the name is the new one");
    commit(&store, &by([], [1])).await?;
    commit(&store, &by([1], [])).await?;
    ensure_eq!(display(&store).await?, None, "or none");
    Ok(())
}

/// A group is a member like anybody else.
pub async fn groups_hold_groups<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [group(7), user(1)]).await?;
    commit(&store, &added(&group(8), [1, 7])).await?;
    ensure_eq!(member_ids(&store).await?, ["id1", "id7"], "users and groups are members");
    let groups = groups_of(&store, &group(7)).await?.direct;
    let ids: Vec<_> = groups.iter().map(|group| group.id.as_str()).collect();
    ensure_eq!(ids, ["id8"], "a group is in a group");
    Ok(())
}

/// It is a member of nothing afterwards.
pub async fn a_deleted_group_leaves_its_groups<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(7)]).await?;
    commit(&store, &added(&group(8), [1, 7])).await?;
    commit(&store, &removed(&group(7))).await?;
    ensure_eq!(member_ids(&store).await?, ["id1"], "a deleted group is no member");
    stored(&store, [group(7)]).await?;
    ensure_eq!(member_ids(&store).await?, ["id1"], "nor when it is made again");
    Ok(())
}

/// Whoever knows a group's version must read it anew, once somebody in it is gone; nobody else.
pub async fn a_deleted_member_is_a_change_of_its_groups<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(9)]).await?;
    commit(&store, &added(&group(7), [1, 2])).await?;
    commit(&store, &added(&group(8), [7, 1])).await?;
    let expected = |group: Resource, revision, updated_at| {
        Some(Resource { revision: Revision(revision), updated_at, ..group })
    };
    for (gone, of_seven, of_eight) in [
        (user(1), expected(group(7), 2, at(200)), expected(group(8), 2, at(200))),
        (user(2), expected(group(7), 3, at(200)), expected(group(8), 2, at(200))),
        (group(7), None, expected(group(8), 3, at(200))),
    ] {
        commit(&store, &removed(&gone)).await?;
        for (read, expected) in [(group(7), of_seven), (group(8), of_eight), (group(9), Some(group(9)))] {
            let read = super::sample::read(&store, &read).await?;
            ensure_eq!(read.as_deref(), expected.as_ref(), "only the groups of who is gone have changed");
        }
    }
    Ok(())
}

/// A replacement of a group that was decided before somebody in it was deleted does not hold.
pub async fn a_group_is_not_replaced_from_before_a_member_was_deleted<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    commit(&store, &added(&group(8), [1])).await?;
    commit(&store, &removed(&user(1))).await?;
    let late = commit(&store, &replaced(&group(8), "late")).await?;
    ensure_eq!(late, ResourceCommit::Stale, "the group has changed since");
    Ok(())
}

/// There is no group of that name, or it is none.
pub async fn members_of_what_is_no_group_change_nothing<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    ensure_eq!(commit(&store, &by([1], [])).await?, ResourceCommit::Stale, "there is no such group");
    let of_user = ResourceChange::Members {
        kind: "Group".into(),
        group: user(1).id,
        members: MemberDelta { add: vec![user(1).id], ..MemberDelta::default() },
        at: at(9),
        expected: None,
        event: None,
    };
    ensure_eq!(commit(&store, &of_user).await?, ResourceCommit::Stale, "a user is no group");
    ensure_eq!(groups_of(&store, &user(1)).await?, Groups::default(), "nobody is a member");
    stored(&store, [group(8)]).await?;
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "nor later");
    Ok(())
}

/// `meta.lastModified` follows what really changed.
pub async fn a_change_of_members_is_dated<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let expected = [(by([], [1]), group(8).updated_at), (by([1], []), at(100)), (by([1], []), at(100))];
    for (change, updated_at) in expected {
        commit(&store, &change).await?;
        let stored = read(&store, &group(8)).await?;
        ensure_eq!(stored.map(|group| group.updated_at), Some(updated_at), "only real changes are dated");
    }
    Ok(())
}

/// Nothing was there to clear.
pub async fn clearing_an_empty_group_changes_nothing<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let clear = || members(MemberDelta { clear: true, ..MemberDelta::default() });
    ensure_eq!(commit(&store, &clear()).await?, ResourceCommit::Unchanged(Revision(1)), "nobody was there");
    commit(&store, &by([1], [])).await?;
    ensure_eq!(commit(&store, &clear()).await?, ResourceCommit::Applied(Revision(3)), "it is emptied");
    ensure_eq!(commit(&store, &clear()).await?, ResourceCommit::Unchanged(Revision(3)), "it is empty once");
    Ok(())
}

/// Whoever is in both stays, and nothing is counted if everybody is.
pub async fn the_same_set_of_members_is_no_change<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(8)]).await?;
    commit(&store, &by([1, 2], [])).await?;
    let set = |ids: &[u8]| {
        let add = ids.iter().map(|number| user(*number).id).collect();
        members(MemberDelta { clear: true, add, ..MemberDelta::default() })
    };
    let same = commit(&store, &set(&[2, 1])).await?;
    ensure_eq!(same, ResourceCommit::Unchanged(Revision(2)), "the same set in any order is no change");
    ensure_eq!(commit(&store, &set(&[2])).await?, ResourceCommit::Applied(Revision(3)), "a smaller one is");
    ensure_eq!(member_ids(&store).await?, ["id2"], "and holds");
    Ok(())
}

/// What becomes of one group is nothing to another.
pub async fn members_are_a_groups_own<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    commit(&store, &added(&group(7), [1, 2])).await?;
    commit(&store, &added(&group(8), [1, 2])).await?;
    commit(&store, &members(MemberDelta { clear: true, ..MemberDelta::default() })).await?;
    let groups = groups_of(&store, &user(1)).await?.direct;
    let ids: Vec<_> = groups.iter().map(|group| group.id.as_str()).collect();
    ensure_eq!(ids, ["id7"], "the other group keeps its members");
    Ok(())
}
