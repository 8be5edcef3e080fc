//! How do I give my users API keys?
//!
//! `cargo run -p examples --example apikeys`

use std::error::Error;

use apikeys::{
    ApiKeys, Demand, MemoryStore, Month, NewKey, Pepper, PepperId, Peppers, TenantId, TokenFormat, Verdict,
};
use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;

fn main() -> Result<(), Box<dyn Error>> {
    store_contract::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut rng = UnwrapErr(SysRng);
    let now: DateTime<Utc> = "2026-05-04T09:00:00Z".parse()?;
    let acme = TenantId::new("acme")?;
    // The pepper is a secret of the host's: it never lies in the database.
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let keys = ApiKeys::new(MemoryStore::new(), TokenFormat::new("ak", "live")?, peppers, &mut rng);

    let new = NewKey {
        scopes: vec!["reports:read".parse()?],
        lifetime: Some(TimeDelta::days(90)),
        ..NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse()?, "Nightly reports")
    };
    let (key, secret) = keys.issue(&acme, new, now, &mut rng).await?;
    let token = secret.reveal();
    println!("{} starts with {}", key.id, keys.format().mask(key.id));

    for (scopes, at) in
        [(&["reports:read"][..], now), (&["reports:write"], now), (&[], now + TimeDelta::days(90))]
    {
        match keys.verify(&acme, &token, &Demand::all(scopes), at).await? {
            Verdict::Valid(receipt) => println!("valid, acts for {}", receipt.key.subject),
            Verdict::InsufficientScope(_) => println!("may not do {scopes:?}"),
            Verdict::Expired(_) => println!("expired"),
            other => println!("{other:?}"),
        }
    }
    keys.revoke(&acme, key.id, Some("left the team".into()), None, now).await?;
    let verdict = keys.verify(&acme, &token, &Demand::default(), now).await?;
    println!("revoked: {}", matches!(verdict, Verdict::Revoked(_)));
    println!("in {}: {:?}", Month::of(now), keys.usage(&acme, Month::of(now)).await?);
    Ok(())
}
