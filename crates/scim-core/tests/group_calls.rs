//! What a PATCH of a group asks of a store: to read the group and to commit, whatever the size, and no member.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    Commit, Directory, DirectoryChange, DirectoryId, DirectoryStore, ErrorType, Groups, ListRequest, Member,
    MemberDelta, MemoryStore, NewDirectory, PatchRequest, Place, Projection, Registry, Resource,
    ResourceChange, ResourceCommit, ResourceId, ResourcePage, ResourceQuery, ResourceReader, ResourceWriter,
    Revision, Scim, ScimError, ServiceError, TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;

/// A store that counts the calls, and the resources and members that it hands out.
#[derive(Default)]
struct Counting {
    store: MemoryStore,
    calls: AtomicUsize,
    members: AtomicUsize,
    /// Commits that come between, each after members were read.
    between: Mutex<Vec<ResourceChange>>,
}

impl Counting {
    fn call(&self) -> &MemoryStore {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &self.store
    }

    fn told(&self, members: Vec<Member>) -> Vec<Member> {
        self.members.fetch_add(members.len(), Ordering::Relaxed);
        members
    }

    /// Calls, and members that were read, since it was asked last.
    fn counted(&self) -> (usize, usize) {
        (self.calls.swap(0, Ordering::Relaxed), self.members.swap(0, Ordering::Relaxed))
    }
}

impl ErrorType for Counting {
    type Error = Infallible;
}

impl DirectoryStore for Counting {
    async fn directory(
        &self,
        tenant: &TenantId,
        id: &DirectoryId,
    ) -> Result<Option<Arc<Directory>>, Infallible> {
        self.call().directory(tenant, id).await
    }

    async fn directories(&self, tenant: &TenantId) -> Result<Vec<Arc<Directory>>, Infallible> {
        self.call().directories(tenant).await
    }

    async fn commit_directory(
        &self,
        tenant: &TenantId,
        change: &DirectoryChange,
    ) -> Result<Commit, Infallible> {
        self.call().commit_directory(tenant, change).await
    }
}

impl ResourceReader for Counting {
    async fn resource(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        id: &ResourceId,
    ) -> Result<Option<Arc<Resource>>, Infallible> {
        self.call().resource(tenant, directory, kind, id).await
    }

    async fn resources(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        kind: &str,
        query: &ResourceQuery,
    ) -> Result<ResourcePage, Infallible> {
        self.call().resources(tenant, directory, kind, query).await
    }

    async fn members(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        group: &ResourceId,
    ) -> Result<Vec<Member>, Infallible> {
        let members = self.told(self.call().members(tenant, directory, group).await?);
        let between = self.between.lock().unwrap().pop();
        if let Some(change) = between {
            self.store.commit(tenant, directory, &change).await?;
        }
        Ok(members)
    }

    async fn groups_of(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        members: &[ResourceId],
    ) -> Result<Vec<Groups>, Infallible> {
        self.call().groups_of(tenant, directory, members).await
    }
}

impl ResourceWriter for Counting {
    async fn commit(
        &self,
        tenant: &TenantId,
        directory: &DirectoryId,
        change: &ResourceChange,
    ) -> Result<ResourceCommit, Infallible> {
        self.call().commit(tenant, directory, change).await
    }
}

struct House {
    scim: Scim<Counting>,
    tenant: TenantId,
    directory: DirectoryId,
}

fn created(kind: &str, id: &str, add: Vec<ResourceId>) -> ResourceChange {
    let attributes = json!({ "userName": id, "displayName": id }).as_object().unwrap().clone();
    let resource = Arc::new(Resource {
        kind: kind.into(),
        id: ResourceId::named(id),
        attributes,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        revision: Revision::FIRST,
    });
    ResourceChange::Create {
        resource,
        members: MemberDelta { add, ..MemberDelta::default() },
        unique: vec![],
        password: None,
        event: None,
    }
}

