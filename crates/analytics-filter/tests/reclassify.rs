//! A host changes its rule.

use analytics_filter::{
    Change, Contacts, CursorKey, Cursors, Filter, MemoryStore, Overview, PageError, PageLimit, Policy,
    TableError, TenantId, TestUserRule, User, UserId, WaitlistEntry, WaitlistEntryId, WaitlistStatus,
};
use chrono::{DateTime, Utc};
use store_contract::block_on;

fn now() -> DateTime<Utc> {
    "2026-05-10T12:00:00Z".parse().unwrap()
}

fn overview(store: &MemoryStore, rule: TestUserRule) -> Overview<&MemoryStore> {
    Overview::new(store, rule, Cursors::new(CursorKey::new(&[7; 32])))
}

fn real_users(overview: &Overview<&MemoryStore>, tenant: &TenantId) -> usize {
    let first = (None, PageLimit::MAX);
    block_on(overview.users(tenant, Filter::RealUsers, first, now())).unwrap().rows.len()
}

#[test]
fn whoever_another_rule_has_classified_is_classified_anew_with_its_whole_history() {
    let (store, acme) = (MemoryStore::new(), TenantId::new("acme").unwrap());
    let old = TestUserRule::new(Policy::Announced);
    // More than one batch, of whom every other has a phone that the documentation names.
    let mut changes = Vec::new();
    for n in 0..1_100 {
        let contacts = Contacts::new(None, (n % 2 == 0).then_some("+12015550142"));
        let id = UserId::new(&format!("user_{n}")).unwrap();
        changes.push(Change::User(User::new(&old, id, contacts, now(), now())));
    }
    let id = WaitlistEntryId::new("wait_1").unwrap();
    let entry = WaitlistEntry::new(&old, id, "a@example.com", WaitlistStatus::Pending, now(), now());
    changes.push(Change::WaitlistEntry(entry));
    let before = overview(&store, old);
    block_on(before.commit(&acme, &changes)).unwrap();
    assert_eq!(real_users(&before, &acme), 500, "a page's worth of 1,100");
    let page = block_on(before.users(&acme, Filter::RealUsers, (None, PageLimit::MAX), now())).unwrap();

    let after = overview(&store, TestUserRule::new(Policy::Documented).with_revision(2));
    assert_eq!(block_on(after.reclassify(&acme)).unwrap(), 1_101);
    assert_eq!(block_on(after.reclassify(&acme)).unwrap(), 0, "it may be repeated");
    let today = analytics_filter::Days::new(now().date_naive(), now().date_naive()).unwrap();
    let report = block_on(after.report(&acme, today, now())).unwrap();
    let tiles = |filter| report.view(filter).tiles.sign_ups;
    assert_eq!((tiles(Filter::RealUsers), tiles(Filter::TestUsers)), (550, 550));

    let stale =
        block_on(after.users(&acme, Filter::RealUsers, (page.next.as_deref(), PageLimit::MAX), now()));
    assert_eq!(stale, Err(TableError::Page(PageError::WrongQuery)), "pages of the old rule are dropped");
}
