//! Whatever filter the grammar allows, SQLite finds what the evaluation in memory finds.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use proptest::{prelude::*, sample::select};
use scim_core::{
    DirectoryChange, DirectoryId, Filter, MAX_DEPTH, MAX_TERMS, MemberDelta, MemoryStore, Registry, Resource,
    ResourceChange, ResourceCommit, ResourceId, Revision, ScimStore, Slice, TenantId, TypeSchema,
    schema::{Attribute, AttributeType},
};
use serde_json::{Map, Value, json};
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::standard);

fn kind(name: &str) -> &'static TypeSchema {
    REGISTRY.resource_type(name).unwrap()
}

/// What values and literals are made of: few, so that they meet, and with letters whose lower case is longer.
const TEXTS: [&str; 14] =
    ["Ada", "ADA", "ada", "a", "", "Öre", "öRE", "İx", "i̇X", "ß", "b\"c", "work", "id1", "a\u{0}b"];
const TIMES: [&str; 5] = [
    "2026-01-02T03:04:05Z",
    "2026-01-02T04:04:05+01:00",
    "2026-01-02T03:04:05.001Z",
    "2026-01-02T03:04:05",
    "1969-12-31T23:59:59.999Z",
];

fn text() -> impl Strategy<Value = String> {
    select(&TEXTS[..]).prop_map(str::to_owned)
}

/// A value as the schema has it.
fn value_of(attribute: &Attribute) -> BoxedStrategy<Value> {
    let single = match attribute.kind {
        AttributeType::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        AttributeType::Integer | AttributeType::Decimal => (-2_i32..3).prop_map(Value::from).boxed(),
        AttributeType::DateTime => select(&TIMES[..]).prop_map(Value::from).boxed(),
        AttributeType::Complex => object_of(&attribute.sub_attributes, 0.5),
        _ => text().prop_map(Value::from).boxed(),
    };
    if attribute.multi_valued {
        prop::collection::vec(single, 0..3).prop_map(Value::from).boxed()
    } else {
        single
    }
}

fn object_of(attributes: &[Attribute], probability: f64) -> BoxedStrategy<Value> {
    let fields: Vec<_> = attributes
        .iter()
        .map(|attribute| {
            let name = attribute.name.to_string();
            prop::option::weighted(probability, value_of(attribute))
                .prop_map(move |value| Some((name.clone(), value?)))
        })
        .collect();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect())).boxed()
}

/// Attributes as they are stored, of any type of resource; members are apart.
fn attributes_of(kind: &TypeSchema) -> BoxedStrategy<Map<String, Value>> {
    let own = object_of(&kind.schema.attributes, 0.35);
    let external = prop::option::of(text());
    let extensions: Vec<_> = kind
        .extensions
        .iter()
        .map(|schema| {
            let id = schema.id.to_string();
            prop::option::of(object_of(&schema.attributes, 0.5)).prop_map(move |object| (id.clone(), object))
        })
        .collect();
    (own, external, extensions)
        .prop_map(|(own, external, extensions)| {
            let Value::Object(mut all) = own else { unreachable!() };
            all.retain(|name, value| {
                !matches!(name.as_str(), "members" | "groups") && *value != json!([]) && *value != json!({})
            });
            all.extend(external.map(|id| ("externalId".to_owned(), id.into())));
            all.extend(extensions.into_iter().filter_map(|(id, object)| Some((id, object?))));
            all
        })
        .boxed()
}

/// A name that can be filtered by, and what decides how it is compared.
#[derive(Debug, Clone)]
struct Name {
    text: String,
    attribute: Attribute,
}

fn names(kind: &TypeSchema) -> Vec<Name> {
    let own = kind.schema.attributes.iter().chain(kind.common()).map(|attribute| (String::new(), attribute));
    let urn = |attribute| (format!("{}:", kind.schema.id), attribute);
    let qualified = kind.schema.attributes.iter().take(3).map(urn);
    let extended = kind
        .extensions
        .iter()
        .flat_map(|schema| schema.attributes.iter().map(|attribute| (format!("{}:", schema.id), attribute)));
    let all = own.chain(qualified).chain(extended).flat_map(|(prefix, attribute)| {
        let whole = Name { text: format!("{prefix}{}", attribute.name), attribute: attribute.clone() };
        let subs = attribute.sub_attributes.iter().map({
            let text = whole.text.clone();
            move |sub| Name { text: format!("{text}.{}", sub.name), attribute: sub.clone() }
        });
        std::iter::once(whole).chain(subs).collect::<Vec<_>>()
    });
    all.filter(|name| Filter::parse(kind, &format!("{} pr", name.text)).is_ok()).collect()
}

