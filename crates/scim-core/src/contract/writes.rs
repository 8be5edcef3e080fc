//! A commit is all of it or nothing, and what is written is what is read.

use std::sync::Arc;

use serde_json::json;
use store_contract::{Check, ensure, ensure_eq};

use super::sample::{
    added, all, at, commit, filtered, group, groups_of, member_ids, read, removed, replaced, resource_ids,
    setup, stored, user,
};
use crate::{
    Groups, MemberDelta, Resource, ResourceChange, ResourceCommit, ResourceId, Revision, ScimStore,
    UniqueValue,
};

fn unique(attribute: &str, key: &str) -> UniqueValue {
    UniqueValue { attribute: attribute.into(), key: key.to_owned() }
}

fn created(resource: Resource, unique: Vec<UniqueValue>) -> ResourceChange {
    ResourceChange::Create {
        resource: Arc::new(resource),
        members: MemberDelta::default(),
        unique,
        password: None,
        event: None,
    }
}

/// What is lower case in the end is the same name (RFC 7643 §4.1.1).
pub async fn a_name_is_taken_in_any_case<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let mut twin = user(2);
    twin.attributes.insert("userName".into(), "uSER1".into());
    let taken = commit(&store, &added(&twin, [])).await?;
    ensure_eq!(taken, ResourceCommit::NotUnique("userName".into()), "the name is taken in any case");
    let found = filtered(&store, "User", "userName eq \"USER1\"").await?;
    ensure_eq!(resource_ids(&found), ["id1"], "and leads to who has it");
    Ok(())
}

/// The domain says in which form values are compared; a store folds nothing on its own.
pub async fn a_unique_value_is_taken_as_it_is_given<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    for (number, key) in [(1, "a"), (2, "A"), (3, "a "), (4, "ä"), (5, "a\u{308}")] {
        let new = created(user(number), vec![unique("externalId", key)]);
        ensure_eq!(
            commit(&store, &new).await?,
            ResourceCommit::Applied(Revision::FIRST),
            "`{key}` is another value"
        );
    }
    let again = commit(&store, &created(user(6), vec![unique("externalId", "A")])).await?;
    ensure_eq!(again, ResourceCommit::NotUnique("externalId".into()), "the same value is taken");
    Ok(())
}

/// Each attribute has its own values, and the one that is taken is named.
pub async fn several_values_are_unique_each<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let both = |a: &str, b: &str| vec![unique("userName", a), unique("externalId", b)];
    commit(&store, &created(user(1), both("x", "y"))).await?;
    let swapped = commit(&store, &created(user(2), both("y", "x"))).await?;
    ensure_eq!(swapped, ResourceCommit::Applied(Revision::FIRST), "another attribute's value is free");
    let second = commit(&store, &created(user(3), both("z", "y"))).await?;
    ensure_eq!(second, ResourceCommit::NotUnique("externalId".into()), "the attribute is named");
    let free = commit(&store, &created(user(3), both("z", "z"))).await?;
    ensure_eq!(free, ResourceCommit::Applied(Revision::FIRST), "what was refused holds no value");
    Ok(())
}

/// A replacement under the same name is no conflict with itself.
pub async fn a_resource_keeps_its_own_values<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let same = commit(&store, &replaced(&user(1), "User1")).await?;
    ensure_eq!(same, ResourceCommit::Applied(Revision(2)), "its own name is not taken");
    let taken = commit(&store, &added(&Resource { id: user(2).id, ..user(1) }, [])).await?;
    ensure_eq!(taken, ResourceCommit::NotUnique("userName".into()), "and it still holds it");
    Ok(())
}

/// Neither the resource, nor its revision, nor what it holds.
pub async fn a_refused_replacement_changes_nothing<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    let taken = commit(&store, &replaced(&user(2), "user1")).await?;
    ensure_eq!(taken, ResourceCommit::NotUnique("userName".into()), "the name is taken");
    ensure_eq!(read(&store, &user(2)).await?.as_deref(), Some(&user(2)), "the resource is as it was");
    let found = filtered(&store, "User", "userName eq \"user2\"").await?;
    ensure_eq!(resource_ids(&found), ["id2"], "it is found by its name");
    let again = commit(&store, &added(&Resource { id: user(3).id, ..user(2) }, [])).await?;
    ensure_eq!(again, ResourceCommit::NotUnique("userName".into()), "it holds its name");
    Ok(())
}

