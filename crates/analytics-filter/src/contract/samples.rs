//! What the checks write and how they read.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    Activity, Change, Contacts, Days, Filter, Organization, OrganizationId, Position, Seek, Start, TenantId,
    TestUserRule, User, UserId, WaitlistEntry, WaitlistEntryId, WaitlistStatus,
};

pub(super) const REAL: &str = "jane@example.com";
pub(super) const TEST: &str = "jane+clerk_test@example.com";

pub(super) fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

pub(super) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn days(first: &str, last: &str) -> Days {
    Days::new(day(first), day(last)).unwrap()
}

pub(super) fn user(id: &str, email: &str, created_at: &str, as_of: &str) -> User {
    let contacts = Contacts::new(Some(email), Some("+12025550123"));
    User::new(&TestUserRule::default(), UserId::new(id).unwrap(), contacts, time(created_at), time(as_of))
        .with_name("Jane")
}

/// A user as it was when it signed up; without a phone, so that the e-mail address decides.
pub(super) fn signed_up(id: &str, email: &str, created_at: &str) -> Change {
    let contacts = Contacts::new(Some(email), None);
    let at = time(created_at);
    Change::User(User::new(&TestUserRule::default(), UserId::new(id).unwrap(), contacts, at, at))
}

pub(super) fn active(id: &str, on: &[&str]) -> Change {
    Change::Activity(Activity {
        user: UserId::new(id).unwrap(),
        days: on.iter().map(|text| day(text)).collect(),
    })
}

pub(super) fn user_deleted(id: &str) -> Change {
    Change::UserDeleted(UserId::new(id).unwrap())
}

pub(super) fn organization(id: &str, name: &str, created_at: &str, as_of: &str) -> Change {
    Change::Organization(Organization {
        id: OrganizationId::new(id).unwrap(),
        name: name.into(),
        members: 3,
        created_at: time(created_at),
        as_of: time(as_of),
    })
}

pub(super) fn entry(id: &str, email: &str, status: WaitlistStatus, created_at: &str, as_of: &str) -> Change {
    let id = WaitlistEntryId::new(id).unwrap();
    let rule = TestUserRule::default();
    Change::WaitlistEntry(WaitlistEntry::new(&rule, id, email, status, time(created_at), time(as_of)))
}

/// Everything, from the first row.
pub(super) fn all() -> Seek {
    Seek { filter: Filter::Everyone, until: time("2030-01-01T00:00:00Z"), start: Start::First, limit: 1_000 }
}

pub(super) fn position(created_at: &str, id: &str) -> Position {
    Position { created_at: time(created_at), id: id.into() }
}
