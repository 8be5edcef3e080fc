//! SQLite does what the store in memory does, whatever is asked of both: commits, account effects, members, filters.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use scim_core::{
    AccountEffect, DirectoryId, MemoryStore, NewDirectory, NewMapping, PatchRequest, Place, Registry,
    ResourceId, Scim, ScimStore, ServiceError, TenantId, TypeSchema, replace_mappings,
};
use serde_json::{Value, json};
use store_contract::block_on;
use vestibule_sqlite::SqliteStore;

/// The same "randomness" for both stores; no secret depends on it.
struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|n| u32::try_from(n >> 32).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Ok(mixed ^ (mixed >> 27))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let random = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

#[derive(Debug, Clone)]
enum Step {
    User { name: u8, external: Option<u8>, email: u8 },
    Group { name: u8, members: Vec<usize> },
    PatchUser { user: usize, path: &'static str, value: Option<u8> },
    PatchGroup { group: usize, op: &'static str, members: Vec<usize> },
    Rename { group: usize, name: u8, members: Option<Vec<usize>> },
    Delete { user: bool, index: usize },
    MapGroups(Vec<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let members = || prop::collection::vec(0_usize..8, 0..4);
    let paths = prop::sample::select(vec![
        "userName",
        "externalId",
        "displayName",
        "active",
        "emails[type eq \"work\"].value",
    ]);
    let ops = prop::sample::select(vec!["add", "remove", "replace", "clear", "select"]);
    prop_oneof![
        4 => (0_u8..6, prop::option::of(0_u8..4), 0_u8..4)
            .prop_map(|(name, external, email)| Step::User { name, external, email }),
        2 => (0_u8..4, members()).prop_map(|(name, members)| Step::Group { name, members }),
        3 => (0_usize..8, paths, prop::option::of(0_u8..6))
            .prop_map(|(user, path, value)| Step::PatchUser { user, path, value }),
        5 => (0_usize..4, ops, members()).prop_map(|(group, op, members)| Step::PatchGroup { group, op, members }),
        2 => (0_usize..4, 0_u8..4, prop::option::of(members()))
            .prop_map(|(group, name, members)| Step::Rename { group, name, members }),
        1 => (any::<bool>(), 0_usize..8).prop_map(|(user, index)| Step::Delete { user, index }),
        1 => prop::collection::btree_set(0_usize..4, 0..3).prop_map(|groups| Step::MapGroups(groups.into_iter().collect())),
    ]
}

/// Texts whose lower case is not that of ASCII are among them.
fn text(n: u8) -> String {
    ["Ada", "ADA", "Öre", "öRE", "b", "İx"][usize::from(n % 6)].to_owned()
}

const FILTERS: [(&str, &str); 17] = [
    ("User", "userName eq \"ada\""),
    ("User", "userName eq \"ÖRE\""),
    ("User", "not (userName eq \"ada\")"),
    ("User", "externalId eq \"Ada\""),
    ("User", "externalId eq \"ada\" or displayName eq \"b\""),
    ("User", "displayName eq \"öre\" and active eq true"),
    ("User", "emails.value eq \"ADA\" and userName pr"),
    ("User", "emails[type eq \"work\" and value co \"a\"]"),
    ("User", "groups pr"),
    ("User", "groups[type eq \"indirect\" and display co \"a\"]"),
    ("User", "not (groups.type eq \"indirect\")"),
    ("User", "active eq false"),
    ("User", "meta.lastModified gt \"1970-01-01T00:00:00.010Z\""),
    ("Group", "displayName eq \"ADA\""),
    ("Group", "members pr and displayName sw \"a\""),
    ("Group", "members[display co \"a\"]"),
    ("User", "userName sw \"ö\" and not (externalId pr)"),
];

struct Side<S> {
    scim: Scim<S>,
    told: Arc<Mutex<Vec<AccountEffect>>>,
    tenant: TenantId,
    directory: DirectoryId,
    rng: Counter,
}

impl<S: ScimStore> Side<S> {
    fn new(store: S, told: Arc<Mutex<Vec<AccountEffect>>>) -> Self {
        let (scim, tenant, mut rng) =
            (Scim::new(store, Registry::standard()), TenantId::new("t").unwrap(), Counter(1));
        let new = NewDirectory {
            name: "d".into(),
            enterprise_connection_id: "ec".into(),
            provider: "okta".into(),
            custom_attributes: Vec::new(),
        };
        let created = block_on(scim.create_directory(&tenant, new, at(0), &mut rng)).unwrap();
        let directory = created.unwrap().0.id.clone();
        Self { scim, told, tenant, directory, rng }
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "http://x" }
    }

    fn kind(&self, name: &str) -> Arc<TypeSchema> {
        self.scim.registry().resource_type(name).unwrap().clone()
    }

    fn create(&mut self, kind: &str, body: &Value, now: DateTime<Utc>) -> String {
        let kind = self.kind(kind);
        let place = Place { tenant: &self.tenant, directory: &self.directory, base_url: "http://x" };
        told(block_on(self.scim.create(place, &kind, body, now, &mut self.rng)).map(|answer| answer.body))
    }

    fn patch(&self, kind: &str, id: &str, operations: &Value, now: DateTime<Utc>) -> String {
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        let (id, kind) = (ResourceId::named(id), self.kind(kind));
        told(block_on(self.scim.modify(self.place(), &kind, &id, &request, now)))
    }

    fn ids(&self, kind: &str) -> Vec<String> {
        let listed = self.list(kind, None, 1, 100);
        let ids = listed["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["id"].as_str().unwrap().to_owned());
        ids.collect()
    }

    fn list(&self, kind: &str, filter: Option<&str>, start: i64, count: i64) -> Value {
        let request = scim_core::ListRequest {
            filter: filter.map(str::to_owned),
            start_index: Some(start),
            count: Some(count),
            ..scim_core::ListRequest::default()
        };
        block_on(self.scim.list(self.place(), &[self.kind(kind)], &request, at(0))).unwrap()
    }

    fn take(&mut self, step: &Step, now: DateTime<Utc>) -> String {
        let (users, groups) = (self.ids("User"), self.ids("Group"));
        let name = |index: usize| {
            ["A", "B", "a"].get((index + usize::try_from(now.timestamp_millis()).unwrap()) % 4)
        };
        // Past the users are groups, which may hold each other.
        let any = |index: usize| users.get(index).or_else(|| groups.get(index.checked_sub(5)?));
        let member = |index: &usize| match (any(*index), name(*index)) {
            (Some(id), None) => json!({ "value": id }),
            (Some(id), name) => json!({ "value": id, "display": name }),
            (None, _) => json!({ "value": "ghost" }),
        };
        let members = |indexes: &[usize]| indexes.iter().map(member).collect::<Vec<_>>();
        let named = |ids: &[String], index: usize| ids.get(index).map_or("ghost", String::as_str).to_owned();
        match step {
            Step::User { name, external, email } => {
                let emails = json!([{ "type": "work", "value": text(*email) }]);
                let external = external.map(text);
                self.create(
                    "User",
                    &json!({ "userName": text(*name), "externalId": external, "emails": emails }),
                    now,
                )
            }
            Step::Group { name, members: indexes } => {
                let body = json!({ "displayName": text(*name), "members": members(indexes) });
                self.create("Group", &body, now)
            }
            Step::PatchUser { user, path, value } => {
                let value = match (*path, value) {
                    ("active", value) => json!(value.is_some()),
                    (_, value) => json!(value.map(text)),
                };
                let operations = json!([{ "op": "replace", "path": path, "value": value }]);
                self.patch("User", &named(&users, *user), &operations, now)
            }
            Step::PatchGroup { group, op, members: indexes } => {
                let operation = match *op {
                    "clear" => json!({ "op": "remove", "path": "members" }),
                    "select" => {
                        json!({ "op": "remove", "path": "members[display eq \"a\" and type eq \"user\"]" })
                    }
                    op => json!({ "op": op, "path": "members", "value": members(indexes) }),
                };
                self.patch("Group", &named(&groups, *group), &json!([operation]), now)
            }
            Step::Rename { group, name, members: indexes } => {
                let mut value = json!({ "displayName": text(*name) });
                if let Some(indexes) = indexes {
                    value["members"] = members(indexes).into();
                }
                self.patch(
                    "Group",
                    &named(&groups, *group),
                    &json!([{ "op": "replace", "value": value }]),
                    now,
                )
            }
            Step::Delete { user, index } => {
                let (kind, ids) = if *user { ("User", &users) } else { ("Group", &groups) };
                let id = ResourceId::named(&named(ids, *index));
                told(block_on(self.scim.delete(self.place(), &self.kind(kind), &id, now)))
            }
            Step::MapGroups(indexes) => {
                let mapping = |index: &usize| NewMapping {
                    group: ResourceId::named(&named(&groups, *index)),
                    group_name: "g".into(),
                    role: format!("role{index}").into(),
                };
                let new: Vec<_> = indexes.iter().map(mapping).collect();
                let mut rng = Counter(7);
                let decide = |stored: &scim_core::Directory| {
                    replace_mappings(stored, new.clone(), now, &mut rng).map(|next| (next, ()))
                };
                told(block_on(self.scim.change_directory(&self.tenant, &self.directory, decide)))
            }
        }
    }

    /// Everything that can be seen.
    fn seen(&self) -> Vec<Value> {
        let mut seen = vec![self.list("User", None, 1, 100), self.list("Group", None, 1, 100)];
        for (kind, filter) in FILTERS {
            seen.push(self.list(kind, Some(filter), 1, 100));
            seen.push(self.list(kind, Some(filter), 2, 1));
        }
        for id in self.ids("User") {
            seen.push(self.list(
                "Group",
                Some(&format!("members.value eq \"{}\"", id.to_uppercase())),
                1,
                100,
            ));
            seen.push(self.list("User", Some(&format!("id eq \"{id}\" and active eq false")), 1, 100));
        }
        seen
    }
}

/// An outcome without the store's own type of error, so that both can be compared.
fn told<T: std::fmt::Debug, R: std::error::Error, E: std::error::Error>(
    outcome: Result<T, ServiceError<R, E>>,
) -> String {
    match outcome {
        Ok(answer) => format!("{answer:?}"),
        Err(ServiceError::Store(error)) => panic!("{error:?}"),
        Err(refused) => refused.to_string(),
    }
}

/// What has been told since; in which order is not promised.
fn effects(told: &Mutex<Vec<AccountEffect>>) -> Vec<String> {
    let mut effects: Vec<_> = told.lock().unwrap().drain(..).map(|effect| format!("{effect:?}")).collect();
    effects.sort();
    effects
}

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_does_what_memory_does(steps in prop::collection::vec(step(), 1..24)) {
        let told: [Arc<Mutex<Vec<AccountEffect>>>; 2] = Default::default();
        let tell = |to: usize| {
            let told = told[to].clone();
            move |effect: &AccountEffect| told.lock().unwrap().push(effect.clone())
        };
        let (in_memory, in_sqlite) = (tell(0), tell(1));
        let mut memory =
            Side::new(MemoryStore::new().with_accounts(move |_, effect| in_memory(effect)), told[0].clone());
        let store = SqliteStore::in_memory().unwrap().with_accounts(move |_, _, effect| {
            in_sqlite(effect);
            Ok(())
        });
        let mut sqlite = Side::new(store, told[1].clone());
        // Several steps share a millisecond, so that the order falls back to ids.
        for (step, now) in steps.iter().zip((0..).map(|n: i64| at(1 + n / 2))) {
            prop_assert_eq!(sqlite.take(step, now), memory.take(step, now), "the outcome of {:?}", step);
            prop_assert_eq!(effects(&sqlite.told), effects(&memory.told), "the effects of {:?}", step);
        }
        prop_assert_eq!(sqlite.seen(), memory.seen());
    }
}
