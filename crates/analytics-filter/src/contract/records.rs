//! Walking through what was classified.

use store_contract::{Check, ensure_eq};

use super::samples::{REAL, TEST, entry, signed_up, tenant, user, user_deleted};
use crate::{
    Change, OverviewWriter, RecordReader, TenantId, UserId, WaitlistEntry, WaitlistEntryId, WaitlistStatus,
};

const EARLY: &str = "2026-03-01T10:00:00.001Z";
const LATE: &str = "2026-03-02T10:00:00.001Z";

/// Users are walked by id, whole, without those that were deleted.
pub async fn users_are_walked_by_id<S: OverviewWriter + RecordReader>(store: S) -> Check {
    let written = ["b", "B", "c"].map(|id| user(id, TEST, EARLY, LATE));
    store.commit(&tenant(), &written.clone().map(Change::User)).await?;
    store.commit(&tenant(), &[signed_up("bb", REAL, EARLY), user_deleted("bb"), user_deleted("a")]).await?;
    let [b, upper_b, c] = written;
    let found = store.users_by_id(&tenant(), None, 2).await?;
    ensure_eq!(found, [upper_b, b.clone()], "ordered by id, byte by byte, as written");
    ensure_eq!(store.users_by_id(&tenant(), Some(&b.id), 2).await?, [c], "from behind an id");
    let gone = UserId::new("a").unwrap();
    ensure_eq!(store.users_by_id(&tenant(), Some(&gone), 1).await?, [b], "whether it is there or not");
    let other = TenantId::new("ins_2").unwrap();
    ensure_eq!(store.users_by_id(&other, None, 9).await?, [], "tenants are apart");
    Ok(())
}

/// Waitlist entries are walked by id, whole, without those that were deleted.
pub async fn waitlist_entries_are_walked_by_id<S: OverviewWriter + RecordReader>(store: S) -> Check {
    let written = ["b", "B", "c", "a"].map(|id| entry(id, TEST, WaitlistStatus::Invited, EARLY, LATE));
    store.commit(&tenant(), &written).await?;
    let id = |id| WaitlistEntryId::new(id).unwrap();
    store.commit(&tenant(), &[Change::WaitlistEntryDeleted(id("a"))]).await?;
    let [b, upper_b, c, _] = written;
    let found: Vec<_> = wrap(store.waitlist_by_id(&tenant(), None, 2).await?);
    ensure_eq!(found, [upper_b, b.clone()], "ordered by id, byte by byte, as written");
    ensure_eq!(wrap(store.waitlist_by_id(&tenant(), Some(&id("b")), 9).await?), [c], "from behind an id");
    ensure_eq!(wrap(store.waitlist_by_id(&tenant(), Some(&id("a")), 1).await?), [b], "there or not");
    let other = TenantId::new("ins_2").unwrap();
    ensure_eq!(store.waitlist_by_id(&other, None, 9).await?, [], "tenants are apart");
    Ok(())
}

fn wrap(entries: Vec<WaitlistEntry>) -> Vec<Change> {
    entries.into_iter().map(Change::WaitlistEntry).collect()
}
