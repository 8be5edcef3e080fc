//! Groups within groups, and who is in the ones around.

use store_contract::{Check, ensure, ensure_eq};

use super::{
    filters::finds,
    sample::{
        added, by, commit, directory, group, groups_in, groups_of, member_ids, removed, setup, stored,
        tenant, tenant_named, user,
    },
};
use crate::{
    Groups, MAX_INDIRECT_GROUPS, Member, MemberDelta, Resource, ResourceChange, ResourceId, ScimStore,
};

async fn around<S: ScimStore>(store: &S, member: &Resource) -> Result<Vec<Member>, S::Error> {
    Ok(groups_of(store, member).await?.around)
}

async fn ids_around<S: ScimStore>(store: &S, member: &Resource) -> Result<Vec<String>, S::Error> {
    Ok(around(store, member).await?.into_iter().map(|group| group.id.to_string()).collect())
}

fn joining(to: &Resource, add: Vec<ResourceId>) -> ResourceChange {
    ResourceChange::Members {
        kind: "Group".into(),
        group: to.id.clone(),
        members: MemberDelta { add, ..MemberDelta::default() },
        at: super::sample::at(100),
        expected: None,
        event: None,
    }
}

/// By id, each once by however many ways it is reached, and none that holds the resource itself.
pub async fn the_groups_around_groups_are_told<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3)]).await?;
    // 1 is in 4 and 5, both of which are in 7; that is in 6, and 6 in 8, where 1 is, too.
    for (number, members) in [(5, vec![1]), (4, vec![1]), (7, vec![4, 5]), (6, vec![7, 2]), (8, vec![6, 1])] {
        commit(&store, &added(&group(number), members)).await?;
    }
    let told = around(&store, &user(1)).await?;
    let told: Vec<_> =
        told.iter().map(|group| (group.id.as_str(), &*group.kind, group.display.as_deref())).collect();
    let expected = [("id6", "Group", Some("Group 6")), ("id7", "Group", Some("Group 7"))];
    ensure_eq!(told, expected, "the groups around, with their names");
    ensure_eq!(ids_around(&store, &user(2)).await?, ["id8"], "of who is in one of them");
    ensure_eq!(ids_around(&store, &user(3)).await?, Vec::<String>::new(), "of who is in none");
    ensure_eq!(ids_around(&store, &group(4)).await?, ["id6", "id8"], "of a group");
    let direct = groups_of(&store, &user(1)).await?.direct;
    let direct: Vec<_> = direct.iter().map(|group| group.id.as_str()).collect();
    ensure_eq!(direct, ["id4", "id5", "id8"], "the groups that a user is in are its direct ones alone");
    ensure_eq!(member_ids(&store).await?, ["id1", "id6"], "as a group has its direct members alone");
    let other = groups_in(&store, &tenant_named("ins_other"), &user(1)).await?;
    ensure_eq!(other, Groups::default(), "another tenant has none of it");
    Ok(())
}

/// Groups may hold each other, or themselves.
pub async fn a_circle_of_groups_is_passed_once<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(5), group(6), group(7), group(8)]).await?;
    for (to, member) in
        [(5, user(1)), (6, group(5)), (7, group(6)), (5, group(7)), (8, group(8)), (8, group(7))]
    {
        commit(&store, &joining(&group(to), vec![member.id])).await?;
    }
    ensure_eq!(ids_around(&store, &user(1)).await?, ["id6", "id7", "id8"], "each group of a circle once");
    ensure_eq!(ids_around(&store, &group(5)).await?, ["id7", "id8"], "a group is not around itself");
    ensure_eq!(ids_around(&store, &group(8)).await?, Vec::<String>::new(), "nor by itself");
    Ok(())
}

/// A page of resources is one call, and each has its own.
pub async fn groups_are_told_of_several_resources_at_once<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3)]).await?;
    commit(&store, &added(&group(7), [1])).await?;
    commit(&store, &added(&group(8), [7, 3])).await?;
    let asked = [user(3), user(9), group(7), user(2), user(1), user(3)].map(|resource| resource.id);
    let told = store.groups_of(&tenant(), &directory(), &asked).await?;
    let ids = |groups: &[Member]| groups.iter().map(|group| group.id.to_string()).collect::<Vec<_>>();
    let told: Vec<_> = told.iter().map(|groups| (ids(&groups.direct), ids(&groups.around))).collect();
    let of = |direct: &[&str], around: &[&str]| {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        (owned(direct), owned(around))
    };
    let [in_8, in_none, in_both] = [of(&["id8"], &[]), of(&[], &[]), of(&["id7"], &["id8"])];
    let expected = [in_8.clone(), in_none.clone(), in_8.clone(), in_none, in_both, in_8];
    ensure_eq!(told, expected, "groups are told for each that is asked for, in that order");
    let elsewhere = store.groups_of(&tenant_named("ins_other"), &directory(), &asked).await?;
    ensure_eq!(elsewhere, vec![Groups::default(); asked.len()], "also where there is no such directory");
    Ok(())
}

