//! Paging by cursors, from the first page to the last and back (RFC 9865).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use scim_core::{
    CursorKey, Cursors, DirectoryId, ListRequest, MemoryStore, NewDirectory, Place, Registry, ResourceId,
    Scim, ScimError, ServiceError, TenantId, TypeSchema,
};
use serde_json::{Value, json};
use store_contract::block_on;

struct House {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: DirectoryId,
    now: DateTime<Utc>,
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
}

impl House {
    fn new() -> Self {
        let cursors = Cursors::new(CursorKey::new(&[7; 32])).with_timeout(TimeDelta::seconds(60));
        let scim = Scim::new(MemoryStore::new(), Registry::standard()).with_cursors(cursors);
        let tenant = TenantId::new("acme").unwrap();
        let directory = directory(&scim, &tenant, "ent_1");
        Self { scim, tenant, directory, now: at(0) }
    }

    fn with_users(names: &[&str]) -> Self {
        let house = Self::new();
        names.iter().for_each(|name| drop(house.user(name)));
        house
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "http://x" }
    }

    fn kind(&self, name: &str) -> Arc<TypeSchema> {
        self.scim.registry().resource_type(name).unwrap().clone()
    }

    fn create(&self, kind: &str, body: &Value) -> ResourceId {
        let rng = &mut UnwrapErr(SysRng);
        let created =
            block_on(self.scim.create(self.place(), &self.kind(kind), body, self.now, rng)).unwrap();
        ResourceId::named(created.body["id"].as_str().unwrap())
    }

    fn user(&self, name: &str) -> ResourceId {
        self.create("User", &json!({ "userName": name }))
    }

    fn delete(&self, name: &str) {
        let filter =
            ListRequest { filter: Some(format!("userName eq \"{name}\"")), ..ListRequest::default() };
        let found = self.list_of(&["User"], &filter).unwrap();
        let id = ResourceId::named(found["Resources"][0]["id"].as_str().unwrap());
        block_on(self.scim.delete(self.place(), &self.kind("User"), &id, self.now)).unwrap();
    }

    fn list_of(&self, kinds: &[&str], request: &ListRequest) -> Result<Value, ScimError> {
        let kinds: Vec<_> = kinds.iter().map(|name| self.kind(name)).collect();
        block_on(self.scim.list(self.place(), &kinds, request, self.now)).map_err(|error| match error {
            ServiceError::Refused(refused) => refused,
            other => panic!("{other:?}"),
        })
    }

    fn list(&self, request: &ListRequest) -> Result<Value, ScimError> {
        self.list_of(&["User"], request)
    }

    /// The kind of error that a cursor meets with this request.
    fn refused(&self, request: &ListRequest) -> &'static str {
        self.list(request).unwrap_err().kind.unwrap().as_str()
    }
}

fn directory(scim: &Scim<MemoryStore>, tenant: &TenantId, connection: &str) -> DirectoryId {
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: connection.into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let created = block_on(scim.create_directory(tenant, new, at(0), &mut UnwrapErr(SysRng))).unwrap();
    created.unwrap().0.id.clone()
}

fn by_name(count: i64) -> ListRequest {
    ListRequest { sort_by: Some("userName".into()), ..first(count) }
}

fn first(count: i64) -> ListRequest {
    ListRequest { cursor: Some(String::new()), count: Some(count), ..ListRequest::default() }
}

fn to(request: &ListRequest, page: &Value, name: &str) -> Option<ListRequest> {
    let cursor = page.get(name)?.as_str().unwrap().to_owned();
    Some(ListRequest { cursor: Some(cursor), ..request.clone() })
}

fn names(page: &Value) -> String {
    let name =
        |found: &Value| found["userName"].as_str().or(found["displayName"].as_str()).unwrap().to_owned();
    page["Resources"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn pages_are_turned_to_the_end_and_back() {
    let house = House::with_users(&["c", "a", "e", "b", "d"]);
    let request = by_name(2);
    let mut page = house.list(&request).unwrap();
    assert!(page.get("startIndex").is_none() && page.get("previousCursor").is_none(), "{page}");
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(5), &json!(2)));
    let mut forwards = vec![names(&page)];
    while let Some(next) = to(&request, &page, "nextCursor") {
        page = house.list(&next).unwrap();
        forwards.push(names(&page));
    }
    assert_eq!(forwards, ["ab", "cd", "e"]);
    let mut backwards = Vec::new();
    while let Some(previous) = to(&request, &page, "previousCursor") {
        page = house.list(&previous).unwrap();
        backwards.push(names(&page));
    }
    assert_eq!(backwards, ["cd", "ab"]);
    assert_eq!(names(&house.list(&to(&request, &page, "nextCursor").unwrap()).unwrap()), "cd");
}

