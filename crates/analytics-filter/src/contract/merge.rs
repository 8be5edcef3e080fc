//! Merging.

use store_contract::{Check, ensure_eq};

use super::samples::{REAL, TEST, all, entry, organization, signed_up, tenant, time, user, user_deleted};
use crate::{
    Change, Commit, OrganizationId, OrganizationRow, OverviewWriter, RecordReader, TableReader, TenantId,
    TestUserRule, UserRow, WaitlistEntryId, WaitlistRow, WaitlistStatus,
};

const EARLY: &str = "2026-03-01T10:00:00Z";
const LATE: &str = "2026-03-02T10:00:00.001Z";

/// A user's row has all that was written.
pub async fn a_user_is_read_back_whole<S: OverviewWriter + TableReader>(store: S) -> Check {
    let written = user("user_1", TEST, "2026-03-01T10:00:00.123Z", EARLY);
    let row = UserRow {
        id: written.id.clone(),
        name: written.name.clone(),
        contacts: written.contacts.clone(),
        class: written.classification.class,
        reason: written.classification.reason,
        created_at: written.created_at,
    };
    let commit = store.commit(&tenant(), &[Change::User(written)]).await?;
    ensure_eq!(commit, Commit::Applied, "a merge is always applied");
    ensure_eq!(store.users(&tenant(), &all()).await?, [row], "a user is read back as it was written");
    Ok(())
}

/// An organization's row has all that was written.
pub async fn an_organization_is_read_back_whole<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &[organization("org_1", "Acme", EARLY, LATE)]).await?;
    let row = OrganizationRow {
        id: OrganizationId::new("org_1").unwrap(),
        name: "Acme".into(),
        members: 3,
        created_at: time(EARLY),
    };
    ensure_eq!(
        store.organizations(&tenant(), &all()).await?,
        [row],
        "an organization is read back as written"
    );
    Ok(())
}

/// A waitlist entry's row has all that was written.
pub async fn a_waitlist_entry_is_read_back_whole<S: OverviewWriter + TableReader>(store: S) -> Check {
    store.commit(&tenant(), &[entry("wait_1", TEST, WaitlistStatus::Invited, EARLY, LATE)]).await?;
    let row = WaitlistRow {
        id: WaitlistEntryId::new("wait_1").unwrap(),
        email: TEST.into(),
        status: WaitlistStatus::Invited,
        class: crate::UserClass::Test,
        reason: crate::Reason::EmailTag,
        created_at: time(EARLY),
    };
    ensure_eq!(store.waitlist(&tenant(), &all()).await?, [row], "an entry is read back as written");
    Ok(())
}

/// Of two states of a record the later one stays, in whichever order they arrive.
pub async fn the_later_state_stays_in_any_order<S: OverviewWriter + TableReader>(store: S) -> Check {
    let changes = [
        Change::User(user("user_1", TEST, EARLY, EARLY)),
        Change::User(user("user_1", REAL, EARLY, LATE)),
        organization("org_1", "Old", EARLY, EARLY),
        organization("org_1", "New", EARLY, LATE),
        entry("wait_1", TEST, WaitlistStatus::Pending, EARLY, EARLY),
        entry("wait_1", REAL, WaitlistStatus::Completed, EARLY, LATE),
    ];
    for tenant in in_both_orders(&store, &changes).await? {
        let users = store.users(&tenant, &all()).await?;
        let emails: Vec<_> =
            users.iter().filter_map(|row| row.contacts.email()).map(|email| &**email).collect();
        ensure_eq!(emails, [REAL], "the later state of a user stays");
        let organizations = store.organizations(&tenant, &all()).await?;
        let names: Vec<_> = organizations.iter().map(|row| &*row.name).collect();
        ensure_eq!(names, ["New"], "the later state of an organization stays");
        let entries = store.waitlist(&tenant, &all()).await?;
        let states: Vec<_> = entries.iter().map(|row| (&*row.email, row.status)).collect();
        ensure_eq!(states, [(REAL, WaitlistStatus::Completed)], "the later state of an entry stays");
    }
    Ok(())
}

/// Two states of the same time are decided alike, in whichever order they arrive.
pub async fn states_of_one_time_are_decided_alike<S: OverviewWriter + TableReader>(store: S) -> Check {
    let changes =
        [Change::User(user("user_1", TEST, EARLY, EARLY)), Change::User(user("user_1", REAL, EARLY, EARLY))];
    let [first, second] = in_both_orders(&store, &changes).await?;
    let (first, second) = (store.users(&first, &all()).await?, store.users(&second, &all()).await?);
    ensure_eq!(first, second, "the order of arrival never decides");
    Ok(())
}