/// A host's own types may have something else than a text there.
pub async fn a_group_whose_name_is_no_text_has_none<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let named = |number, name: serde_json::Value| {
        let attributes = serde_json::Map::from_iter([("displayName".to_owned(), name)]);
        Resource { attributes, ..group(number) }
    };
    commit(&store, &added(&named(6, 7.into()), [1])).await?;
    commit(&store, &added(&named(7, serde_json::json!({ "value": "q" })), [6])).await?;
    let told = groups_of(&store, &user(1)).await?;
    let told: Vec<_> =
        told.direct.iter().chain(&told.around).map(|group| (group.id.as_str(), &group.display)).collect();
    ensure_eq!(told, [("id6", &None), ("id7", &None)], "groups without a name");
    finds(&store, "User", &[("groups.value eq \"id6\"", &[1]), ("groups.display pr", &[])]).await
}

/// It is read from what is stored now.
pub async fn the_groups_around_follow_every_change<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(6), group(7)]).await?;
    commit(&store, &joining(&group(6), vec![user(1).id])).await?;
    commit(&store, &joining(&group(7), vec![group(6).id])).await?;
    commit(&store, &added(&group(8), [7])).await?;
    ensure_eq!(ids_around(&store, &user(1)).await?, ["id7", "id8"], "two groups are around");
    commit(&store, &by([1], [])).await?;
    ensure_eq!(ids_around(&store, &user(1)).await?, ["id7"], "one that the user joins is around no longer");
    commit(&store, &by([], [1, 7])).await?;
    ensure_eq!(ids_around(&store, &user(1)).await?, ["id7"], "nor one that holds none any more");
    commit(&store, &removed(&group(6))).await?;
    ensure_eq!(ids_around(&store, &user(1)).await?, Vec::<String>::new(), "nor what a deleted one was in");
    Ok(())
}

/// There is a limit, and what is near comes before what is far.
pub async fn the_nearest_of_too_many_groups_are_told<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    commit(&store, &added(&group(8), [1])).await?;
    // Those that are far come first by id, and by age.
    let named = |name: String| Resource { id: ResourceId::named(&name), ..group(7) };
    let half = MAX_INDIRECT_GROUPS / 2;
    let far: Vec<_> = (0..=half).map(|n| named(format!("a{n}"))).collect();
    let near: Vec<_> = (0..half).map(|n| named(format!("b{n}"))).collect();
    for new in far.iter().chain(&near) {
        commit(&store, &added(new, [])).await?;
    }
    for near in &near {
        commit(&store, &joining(near, vec![group(8).id])).await?;
    }
    let middle: Vec<_> = near.iter().take(2).map(|near| near.id.clone()).collect();
    for far in &far {
        commit(&store, &joining(far, middle.clone())).await?;
    }
    let told = ids_around(&store, &user(1)).await?;
    ensure_eq!(told.len(), MAX_INDIRECT_GROUPS, "so many groups are told, and no more");
    ensure!(near.iter().all(|near| told.iter().any(|id| near.id.as_str() == id)), "the near ones are told");
    ensure!(told.is_sorted(), "in the order of their ids");
    Ok(())
}

/// A user's `groups` are those that it is told to have, for a filter, too.
pub async fn a_filter_sees_the_groups_around<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), user(3)]).await?;
    commit(&store, &added(&group(7), [1])).await?;
    commit(&store, &added(&group(8), [7, 2])).await?;
    finds(
        &store,
        "User",
        &[
            ("groups.value eq \"id8\"", &[1, 2]),
            ("groups.value eq \"id7\"", &[1]),
            ("groups[value eq \"id8\" and type eq \"indirect\"]", &[1]),
            ("groups[value eq \"id8\" and type eq \"direct\"]", &[2]),
            ("groups.type eq \"indirect\"", &[1]),
            ("groups.display eq \"group 8\"", &[1, 2]),
            ("not (groups.value eq \"id8\")", &[3]),
            ("not (groups.type eq \"indirect\")", &[2, 3]),
            ("groups.value eq \"id8\" and userName eq \"user1\"", &[1]),
        ],
    )
    .await
}
