//! A waitlist in memory: for tests, and for a host that has no table of its own.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};

use super::{
    NewWaitlistEntry, Waitlist, WaitlistAction, WaitlistEntry, WaitlistField, WaitlistOutcome, WaitlistPage,
    WaitlistQuery,
};
use crate::Tenant;

/// A waitlist in memory.
#[derive(Debug, Default)]
pub struct MemoryWaitlist {
    entries: Mutex<BTreeMap<String, Vec<WaitlistEntry>>>,
    is_closed: bool,
}

impl MemoryWaitlist {
    /// An empty waitlist.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty waitlist that takes no entries.
    pub fn closed() -> Self {
        Self { is_closed: true, ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<WaitlistEntry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waitlist for MemoryWaitlist {
    type Error = Infallible;

    async fn list(&self, tenant: &Tenant, query: &WaitlistQuery) -> Result<WaitlistPage, Infallible> {
        let mut found = self.lock().get(tenant.name()).cloned().unwrap_or_default();
        found.retain(|entry| query.matches(entry));
        found.sort_by(|a, b| {
            let by_field = match query.order.field {
                WaitlistField::CreatedAt => a.created_at.cmp(&b.created_at),
                WaitlistField::EmailAddress => a.email_address.cmp(&b.email_address),
                WaitlistField::InvitedAt => a.invited_at.cmp(&b.invited_at),
            };
            let ascending = by_field.then_with(|| a.id.cmp(&b.id));
            if query.order.descending { ascending.reverse() } else { ascending }
        });
        let total_count = found.len() as u64;
        let entries = found.into_iter().skip(query.offset as usize).take(query.limit as usize).collect();
        Ok(WaitlistPage { entries, total_count })
    }

    async fn create(
        &self,
        tenant: &Tenant,
        new: &[NewWaitlistEntry],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<WaitlistEntry>>, Infallible> {
        if self.is_closed {
            return Ok(None);
        }
        let mut tenants = self.lock();
        let entries = tenants.entry(tenant.name().to_owned()).or_default();
        Ok(Some(new.iter().map(|new| put(entries, new, now)).collect()))
    }

    async fn act(
        &self,
        tenant: &Tenant,
        id: &str,
        action: WaitlistAction,
        now: DateTime<Utc>,
    ) -> Result<WaitlistOutcome, Infallible> {
        let mut tenants = self.lock();
        let entries = tenants.entry(tenant.name().to_owned()).or_default();
        let Some(at) = entries.iter().position(|entry| entry.id == id) else {
            return Ok(WaitlistOutcome::NotFound);
        };
        Ok(match action.decide(&entries[at], now) {
            Err(refusal) => WaitlistOutcome::Refused(refusal),
            Ok(Some(changed)) => {
                entries[at] = changed.clone();
                WaitlistOutcome::Changed(changed)
            }
            Ok(None) => {
                entries.remove(at);
                WaitlistOutcome::Deleted
            }
        })
    }
}

fn put(entries: &mut Vec<WaitlistEntry>, new: &NewWaitlistEntry, now: DateTime<Utc>) -> WaitlistEntry {
    if let Some(entry) = entries.iter().find(|entry| entry.email_address == new.email_address) {
        return entry.clone();
    }
    let entry = WaitlistEntry::pending(format!("waitlist_{}", random_id()), &new.email_address, now);
    entries.push(entry.clone());
    entry
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    let _ = getrandom::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}
