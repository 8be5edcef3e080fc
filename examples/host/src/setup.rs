//! Everything opened and wired, and set up on a new database.

use std::{error::Error, fs, io, path::Path, sync::Arc};

use getrandom::SysRng;
use rand_core::{CryptoRng, UnwrapErr};
use vestibule::{
    analytics_filter::{Change, CursorKey, Cursors, Organization, OrganizationId, Overview, TestUserRule},
    apikeys::{ApiKeys, CachePolicy, Pepper, PepperId, Peppers, TokenFormat, XChaChaVault},
    billing_plans::Billing,
    scim_core::{self, AttributeDefinition, DirectoryStore, ENTERPRISE_USER, NewDirectory, Registry, Scim},
};
use vestibule_axum::{Clock, Tenant};
use vestibule_sqlite::SqliteStore;

use crate::{
    accounts::{self, Directories},
    demo,
    options::{DatabaseOption, Options},
    secrets::{self, Secrets},
};

/// The one organization whose users the directory holds.
pub(crate) const ORGANIZATION: &str = "org_demo00000000000000000000000";
const ENTERPRISE_CONNECTION: &str = "ent_demo";

/// The house with all its rooms.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) store: SqliteStore,
    pub(crate) keys: Arc<ApiKeys<SqliteStore>>,
    pub(crate) billing: Billing<SqliteStore>,
    pub(crate) scim: Arc<Scim<SqliteStore>>,
    pub(crate) tenant: Tenant,
    pub(crate) secrets: Secrets,
    pub(crate) rule: TestUserRule,
    pub(crate) clock: Clock,
}

impl House {
    /// What the Overview shows.
    pub(crate) fn overview(&self) -> Overview<SqliteStore> {
        let cursors = Cursors::new(CursorKey::new(&self.secrets.key("cursors")));
        Overview::new(self.store.clone(), self.rule.clone(), cursors)
    }
}

/// Opens the database that was asked for; a new one gets its directory, and its demonstration data.
pub(crate) async fn open(options: &Options) -> Result<House, Box<dyn Error>> {
    let secrets = match &options.database {
        DatabaseOption::Memory => None,
        DatabaseOption::File(path) => secrets::load(&secrets::beside(path))?,
    };
    let rng = &mut UnwrapErr(SysRng);
    let secrets = secrets.unwrap_or_else(|| Secrets::fresh(rng));
    let (rule, clock) = (TestUserRule::default(), Clock::system());
    let hook = Directories { organization: ORGANIZATION.into(), rule: rule.clone(), clock: clock.clone() };
    let store = match &options.database {
        DatabaseOption::Memory => SqliteStore::in_memory()?,
        DatabaseOption::File(path) => SqliteStore::open(path)?,
    }
    .with_accounts(move |tx, tenant, effect| hook.apply(tx, tenant, effect));
    store.database().write(|tx| Ok(accounts::create(tx)?)).await?;
    let cursors = scim_core::Cursors::new(CursorKey::new(&secrets.key("scim-cursors")));
    let scim = Scim::new(store.clone(), registry(options.scim_schemas.as_deref())?)
        .with_profile(options.scim_profile)
        .with_cursors(cursors);
    let mut house = House {
        keys: Arc::new(api_keys(&store, &secrets, options, rng)?),
        billing: Billing::new(store.clone()),
        scim: Arc::new(scim),
        tenant: Tenant::new("ins_demo")?,
        store,
        secrets,
        rule,
        clock,
    };
    let is_new = house.store.directories(house.tenant.scim()).await?.is_empty();
    if is_new || house.secrets.scim_token.is_none() {
        create_directory(&mut house, is_new).await?;
        if let DatabaseOption::File(path) = &options.database {
            secrets::write_private(&secrets::beside(path), &house.secrets)?;
        }
    }
    if is_new && options.demo {
        demo::fill(&house).await?;
    }
    Ok(house)
}

/// Keys with a cache; how much of their usage may be lost, and whether their secrets can be shown again, is an option.
fn api_keys(
    store: &SqliteStore,
    secrets: &Secrets,
    options: &Options,
    rng: &mut impl CryptoRng,
) -> Result<ApiKeys<SqliteStore>, Box<dyn Error>> {
    let peppers = Peppers::new((PepperId(1), Pepper::new(&secrets.key("pepper"))), []);
    let keys = ApiKeys::new(store.clone(), TokenFormat::new("ak", "test")?, peppers, rng)
        .with_cache(CachePolicy::default())
        .with_loss_bound(options.usage_loss_bound);
    Ok(match options.keep_secrets {
        true => keys.with_vault(Arc::new(XChaChaVault::new(&secrets.key("vault")))),
        false => keys,
    })
}

/// The organization and its directory; if the token of one that is there was lost, it gets another.
async fn create_directory(house: &mut House, is_new: bool) -> Result<(), Box<dyn Error>> {
    let (now, rng) = (house.clock.now(), &mut UnwrapErr(SysRng));
    let tenant = house.tenant.clone();
    let token = if is_new {
        let organization = Organization {
            id: OrganizationId::new(ORGANIZATION)?,
            name: "Acme".into(),
            members: 0,
            created_at: now,
            as_of: now,
        };
        let of = tenant.clone();
        house
            .store
            .database()
            .write(move |tx| {
                accounts::put_organization(tx, of.name(), ORGANIZATION, "Acme", now.timestamp_millis())?;
                vestibule_sqlite::analytics::apply(tx, of.analytics(), &Change::Organization(organization))
            })
            .await?;
        let created = house.scim.create_directory(tenant.scim(), directory(), now, rng).await?;
        created.ok_or("the enterprise connection has a directory already")?.1
    } else {
        let directories = house.store.directories(tenant.scim()).await?;
        let id = directories.first().ok_or("there is no directory")?.id.clone();
        let rotate = |stored: &scim_core::Directory| {
            Ok::<_, std::convert::Infallible>(stored.rotate(now, &mut UnwrapErr(SysRng)))
        };
        let rotated = house.scim.change_directory(tenant.scim(), &id, rotate).await?;
        rotated.ok_or("the directory is gone")?.1
    };
    house.secrets.scim_token = Some(token.reveal().to_string());
    Ok(())
}

/// The department of a user lands in `public_metadata`.
fn directory() -> NewDirectory {
    let department = AttributeDefinition {
        key: "department".into(),
        name: "Department".into(),
        multi_valued: false,
        sso_path: Some("department".into()),
        directory_path: Some(format!("{ENTERPRISE_USER}:department").into()),
    };
    NewDirectory {
        name: "Acme".into(),
        enterprise_connection_id: ENTERPRISE_CONNECTION.into(),
        provider: "okta".into(),
        custom_attributes: vec![department],
    }
}

/// The standard schemas, and those in the files of a folder.
fn registry(folder: Option<&Path>) -> Result<Registry, Box<dyn Error>> {
    let Some(folder) = folder else { return Ok(Registry::standard()) };
    let named = |error: io::Error| format!("{} can't be read: {error}", folder.display());
    let mut files = fs::read_dir(folder)
        .map_err(named)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut documents = Vec::new();
    for file in files {
        let read = fs::read(&file).map_err(Into::into).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
        documents.push(read.map_err(|error: Box<dyn Error>| format!("{}: {error}", file.display()))?);
    }
    Ok(Registry::standard().with(documents)?)
}
