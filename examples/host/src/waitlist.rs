//! The waitlist: a table of the host's, which the Overview shows, too.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use vestibule::analytics_filter::{self, Change, TestUserRule, WaitlistEntryId, WaitlistStatus};
use vestibule_axum::{
    Tenant,
    waitlist::{
        NewWaitlistEntry, Waitlist, WaitlistAction, WaitlistEntry, WaitlistField, WaitlistOrder,
        WaitlistOutcome, WaitlistPage, WaitlistQuery,
    },
};
use vestibule_sqlite::{Database, SqliteError};

/// The waitlist in the host's database.
#[derive(Debug, Clone)]
pub(crate) struct HostWaitlist {
    pub(crate) database: Database,
    pub(crate) rule: TestUserRule,
}

impl Waitlist for HostWaitlist {
    type Error = SqliteError;

    async fn list(&self, tenant: &Tenant, query: &WaitlistQuery) -> Result<WaitlistPage, SqliteError> {
        let (tenant, query) = (tenant.name().to_owned(), query.clone());
        self.database.read(move |db| page(db, &tenant, &query).map_err(Into::into)).await
    }

    async fn create(
        &self,
        tenant: &Tenant,
        entries: &[NewWaitlistEntry],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<WaitlistEntry>>, SqliteError> {
        let (tenant, entries, rule) = (tenant.clone(), entries.to_vec(), self.rule.clone());
        let created = move |tx: &Transaction<'_>| {
            entries.iter().map(|new| create(tx, &tenant, &rule, &new.email_address, now)).collect()
        };
        self.database.write(created).await.map(Some)
    }

    async fn act(
        &self,
        tenant: &Tenant,
        id: &str,
        action: WaitlistAction,
        now: DateTime<Utc>,
    ) -> Result<WaitlistOutcome, SqliteError> {
        let (tenant, id, rule) = (tenant.clone(), id.to_owned(), self.rule.clone());
        self.database.write(move |tx| act(tx, &tenant, &rule, &id, action, now)).await
    }
}

/// Puts an address on the list, unless it is there.
pub(crate) fn create(
    tx: &Transaction<'_>,
    tenant: &Tenant,
    rule: &TestUserRule,
    email_address: &str,
    now: DateTime<Utc>,
) -> Result<WaitlistEntry, SqliteError> {
    let there = tx
        .prepare_cached("SELECT * FROM host_waitlist WHERE tenant = ?1 AND email_address = ?2")?
        .query_row([tenant.name(), email_address], entry)
        .optional()?;
    if let Some(there) = there {
        return Ok(there);
    }
    let mut bytes = [0; 16];
    let _ = getrandom::fill(&mut bytes);
    let id = format!("waitlist_{:032x}", u128::from_be_bytes(bytes));
    let new = WaitlistEntry::pending(id, email_address, now);
    put(tx, tenant, rule, &new)?;
    Ok(new)
}

fn act(
    tx: &Transaction<'_>,
    tenant: &Tenant,
    rule: &TestUserRule,
    id: &str,
    action: WaitlistAction,
    now: DateTime<Utc>,
) -> Result<WaitlistOutcome, SqliteError> {
    let stored = tx
        .prepare_cached("SELECT * FROM host_waitlist WHERE tenant = ?1 AND id = ?2")?
        .query_row([tenant.name(), id], entry)
        .optional()?;
    let Some(stored) = stored else { return Ok(WaitlistOutcome::NotFound) };
    match action.decide(&stored, now) {
        Err(refusal) => Ok(WaitlistOutcome::Refused(refusal)),
        Ok(Some(changed)) => {
            put(tx, tenant, rule, &changed)?;
            Ok(WaitlistOutcome::Changed(changed))
        }
        Ok(None) => {
            tx.execute("DELETE FROM host_waitlist WHERE tenant = ?1 AND id = ?2", [tenant.name(), id])?;
            show(tx, tenant, &Change::WaitlistEntryDeleted(known_id(id)?))?;
            Ok(WaitlistOutcome::Deleted)
        }
    }
}

fn put(
    tx: &Transaction<'_>,
    tenant: &Tenant,
    rule: &TestUserRule,
    entry: &WaitlistEntry,
) -> Result<(), SqliteError> {
    tx.prepare_cached(
        "INSERT INTO host_waitlist (tenant, id, email_address, status, created_at, updated_at, invited_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (tenant, id) DO UPDATE SET
             status = excluded.status, updated_at = excluded.updated_at, invited_at = excluded.invited_at",
    )?
    .execute(params![
        tenant.name(),
        entry.id,
        entry.email_address,
        entry.status.code(),
        entry.created_at.timestamp_millis(),
        entry.updated_at.timestamp_millis(),
        entry.invited_at.map(|at| at.timestamp_millis()),
    ])?;
    let shown = analytics_filter::WaitlistEntry::new(
        rule,
        known_id(&entry.id)?,
        &entry.email_address,
        entry.status,
        entry.created_at,
        entry.updated_at,
    );
    show(tx, tenant, &Change::WaitlistEntry(shown))
}

/// The Overview's table changes in the same transaction.
fn show(tx: &Transaction<'_>, tenant: &Tenant, change: &Change) -> Result<(), SqliteError> {
    vestibule_sqlite::analytics::apply(tx, tenant.analytics(), change).map(drop)
}

fn known_id(id: &str) -> Result<WaitlistEntryId, SqliteError> {
    WaitlistEntryId::new(id).map_err(|error| SqliteError::Hook(error.into()))
}

fn page(db: &Connection, tenant: &str, query: &WaitlistQuery) -> rusqlite::Result<WaitlistPage> {
    const MATCHES: &str = "tenant = :tenant AND (:status IS NULL OR status = :status)
        AND (:text IS NULL OR id = :text OR instr(email_address, lower(:text)) > 0)";
    let (status, text) = (query.status.map(WaitlistStatus::code), query.text.as_deref());
    let total_count = db
        .prepare_cached(&format!("SELECT count(*) FROM host_waitlist WHERE {MATCHES}"))?
        .query_row(named_params! { ":tenant": tenant, ":status": status, ":text": text }, |row| row.get(0))?;
    let order = order(query.order);
    let entries = db
        .prepare_cached(&format!(
            "SELECT * FROM host_waitlist WHERE {MATCHES} ORDER BY {order} LIMIT :limit OFFSET :offset"
        ))?
        .query_map(
            named_params! {
                ":tenant": tenant, ":status": status, ":text": text, ":limit": query.limit, ":offset": query.offset,
            },
            entry,
        )?
        .collect::<Result<_, _>>()?;
    Ok(WaitlistPage { entries, total_count })
}

fn order(order: WaitlistOrder) -> String {
    let column = match order.field {
        WaitlistField::CreatedAt => "created_at",
        WaitlistField::EmailAddress => "email_address",
        WaitlistField::InvitedAt => "invited_at",
    };
    let direction = if order.descending { "DESC" } else { "ASC" };
    format!("{column} {direction}, id {direction}")
}

fn entry(row: &Row<'_>) -> rusqlite::Result<WaitlistEntry> {
    let time = |at: i64| DateTime::from_timestamp_millis(at).unwrap_or_default();
    let status: String = row.get("status")?;
    Ok(WaitlistEntry {
        id: row.get("id")?,
        email_address: row.get("email_address")?,
        status: WaitlistStatus::from_code(&status).unwrap_or(WaitlistStatus::Pending),
        is_locked: false,
        created_at: time(row.get("created_at")?),
        updated_at: time(row.get("updated_at")?),
        invited_at: row.get::<_, Option<i64>>("invited_at")?.map(time),
    })
}
