//! Whatever filter the grammar allows, SQLite finds what the evaluation in memory finds.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};
use scim_core::{
    Filter, MAX_DEPTH, MAX_TERMS, MemoryStore, Related, ResourceQuery, ResourceReader, TypeSchema, Window,
    filterable,
    schema::{Attribute, AttributeType},
};
use serde_json::{Value, json};
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

use crate::given::{Given, Name, TIMES, directory, fill, found, given, kind, names, page, tenant, text};

/// What a comparison with the whole of a complex attribute looks at.
fn compared(attribute: &Arc<Attribute>) -> &Arc<Attribute> {
    attribute.sub("value").filter(|_| attribute.is_complex()).unwrap_or(attribute)
}

fn operators(kind: AttributeType) -> &'static [&'static str] {
    match kind {
        AttributeType::Boolean => &["eq", "ne"],
        AttributeType::Binary => &["eq", "ne", "co", "sw", "ew"],
        AttributeType::Integer | AttributeType::Decimal => &["eq", "ne", "gt", "ge", "lt", "le"],
        AttributeType::Complex => &[],
        _ => &["eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"],
    }
}

fn literal(kind: AttributeType, is_ordering: bool) -> BoxedStrategy<String> {
    let quoted = |text: String| Value::from(text).to_string();
    match kind {
        AttributeType::Boolean => select(vec!["true", "false", "\"True\""]).prop_map(str::to_owned).boxed(),
        AttributeType::Integer | AttributeType::Decimal => {
            select(vec!["-1", "0", "1.5", "2"]).prop_map(str::to_owned).boxed()
        }
        AttributeType::DateTime if is_ordering => {
            select(&TIMES[..]).prop_map(move |time| quoted(time.to_owned())).boxed()
        }
        _ => text().prop_map(quoted).boxed(),
    }
}

/// `pr`, or an operator with a literal that fits.
fn comparison(name: Name) -> BoxedStrategy<String> {
    let kind = compared(&name.attribute).kind;
    let Name { text, .. } = name;
    let present = Just(format!("{text} pr")).boxed();
    let operators = operators(kind);
    if operators.is_empty() {
        return present;
    }
    let absent = select(vec!["eq", "ne"]).prop_map({
        let text = text.clone();
        move |operator| format!("{text} {operator} null")
    });
    let compares = select(operators).prop_flat_map(move |operator| {
        let is_ordering = !matches!(operator, "co" | "sw" | "ew");
        let text = text.clone();
        literal(kind, is_ordering).prop_map(move |literal| format!("{text} {operator} {literal}"))
    });
    prop_oneof![1 => present, 1 => absent, 8 => compares].boxed()
}

/// `and`, `or` and `not` over terms.
fn combined(term: BoxedStrategy<String>, depth: u32) -> BoxedStrategy<String> {
    term.prop_recursive(depth, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
    .boxed()
}

fn within(name: &Name) -> BoxedStrategy<String> {
    let subs = name.attribute.sub_attributes.iter().filter(|sub| &*sub.name != "$ref");
    let subs: Vec<Name> =
        subs.map(|sub| Name { text: sub.name.to_string(), attribute: sub.clone() }).collect();
    let one = select(subs).prop_flat_map(comparison).boxed();
    let inner = combined(one, 2);
    let (text, behind) = (name.text.clone(), name.attribute.sub("value").cloned());
    let tail = match behind {
        Some(value) => {
            prop::option::weighted(0.3, comparison(Name { text: ".value".to_owned(), attribute: value }))
                .boxed()
        }
        None => Just(None).boxed(),
    };
    (inner, tail)
        .prop_map(move |(inner, tail)| format!("{text}[{inner}]{}", tail.unwrap_or_default()))
        .boxed()
}

fn filter(kind: &'static TypeSchema) -> BoxedStrategy<String> {
    let names = names(kind);
    let complex: Vec<_> = names
        .iter()
        .filter(|name| name.attribute.is_complex() && &*name.attribute.name != "meta")
        .cloned()
        .collect();
    let indexed =
        ["userName", "externalId", "displayName", "id", "emails", "emails.value", "members", "members.value"];
    let indexed: Vec<_> = names.iter().filter(|name| indexed.contains(&&*name.text)).cloned().collect();
    let term = prop_oneof![
        4 => select(names).prop_flat_map(comparison),
        3 => select(indexed).prop_flat_map(comparison),
        3 => select(complex).prop_flat_map(|name| within(&name)),
    ];
    combined(term.boxed(), 3)
}

fn filters() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        3 => filter(kind("User")).prop_map(|filter| ("User", filter)),
        1 => filter(kind("Group")).prop_map(|filter| ("Group", filter)),
    ]
}

