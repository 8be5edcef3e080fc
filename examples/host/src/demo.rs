//! Demonstration data for a new database.

mod people;
mod plans;

use std::{error::Error, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use rusqlite::Transaction;
use serde_json::json;
use vestibule::analytics_filter::{
    Activity, Change, Contacts, Organization, OrganizationId, TestUserRule, User, UserId,
};
use vestibule_axum::Tenant;
use vestibule_sqlite::{SqliteError, analytics};

use self::people::{Dice, Person};
use crate::{
    accounts::{self, Account},
    setup::House,
    waitlist,
};

const USERS: u64 = 5_000;
const ORGANIZATIONS: u32 = 120;
const WAITLIST: u32 = 400;

/// 5,000 users over 26 weeks with test users among them, organizations, a waitlist, and three plans.
pub(crate) async fn fill(house: &House) -> Result<(), Box<dyn Error>> {
    let (tenant, rule, now) = (house.tenant.clone(), house.rule.clone(), house.clock.now());
    plans::create(&house.billing, tenant.billing(), now, &mut UnwrapErr(SysRng)).await?;
    let write = move |tx: &Transaction<'_>| {
        for person in people::invent(USERS, now) {
            sign_up(tx, &tenant, &rule, &person)?;
        }
        let mut dice = Dice(7);
        for n in 0..ORGANIZATIONS {
            found(tx, &tenant, n, ago(now, &mut dice), &mut dice)?;
        }
        for n in 0..WAITLIST {
            let tag = if n % 20 == 3 { "+clerk_test" } else { "" };
            let address = format!("waiting{n}{tag}@example.com");
            waitlist::create(tx, &tenant, &rule, &address, ago(now, &mut dice))?;
        }
        Ok(())
    };
    house.store.database().write(write).await?;
    Ok(())
}

fn sign_up(
    tx: &Transaction<'_>,
    tenant: &Tenant,
    rule: &TestUserRule,
    person: &Person,
) -> Result<(), SqliteError> {
    let created_at = person.created_at.timestamp_millis();
    let account = Account {
        id: person.id.clone(),
        external_id: None,
        username: None,
        email: Some(person.email.clone()),
        first_name: Some(person.first_name.into()),
        last_name: Some(person.last_name.into()),
        active: true,
        public_metadata: json!({}),
        created_at,
        updated_at: created_at,
    };
    accounts::put(tx, tenant.name(), &account)?;
    let id = UserId::new(&person.id).map_err(|error| SqliteError::Hook(error.into()))?;
    let contacts = Contacts::new(Some(&person.email), person.phone.as_deref());
    let user = User::new(rule, id.clone(), contacts, person.created_at, person.created_at)
        .with_name(format!("{} {}", person.first_name, person.last_name));
    analytics::apply(tx, tenant.analytics(), &Change::User(user))?;
    let activity = Activity { user: id, days: Arc::from(person.active_on.as_slice()) };
    analytics::apply(tx, tenant.analytics(), &Change::Activity(activity))?;
    Ok(())
}

fn found(
    tx: &Transaction<'_>,
    tenant: &Tenant,
    n: u32,
    created_at: DateTime<Utc>,
    dice: &mut Dice,
) -> Result<(), SqliteError> {
    let (id, name) = (format!("org_demo{:023}", n + 1), format!("Company {}", n + 1));
    accounts::put_organization(tx, tenant.name(), &id, &name, created_at.timestamp_millis())?;
    let organization = Organization {
        id: OrganizationId::new(&id).map_err(|error| SqliteError::Hook(error.into()))?,
        name: name.into(),
        members: u32::try_from(2 + dice.below(40)).unwrap_or(2),
        created_at,
        as_of: created_at,
    };
    analytics::apply(tx, tenant.analytics(), &Change::Organization(organization)).map(drop)
}

/// Some time within the 26 weeks before `now`.
fn ago(now: DateTime<Utc>, dice: &mut Dice) -> DateTime<Utc> {
    now - TimeDelta::seconds(i64::try_from(dice.below(26 * 7 * 86_400)).unwrap_or(0))
}
