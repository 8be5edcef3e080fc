//! How do I keep a part of the keys' store in a table of my own, and know that I got it right?
//!
//! Here the audit log goes to the host's own table, and the rest to a store that is there. `cargo test -p examples --example
//! own_store` runs the contract; `cargo run -p examples --example own_store` shows the log.

use std::{
    convert::Infallible,
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
};

use apikeys::{
    ApiKeys, AuditEvent, AuditStore, Commit, ErrorType, IdempotencyKey, KeyChange, KeyId, KeyWriter,
    MemoryStore, NewKey, Pepper, PepperId, Peppers, TenantId, TokenFormat,
};
use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;

/// A store whose audit log is the host's own.
#[derive(Debug, Default)]
struct OwnLog {
    rest: MemoryStore,
    log: Mutex<Vec<(TenantId, AuditEvent)>>,
}

impl OwnLog {
    fn log(&self) -> MutexGuard<'_, Vec<(TenantId, AuditEvent)>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is written is never changed.
    fn write(&self, tenant: &TenantId, event: &AuditEvent) {
        let mut log = self.log();
        if !log.iter().any(|(of, written)| of == tenant && written.id == event.id) {
            log.push((tenant.clone(), event.clone()));
        }
    }
}

impl ErrorType for OwnLog {
    type Error = Infallible;
}

macro_rules! rest {
    ($self:ident, $call:ident($($argument:expr),*)) => { $self.rest.$call($($argument),*).await };
}

apikeys::forward_store! {
    impl[] OwnLog, error Infallible, via rest,
    ports [KeyReader, KeyLister, ChangeFeed, UsageStore, SpendStore]
}

impl KeyWriter for OwnLog {
    async fn earlier_creation(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: DateTime<Utc>,
    ) -> Result<Option<apikeys::EarlierCreation>, Infallible> {
        self.rest.earlier_creation(tenant, key, now).await
    }

    /// In a database both writes belong into one transaction.
    async fn commit(
        &self,
        tenant: &TenantId,
        change: &KeyChange,
        now: DateTime<Utc>,
    ) -> Result<Commit, Infallible> {
        let commit = self.rest.commit(tenant, change, now).await?;
        if commit == Commit::Applied {
            self.write(tenant, &change.event(now));
        }
        Ok(commit)
    }
}

impl AuditStore for OwnLog {
    async fn append(&self, tenant: &TenantId, events: &[AuditEvent]) -> Result<(), Infallible> {
        events.iter().for_each(|event| self.write(tenant, event));
        Ok(())
    }

    async fn events(
        &self,
        tenant: &TenantId,
        key: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, Infallible> {
        let log = self.log();
        let own = log.iter().filter(|(of, event)| of == tenant && (key.is_none() || event.key == key));
        let mut events: Vec<_> = own.map(|(_, event)| event.clone()).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        events.truncate(limit as usize);
        Ok(events)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    store_contract::block_on(async {
        let (tenant, mut rng) = (TenantId::new("acme")?, UnwrapErr(SysRng));
        let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
        let keys = ApiKeys::new(OwnLog::default(), TokenFormat::new("ak", "test")?, peppers, &mut rng);
        let new = NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse()?, "Nightly reports");
        let (key, _) = keys.issue(&tenant, new, DateTime::UNIX_EPOCH, &mut rng).await?;
        keys.delete(&tenant, key.id, DateTime::UNIX_EPOCH).await?;
        for event in keys.audit_log(&tenant, None, 10, DateTime::UNIX_EPOCH).await? {
            println!("{} {:?} {:?}", event.at, event.action, event.key);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    apikeys::contract! { store: super::OwnLog::default() }
}
