//! What this process knows of a tenant.

use std::sync::{
    Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};

use super::ApiKeys;
use crate::{
    AuditAction, AuditEvent, ChangedKeys, FeedCursor, KeyId, Month, TenantId, TenantPeppers, TenantPolicy,
    audit::Refusals, cache::Shards, meter::Meter,
};

#[derive(Debug)]
pub(super) struct TenantState {
    pub(super) tenant: TenantId,
    pub(super) peppers: TenantPeppers,
    pub(super) shards: Shards,
    pub(super) meter: Meter,
    policy: RwLock<TenantPolicy>,
    /// Where the feed was left.
    cursor: Mutex<Option<FeedCursor>>,
    is_followed: AtomicBool,
    /// When the feed was asked last, in milliseconds since 1970.
    asked_at: AtomicI64,
    pub(super) refusals: Mutex<Refusals>,
    /// Verifications of a month that were taken from a hard allowance, and not yet used.
    pub(super) allowance: Mutex<Option<(Month, u64)>>,
}

/// That one call follows the feed; ends when it is dropped, also in the middle.
pub(super) struct Following<'a>(&'a AtomicBool);

impl TenantState {
    pub(super) fn new<S>(tenant: TenantId, peppers: TenantPeppers, keys: &ApiKeys<S>) -> Self {
        let shards = Shards::new(keys.cache);
        let meter = Meter::new(keys.loss_bound, keys.writer, shards.count_of_shards());
        Self {
            tenant,
            peppers,
            shards,
            meter,
            policy: RwLock::default(),
            cursor: Mutex::default(),
            is_followed: AtomicBool::new(false),
            asked_at: AtomicI64::new(i64::MIN),
            refusals: Mutex::default(),
            allowance: Mutex::default(),
        }
    }

    pub(super) fn policy(&self) -> TenantPolicy {
        *self.policy.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_policy(&self, policy: TenantPolicy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
        self.shards.clear();
    }

    pub(super) fn cursor(&self) -> Option<FeedCursor> {
        *lock(&self.cursor)
    }

    pub(super) fn asked_at(&self) -> i64 {
        self.asked_at.load(Ordering::Relaxed)
    }

    /// Leave to follow the feed, unless another call does.
    pub(super) fn begin_following(&self, now_ms: i64) -> Option<Following<'_>> {
        let free = self.is_followed.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed);
        free.ok()?;
        self.asked_at.store(now_ms, Ordering::Relaxed);
        Some(Following(&self.is_followed))
    }

    /// Forgets what has changed.
    pub(super) fn apply(&self, changed: &ChangedKeys) {
        changed.ids.iter().for_each(|id| self.shards.invalidate(*id));
        // Calls may follow side by side: the cursor never goes back.
        let mut cursor = lock(&self.cursor);
        *cursor = (*cursor).max(Some(changed.next));
        drop(cursor);
        if !changed.more {
            self.shards.as_of.fetch_max(changed.as_of.timestamp_millis(), Ordering::AcqRel);
        }
    }

    /// Keeps a refused verification for the audit log.
    pub(super) fn audit_refusal(&self, id: [u8; 16], key: Option<KeyId>, verdict: u8, at: DateTime<Utc>) {
        let action = AuditAction::Refused { verdict };
        lock(&self.refusals).add(AuditEvent { id, at, key, by: None, action });
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Following<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
