//! How do I leave test users out of every chart and table?
//!
//! `cargo run -p examples --example analytics`

use std::error::Error;

use analytics_filter::{
    Change, Contacts, CursorKey, Cursors, Days, Filter, MemoryStore, Overview, PageLimit, TenantId,
    TestUserRule, User, UserId,
};
use chrono::{DateTime, TimeDelta, Utc};

fn main() -> Result<(), Box<dyn Error>> {
    store_contract::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let now: DateTime<Utc> = "2026-05-04T09:00:00Z".parse()?;
    let acme = TenantId::new("acme")?;
    // The rule is a value: store it beside the numbers, which name it by its fingerprint.
    let rule = TestUserRule::default();
    println!("rule {}: {}", rule.fingerprint(), serde_json::to_string(&rule)?);

    let cursors = Cursors::new(CursorKey::new(&[7; 32]));
    let overview = Overview::new(MemoryStore::new(), rule.clone(), cursors);
    let addresses =
        ["ada@example.com", "ada+clerk_test@example.com", "grace@example.com", "hedy@example.com"];
    for (n, address) in (0..).zip(addresses) {
        let signed_up = now - TimeDelta::hours(10 + 20 * n);
        let id = UserId::new(&format!("user_{n}"))?;
        let user = User::new(&rule, id, Contacts::new(Some(address), None), signed_up, signed_up);
        println!("{address} is {:?}: {:?}", user.classification.class, user.classification.reason);
        overview.commit(&acme, &[Change::User(user)]).await?;
    }

    // One filter for the charts…
    let report = overview.report(&acme, Days::complete_before(now, 3), now).await?;
    for filter in [Filter::Everyone, Filter::switched(true)] {
        let view = report.view(filter);
        let days: Vec<_> = view.periods.iter().map(|day| format!("{} {}", day.from, day.sign_ups)).collect();
        println!("{filter:?}: sign-ups {}; {} active", days.join(", "), view.tiles.active_users);
    }

    // … and for the tables, whose cursors it is part of.
    let mut cursor = None;
    loop {
        let part = (cursor.as_deref(), PageLimit::new(2)?);
        let page = overview.users(&acme, Filter::switched(true), part, now).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id.as_str()).collect();
        println!("page: {}", ids.join(", "));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
