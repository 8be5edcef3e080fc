//! Plans and settings.

use billing_plans::{
    Availability, Catalog, CatalogChange, CatalogWrite, Commit, Currency, Fee, FreeTrial, Name, NegativeFee,
    Plan, PlanId, Price, Revision, Settings, Slug, TenantId, TrialDays,
};
use rusqlite::{Connection, Transaction, named_params, params};

use super::column;
use crate::{
    SqliteError,
    column::{Columns, json},
};

const CATALOGS: &str = "billing_catalogs";
const PLANS: &str = "billing_plans";

pub(super) fn read(db: &Connection, tenant: &TenantId) -> Result<Catalog, SqliteError> {
    let (revision, settings) = read_settings(db, tenant)?;
    Ok(Catalog { revision, settings, plans: read_plans(db, tenant)? })
}

fn read_settings(db: &Connection, tenant: &TenantId) -> Result<(Option<Revision>, Settings), SqliteError> {
    let mut query = db.prepare_cached(
        "SELECT revision, annual_only_plans, free_trials, max_plans FROM billing_catalogs WHERE tenant = ?1",
    )?;
    let mut rows = query.query([tenant.as_str()])?;
    let Some(row) = rows.next()? else { return Ok((None, Settings::default())) };
    let columns = Columns::new(CATALOGS, row);
    let settings = Settings {
        annual_only_plans: columns.plain("annual_only_plans")?,
        free_trials: columns.plain("free_trials")?,
        max_plans: columns.plain("max_plans")?,
    };
    Ok((Some(columns.revision()?), settings))
}

fn read_plans(db: &Connection, tenant: &TenantId) -> Result<Vec<Plan>, SqliteError> {
    let mut query =
        db.prepare_cached("SELECT * FROM billing_plans WHERE tenant = ?1 ORDER BY created_at DESC, id DESC")?;
    let rows = query.query_and_then([tenant.as_str()], |row| read_plan(Columns::new(PLANS, row)))?;
    rows.collect()
}

fn read_plan(columns: Columns<'_>) -> Result<Plan, SqliteError> {
    let text = |column| columns.plain::<Option<String>>(column).map(|text| text.map(Into::into));
    Ok(Plan {
        id: PlanId::new(&columns.plain::<String>("id")?),
        name: columns.parsed("name", |text: String| Name::new(&text))?,
        slug: columns.parsed("slug", |text: String| Slug::new(&text))?,
        description: text("description")?,
        avatar_url: text("avatar_url")?,
        payer_type: columns.payer_type("payer_type")?,
        price: read_price(columns)?,
        is_default: columns.plain("is_default")?,
        is_recurring: columns.plain("is_recurring")?,
        publicly_visible: columns.plain("publicly_visible")?,
        has_base_fee: columns.plain("has_base_fee")?,
        features: columns.json("features")?,
        unit_prices: columns.json("unit_prices")?,
        free_trial: read_trial(columns)?,
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
    })
}

fn read_price(columns: Columns<'_>) -> Result<Price, SqliteError> {
    let fee = |column| {
        columns
            .parsed(column, |amount: Option<i64>| amount.map(Fee::new).transpose() as Result<_, NegativeFee>)
    };
    let availability = match (fee("month_fee")?, fee("year_fee")?) {
        (Some(month), None) => Availability::Monthly { month },
        (None, Some(year)) => Availability::Annual { year },
        (Some(month), Some(year)) => Availability::Both { month, year },
        (None, None) => return Err(SqliteError::corrupt(PLANS, "a plan without a fee")),
    };
    let currency = columns.parsed("currency", |code: String| Currency::parse(&code))?;
    Ok(Price { currency, availability })
}

