//! Pages at a position, as cursors ask for them (RFC 9865): whoever stays is met once, whoever comes or goes.

use serde_json::{Value, json};
use store_contract::{Check, Violation, ensure, ensure_eq};

use super::sample::{
    added, by_attribute, commit, directory, filter, of_user, removed, resource_ids, setup, stored, tenant,
    user,
};
use crate::{Position, Resource, ResourceId, ResourcePage, ResourceQuery, ScimStore, Sort, Window};

async fn titled<S: ScimStore>(store: &S, titles: &[Option<&str>]) -> Result<(), Violation> {
    setup(store).await?;
    let attributes = |title: &Option<&str>| title.map_or(json!({}), |title| json!({ "title": title }));
    let numbered = (1..).zip(titles);
    stored(store, numbered.map(|(number, title)| of_user(number, &attributes(title)))).await
}

async fn page<S: ScimStore>(
    store: &S,
    sort: Option<&Sort>,
    window: Window,
) -> Result<ResourcePage, S::Error> {
    let query = ResourceQuery { sort: sort.cloned(), ..ResourceQuery::new(window) };
    store.resources(&tenant(), &directory(), "User", &query).await
}

fn after(position: Position, count: u64) -> Window {
    Window::After { position: Some(position), count }
}

fn before(position: Position, count: u64) -> Window {
    Window::Before { position: Some(position), count }
}

fn title(order: &str) -> Sort {
    by_attribute("title", order)
}

/// Without the one at the position.
pub async fn a_page_begins_behind_its_position<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, (1..=5).map(user)).await?;
    let at = Position::of(None, &user(2));
    let found = page(&store, None, after(at.clone(), 2)).await?;
    ensure_eq!(resource_ids(&found), ["id3", "id4"], "the next ones");
    let found = page(&store, None, after(at, 9)).await?;
    ensure_eq!(resource_ids(&found), ["id3", "id4", "id5"], "to the end");
    let found = page(&store, None, after(Position::of(None, &user(5)), 9)).await?;
    ensure_eq!(resource_ids(&found), Vec::<String>::new(), "behind the last one is nobody");
    let found = page(&store, None, Window::After { position: None, count: 2 }).await?;
    ensure_eq!(resource_ids(&found), ["id1", "id2"], "without a position it is the beginning");
    Ok(())
}

/// The last ones before it, in the order of the list.
pub async fn a_page_ends_before_its_position<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, (1..=5).map(user)).await?;
    let found = page(&store, None, before(Position::of(None, &user(4)), 2)).await?;
    ensure_eq!(resource_ids(&found), ["id2", "id3"], "the ones right before");
    let found = page(&store, None, before(Position::of(None, &user(1)), 2)).await?;
    ensure_eq!(resource_ids(&found), Vec::<String>::new(), "before the first one is nobody");
    let found = page(&store, None, Window::Before { position: None, count: 2 }).await?;
    ensure_eq!(resource_ids(&found), ["id4", "id5"], "without a position it is the end");
    Ok(())
}

/// Where it was is known all the same.
pub async fn a_position_need_not_be_there<S: ScimStore>(store: S) -> Check {
    titled(&store, &[Some("a"), Some("b"), Some("c"), Some("d")]).await?;
    let sort = title("ascending");
    let gone = of_user(2, &json!({ "title": "b" }));
    commit(&store, &removed(&gone)).await?;
    let at = Position::of(Some(&sort), &gone);
    let found = page(&store, Some(&sort), after(at.clone(), 1)).await?;
    ensure_eq!(resource_ids(&found), ["id3"], "behind where it was");
    let found = page(&store, Some(&sort), before(at, 1)).await?;
    ensure_eq!(resource_ids(&found), ["id1"], "before where it was");
    let never = Position { id: ResourceId::named("nobody"), ..Position::of(Some(&sort), &gone) };
    let found = page(&store, Some(&sort), after(never, 9)).await?;
    ensure_eq!(resource_ids(&found), ["id3", "id4"], "nor need it ever have been there");
    Ok(())
}