/// Neither the group nor a member of it.
pub async fn a_refused_creation_leaves_nothing<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    let members = MemberDelta { add: vec![user(1).id, user(9).id], ..MemberDelta::default() };
    let resource = Arc::new(group(8));
    let new = ResourceChange::Create {
        resource,
        members,
        unique: vec![unique("displayName", "g")],
        password: None,
        event: None,
    };
    ensure_eq!(commit(&store, &new).await?, ResourceCommit::UnknownMember(user(9).id), "a member is unknown");
    ensure_eq!(read(&store, &group(8)).await?, None, "there is no group");
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "nobody is its member");
    ensure_eq!(groups_of(&store, &user(1)).await?, Groups::default(), "nobody is in it");
    let next = commit(&store, &created(group(7), vec![unique("displayName", "g")])).await?;
    ensure_eq!(next, ResourceCommit::Applied(Revision::FIRST), "its name is free");
    Ok(())
}

/// Attributes and members are one commit: an unknown member refuses both.
pub async fn a_refused_member_leaves_the_attributes<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let resource = Arc::new(Resource { revision: Revision(2), ..group(8) });
    let members = MemberDelta { add: vec![user(1).id, user(9).id], ..MemberDelta::default() };
    let change =
        ResourceChange::Replace { resource, members, unique: Vec::new(), password: None, event: None };
    ensure_eq!(commit(&store, &change).await?, ResourceCommit::UnknownMember(user(9).id), "it is refused");
    ensure_eq!(read(&store, &group(8)).await?.as_deref(), Some(&group(8)), "the group is as it was");
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "and has no members");
    Ok(())
}

/// A stale replacement leaves the members alone that it names.
pub async fn a_stale_replacement_changes_no_members<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let resource = Arc::new(Resource { revision: Revision(3), ..group(8) });
    let members = MemberDelta { add: vec![user(1).id], ..MemberDelta::default() };
    let change =
        ResourceChange::Replace { resource, members, unique: Vec::new(), password: None, event: None };
    ensure_eq!(commit(&store, &change).await?, ResourceCommit::Stale, "another revision is stored");
    ensure_eq!(member_ids(&store).await?, Vec::<String>::new(), "nobody joins");
    Ok(())
}

/// Attributes and members are one commit: both are there afterwards.
pub async fn members_change_with_the_attributes<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(8)]).await?;
    let mut next = Resource { revision: Revision(2), updated_at: at(50), ..group(8) };
    next.attributes.insert("displayName".into(), "Renamed".into());
    let members = MemberDelta { add: vec![user(1).id, user(2).id], ..MemberDelta::default() };
    let change = ResourceChange::Replace {
        resource: Arc::new(next.clone()),
        members,
        unique: Vec::new(),
        password: None,
        event: None,
    };
    ensure_eq!(commit(&store, &change).await?, ResourceCommit::Applied(Revision(2)), "it is one change");
    ensure_eq!(read(&store, &group(8)).await?.as_deref(), Some(&next), "the attributes are there");
    ensure_eq!(member_ids(&store).await?, ["id1", "id2"], "and the members");
    Ok(())
}

/// Every part of it, and nothing of what was before.
pub async fn a_replacement_is_read_back<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let attributes = json!({ "userName": "other", "title": "Countess" }).as_object().cloned();
    let next = Resource {
        attributes: attributes.unwrap_or_default(),
        updated_at: at(70),
        revision: Revision(2),
        ..user(1)
    };
    let change = ResourceChange::Replace {
        resource: Arc::new(next.clone()),
        members: MemberDelta::default(),
        unique: vec![unique("userName", "other")],
        password: None,
        event: None,
    };
    commit(&store, &change).await?;
    ensure_eq!(read(&store, &user(1)).await?.as_deref(), Some(&next), "a replacement is read back");
    Ok(())
}