#[test]
fn what_comes_or_goes_before_a_page_does_not_move_it() {
    let house = House::with_users(&["b", "d", "f", "h"]);
    let request = by_name(2);
    let page = house.list(&request).unwrap();
    let next = to(&request, &page, "nextCursor").unwrap();
    for name in ["b", "d"] {
        house.delete(name);
    }
    for name in ["a", "c", "e", "i"] {
        house.user(name);
    }
    let second = house.list(&next).unwrap();
    assert_eq!(names(&second), "ef");
    assert_eq!(names(&house.list(&to(&request, &second, "previousCursor").unwrap()).unwrap()), "ac");
    assert_eq!(names(&house.list(&to(&request, &second, "nextCursor").unwrap()).unwrap()), "hi");
}

#[test]
fn from_a_page_that_is_gone_the_others_are_reached() {
    let house = House::with_users(&["a", "b", "c"]);
    let request = by_name(2);
    let first = house.list(&request).unwrap();
    let next = to(&request, &first, "nextCursor").unwrap();
    house.delete("c");
    let behind = house.list(&next).unwrap();
    assert!(names(&behind).is_empty() && behind.get("nextCursor").is_none());
    let last = house.list(&to(&request, &behind, "previousCursor").unwrap()).unwrap();
    assert_eq!(names(&last), "ab");
}

#[test]
fn a_cursor_is_good_for_its_own_list_and_no_other() {
    let mut house = House::with_users(&["a", "b", "c"]);
    let filtered = ListRequest { filter: Some("userName pr".into()), ..by_name(2) };
    let page = house.list(&filtered).unwrap();
    let next = to(&filtered, &page, "nextCursor").unwrap();
    assert_eq!(names(&house.list(&next).unwrap()), "c");
    let cursor = next.cursor.clone().unwrap();
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)), "{cursor}");
    for other in [
        ListRequest { filter: Some("userName sw \"a\"".into()), ..next.clone() },
        ListRequest { filter: None, ..next.clone() },
        ListRequest { sort_by: Some("displayName".into()), ..next.clone() },
        ListRequest { sort_by: None, ..next.clone() },
        ListRequest { sort_order: Some("descending".into()), ..next.clone() },
        ListRequest { cursor: Some(format!("{cursor}A")), ..next.clone() },
        ListRequest { cursor: Some(cursor.replacen(&cursor[30..31], "_", 1)), ..next.clone() },
        ListRequest { cursor: Some("forged".into()), ..next.clone() },
        ListRequest { cursor: Some("A".repeat(4_000)), ..next.clone() },
        ListRequest { start_index: Some(1), ..next.clone() },
    ] {
        assert_eq!(house.refused(&other), "invalidCursor", "{other:?}");
    }
    let of_all = house.list_of(&["User", "Group"], &next).unwrap_err();
    assert_eq!(of_all.kind.unwrap().as_str(), "invalidCursor");
    house.directory = directory(&house.scim, &house.tenant, "ent_2");
    assert_eq!(house.refused(&next), "invalidCursor", "another directory");
    house.tenant = TenantId::new("other").unwrap();
    assert_eq!(house.refused(&next), "invalidCursor", "another tenant");
}

#[test]
fn a_count_stays_as_it_was_and_within_its_bounds() {
    let house = House::with_users(&["a", "b", "c"]);
    let page = house.list(&by_name(2)).unwrap();
    let next = to(&by_name(2), &page, "nextCursor").unwrap();
    assert_eq!(house.refused(&ListRequest { count: Some(1), ..next.clone() }), "invalidCount");
    assert_eq!(house.refused(&ListRequest { count: None, ..next }), "invalidCount");
    assert_eq!(house.refused(&first(1_001)), "invalidCount");
    for none in [0, -1] {
        let total = house.list(&first(none)).unwrap();
        assert_eq!((names(&total).as_str(), &total["totalResults"]), ("", &json!(3)));
        assert!(total.get("nextCursor").is_none(), "{total}");
    }
}

#[test]
fn a_cursor_expires() {
    let mut house = House::with_users(&["a", "b", "c"]);
    let next = to(&by_name(2), &house.list(&by_name(2)).unwrap(), "nextCursor").unwrap();
    house.now = at(59);
    assert!(house.list(&next).is_ok());
    house.now = at(60);
    assert_eq!(house.refused(&next), "expiredCursor");
}