/// Of two classifications of one state that of the newer rule stays, in whichever order they arrive.
pub async fn the_newer_rule_stays_in_any_order<S: OverviewWriter + RecordReader>(store: S) -> Check {
    let old = user("user_1", TEST, EARLY, EARLY);
    let rule = TestUserRule::empty().with_revision(2);
    let new = old.clone().reclassified(&rule).unwrap();
    let changes = [Change::User(old), Change::User(new.clone())];
    for tenant in in_both_orders(&store, &changes).await? {
        let found = store.users_by_id(&tenant, None, 9).await?;
        ensure_eq!(found, std::slice::from_ref(&new), "the newer rule's class stays");
    }
    Ok(())
}

/// The earliest creation of a record stays, in whichever order its states arrive.
pub async fn the_earliest_creation_stays<S: OverviewWriter + TableReader>(store: S) -> Check {
    let changes = [
        Change::User(user("user_1", REAL, EARLY, LATE)),
        Change::User(user("user_1", REAL, LATE, EARLY)),
        Change::User(user("user_2", REAL, LATE, LATE)),
        Change::User(user("user_2", REAL, EARLY, EARLY)),
    ];
    for tenant in in_both_orders(&store, &changes).await? {
        let users = store.users(&tenant, &all()).await?;
        let created: Vec<_> = users.iter().map(|row| row.created_at).collect();
        ensure_eq!(created, [time(EARLY), time(EARLY)], "the earliest creation stays");
    }
    Ok(())
}

/// A record that was deleted stays so, whatever arrives later.
pub async fn what_is_deleted_stays_so_in_any_order<S: OverviewWriter + TableReader>(store: S) -> Check {
    let changes = [
        Change::User(user("user_1", REAL, EARLY, LATE)),
        user_deleted("user_1"),
        organization("org_1", "Acme", EARLY, LATE),
        Change::OrganizationDeleted(OrganizationId::new("org_1").unwrap()),
        entry("wait_1", REAL, WaitlistStatus::Pending, EARLY, LATE),
        Change::WaitlistEntryDeleted(WaitlistEntryId::new("wait_1").unwrap()),
        signed_up("user_2", REAL, EARLY),
    ];
    for tenant in in_both_orders(&store, &changes).await? {
        let users = store.users(&tenant, &all()).await?;
        let left: Vec<_> = users.iter().map(|row| row.id.as_str()).collect();
        ensure_eq!(left, ["user_2"], "a deleted user has no row");
        ensure_eq!(store.organizations(&tenant, &all()).await?, [], "a deleted organization has no row");
        ensure_eq!(store.waitlist(&tenant, &all()).await?, [], "a deleted entry has no row");
    }
    Ok(())
}

/// What one tenant wrote, no other sees or deletes.
pub async fn tenants_are_apart<S: OverviewWriter + TableReader>(store: S) -> Check {
    let other = TenantId::new("ins_2").unwrap();
    let changes = [
        signed_up("user_1", REAL, EARLY),
        organization("org_1", "Acme", EARLY, EARLY),
        entry("wait_1", REAL, WaitlistStatus::Pending, EARLY, EARLY),
    ];
    store.commit(&tenant(), &changes).await?;
    ensure_eq!(store.users(&other, &all()).await?, [], "another tenant's users stay hidden");
    ensure_eq!(store.organizations(&other, &all()).await?, [], "another tenant's organizations stay hidden");
    ensure_eq!(store.waitlist(&other, &all()).await?, [], "another tenant's entries stay hidden");
    store.commit(&other, &[user_deleted("user_1")]).await?;
    ensure_eq!(store.users(&tenant(), &all()).await?.len(), 1, "another tenant deletes nothing");
    Ok(())
}

/// Merges the changes forwards, twice, for one tenant, and backwards for another.
async fn in_both_orders<S: OverviewWriter>(store: &S, changes: &[Change]) -> Result<[TenantId; 2], S::Error> {
    let (forwards, backwards) = (tenant(), TenantId::new("ins_2").unwrap());
    store.commit(&forwards, changes).await?;
    store.commit(&forwards, changes).await?;
    for change in changes.iter().rev() {
        store.commit(&backwards, std::slice::from_ref(change)).await?;
    }
    Ok([forwards, backwards])
}