/// Whatever a filter looks up follows the change.
pub async fn a_replacement_is_found_by_its_new_values_alone<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let next = Resource { id: user(1).id, revision: Revision(2), ..user(2) };
    let unique = vec![unique("userName", "user2")];
    let change = ResourceChange::Replace {
        resource: Arc::new(next),
        members: MemberDelta::default(),
        unique,
        password: None,
        event: None,
    };
    commit(&store, &change).await?;
    for (was, is) in [
        ("userName eq \"user1\"", "userName eq \"user2\""),
        ("externalId eq \"ext1\"", "externalId eq \"ext2\""),
        ("displayName eq \"user number 1\"", "displayName eq \"user number 2\""),
        ("emails.value eq \"user1@example.com\"", "emails.value eq \"user2@example.com\""),
        ("emails co \"user1\"", "emails co \"user2\""),
    ] {
        ensure_eq!(filtered(&store, "User", was).await?.total, 0, "`{was}` is no more");
        ensure_eq!(filtered(&store, "User", is).await?.total, 1, "`{is}` is found");
    }
    Ok(())
}

/// By none of its values.
pub async fn a_deleted_resource_is_found_no_more<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    commit(&store, &removed(&user(1))).await?;
    for filter in [
        "id eq \"id1\"",
        "userName eq \"user1\"",
        "externalId eq \"ext1\"",
        "displayName eq \"user number 1\"",
        "emails.value eq \"user1@example.com\"",
        "not (userName eq \"user2\")",
    ] {
        ensure_eq!(filtered(&store, "User", filter).await?.total, 0, "`{filter}` finds nobody");
    }
    ensure_eq!(resource_ids(&all(&store, "User").await?), ["id2"], "the other one is listed");
    Ok(())
}

/// A user is not replaced by a group with its id.
pub async fn a_resource_is_replaced_as_its_own_type<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let resource = Arc::new(Resource { id: user(1).id, revision: Revision(2), ..group(8) });
    let change = ResourceChange::Replace {
        resource,
        members: MemberDelta::default(),
        unique: Vec::new(),
        password: None,
        event: None,
    };
    ensure_eq!(commit(&store, &change).await?, ResourceCommit::Stale, "a user is no group");
    ensure_eq!(read(&store, &user(1)).await?.as_deref(), Some(&user(1)), "the user stays");
    Ok(())
}

/// One by one, and as the resource says.
pub async fn a_revision_counts_every_replacement<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    let mut last = user(1);
    for count in 2..6 {
        let change = replaced(&last, &format!("name{count}"));
        ensure_eq!(commit(&store, &change).await?, ResourceCommit::Applied(Revision(count)), "one by one");
        let Some(now) = read(&store, &user(1)).await? else { break };
        ensure_eq!(now.revision, Revision(count), "as the resource says");
        last = Resource::clone(&now);
    }
    ensure_eq!(last.revision, Revision(5), "every one counts");
    Ok(())
}

/// With nothing of what was there before.
pub async fn an_id_is_free_again_after_a_deletion<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1)]).await?;
    commit(&store, &replaced(&user(1), "other")).await?;
    commit(&store, &removed(&user(1))).await?;
    let again = Resource { id: user(1).id, ..group(7) };
    let new = commit(&store, &added(&again, [])).await?;
    ensure_eq!(new, ResourceCommit::Applied(Revision::FIRST), "the id is free, for any type");
    ensure_eq!(read(&store, &again).await?.as_deref(), Some(&again), "it starts anew");
    ensure!(read(&store, &user(1)).await?.is_none(), "as another type");
    Ok(())
}

/// Quotes, control characters, letters outside of any plane, numbers of any size, long texts.
pub async fn any_value_is_read_back<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let attributes = json!({
        "userName": "it's \"quoted\" \\ % _ ; -- /* \u{0} \u{1f} \u{7f}",
        "displayName": "\u{10ffff}🦀 e\u{301} İß \u{202e}",
        "title": "long ".repeat(20_000),
        "emails": [{ "value": "", "primary": false }, { "type": "null" }],
        "urn:example:numbers": { "most": i64::MAX, "least": i64::MIN, "half": 0.5, "none": [] },
    });
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    let odd = Resource { attributes, id: ResourceId::named("odd"), ..user(1) };
    stored(&store, [odd.clone()]).await?;
    ensure_eq!(read(&store, &odd).await?.as_deref(), Some(&odd), "any value is read back");
    Ok(())
}
