//! Filters (RFC 7644 §3.4.2.2): each finds what it is true of, all of it and nothing else.

use serde_json::{Value, json};
use store_contract::{Check, Violation, ensure_eq};

use super::sample::{by, commit, filtered, group, of_user, replaced, resource_ids, setup, stored, user};
use crate::{Resource, ScimStore};

/// Each filter, and the numbers of those it finds.
pub(super) async fn finds<S: ScimStore>(store: &S, kind: &str, filters: &[(&str, &[u8])]) -> Check {
    for (filter, expected) in filters {
        let found = filtered(store, kind, filter).await?;
        let expected: Vec<_> = expected.iter().map(|number| format!("id{number}")).collect();
        ensure_eq!(resource_ids(&found), expected, "`{filter}` finds");
        ensure_eq!(found.total, expected.len() as u64, "`{filter}` counts");
    }
    Ok(())
}

async fn users<S: ScimStore>(
    store: &S,
    attributes: impl IntoIterator<Item = Value>,
) -> Result<(), Violation> {
    setup(store).await?;
    let numbered = (1..).zip(attributes);
    stored(store, numbered.map(|(number, attributes)| of_user(number, &attributes))).await
}

/// RFC 7644 table 3.
pub async fn a_filter_knows_every_operator<S: ScimStore>(store: S) -> Check {
    users(&store, ["alpha", "Beta", "gamma", "BETAmax"].map(|title| json!({ "title": title }))).await?;
    finds(
        &store,
        "User",
        &[
            ("title eq \"beta\"", &[2]),
            ("title ne \"beta\"", &[1, 3, 4]),
            ("title co \"AM\"", &[3, 4]),
            ("title sw \"be\"", &[2, 4]),
            ("title sw \"a\"", &[1]),
            ("title ew \"max\"", &[4]),
            ("title ew \"a\"", &[1, 2, 3]),
            ("title gt \"beta\"", &[3, 4]),
            ("title ge \"beta\"", &[2, 3, 4]),
            ("title lt \"beta\"", &[1]),
            ("title le \"beta\"", &[1, 2]),
            ("title pr", &[1, 2, 3, 4]),
            ("title co \"%\"", &[]),
            ("title sw \"be_\"", &[]),
            ("title co \"\"", &[1, 2, 3, 4]),
        ],
    )
    .await
}

/// RFC 7644 §3.4.2.2: `not` binds tightest, then `and`, then `or`.
pub async fn a_filter_is_joined_as_it_is_written<S: ScimStore>(store: S) -> Check {
    let texts = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")];
    users(&store, texts.map(|(title, kind)| json!({ "title": title, "userType": kind }))).await?;
    finds(
        &store,
        "User",
        &[
            ("title eq \"a\" or title eq \"b\" and userType eq \"x\"", &[1, 2, 3]),
            ("(title eq \"a\" or title eq \"b\") and userType eq \"x\"", &[1, 3]),
            ("not (title eq \"a\") and userType eq \"x\"", &[3]),
            ("not (title eq \"a\" and userType eq \"x\")", &[2, 3, 4]),
            ("not (not (title eq \"a\"))", &[1, 2]),
            ("userName eq \"user1\" or userName eq \"USER4\" or title eq \"b\"", &[1, 3, 4]),
        ],
    )
    .await
}

/// What is not there equals nothing, and is not present; its negation is true.
pub async fn a_filter_denies_what_is_absent<S: ScimStore>(store: S) -> Check {
    users(&store, [json!({ "title": "a", "active": false }), json!({}), json!({ "title": "" })]).await?;
    finds(
        &store,
        "User",
        &[
            ("title pr", &[1]),
            ("not (title pr)", &[2, 3]),
            ("title ne \"a\"", &[2, 3]),
            ("not (title eq \"a\")", &[2, 3]),
            ("not (title gt \"\")", &[2, 3]),
            ("title eq null", &[2, 3]),
            ("title ne null", &[1]),
            ("active ne true", &[1, 2, 3]),
            ("active eq false", &[1]),
            ("not (emails.value eq \"a\")", &[1, 2, 3]),
            ("not (externalId eq \"a\")", &[1, 2, 3]),
            ("not (nickName sw \"a\") and not (meta.version eq \"x\")", &[1, 2, 3]),
        ],
    )
    .await
}