impl House {
    fn of(members: usize) -> Self {
        let scim = Scim::new(Counting::default(), Registry::standard());
        let tenant = TenantId::new("acme").unwrap();
        let new = NewDirectory {
            name: "Acme".into(),
            enterprise_connection_id: "ent".into(),
            provider: "entra".into(),
            custom_attributes: vec![],
        };
        let rng = &mut UnwrapErr(SysRng);
        let created_directory = block_on(scim.create_directory(&tenant, new, DateTime::UNIX_EPOCH, rng));
        let directory = created_directory.unwrap().unwrap().0.id.clone();
        let house = Self { scim, tenant, directory };
        let names: Vec<_> = (0..members).map(|n| format!("u{n}")).chain(["new".to_owned()]).collect();
        names.iter().for_each(|name| house.commit(&created("User", name, Vec::new())));
        let ids = names[..members].iter().map(|name| ResourceId::named(name)).collect();
        house.commit(&created("Group", "all", ids));
        house.scim.store().counted();
        house
    }

    fn commit(&self, change: &ResourceChange) {
        let commit = block_on(self.scim.store().commit(&self.tenant, &self.directory, change)).unwrap();
        assert!(matches!(commit, ResourceCommit::Applied(_)), "{commit:?}");
    }

    fn members(&self) -> Vec<String> {
        let all = ResourceId::named("all");
        let members = block_on(self.scim.store().store.members(&self.tenant, &self.directory, &all)).unwrap();
        members.iter().map(|member| member.id.to_string()).collect()
    }

    /// The revision of the group after a PATCH.
    fn patch(&self, operations: &Value) -> Revision {
        self.try_patch(operations).unwrap()
    }

    fn try_patch(&self, operations: &Value) -> Result<Revision, ServiceError<ScimError, Infallible>> {
        let place = Place { tenant: &self.tenant, directory: &self.directory, base_url: "http://x" };
        let kind = self.scim.registry().resource_type("Group").unwrap().clone();
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        let all = ResourceId::named("all");
        let patched = block_on(self.scim.modify(place, &kind, &all, &request, DateTime::UNIX_EPOCH));
        patched.map(|group| group.revision)
    }
}

#[test]
fn a_member_comes_and_goes_by_two_calls_that_read_no_member() {
    for members in [0, 10, 10_000] {
        let house = House::of(members);
        for (count, operations) in [
            json!([{ "op": "Add", "path": "members", "value": [{ "value": "new" }] }]),
            json!([{ "op": "Remove", "path": "members[value eq \"new\"]" }]),
            json!([{ "op": "add", "value": { "members": [{ "value": "new", "display": "New" }] } }]),
            json!([{ "op": "Remove", "path": "members", "value": [{ "value": "new" }] }]),
            json!([{ "op": "replace", "value": { "displayName": "Renamed" } }]),
            json!([
                { "op": "add", "path": "members", "value": [{ "value": "new" }] },
                { "op": "replace", "path": "displayName", "value": "Again" },
            ]),
            json!([{ "op": "replace", "path": "members", "value": [{ "value": "new" }] }]),
            json!([{ "op": "remove", "path": "members" }]),
        ]
        .iter()
        .enumerate()
        {
            let revision = house.patch(operations);
            assert!(revision.0 >= 2, "{operations}");
            assert_eq!(house.scim.store().counted(), (2, 0), "step {count} in {members}: {operations}");
        }
    }
}

/// However deep, and however many the users are.
#[test]
fn the_groups_of_users_are_read_at_once() {
    let house = House::of(2);
    let place = Place { tenant: &house.tenant, directory: &house.directory, base_url: "http://x" };
    let kind = house.scim.registry().resource_type("User").unwrap().clone();
    let groups = |user: &str, asked: Option<&str>| {
        let projection = Projection::parse(&kind, None, asked);
        let read = block_on(house.scim.read(place, &kind, &ResourceId::named(user), &projection)).unwrap();
        let told = read.body["groups"].as_array().cloned().unwrap_or_default();
        let told: Vec<_> = told.iter().map(|group| format!("{} {}", group["value"], group["type"])).collect();
        (told, house.scim.store().counted().0)
    };
    let direct = "\"all\" \"direct\"".to_owned();
    assert_eq!(groups("new", None), (Vec::new(), 2));
    assert_eq!(groups("u0", None), (vec![direct.clone()], 2));
    house.commit(&created("Group", "around", vec![ResourceId::named("all")]));
    house.scim.store().counted();
    assert_eq!(groups("u0", None), (vec![direct, "\"around\" \"indirect\"".to_owned()], 2));
    assert_eq!(groups("u0", Some("groups")), (Vec::new(), 1));
    let list = block_on(house.scim.list(
        place,
        std::slice::from_ref(&kind),
        &ListRequest::default(),
        DateTime::UNIX_EPOCH,
    ))
    .unwrap();
    assert_eq!((list["totalResults"].as_u64(), house.scim.store().counted().0), (Some(3), 2));
    for user in list["Resources"].as_array().unwrap() {
        let groups = user["groups"].as_array().map_or(0, Vec::len);
        assert_eq!(groups, if user["id"] == "new" { 0 } else { 2 }, "{user}");
    }
}