/// Among equal values the id goes on.
pub async fn a_page_begins_among_equal_values<S: ScimStore>(store: S) -> Check {
    titled(&store, &[Some("a"), Some("A"), Some("a"), Some("A"), Some("b")]).await?;
    turns(&store, "title", &["id1", "id2", "id3", "id4", "id5"]).await
}

/// Those without a value are a part of the list.
pub async fn a_page_begins_among_missing_values<S: ScimStore>(store: S) -> Check {
    titled(&store, &[None, Some("b"), None, Some("a"), None]).await?;
    turns(&store, "title", &["id4", "id2", "id1", "id3", "id5"]).await
}

/// Everybody, by any attribute, forwards and backwards, up and down.
pub async fn a_list_is_turned_through_by_any_attribute<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let attributes = |n: u8, active: Value| {
        json!({
            "userName": format!("U{}", 9_u8.saturating_sub(n)), "externalId": format!("x{n}"), "active": active,
            "displayName": if n == 2 { Value::Null } else { json!("same") },
            "emails": [{ "value": format!("e{n}") }],
        })
    };
    let users = [(1, json!(true)), (2, json!(false)), (3, Value::Null)];
    stored(&store, users.map(|(n, active)| of_user(n, &without_nulls(attributes(n, active))))).await?;
    for (by, expected) in [
        ("userName", ["id3", "id2", "id1"]),
        ("externalId", ["id1", "id2", "id3"]),
        ("displayName", ["id1", "id3", "id2"]),
        ("active", ["id2", "id1", "id3"]),
        ("emails.value", ["id1", "id2", "id3"]),
        ("meta.created", ["id1", "id2", "id3"]),
        ("meta.lastModified", ["id1", "id2", "id3"]),
        ("id", ["id1", "id2", "id3"]),
        ("nickName", ["id1", "id2", "id3"]),
    ] {
        turns(&store, by, &expected).await?;
    }
    Ok(())
}

