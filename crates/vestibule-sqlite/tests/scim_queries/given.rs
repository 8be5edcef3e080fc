//! Generated resources, the same in every store that is filled with them.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use proptest::{prelude::*, sample::select};
use scim_core::{
    DirectoryChange, DirectoryId, Filter, MemberDelta, Registry, Resource, ResourceChange, ResourceCommit,
    ResourceId, ResourcePage, ResourceQuery, Revision, ScimStore, TenantId, TypeSchema,
    schema::{Attribute, AttributeType},
};
use serde_json::{Map, Value, json};
use store_contract::block_on;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::standard);

pub(crate) fn kind(name: &str) -> &'static TypeSchema {
    REGISTRY.resource_type(name).unwrap()
}

/// What values and literals are made of: few, so that they meet, and with letters whose lower case is longer.
pub(crate) const TEXTS: [&str; 14] =
    ["Ada", "ADA", "ada", "a", "", "Öre", "öRE", "İx", "i̇X", "ß", "b\"c", "work", "id1", "a\u{0}b"];
pub(crate) const TIMES: [&str; 5] = [
    "2026-01-02T03:04:05Z",
    "2026-01-02T04:04:05+01:00",
    "2026-01-02T03:04:05.001Z",
    "2026-01-02T03:04:05",
    "1969-12-31T23:59:59.999Z",
];

pub(crate) fn text() -> impl Strategy<Value = String> {
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

fn object_of(attributes: &[Arc<Attribute>], probability: f64) -> BoxedStrategy<Value> {
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

fn at(milliseconds: i64) -> DateTime<Utc> {
    // Around the times that literals have.
    DateTime::from_timestamp_millis(1_767_323_045_000 + milliseconds).unwrap()
}

/// What is stored: users, and groups with the numbers of their members.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) users: Vec<Map<String, Value>>,
    pub(crate) groups: Vec<(Map<String, Value>, Vec<usize>)>,
}

pub(crate) fn given() -> impl Strategy<Value = Given> {
    let users = prop::collection::vec(attributes_of(kind("User")), 1..6);
    let members = prop::collection::vec(0_usize..8, 0..4);
    let groups = prop::collection::vec((attributes_of(kind("Group")), members), 0..4);
    (users, groups).prop_map(|(users, groups)| Given { users, groups })
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

pub(crate) fn tenant() -> TenantId {
    TenantId::new("t").unwrap()
}

pub(crate) fn directory() -> DirectoryId {
    DirectoryId::named("dir")
}

pub(crate) fn fill<S: ScimStore>(store: &S, given: &Given) {
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
        let change = ResourceChange::Create {
            resource: Arc::new(resource.clone()),
            members,
            unique: Vec::new(),
            password: None,
            event: None,
        };
        let commit = block_on(store.commit(&tenant(), &directory(), &change)).unwrap();
        assert_eq!(commit, ResourceCommit::Applied(Revision::FIRST));
    };
    users.iter().for_each(|user| create(user, Vec::new()));
    for (group, (_, members)) in groups.iter().zip(&given.groups) {
        create(group, members.iter().filter_map(|index| users.get(*index)).map(id).collect());
    }
    // Groups within groups, in circles, too.
    for (group, (_, members)) in groups.iter().zip(&given.groups) {
        let within = members.iter().filter_map(|index| groups.get(index.checked_sub(4)?)).map(id);
        let change = ResourceChange::Members {
            kind: "Group".into(),
            group: group.id.clone(),
            members: MemberDelta { add: within.collect(), ..MemberDelta::default() },
            at: at(9),
            expected: None,
            event: None,
        };
        block_on(store.commit(&tenant(), &directory(), &change)).unwrap();
    }
}

/// The ids of a page, and how many there are in all.
pub(crate) fn found<S: ScimStore>(store: &S, kind: &str, query: &ResourceQuery) -> (Vec<String>, u64) {
    let page = page(store, kind, query);
    (page.resources.iter().map(|resource| resource.id.to_string()).collect(), page.total)
}

pub(crate) fn page<S: ScimStore>(store: &S, kind: &str, query: &ResourceQuery) -> ResourcePage {
    block_on(store.resources(&tenant(), &directory(), kind, query)).unwrap()
}

/// A name that can be filtered by, and what decides how it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) attribute: Arc<Attribute>,
}

pub(crate) fn names(kind: &TypeSchema) -> Vec<Name> {
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