/// One element is enough, and for `ne` none may be equal.
pub async fn a_filter_looks_at_every_element<S: ScimStore>(store: S) -> Check {
    let emails = |list: Value| json!({ "emails": list });
    let users_as = [
        emails(json!([{ "value": "a@x", "type": "work" }, { "value": "b@y", "type": "home" }])),
        emails(json!([{ "value": "c@y", "type": "work" }])),
        emails(json!([{ "type": "work" }])),
    ];
    users(&store, users_as).await?;
    finds(
        &store,
        "User",
        &[
            ("emails.value eq \"B@Y\"", &[1]),
            ("emails eq \"b@y\"", &[1]),
            ("emails.value ew \"@y\"", &[1, 2]),
            ("emails.value ne \"a@x\"", &[2, 3]),
            ("emails.type eq \"home\" and emails.value eq \"a@x\"", &[1]),
            ("emails pr", &[1, 2, 3]),
            ("emails.value pr", &[1, 2]),
            ("not (emails.value pr)", &[3]),
            ("emails.type ne \"work\"", &[]),
        ],
    )
    .await
}

/// What is in the brackets holds of one element.
pub async fn a_value_path_holds_within_one_element<S: ScimStore>(store: S) -> Check {
    let emails = |list: Value| json!({ "emails": list });
    let users_as = [
        emails(json!([{ "value": "a@x", "type": "work" }, { "value": "b@y", "type": "home" }])),
        emails(json!([{ "value": "b@y", "type": "work" }])),
        json!({}),
    ];
    users(&store, users_as).await?;
    finds(
        &store,
        "User",
        &[
            ("emails[type eq \"work\" and value eq \"b@y\"]", &[2]),
            ("emails[type eq \"work\"].value eq \"b@y\"", &[2]),
            ("emails[type eq \"home\" or value eq \"a@x\"]", &[1]),
            ("emails[not (type eq \"work\")]", &[1]),
            ("not (emails[type eq \"work\"])", &[3]),
            ("emails[value co \"@\" and not (value co \"x\")]", &[1, 2]),
            ("emails[primary pr]", &[]),
            ("emails[type eq \"work\" and value eq \"b@y\"] or not (emails pr)", &[2, 3]),
        ],
    )
    .await
}

/// RFC 7643 §2.2: as `caseExact` says.
pub async fn a_filter_heeds_case_where_the_schema_does<S: ScimStore>(store: S) -> Check {
    let both = |text: &str| json!({ "title": text, "externalId": text, "displayName": text });
    users(&store, ["Straße", "STRASSE", "ÖRE", "öre"].map(both)).await?;
    finds(
        &store,
        "User",
        &[
            ("externalId eq \"öre\"", &[4]),
            ("externalId sw \"Ö\"", &[3]),
            ("externalId co \"STRA\"", &[2]),
            ("title eq \"öRE\"", &[3, 4]),
            ("title sw \"STRA\"", &[1, 2]),
            ("displayName eq \"Öre\"", &[3, 4]),
            ("displayName eq \"strasse\"", &[2]),
            ("id eq \"ID1\"", &[]),
            ("id eq \"id1\"", &[1]),
        ],
    )
    .await
}

/// RFC 7643 §2.3.5, wherever the clock was that wrote them.
pub async fn a_filter_compares_times_as_instants<S: ScimStore>(store: S) -> Check {
    users(&store, [json!({}), json!({})]).await?;
    // The first user is of this millisecond, in UTC and five and a half hours east of it; the second of the next one.
    let first = super::sample::at(1).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let east = chrono::FixedOffset::east_opt(19_800).map(|zone| super::sample::at(1).with_timezone(&zone));
    let east = east.map(|at| at.to_rfc3339()).unwrap_or_default();
    for at in [first, east] {
        for (operator, expected) in [
            ("eq", vec![1]),
            ("ne", vec![2]),
            ("gt", vec![2]),
            ("ge", vec![1, 2]),
            ("lt", vec![]),
            ("le", vec![1]),
        ] {
            let filter = format!("meta.created {operator} \"{at}\"");
            finds(&store, "User", &[(&filter, &expected)]).await?;
        }
    }
    Ok(())
}