fn without_nulls(mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// One by one, from each resource to the next and the one before, in both orders.
async fn turns<S: ScimStore>(store: &S, by: &str, expected: &[&str]) -> Check {
    let mut expected = expected.to_vec();
    for order in ["ascending", "descending"] {
        let sort = by_attribute(by, order);
        let all = page(store, Some(&sort), Window::After { position: None, count: 99 }).await?;
        ensure_eq!(resource_ids(&all), expected, "`{by}` {order}");
        for (index, found) in all.resources.iter().enumerate() {
            let at = Position::of(Some(&sort), found);
            let behind = page(store, Some(&sort), after(at.clone(), 1)).await?;
            let next = expected.get(index.saturating_add(1)).map(|id| vec![(*id).to_owned()]);
            ensure_eq!(
                resource_ids(&behind),
                next.unwrap_or_default(),
                "behind {} by `{by}` {order}",
                found.id
            );
            let ahead = page(store, Some(&sort), before(at, 1)).await?;
            let last = index.checked_sub(1).and_then(|index| expected.get(index));
            let last = last.map(|id| vec![(*id).to_owned()]).unwrap_or_default();
            ensure_eq!(resource_ids(&ahead), last, "before {} by `{by}` {order}", found.id);
        }
        expected.reverse();
    }
    Ok(())
}

/// Whoever is there all the time is met exactly once.
pub async fn a_walk_meets_everybody_once_while_others_come_and_go<S: ScimStore>(store: S) -> Check {
    for order in ["ascending", "descending"] {
        let sort = by_attribute("displayName", order);
        let stays: Vec<_> = (1..=6).map(|n| of_user(n, &json!({ "displayName": format!("m{n}") }))).collect();
        setup(&store).await?;
        for resource in &stays {
            commit(&store, &added(resource, [])).await?;
        }
        let (mut met, mut last, mut number): (Vec<String>, Option<Resource>, u8) = (Vec::new(), None, 10);
        loop {
            let position = last.as_ref().map(|resource| Position::of(Some(&sort), resource));
            let found = page(&store, Some(&sort), Window::After { position, count: 2 }).await?;
            let Some(end) = found.resources.last() else { break };
            met.extend(found.resources.iter().map(|resource| resource.id.to_string()));
            last = Some(Resource::clone(end));
            // One comes before all others, one behind, and one of those who came goes.
            for name in ["a", "z"] {
                number = number.saturating_add(1);
                let comes = of_user(number, &json!({ "displayName": format!("{name}{number}") }));
                commit(&store, &added(&comes, [])).await?;
                if name == "z" {
                    commit(&store, &removed(&comes)).await?;
                }
            }
            ensure!(number < 60, "the walk ends");
            if met.len() >= 6 {
                break;
            }
        }
        let stayed: Vec<_> = stays.iter().map(|resource| resource.id.to_string()).collect();
        let mut seen: Vec<_> = met.into_iter().filter(|id| stayed.contains(id)).collect();
        seen.sort();
        ensure_eq!(seen, stayed, "everybody who stayed is met once, {order}");
        let all = super::sample::all(&store, "User").await?;
        for resource in all.resources {
            commit(&store, &removed(&resource)).await?;
        }
    }
    Ok(())
}

/// Not of what is left of the list.
pub async fn a_page_at_a_position_counts_the_whole_list<S: ScimStore>(store: S) -> Check {
    titled(&store, &[Some("a"), Some("b"), Some("c"), Some("d")]).await?;
    let sort = title("ascending");
    let at = Position::of(Some(&sort), &of_user(3, &json!({ "title": "c" })));
    for window in [after(at.clone(), 1), before(at.clone(), 1), after(at.clone(), 0), before(at, 9)] {
        let found = page(&store, Some(&sort), window).await?;
        ensure_eq!(found.total, 4, "the total is of the whole list");
    }
    Ok(())
}

/// A filter holds on every page.
pub async fn a_page_at_a_position_is_filtered<S: ScimStore>(store: S) -> Check {
    titled(&store, &[Some("a"), Some("b"), Some("c"), Some("d")]).await?;
    let sort = title("descending");
    let at = Position::of(Some(&sort), &of_user(3, &json!({ "title": "c" })));
    for (window, expected) in [(after(at.clone(), 9), vec!["id1"]), (before(at, 9), vec!["id4"])] {
        let query = ResourceQuery {
            filter: Some(filter("User", "not (title eq \"b\")")),
            sort: Some(sort.clone()),
            window,
        };
        let found = store.resources(&tenant(), &directory(), "User", &query).await?;
        ensure_eq!(resource_ids(&found), expected, "only what the filter allows");
        ensure_eq!(found.total, 3, "and its total");
    }
    Ok(())
}

/// Whom an index finds is paged through like anybody else.
pub async fn what_is_looked_up_is_paged_too<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let same = |n: u8| {
        of_user(n, &json!({ "displayName": "Same", "title": format!("t{}", 9_u8.saturating_sub(n)) }))
    };
    stored(&store, (1..=4).map(same)).await?;
    let sort = title("ascending");
    for (window, expected) in [
        (Window::Slice { skip: 1, count: 2 }, ["id3", "id2"]),
        (after(Position::of(Some(&sort), &same(4)), 2), ["id3", "id2"]),
        (before(Position::of(Some(&sort), &same(1)), 2), ["id3", "id2"]),
    ] {
        let query = ResourceQuery {
            filter: Some(filter("User", "displayName eq \"same\"")),
            sort: Some(sort.clone()),
            window,
        };
        let found = store.resources(&tenant(), &directory(), "User", &query).await?;
        ensure_eq!((resource_ids(&found), found.total), (expected.map(str::to_owned).to_vec(), 4), "a page");
    }
    Ok(())
}
