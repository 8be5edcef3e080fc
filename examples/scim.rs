//! How do I let an identity provider provision my users?
//!
//! `cargo run -p examples --example scim`

use std::error::Error;

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AttributeDefinition, ENTERPRISE_USER, ListRequest, MemoryStore, NewDirectory, NewMapping, PatchRequest,
    Place, Registry, ResourceId, Scim, TenantId, add_mapping,
};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    store_contract::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut rng = UnwrapErr(SysRng);
    let now: DateTime<Utc> = "2026-05-04T09:00:00Z".parse()?;
    let acme = TenantId::new("acme")?;
    // Accounts are the host's: it is told what becomes of them, in the commit that the change is part of.
    let store = MemoryStore::new().with_accounts(|_, effect| println!("account: {effect:?}"));
    let scim = Scim::new(store, Registry::standard());

    let department = AttributeDefinition {
        key: "department".into(),
        name: "Department".into(),
        multi_valued: false,
        sso_path: None,
        directory_path: Some(format!("{ENTERPRISE_USER}:department").into()),
    };
    let new = NewDirectory {
        name: "Okta".into(),
        enterprise_connection_id: "ent_1".into(),
        provider: "okta".into(),
        custom_attributes: vec![department],
    };
    let (directory, token) =
        scim.create_directory(&acme, new, now, &mut rng).await?.ok_or("there is one already")?;
    assert!(scim.authenticate(&acme, &token.reveal(), now).await?.is_some());

    let place = Place { tenant: &acme, directory: &directory.id, base_url: "https://example.com/scim/v2" };
    let registry = scim.registry().clone();
    let (users, groups) = (
        registry.at_endpoint("Users").ok_or("no users")?,
        registry.at_endpoint("Groups").ok_or("no groups")?,
    );
    let ada = json!({
        "userName": "ada",
        "emails": [{ "value": "ada@example.com", "primary": "True" }],
        ENTERPRISE_USER: { "department": "Engineering" },
    });
    let ada = scim.create(place, users, &ada, now, &mut rng).await?;
    let owners = scim.create(place, groups, &json!({ "displayName": "Owners" }), now, &mut rng).await?;
    let owners = ResourceId::named(owners.body["id"].as_str().ok_or("no id")?);

    let mapping = NewMapping { group: owners.clone(), group_name: "Owners".into(), role: "org:admin".into() };
    let map = |stored: &_| {
        add_mapping(stored, mapping.clone(), None, now, &mut UnwrapErr(SysRng)).map(|next| (next, ()))
    };
    scim.change_directory(&acme, &directory.id, map).await?;

    // As Entra ID sends it.
    let join =
        json!({ "Operations": [{ "op": "Add", "path": "members", "value": [{ "value": ada.body["id"] }] }] });
    scim.modify(place, groups, &owners, &PatchRequest::parse(&join)?, now).await?;
    let request =
        ListRequest { filter: Some("emails[value eq \"ada@example.com\"]".into()), ..ListRequest::default() };
    println!("{:#}", scim.list(place, std::slice::from_ref(users), &request, now).await?);
    Ok(())
}