/// What a comparison with the whole of a complex attribute looks at.
fn compared(attribute: &Attribute) -> &Attribute {
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

fn at(milliseconds: i64) -> DateTime<Utc> {
    // Around the times that literals have.
    DateTime::from_timestamp_millis(1_767_323_045_000 + milliseconds).unwrap()
}

#[derive(Debug, Clone)]
struct Given {
    users: Vec<Map<String, Value>>,
    groups: Vec<(Map<String, Value>, Vec<usize>)>,
    filters: Vec<(&'static str, String)>,
    page: (u64, u64),
}

fn given() -> impl Strategy<Value = Given> {
    let users = prop::collection::vec(attributes_of(kind("User")), 1..6);
    let groups =
        prop::collection::vec((attributes_of(kind("Group")), prop::collection::vec(0_usize..8, 0..4)), 0..3);
    let filters = prop::collection::vec(
        prop_oneof![
            3 => filter(kind("User")).prop_map(|filter| ("User", filter)),
            1 => filter(kind("Group")).prop_map(|filter| ("Group", filter)),
        ],
        12,
    );
    (users, groups, filters, (0_u64..3, 0_u64..4)).prop_map(|(users, groups, filters, page)| Given {
        users,
        groups,
        filters,
        page,
    })
}

#[test]
fn the_largest_filters_are_answered() {
    let user = json!({ "userName": "Ada", "emails": [{ "value": "ada@example.com" }] });
    let given = Given {
        users: vec![user.as_object().unwrap().clone()],
        groups: Vec::new(),
        filters: Vec::new(),
        page: (0, 0),
    };
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
        assert_eq!(found(&store, "User", &filter, Slice { skip: 0, count: 9 }).1, 1);
    }
}

fn resource(kind: &str, number: usize, attributes: &Map<String, Value>) -> Resource {
    let milliseconds = i64::try_from(number / 2).unwrap();
    Resource {
        kind: kind.into(),
        // A client may write the id of a member in any case.
        id: ResourceId::named(&format!("{}{number}", if number.is_multiple_of(3) { "ID" } else { "id" })),
        attributes: attributes.clone(),
        created_at: at(milliseconds),
        updated_at: at(milliseconds + 1),
        revision: Revision::FIRST,
    }
}

fn tenant() -> TenantId {
    TenantId::new("t").unwrap()
}

fn directory() -> DirectoryId {
    DirectoryId::named("dir")
}

fn fill<S: ScimStore>(store: &S, given: &Given) {
    let document = json!({
        "id": "dir", "name": "d", "enterprise_connection_id": "ec", "provider": "okta", "enabled": true,
        "group_role_mapping_enabled": false, "custom_attributes": [], "mappings": [], "token": vec![0; 32],
        "previous_token": null, "created_at": at(0), "updated_at": at(0), "revision": 1,
    });
    let new = Arc::new(serde_json::from_value(document).unwrap());
    block_on(store.commit_directory(&tenant(), &DirectoryChange::Create(new))).unwrap();
    let users: Vec<_> = (0..).zip(&given.users).map(|(n, user)| resource("User", n, user)).collect();
    let groups: Vec<_> =
        (given.users.len()..).zip(&given.groups).map(|(n, (group, _))| resource("Group", n, group)).collect();
    let id = |user: &Resource| user.id.clone();
    let create = |resource: &Resource, add: Vec<ResourceId>| {
        let displays = add.iter().take(1).map(|id| (id.clone(), "Ada".to_owned())).collect();
        let members = MemberDelta { add, displays, ..MemberDelta::default() };
        let change =
            ResourceChange::Create { resource: Arc::new(resource.clone()), members, unique: Vec::new() };
        let commit = block_on(store.commit(&tenant(), &directory(), &change)).unwrap();
        assert_eq!(commit, ResourceCommit::Applied(Revision::FIRST));
    };
    users.iter().for_each(|user| create(user, Vec::new()));
    for (group, (_, members)) in groups.iter().zip(&given.groups) {
        create(group, members.iter().filter_map(|index| users.get(*index)).map(id).collect());
    }
}

fn found<S: ScimStore>(store: &S, kind: &str, filter: &Filter, page: Slice) -> (Vec<String>, u64) {
    let page = block_on(store.resources(&tenant(), &directory(), kind, Some(filter), page)).unwrap();
    (page.resources.iter().map(|resource| resource.id.to_string()).collect(), page.total)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_finds_what_memory_finds(given in given()) {
        let (memory, sqlite) = (MemoryStore::new(), SqliteStore::in_memory().unwrap());
        fill(&memory, &given);
        fill(&sqlite, &given);
        let whole = Slice { skip: 0, count: 100 };
        let part = Slice { skip: given.page.0, count: given.page.1 };
        for (name, text) in &given.filters {
            let filter = Filter::parse(kind(name), text);
            prop_assert!(filter.is_ok(), "`{}`: {:?}", text, filter);
            let filter = filter.unwrap();
            for page in [whole, part] {
                let expected = found(&memory, name, &filter, page);
                prop_assert_eq!(found(&sqlite, name, &filter, page), expected, "`{}` of {}", text, name);
            }
        }
    }
}
