//! Verifying an API key, beside what BLAKE3 of one block takes.

use apikeys::{ApiKeys, MemoryStore, NewKey, Pepper, PepperId, Peppers, TenantId, TokenFormat, Verdict};
use chrono::{DateTime, Utc};
use divan::{Bencher, black_box};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use store_contract::block_on;

fn main() {
    divan::main();
}

struct Fixture {
    keys: ApiKeys<MemoryStore>,
    tenant: TenantId,
    token: String,
    now: DateTime<Utc>,
}

/// One key; usage is stored once in a million verifications, so that the figure is that of verifying.
fn fixture() -> Fixture {
    let mut rng = UnwrapErr(SysRng);
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let format = TokenFormat::new("ak", "live").unwrap();
    let keys =
        ApiKeys::new(MemoryStore::new(), format, peppers, &mut rng).with_loss_bound(1_000_000, &mut rng);
    let (tenant, now) = (TenantId::new("acme").unwrap(), DateTime::UNIX_EPOCH);
    let new = NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Bench");
    let (_, secret) = block_on(keys.issue(&tenant, new, now, &mut rng)).unwrap();
    Fixture { keys, tenant, token: secret.reveal().to_string(), now }
}

#[divan::bench]
fn blake3_of_64_bytes(bencher: Bencher<'_, '_>) {
    bencher.bench(|| blake3::hash(black_box(&[7; 64])));
}

#[divan::bench]
fn valid_key(bencher: Bencher<'_, '_>) {
    let Fixture { keys, tenant, token, now } = fixture();
    bencher.bench(|| {
        let verdict = block_on(keys.verify(&tenant, black_box(&token), &[], now)).unwrap();
        assert!(matches!(verdict, Verdict::Valid(_)));
    });
}

#[divan::bench]
fn wrong_shape(bencher: Bencher<'_, '_>) {
    let Fixture { keys, tenant, token, now } = fixture();
    let token = token.replace("ak_live", "sk_live");
    bencher.bench(|| block_on(keys.verify(&tenant, black_box(&token), &[], now)).unwrap());
}

#[divan::bench]
fn wrong_checksum(bencher: Bencher<'_, '_>) {
    let Fixture { keys, tenant, token, now } = fixture();
    let last = if token.ends_with('0') { "1" } else { "0" };
    let token = format!("{}{last}", &token[..token.len() - 1]);
    bencher.bench(|| block_on(keys.verify(&tenant, black_box(&token), &[], now)).unwrap());
}

#[divan::bench]
fn unknown_key(bencher: Bencher<'_, '_>) {
    let Fixture { keys, tenant, now, .. } = fixture();
    let token = keys.format().generate(&mut UnwrapErr(SysRng)).1.reveal();
    bencher.bench(|| block_on(keys.verify(&tenant, black_box(&token), &[], now)).unwrap());
}

#[divan::bench]
fn generate(bencher: Bencher<'_, '_>) {
    let format = TokenFormat::new("ak", "live").unwrap();
    bencher.bench(|| format.generate(&mut UnwrapErr(SysRng)));
}