/// Names behind the URN of an extension lead into it, and the same name without it does not.
pub async fn a_filter_reaches_into_extensions<S: ScimStore>(store: S) -> Check {
    let urn = crate::ENTERPRISE_USER;
    let users_as = [
        json!({ urn: { "department": "Sales", "manager": { "value": "id9", "displayName": "Eve" } } }),
        json!({ "department": "Sales", "displayName": "Eve" }),
    ];
    users(&store, users_as).await?;
    for path in
        ["department eq \"sales\"", "manager.value eq \"id9\"", "manager.displayName co \"v\"", "manager pr"]
    {
        finds(&store, "User", &[(&format!("{urn}:{path}"), &[1]), (&format!("not ({urn}:{path})"), &[2])])
            .await?;
    }
    finds(&store, "User", &[("displayName eq \"eve\"", &[2])]).await
}

/// What every resource has: id, type, version and times.
pub async fn a_filter_sees_what_the_service_provider_knows<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2)]).await?;
    commit(&store, &replaced(&user(2), "other")).await?;
    finds(
        &store,
        "User",
        &[
            ("meta.resourceType eq \"User\"", &[1, 2]),
            ("meta.resourceType eq \"Group\"", &[]),
            ("meta.version eq \"W/\\\"2\\\"\"", &[2]),
            ("meta.created pr and meta.lastModified pr", &[1, 2]),
            ("id sw \"id\" and id gt \"id1\"", &[2]),
            ("id pr", &[1, 2]),
            ("id ne \"id1\"", &[2]),
        ],
    )
    .await
}

/// Members by id, type and name, and the groups of who is one.
pub async fn a_filter_sees_members_and_groups<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), user(2), group(7), group(8)]).await?;
    commit(&store, &by([1, 7], [])).await?;
    finds(
        &store,
        "Group",
        &[
            ("members pr", &[8]),
            ("not (members pr)", &[7]),
            ("members.value eq \"ID1\"", &[8]),
            ("members[value eq \"id7\" and type eq \"Group\"]", &[8]),
            ("members[value eq \"id7\" and type eq \"User\"]", &[]),
            ("members.type eq \"user\" and members.type eq \"group\"", &[8]),
            ("not (members.value eq \"id2\")", &[7, 8]),
            ("members.value eq \"id1\" and displayName eq \"group 7\"", &[]),
            ("members.value eq \"id1\" or displayName eq \"group 7\"", &[7, 8]),
        ],
    )
    .await?;
    finds(
        &store,
        "User",
        &[
            ("groups.value eq \"id8\"", &[1]),
            ("groups.display eq \"group 8\"", &[1]),
            ("groups[type eq \"direct\" and value eq \"id8\"]", &[1]),
            ("groups pr", &[1]),
            ("not (groups pr)", &[2]),
        ],
    )
    .await
}

/// A filter is of what is stored now.
pub async fn a_filter_follows_members_as_they_change<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    stored(&store, [user(1), group(8)]).await?;
    let by_member: [(&str, &[u8]); 1] = [("members.value eq \"id1\"", &[8])];
    let by_nobody: [(&str, &[u8]); 1] = [("members.value eq \"id1\"", &[])];
    for _ in 0..2 {
        commit(&store, &by([1], [])).await?;
        finds(&store, "Group", &by_member).await?;
        commit(&store, &by([], [1])).await?;
        finds(&store, "Group", &by_nobody).await?;
    }
    Ok(())
}

/// A type finds its own.
pub async fn a_filter_finds_one_type<S: ScimStore>(store: S) -> Check {
    setup(&store).await?;
    let twin = Resource { attributes: user(1).attributes, ..group(7) };
    stored(&store, [user(1)]).await?;
    let new = crate::ResourceChange::Create {
        resource: std::sync::Arc::new(twin),
        members: crate::MemberDelta::default(),
        unique: Vec::new(),
        password: None,
        event: None,
    };
    commit(&store, &new).await?;
    for filter in ["displayName eq \"user number 1\"", "externalId eq \"ext1\"", "displayName co \"user\""] {
        finds(&store, "User", &[(filter, &[1])]).await?;
        finds(&store, "Group", &[(filter, &[7])]).await?;
    }
    finds(&store, "User", &[("id eq \"id7\"", &[])]).await
}
