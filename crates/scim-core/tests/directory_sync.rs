//! Tokens of a directory, and what its users mean for accounts.

use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AccountEffect, Directory, DirectoryToken, GroupRoleMapping, NewDirectory, ROTATION_GRACE, Resource,
    ResourceId, Revision, RoleEffect, account,
};
use serde_json::json;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

fn created() -> (Directory, DirectoryToken) {
    let new = NewDirectory {
        name: "Acme".into(),
        enterprise_connection_id: "ent".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    Directory::create(new, now(), &mut UnwrapErr(SysRng))
}

fn role(directory: &Directory, active: bool, groups: &[&str]) -> RoleEffect {
    let attributes = json!({ "userName": "ada", "active": active }).as_object().unwrap().clone();
    let id = ResourceId::named("ada");
    let (created_at, revision) = (now(), Revision::FIRST);
    let user = Resource { kind: "User".into(), id, attributes, created_at, updated_at: created_at, revision };
    match account(directory, None, &user, groups.iter().map(|group| ResourceId::named(group))) {
        AccountEffect::Put(account) => account.role,
        AccountEffect::Remove { .. } => panic!("the user is there"),
    }
}

#[test]
fn a_token_names_its_directory_and_no_other_text_is_accepted() {
    let (directory, token) = created();
    let token = token.reveal();
    assert_eq!(DirectoryToken::directory_of(&token), Some(directory.id.clone()));
    assert!(directory.accepts(&token, now()));
    for wrong in ["", "scim_", &token[1..], &format!("{}x", token.as_str()), &token.to_uppercase()] {
        assert!(!directory.accepts(wrong, now()), "{wrong}");
    }
}

#[test]
fn the_old_token_works_until_its_grace_ends() {
    let (directory, old) = created();
    let (rotated, new) = directory.rotate(now(), &mut UnwrapErr(SysRng));
    let (old, new) = (old.reveal(), new.reveal());
    let end = now() + ROTATION_GRACE;
    assert!(rotated.accepts(&old, end - TimeDelta::milliseconds(1)));
    assert!(!rotated.accepts(&old, end));
    assert!(rotated.accepts(&new, end));
    let (again, _) = rotated.rotate(now(), &mut UnwrapErr(SysRng));
    assert!(!again.accepts(&old, now()), "only one token before is kept");
}

#[test]
fn the_topmost_mapping_decides_for_active_users_where_groups_give_roles() {
    let mapping = |group: &str, role: &str| GroupRoleMapping {
        id: group.into(),
        group: ResourceId::named(group),
        group_name: group.into(),
        role: role.into(),
        created_at: now(),
    };
    let mut directory = created().0;
    directory.mappings = [mapping("owners", "admin"), mapping("staff", "member")].into();
    directory.group_role_mapping_enabled = true;
    assert_eq!(role(&directory, true, &["staff", "owners"]), RoleEffect::FromGroup("admin".into()));
    assert_eq!(role(&directory, true, &[]), RoleEffect::NoGroup);
    assert_eq!(role(&directory, false, &["owners"]), RoleEffect::NoGroup);
    directory.group_role_mapping_enabled = false;
    assert_eq!(role(&directory, true, &["owners"]), RoleEffect::Untouched);
}
