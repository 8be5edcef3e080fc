//! Whom a change of a group's members is told of: those whose role it may change, and nobody else.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AccountEffect, Directory, DirectoryChange, DirectoryId, DirectoryStore, GroupRoleMapping, MemberDelta,
    MemoryStore, NewDirectory, Resource, ResourceChange, ResourceCommit, ResourceId, ResourceReader,
    ResourceWriter, Revision, RoleEffect, TenantId,
};
use serde_json::json;
use store_contract::block_on;

struct House {
    store: MemoryStore,
    told: Arc<Mutex<Vec<AccountEffect>>>,
    tenant: TenantId,
    directory: DirectoryId,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

fn id(number: u32) -> ResourceId {
    ResourceId::named(&format!("u{number}"))
}

fn staff() -> ResourceId {
    ResourceId::named("staff")
}

fn resource(kind: &str, id: ResourceId) -> Arc<Resource> {
    let attributes = json!({ "userName": id.as_str() }).as_object().unwrap().clone();
    let (created_at, revision) = (now(), Revision::FIRST);
    Arc::new(Resource { kind: kind.into(), id, attributes, created_at, updated_at: created_at, revision })
}

impl House {
    /// A group of three users, which gives a role or does not.
    fn new(gives_role: bool) -> Self {
        let new = NewDirectory {
            name: "Acme".into(),
            enterprise_connection_id: "ent".into(),
            provider: "okta".into(),
            custom_attributes: Vec::new(),
        };
        let mut directory = Directory::create(new, now(), &mut UnwrapErr(SysRng)).0;
        let mapping = GroupRoleMapping {
            id: "m".into(),
            group: staff(),
            group_name: "Staff".into(),
            role: "member".into(),
            created_at: now(),
        };
        directory.mappings = if gives_role { [mapping].into() } else { [].into() };
        let told: Arc<Mutex<Vec<AccountEffect>>> = Arc::default();
        let tell = told.clone();
        let store =
            MemoryStore::new().with_accounts(move |_, effect| tell.lock().unwrap().push(effect.clone()));
        let house =
            Self { store, told, tenant: TenantId::new("acme").unwrap(), directory: directory.id.clone() };
        let create = DirectoryChange::Create(Arc::new(directory));
        block_on(house.store.commit_directory(&house.tenant, &create)).unwrap();
        for number in 0..3 {
            house.create("User", id(number), Vec::new());
        }
        house.create("Group", staff(), (0..3).map(id).collect());
        house.told.lock().unwrap().clear();
        house
    }

    fn create(&self, kind: &str, id: ResourceId, add: Vec<ResourceId>) {
        let members = MemberDelta { add, ..MemberDelta::default() };
        self.commit(&ResourceChange::Create {
            resource: resource(kind, id),
            members,
            unique: Vec::new(),
            password: None,
            event: None,
        });
    }

    fn members(&self, members: MemberDelta) {
        self.commit(&ResourceChange::Members {
            kind: "Group".into(),
            group: staff(),
            members,
            at: now(),
            expected: None,
            event: None,
        });
    }

    fn commit(&self, change: &ResourceChange) {
        let commit = block_on(self.store.commit(&self.tenant, &self.directory, change)).unwrap();
        assert!(matches!(commit, ResourceCommit::Applied(_)), "{commit:?}");
    }

    /// Whose accounts were told of since.
    fn told(&self) -> Vec<String> {
        let told = self.told.lock().unwrap().drain(..).collect::<Vec<_>>();
        let user = |effect: &AccountEffect| match effect {
            AccountEffect::Put(account) => account.user.to_string(),
            AccountEffect::Remove { user, .. } => format!("-{user}"),
        };
        let mut users: Vec<_> = told.iter().map(user).collect();
        users.sort();
        users
    }

    fn is_empty(&self) -> bool {
        block_on(self.store.members(&self.tenant, &self.directory, &staff())).unwrap().is_empty()
    }
}

fn delta(clear: bool, add: &[u32], remove: &[u32]) -> MemberDelta {
    let ids = |numbers: &[u32]| numbers.iter().copied().map(id).collect();
    MemberDelta { clear, add: ids(add), remove: ids(remove), ..MemberDelta::default() }
}

fn delete() -> ResourceChange {
    ResourceChange::Delete {
        kind: "Group".into(),
        id: staff(),
        at: DateTime::UNIX_EPOCH,
        expected: None,
        event: None,
    }
}

#[test]
fn members_of_a_group_that_gives_a_role_are_told_of_as_they_come_and_go() {
    let house = House::new(true);
    house.members(delta(false, &[0], &[1]));
    assert_eq!(house.told(), ["u1"]);
    house.members(delta(true, &[1, 2], &[]));
    assert_eq!(house.told(), ["u0", "u1"]);
    house.members(delta(true, &[], &[]));
    assert_eq!(house.told(), ["u1", "u2"]);
    house.members(delta(false, &[2], &[]));
    house.told();
    house.commit(&delete());
    assert_eq!(house.told(), ["u2"]);
}

/// Roles follow direct membership alone, whatever a user's `groups` say.
#[test]
fn a_group_around_a_group_gives_no_role() {
    let house = House::new(true);
    house.create("User", id(7), Vec::new());
    let inner = ResourceId::named("inner");
    house.create("Group", inner.clone(), vec![id(7)]);
    house.told();
    house.members(MemberDelta { add: vec![inner], ..MemberDelta::default() });
    assert_eq!(house.told(), Vec::<String>::new());
    let user = id(7);
    let groups = block_on(house.store.groups_of(&house.tenant, &house.directory, &[user])).unwrap();
    assert_eq!(groups[0].around.len(), 1);
    let mut next = resource("User", id(7));
    Arc::make_mut(&mut next).revision = Revision(2);
    let (members, unique) = (MemberDelta::default(), Vec::new());
    house.commit(&ResourceChange::Replace { resource: next, members, unique, password: None, event: None });
    let told = house.told.lock().unwrap().drain(..).collect::<Vec<_>>();
    let roles: Vec<_> = told
        .iter()
        .map(|effect| match effect {
            AccountEffect::Put(account) => &account.role,
            AccountEffect::Remove { .. } => panic!("nobody is gone"),
        })
        .collect();
    assert_eq!(roles, [&RoleEffect::NoGroup]);
}

#[test]
fn another_name_of_a_member_is_nothing_to_its_account() {
    let house = House::new(true);
    let displays = [(id(0), "Nobody".to_owned())].into();
    house.members(MemberDelta { displays, ..delta(false, &[0], &[]) });
    assert_eq!(house.told(), Vec::<String>::new());
    let displays = [(id(0), "Somebody".to_owned())].into();
    house.members(MemberDelta { displays, ..delta(true, &[0, 1], &[]) });
    assert_eq!(house.told(), ["u2"], "who left, and nobody else");
}

#[test]
fn members_of_any_other_group_are_not_looked_at() {
    let house = House::new(false);
    house.members(delta(false, &[], &[0]));
    house.members(delta(true, &[], &[]));
    assert!(house.is_empty());
    house.members(delta(false, &[0, 1], &[]));
    house.commit(&delete());
    assert_eq!(house.told(), Vec::<String>::new());
}