/// The id of a member in letters that no index has, beside a name that one has.
#[test]
fn an_index_that_lacks_a_key_is_not_asked() {
    let group = json!({ "displayName": "Ada" }).as_object().unwrap().clone();
    let given = Given { users: Vec::new(), groups: vec![(group, Vec::new())] };
    let store = SqliteStore::in_memory().unwrap();
    fill(&store, &given);
    for text in [
        "displayName eq \"ada\" or members.value eq \"ö\"",
        "displayName eq \"ada\" and not (members eq \"Ö\")",
    ] {
        let filter = Filter::parse(kind("Group"), text).unwrap();
        assert_eq!(found(&store, "Group", &ResourceQuery::first(Some(filter), 9)).1, 1, "{text}");
    }
}

#[test]
fn the_largest_filters_are_answered() {
    let user = json!({ "userName": "Ada", "emails": [{ "value": "ada@example.com" }] });
    let given = Given { users: vec![user.as_object().unwrap().clone()], groups: Vec::new() };
    let store = SqliteStore::in_memory().unwrap();
    fill(&store, &given);
    let term = "emails.value eq \"ADA@example.com\"";
    let within = "emails[value eq \"ADA@example.com\"]";
    for text in [
        vec![term; MAX_TERMS].join(" or "),
        vec![term; MAX_TERMS].join(" and "),
        vec![within; MAX_TERMS / 2].join(" or "),
        format!("{}{term}{}", "not (".repeat(MAX_DEPTH / 2 - 2), ")".repeat(MAX_DEPTH / 2 - 2)),
    ] {
        let filter = Filter::parse(kind("User"), &text).unwrap();
        assert_eq!(found(&store, "User", &ResourceQuery::first(Some(filter), 9)).1, 1);
    }
}

/// What the filter is true of, found without any index.
fn evaluated(store: &MemoryStore, kind: &str, query: &ResourceQuery) -> (Vec<String>, u64) {
    let all = page(store, kind, &ResourceQuery::first(None, 100)).resources;
    let related = |id| Related {
        members: Some(block_on(store.members(&tenant(), &directory(), id)).unwrap()),
        groups: block_on(store.groups_of(&tenant(), &directory(), std::slice::from_ref(id))).unwrap().pop(),
    };
    let filter = query.filter.as_ref().unwrap();
    let matching = all.iter().filter(|found| filter.matches(&filterable(found, &related(&found.id))));
    let matching: Vec<_> = matching.map(|found| found.id.to_string()).collect();
    let Window::Slice { skip, count } = query.window else { unreachable!() };
    let [skip, count] = [skip, count].map(|number| usize::try_from(number).unwrap());
    (matching.iter().skip(skip).take(count).cloned().collect(), matching.len() as u64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_finds_what_memory_finds(
        given in given(),
        filters in prop::collection::vec(filters(), 12),
        (skip, count) in (0_u64..3, 0_u64..4),
    ) {
        let (memory, sqlite) = (MemoryStore::new(), SqliteStore::in_memory().unwrap());
        fill(&memory, &given);
        fill(&sqlite, &given);
        for (name, text) in &filters {
            let filter = Filter::parse(kind(name), text);
            prop_assert!(filter.is_ok(), "`{}`: {:?}", text, filter);
            let whole = ResourceQuery::first(filter.ok(), 100);
            let part = ResourceQuery { window: Window::Slice { skip, count }, ..whole.clone() };
            for query in [whole, part] {
                let expected = evaluated(&memory, name, &query);
                prop_assert_eq!(&found(&sqlite, name, &query), &expected, "SQLite: `{}` of {}", text, name);
                prop_assert_eq!(&found(&memory, name, &query), &expected, "memory: `{}` of {}", text, name);
            }
        }
    }
}