fn removal(filter: &str) -> Value {
    json!([{ "op": "remove", "path": format!("members[{filter}]") }])
}

#[test]
fn members_that_are_named_by_their_ids_are_not_read() {
    let house = House::of(10);
    let three = (1..=3).map(|n| format!("value eq \"u{n}\"")).collect::<Vec<_>>().join(" or ");
    assert_eq!(house.patch(&removal(&three)), Revision(2));
    assert_eq!(house.scim.store().counted(), (2, 0));
    assert_eq!(house.members(), ["u0", "u4", "u5", "u6", "u7", "u8", "u9"]);
}

#[test]
fn members_that_are_selected_by_what_they_are_are_read_once() {
    let house = House::of(10);
    house.commit(&created("Group", "inner", Vec::new()));
    house.patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": "inner" }] }]));
    house.scim.store().counted();
    for (filter, members) in [
        ("value eq \"u1\" and type eq \"Group\"", 11),
        ("value eq \"u1\" and type eq \"User\"", 10),
        ("not (type eq \"Group\")", 1),
        ("type eq \"Group\"", 0),
    ] {
        house.patch(&removal(filter));
        let (calls, read) = house.scim.store().counted();
        assert!(calls <= 3 && read <= 11, "`{filter}` read {read} in {calls} calls");
        assert_eq!(house.members().len(), members, "`{filter}`");
    }
}

/// What was selected holds for the members that were read, and for no others.
#[test]
fn a_selection_is_made_anew_when_the_group_changed_meanwhile() {
    let house = House::of(3);
    house.commit(&created("User", "late", Vec::new()));
    let joining = |id: &str| ResourceChange::Members {
        kind: "Group".into(),
        group: ResourceId::named("all"),
        members: MemberDelta { add: vec![ResourceId::named(id)], ..MemberDelta::default() },
        at: DateTime::UNIX_EPOCH,
        expected: None,
        event: None,
    };
    house.scim.store().between.lock().unwrap().extend([joining("late"), joining("new")]);
    house.scim.store().counted();
    assert_eq!(house.patch(&removal("type eq \"User\"")), Revision(4));
    assert_eq!(house.members(), Vec::<String>::new(), "who came between is selected, too");
    assert_eq!(house.scim.store().counted(), (9, 3 + 4 + 5), "it was read three times");
}

/// Contention ends with an error, and not with a wrong answer.
#[test]
fn a_group_that_never_rests_is_not_changed_by_what_it_was() {
    let house = House::of(1);
    let turn = |n: usize| {
        let (mut members, id) = (MemberDelta::default(), vec![ResourceId::named("new")]);
        if n % 2 == 0 {
            members.remove = id;
        } else {
            members.add = id;
        }
        let (kind, group) = ("Group".into(), ResourceId::named("all"));
        ResourceChange::Members {
            kind,
            group,
            members,
            at: DateTime::UNIX_EPOCH,
            expected: None,
            event: None,
        }
    };
    house.scim.store().between.lock().unwrap().extend((0..100).map(turn));
    let outcome = house.try_patch(&removal("value sw \"u\""));
    assert_eq!(outcome, Err(ServiceError::Contended));
    assert!(house.members().contains(&"u0".to_owned()));
}
