//! Which index a filter is looked up in.

use chrono::DateTime;
use scim_core::{DirectoryId, Filter, Position, Registry, Sort, SortKey, TenantId, Window};

use super::*;
use crate::{migrate, scim::register};

/// What SQLite means to do for a page of the resources that fulfil `filter`.
fn plan(kind: &str, filter: &str) -> String {
    let filter = Filter::parse(Registry::standard().resource_type(kind).unwrap(), filter).unwrap();
    plan_of(kind, &ResourceQuery::first(Some(filter), 10))
}

fn plan_of(kind: &str, query: &ResourceQuery) -> String {
    let mut db = Connection::open_in_memory().unwrap();
    register(&db).unwrap();
    migrate(&mut db).unwrap();
    let place = Place::new(&TenantId::new("t").unwrap(), &DirectoryId::named("d"));
    let page = Page::of(&Matching::new(&place, kind, query.filter.as_ref()).unwrap(), query).unwrap();
    let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {}", page.sql)).unwrap();
    let rows = explained.query_map(params_from_iter(&page.values), |row| row.get::<_, String>("detail"));
    rows.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}

#[test]
fn an_equality_that_identity_providers_send_is_looked_up() {
    for (kind, filter, index) in [
        ("User", "id eq \"a\"", "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)"),
        (
            "User",
            "userName eq \"a\"",
            "scim_resources_by_user_name (tenant=? AND directory=? AND kind=? AND user_name=?)",
        ),
        ("User", "userName eq \"a\" and active eq true", "scim_resources_by_user_name"),
        ("User", "not (active eq false) and userName eq \"a\"", "scim_resources_by_user_name"),
        (
            "User",
            "externalId eq \"a\"",
            "scim_resources_by_external_id (tenant=? AND directory=? AND kind=? AND external_id=?)",
        ),
        (
            "Group",
            "displayName eq \"a\"",
            "scim_resources_by_display_name (tenant=? AND directory=? AND kind=? AND display_name=?)",
        ),
        (
            "User",
            "emails.value eq \"a\"",
            "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)",
        ),
        (
            "User",
            "emails.value eq \"a\"",
            "scim_emails USING PRIMARY KEY (tenant=? AND directory=? AND key=?)",
        ),
        (
            "User",
            "emails[type eq \"work\" and value eq \"a\"]",
            "scim_emails USING PRIMARY KEY (tenant=? AND directory=? AND key=?)",
        ),
        (
            "User",
            "emails[type eq \"work\"].value eq \"a\"",
            "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)",
        ),
        (
            "Group",
            "members.value eq \"a\"",
            "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)",
        ),
        (
            "Group",
            "members.value eq \"a\"",
            "scim_memberships USING COVERING INDEX scim_memberships_by_member (tenant=? AND directory=? AND <expr>=?)",
        ),
        (
            "Group",
            "members.value eq \"a\"",
            "scim_memberships_by_member (tenant=? AND directory=? AND <expr>=? AND group_id=?)",
        ),
        ("Group", "members[value eq \"a\"]", "scim_memberships_by_member"),
        (
            "Group",
            "id eq \"g\" and members eq \"a\"",
            "r USING INDEX scim_resources_by_id (tenant=? AND directory=? AND id=?)",
        ),
    ] {
        let plan = plan(kind, filter);
        assert!(plan.contains(index), "`{filter}`:\n{plan}");
        assert!(
            !plan.contains("SCAN r")
                && !plan.contains("SCAN scim")
                && !plan.contains("scim_resources_by_age"),
            "`{filter}`:\n{plan}"
        );
    }
}

#[test]
fn both_sides_of_an_or_are_looked_up() {
    let plan = plan("User", "userName eq \"a\" or externalId eq \"b\" or emails.value eq \"c\"");
    for index in ["by_user_name", "by_external_id", "scim_emails USING PRIMARY KEY"] {
        assert!(plan.contains(index), "{plan}");
    }
    assert!(!plan.contains("scim_resources_by_age"), "{plan}");
}

#[test]
fn what_has_no_index_is_read_in_the_order_of_the_page() {
    let plan = plan("User", "userName sw \"a\"");
    assert!(plan.contains("scim_resources_by_age") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn a_page_at_a_cursor_is_one_walk_along_an_index() {
    let id = ResourceId::named("u");
    let at = Some(Position { key: Some(SortKey::Instant(DateTime::UNIX_EPOCH)), id: id.clone() });
    for window in [
        Window::After { position: at.clone(), count: 10 },
        Window::Before { position: at, count: 10 },
        Window::Before { position: None, count: 10 },
    ] {
        let plan = plan_of("User", &ResourceQuery::new(window));
        assert!(plan.contains("scim_resources_by_age") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
    let users = Registry::standard().resource_type("User").unwrap().clone();
    let sort = |order| Some(Sort::parse(&users, "userName", Some(order)).unwrap());
    let position = Some(Position { key: Some(SortKey::Text("ada".to_owned())), id });
    for order in ["ascending", "descending"] {
        let window = Window::After { position: position.clone(), count: 10 };
        let plan = plan_of("User", &ResourceQuery { sort: sort(order), ..ResourceQuery::new(window) });
        assert!(plan.contains("scim_resources_by_user_name") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
