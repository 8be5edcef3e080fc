//! Sorting (RFC 7644 §3.4.2.3).

use serde_json::{Value, json};
use store_contract::{Check, Violation, ensure_eq};

use super::sample::{
    all_users, by_attribute, commit, directory, filter, of_user, replaced, resource_ids, setup, stored,
    tenant,
};
use crate::{ResourceQuery, ScimStore, Sort, Window};

async fn users<S: ScimStore>(
    store: &S,
    attributes: impl IntoIterator<Item = Value>,
) -> Result<(), Violation> {
    setup(store).await?;
    let numbered = (1..).zip(attributes);
    stored(store, numbered.map(|(number, attributes)| of_user(number, &attributes))).await
}

/// The numbers of all users in the ascending order of an attribute; the descending one is the reverse of it.
async fn sorted<S: ScimStore>(store: &S, by: &str, expected: &[u8]) -> Check {
    let mut expected: Vec<_> = expected.iter().map(|number| format!("id{number}")).collect();
    for order in ["ascending", "descending"] {
        let found = all_users(store, Some(by_attribute(by, order))).await?;
        ensure_eq!(resource_ids(&found), expected, "`{by}` {order}");
        expected.reverse();
    }
    Ok(())
}

/// Up and down.
pub async fn a_list_is_sorted_by_an_attribute<S: ScimStore>(store: S) -> Check {
    let users_as = [("c", "x"), ("a", "z"), ("b", "y")];
    users(&store, users_as.map(|(title, name)| json!({ "title": title, "name": { "givenName": name } })))
        .await?;
    sorted(&store, "title", &[2, 3, 1]).await?;
    sorted(&store, "name.givenName", &[1, 3, 2]).await?;
    sorted(&store, "userName", &[1, 2, 3]).await?;
    sorted(&store, "id", &[1, 2, 3]).await
}

/// So that a list has one order.
pub async fn equal_values_are_sorted_by_id<S: ScimStore>(store: S) -> Check {
    users(&store, ["b", "a", "B", "a"].map(|title| json!({ "title": title, "userType": "x" }))).await?;
    sorted(&store, "title", &[2, 4, 1, 3]).await?;
    sorted(&store, "userType", &[1, 2, 3, 4]).await?;
    sorted(&store, "nickName", &[1, 2, 3, 4]).await
}

/// And first if descending.
pub async fn who_has_no_value_is_sorted_last<S: ScimStore>(store: S) -> Check {
    let users_as =
        [json!({}), json!({ "title": "z", "displayName": "z" }), json!({}), json!({ "title": "a" })];
    users(&store, users_as).await?;
    sorted(&store, "title", &[4, 2, 1, 3]).await?;
    sorted(&store, "displayName", &[2, 1, 3, 4]).await
}

/// By the form in which values are compared.
pub async fn a_sort_heeds_case_where_the_schema_does<S: ScimStore>(store: S) -> Check {
    let named = |text: &str| json!({ "displayName": text, "externalId": text, "nickName": text });
    users(&store, ["b", "A", "a", "B", "Ö", "ö"].map(named)).await?;
    sorted(&store, "displayName", &[2, 3, 1, 4, 5, 6]).await?;
    sorted(&store, "nickName", &[2, 3, 1, 4, 5, 6]).await?;
    sorted(&store, "externalId", &[2, 4, 3, 1, 5, 6]).await
}

/// Or the first one, if none is primary.
pub async fn a_sort_takes_the_primary_element<S: ScimStore>(store: S) -> Check {
    let emails = |list: Value| json!({ "emails": list });
    let users_as = [
        emails(json!([{ "value": "a" }, { "value": "z", "primary": true }])),
        emails(json!([{ "value": "m", "primary": false }, { "value": "a" }])),
        emails(json!([{ "value": "C", "primary": true }, { "value": "y" }])),
        json!({}),
    ];
    users(&store, users_as).await?;
    sorted(&store, "emails.value", &[3, 2, 1, 4]).await?;
    sorted(&store, "emails", &[3, 2, 1, 4]).await
}

/// In an extension, too.
pub async fn a_sort_reaches_into_extensions<S: ScimStore>(store: S) -> Check {
    let of = |department: &str| json!({ crate::ENTERPRISE_USER: { "department": department } });
    users(&store, [of("Sales"), json!({ "title": "a" }), of("engineering")]).await?;
    sorted(&store, &format!("{}:department", crate::ENTERPRISE_USER), &[3, 1, 2]).await
}

/// Times, truth values and versions as what they are.
pub async fn a_sort_knows_types<S: ScimStore>(store: S) -> Check {
    let active = [json!({ "active": true }), json!({ "active": false }), json!({})];
    users(&store, active).await?;
    sorted(&store, "active", &[2, 1, 3]).await?;
    sorted(&store, "meta.created", &[1, 2, 3]).await?;
    let mut later = of_user(1, &json!({ "active": true }));
    later.updated_at = super::sample::at(90);
    commit(&store, &replaced(&later, "User1")).await?;
    sorted(&store, "meta.lastModified", &[2, 3, 1]).await?;
    sorted(&store, "meta.version", &[2, 3, 1]).await
}

/// Sorted first, then filtered and cut: a page is of the whole list.
pub async fn a_sorted_list_is_cut_like_any_other<S: ScimStore>(store: S) -> Check {
    users(&store, ["b", "e", "c", "a", "d"].map(|title| json!({ "title": title }))).await?;
    let query = ResourceQuery {
        filter: Some(filter("User", "title ne \"c\"")),
        sort: Some(by_attribute("title", "ascending")),
        window: Window::Slice { skip: 1, count: 2 },
    };
    let page = store.resources(&tenant(), &directory(), "User", &query).await?;
    ensure_eq!(resource_ids(&page), ["id1", "id5"], "the page is of the sorted list");
    ensure_eq!(page.total, 4, "the total is of the filter");
    Ok(())
}

/// A value that changes takes its resource along.
pub async fn a_sort_follows_every_change<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, (1..=3).map(super::sample::user)).await?;
    commit(&store, &replaced(&super::sample::user(1), "zoe")).await?;
    let by_name: Sort = by_attribute("userName", "ascending");
    let found = all_users(&store, Some(by_name)).await?;
    ensure_eq!(resource_ids(&found), ["id2", "id3", "id1"], "a new name has a new place");
    Ok(())
}