fn read_trial(columns: Columns<'_>) -> Result<FreeTrial, SqliteError> {
    let days = columns.parsed("free_trial_days", |days: Option<i64>| days.map(TrialDays::new).transpose())?;
    match (columns.plain("free_trial_enabled")?, days) {
        (false, None) => Ok(FreeTrial::None),
        (false, Some(days)) => Ok(FreeTrial::Disabled { days }),
        (true, Some(days)) => Ok(FreeTrial::Enabled { days }),
        (true, None) => Err(SqliteError::corrupt(PLANS, "a free trial without days")),
    }
}

pub(super) fn apply(
    tx: &Transaction<'_>,
    tenant: &TenantId,
    change: &CatalogChange,
) -> Result<Commit, SqliteError> {
    if !advance(tx, tenant, change.expected)? {
        return Ok(Commit::Stale);
    }
    match &change.write {
        CatalogWrite::Settings(settings) => write_settings(tx, tenant, settings)?,
        CatalogWrite::Plan(plan) => write_plan(tx, tenant, plan)?,
    }
    Ok(Commit::Applied)
}

/// Takes the catalog from `expected` to the next revision, if it is there.
fn advance(tx: &Transaction<'_>, tenant: &TenantId, expected: Option<Revision>) -> Result<bool, SqliteError> {
    let changed = match expected {
        Some(expected) => tx
            .prepare_cached(
                "UPDATE billing_catalogs SET revision = revision + 1 WHERE tenant = ?1 AND revision = ?2",
            )?
            .execute(params![tenant.as_str(), column::revision(expected)])?,
        None => {
            let Settings { annual_only_plans, free_trials, max_plans } = Settings::default();
            tx.prepare_cached(
                "INSERT INTO billing_catalogs VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![tenant.as_str(), annual_only_plans, free_trials, max_plans])?
        }
    };
    Ok(changed == 1)
}

fn write_settings(tx: &Transaction<'_>, tenant: &TenantId, settings: &Settings) -> Result<(), SqliteError> {
    let Settings { annual_only_plans, free_trials, max_plans } = settings;
    tx.prepare_cached(
        "UPDATE billing_catalogs SET annual_only_plans = ?2, free_trials = ?3, max_plans = ?4 WHERE tenant = ?1",
    )?
    .execute(params![tenant.as_str(), annual_only_plans, free_trials, max_plans])?;
    Ok(())
}

fn write_plan(tx: &Transaction<'_>, tenant: &TenantId, plan: &Plan) -> Result<(), SqliteError> {
    let amount = |fee: Option<Fee>| fee.map(Fee::amount);
    tx.prepare_cached(
        "INSERT OR REPLACE INTO billing_plans VALUES (
            :tenant, :id, :name, :slug, :description, :avatar_url, :payer_type, :currency, :month_fee, :year_fee,
            :is_default, :is_recurring, :publicly_visible, :has_base_fee, :features, :unit_prices,
            :free_trial_enabled, :free_trial_days, :created_at, :updated_at)",
    )?
    .execute(named_params! {
        ":tenant": tenant.as_str(),
        ":id": plan.id.as_str(),
        ":name": plan.name.as_str(),
        ":slug": plan.slug.as_str(),
        ":description": plan.description.as_deref(),
        ":avatar_url": plan.avatar_url.as_deref(),
        ":payer_type": plan.payer_type.as_str(),
        ":currency": plan.price.currency.code(),
        ":month_fee": amount(plan.price.availability.month()),
        ":year_fee": amount(plan.price.availability.year()),
        ":is_default": plan.is_default,
        ":is_recurring": plan.is_recurring,
        ":publicly_visible": plan.publicly_visible,
        ":has_base_fee": plan.has_base_fee,
        ":features": json(PLANS, &plan.features)?,
        ":unit_prices": json(PLANS, &plan.unit_prices)?,
        ":free_trial_enabled": plan.free_trial.is_enabled(),
        ":free_trial_days": plan.free_trial.days().map(TrialDays::get),
        ":created_at": plan.created_at.timestamp_millis(),
        ":updated_at": plan.updated_at.timestamp_millis(),
    })?;
    Ok(())
}
