//! What a directory does to accounts, in the transaction of the change itself.

use std::error::Error;

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use serde_json::{Map, Value};
use vestibule::{
    analytics_filter::{self, Change, Contacts, TestUserRule, User, UserId},
    scim_core::{self, AccountEffect, MetadataEffect, ResourceId, RoleEffect, TenantId},
};
use vestibule_axum::Clock;

use super::{
    queries,
    tables::{self, Account},
};

const DEFAULT_ROLE: &str = "org:member";

/// What the host knows of its directories: whose users go into which organization.
#[derive(Debug, Clone)]
pub(crate) struct Directories {
    /// The organization of every enterprise connection of the demonstration.
    pub(crate) organization: String,
    pub(crate) rule: TestUserRule,
    pub(crate) clock: Clock,
}

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

impl Directories {
    /// Carries out an effect, or fails and takes the directory's change back with it.
    pub(crate) fn apply(&self, tx: &Transaction<'_>, tenant: &TenantId, effect: &AccountEffect) -> Outcome {
        let now = self.clock.now();
        match effect {
            AccountEffect::Put(account) => self.put(tx, tenant.as_str(), account, now),
            AccountEffect::Remove { user, .. } => deactivate(tx, tenant.as_str(), user, now),
        }
    }

    fn put(
        &self,
        tx: &Transaction<'_>,
        tenant: &str,
        sent: &scim_core::Account,
        now: DateTime<Utc>,
    ) -> Outcome {
        let id = account_id(&sent.user);
        let stored = queries::find(tx, tenant, &id)?;
        let account = Account {
            external_id: sent.external_id.clone(),
            username: sent.username.clone(),
            email: sent.email.clone(),
            first_name: sent.first_name.clone(),
            last_name: sent.last_name.clone(),
            active: sent.active,
            public_metadata: merged(stored.as_ref(), &sent.public_metadata),
            created_at: stored.as_ref().map_or(now.timestamp_millis(), |stored| stored.created_at),
            updated_at: now.timestamp_millis(),
            id,
        };
        tables::put(tx, tenant, &account)?;
        self.give_role(tx, tenant, &account.id, &sent.role, now.timestamp_millis())?;
        self.show(tx, tenant, &account, now)
    }

    /// A role that was set by hand stays where no group gives one.
    fn give_role(
        &self,
        tx: &Transaction<'_>,
        tenant: &str,
        user: &str,
        role: &RoleEffect,
        now: i64,
    ) -> Outcome {
        let at = (self.organization.as_str(), user);
        let stored = queries::role(tx, tenant, at)?;
        let given = match (role, stored) {
            (RoleEffect::FromGroup(role), _) => Some((&**role, true)),
            (RoleEffect::NoGroup, Some((_, true))) | (_, None) => Some((DEFAULT_ROLE, false)),
            (_, Some(_)) => None,
        };
        if let Some(given) = given {
            tables::set_role(tx, tenant, at, given, now)?;
        }
        Ok(())
    }

    /// The Overview counts the user, too.
    fn show(&self, tx: &Transaction<'_>, tenant: &str, account: &Account, now: DateTime<Utc>) -> Outcome {
        let created_at = DateTime::from_timestamp_millis(account.created_at).unwrap_or(now);
        let contacts = Contacts::new(account.email.as_deref(), None);
        let mut user = User::new(&self.rule, UserId::new(&account.id)?, contacts, created_at, now);
        if let Some(name) = account.full_name() {
            user = user.with_name(name);
        }
        let tenant = analytics_filter::TenantId::new(tenant)?;
        vestibule_sqlite::analytics::apply(tx, &tenant, &Change::User(user))?;
        Ok(())
    }
}

/// The id of the account of a directory's user.
fn account_id(user: &ResourceId) -> String {
    format!("user_{user}")
}

fn deactivate(tx: &Transaction<'_>, tenant: &str, user: &ResourceId, now: DateTime<Utc>) -> Outcome {
    if let Some(account) = queries::find(tx, tenant, &account_id(user))? {
        let inactive = Account { active: false, updated_at: now.timestamp_millis(), ..account };
        tables::put(tx, tenant, &inactive)?;
    }
    Ok(())
}

fn merged(stored: Option<&Account>, effects: &[MetadataEffect]) -> Value {
    let stored = stored.and_then(|stored| stored.public_metadata.as_object().cloned());
    let mut metadata: Map<String, Value> = stored.unwrap_or_default();
    for effect in effects {
        match &effect.value {
            Some(value) => drop(metadata.insert(effect.key.to_string(), value.clone())),
            None => drop(metadata.remove(&*effect.key)),
        }
    }
    metadata.into()
}