#[test]
fn a_key_that_is_too_long_for_a_cursor_is_found_by_its_id() {
    let house = House::new();
    let name = |n: u8| format!("{}{n}", "\u{0}ß".repeat(1_000));
    for n in [2, 0, 1] {
        house.user(&name(n));
    }
    let request = by_name(1);
    let page = house.list(&request).unwrap();
    let next = to(&request, &page, "nextCursor").unwrap();
    assert_eq!(names(&house.list(&next).unwrap()), name(1));
    block_on(house.scim.delete(
        house.place(),
        &house.kind("User"),
        &ResourceId::named(page["Resources"][0]["id"].as_str().unwrap()),
        house.now,
    ))
    .unwrap();
    assert_eq!(house.refused(&next), "expiredCursor", "nobody knows where it was");
}

#[test]
fn several_types_are_turned_through_as_one_list() {
    let mut house = House::new();
    for (second, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        house.now = at(i64::try_from(second).unwrap());
        if second % 2 == 0 {
            house.user(name)
        } else {
            house.create("Group", &json!({ "displayName": name }))
        };
    }
    for request in [first(2), ListRequest { sort_by: Some("meta.created".into()), ..first(2) }] {
        let mut page = house.list_of(&["User", "Group"], &request).unwrap();
        let mut pages = vec![names(&page)];
        while let Some(next) = to(&request, &page, "nextCursor") {
            page = house.list_of(&["User", "Group"], &next).unwrap();
            pages.push(names(&page));
        }
        assert_eq!(pages, ["ab", "cd", "e"]);
        let previous = to(&request, &page, "previousCursor").unwrap();
        assert_eq!(names(&house.list_of(&["User", "Group"], &previous).unwrap()), "cd");
    }
}

#[test]
fn who_has_no_key_pages_by_index_and_says_so() {
    let house = House::with_users(&["a"]);
    let config = house.scim.service_provider_config("http://x");
    let expected = json!({
        "cursor": true, "index": true, "defaultPaginationMethod": "index",
        "defaultPageSize": 100, "maxPageSize": 1_000, "cursorTimeout": 60,
    });
    assert_eq!(config["pagination"], expected);
    let plain = House { scim: Scim::new(MemoryStore::new(), Registry::standard()), ..house };
    assert_eq!(plain.refused(&first(1)), "invalidCursor");
    let config = plain.scim.service_provider_config("http://x");
    assert_eq!(config["pagination"]["cursor"], false);
    assert!(config["pagination"].get("cursorTimeout").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever is there from the first page to the last is met exactly once, forwards as backwards.
    #[test]
    fn nobody_is_missed_and_nobody_met_twice(
        stays in prop::collection::btree_set("[a-d]{1,3}", 1..12),
        comes in prop::collection::vec("[a-d]{1,3}x", 0..12),
        goes in prop::collection::btree_set("[a-d]{1,3}y", 0..6),
        count in 1_i64..4,
        order in prop::sample::select(vec!["ascending", "descending"]),
    ) {
        let house = House::new();
        for name in stays.iter().chain(&goes) {
            house.user(name);
        }
        let request = ListRequest { sort_order: Some(order.into()), ..by_name(count) };
        let mut churn = comes.iter().zip(0..);
        let mut going = goes.iter();
        for (way, from) in [("nextCursor", "ascending"), ("previousCursor", "descending")] {
            let mut page = house.list(&request).unwrap();
            if way == "previousCursor" {
                while let Some(next) = to(&request, &page, "nextCursor") {
                    page = house.list(&next).unwrap();
                }
            }
            let mut met = Vec::new();
            loop {
                let found = page["Resources"].as_array().unwrap().iter();
                let mut found: Vec<_> = found.map(|user| user["userName"].as_str().unwrap().to_owned()).collect();
                if way == "previousCursor" {
                    found.reverse();
                }
                met.extend(found.into_iter().filter(|name| stays.contains(name)));
                if let Some((name, n)) = churn.next() {
                    house.user(&format!("{name}{n}"));
                }
                if let Some(name) = going.next() {
                    house.delete(name);
                }
                let Some(next) = to(&request, &page, way) else { break };
                page = house.list(&next).unwrap();
            }
            let mut expected: Vec<_> = stays.iter().cloned().collect();
            if order != from {
                expected.reverse();
            }
            prop_assert_eq!(&met, &expected, "{} {}", way, order);
        }
    }
}
