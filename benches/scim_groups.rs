//! The table of memberships: CPU time of adding one member to a group and removing it again, however large the group is.
//!
//! `cargo bench -p benches --bench scim_groups`; with `--test` it runs everything once, with small groups. Each change is
//! a PATCH as Entra ID sends it, read, decided and committed by itself; on SQLite to a file in write-ahead mode, synced.
//! `MEMBERS` sets the size of the largest group.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use cpu_time::ProcessTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    DirectoryId, MemberDelta, MemoryStore, NewDirectory, PatchRequest, Place, Registry, Resource,
    ResourceChange, ResourceId, Revision, Scim, ScimStore, TenantId, TypeSchema,
};
use serde_json::{Value, json};
use store_contract::block_on;
use vestibule_sqlite::{SqliteStore, scim};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let largest = std::env::var("MEMBERS").ok().and_then(|members| members.parse().ok()).unwrap_or(1_000_000);
    let (sizes, rounds, calls) =
        if is_test { ([10, 100, 1_000], 1, 2) } else { ([10, 10_000, largest], 7, 200) };
    println!("| store | members | add one, µs of CPU time | remove one |\n|---|---|---|---|");
    for members in sizes {
        let group = Group::new(MemoryStore::new());
        group.fill(members);
        group.row("memory", members, rounds, calls);
    }
    for members in sizes {
        let folder = tempfile::tempdir().unwrap();
        let group = Group::in_file(&folder.path().join("scim.sqlite"));
        group.fill_at_once(members);
        group.row("SQLite", members, rounds, calls);
    }
}

struct Group<S> {
    scim: Scim<S>,
    tenant: TenantId,
    directory: DirectoryId,
    kind: Arc<TypeSchema>,
}

/// Who joins and leaves.
fn joining() -> ResourceId {
    ResourceId::named("joining")
}

fn group() -> ResourceId {
    ResourceId::named("everybody")
}

fn created(kind: &str, id: ResourceId, add: Vec<ResourceId>) -> ResourceChange {
    let attributes = json!({ "userName": id.as_str(), "displayName": id.as_str() });
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    let (created_at, revision) = (NOW, Revision::FIRST);
    let resource = Arc::new(Resource {
        kind: kind.into(),
        id,
        attributes,
        created_at,
        updated_at: created_at,
        revision,
    });
    ResourceChange::Create {
        resource,
        members: MemberDelta { add, ..MemberDelta::default() },
        unique: vec![],
        password: None,
        event: None,
    }
}

/// Users with the group that all of them but one are in.
fn changes(members: u32) -> impl Iterator<Item = ResourceChange> {
    let id = |number: u32| ResourceId::named(&format!("member{number:07}"));
    let users = (0..members).map(id).chain([joining()]);
    let users = users.map(|id| created("User", id, Vec::new()));
    users.chain(std::iter::once_with(move || created("Group", group(), (0..members).map(id).collect())))
}

impl<S: ScimStore> Group<S> {
    fn new(store: S) -> Self {
        let scim = Scim::new(store, Registry::standard());
        let tenant = TenantId::new("acme").unwrap();
        let new = NewDirectory {
            name: "Acme".into(),
            enterprise_connection_id: "ent".into(),
            provider: "entra".into(),
            custom_attributes: vec![],
        };
        let directory = block_on(scim.create_directory(&tenant, new, NOW, &mut UnwrapErr(SysRng)));
        let directory = directory.unwrap().unwrap().0.id.clone();
        let kind = scim.registry().resource_type("Group").unwrap().clone();
        Self { scim, tenant, directory, kind }
    }

    fn fill(&self, members: u32) {
        for change in changes(members) {
            block_on(self.scim.store().commit(&self.tenant, &self.directory, &change)).unwrap();
        }
    }

    fn row(&self, store: &str, members: u32, rounds: u32, calls: u32) {
        let joins = json!([{ "op": "Add", "path": "members", "value": [{ "value": "joining" }] }]);
        let leaves = json!([{ "op": "Remove", "path": "members[value eq \"joining\"]" }]);
        let (mut add, mut remove) = (f64::MAX, f64::MAX);
        for _ in 0..rounds {
            let (mut adding, mut removing) = (0.0, 0.0);
            for _ in 0..calls {
                adding += self.time(&joins);
                removing += self.time(&leaves);
            }
            add = add.min(adding / f64::from(calls));
            remove = remove.min(removing / f64::from(calls));
        }
        println!("| {store} | {members} | {add:.1} | {remove:.1} |");
    }

    /// Microseconds of all threads, since SQLite has one of its own.
    fn time(&self, operations: &Value) -> f64 {
        let place = Place { tenant: &self.tenant, directory: &self.directory, base_url: "https://x" };
        let begun = ProcessTime::now();
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        let changed = block_on(self.scim.modify(place, &self.kind, &group(), &request, NOW)).unwrap();
        let taken = begun.elapsed();
        assert!(changed.revision > Revision::FIRST, "a membership changed");
        taken.as_secs_f64() * 1e6
    }
}

impl Group<SqliteStore> {
    fn in_file(path: &Path) -> Self {
        Self::new(SqliteStore::open(path).unwrap())
    }

    /// In few transactions, which is not what is timed.
    fn fill_at_once(&self, members: u32) {
        let mut changes = changes(members).peekable();
        while changes.peek().is_some() {
            let part: Vec<_> = changes.by_ref().take(10_000).collect();
            let (tenant, directory) = (self.tenant.clone(), self.directory.clone());
            let write = self.scim.store().database().write(move |tx| {
                part.iter().try_for_each(|change| scim::apply(tx, &tenant, &directory, change).map(drop))
            });
            block_on(write).unwrap();
        }
    }
}
