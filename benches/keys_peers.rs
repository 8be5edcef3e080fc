//! Issuing and verifying beside the crates `prefixed-api-key` and `tollgate-auth`, and beside BLAKE3 of one block.
//!
//! Verifying is from presented text to verdict, with the lookup of one key among 1000 in memory. `prefixed-api-key` has
//! no store: it is given a hash map from short token to hash, and checks nothing but the hash; neither does
//! `tollgate-auth`. Ours also checks status, expiry and scopes, and counts the use. The shape is all that is checked before
//! a lookup: ours includes the checksum, `prefixed-api-key` counts three parts, and `tollgate-auth` checks nothing.

use std::collections::HashMap;

use apikeys::{
    ApiKeys, CachePolicy, Demand, MemoryStore, NewKey, Pepper, PepperId, Peppers, TenantId, TokenFormat,
    Verdict,
    import::{Scheme, SchemeKeys, candidates},
};
use chacha20::ChaCha12Rng;
use chrono::{DateTime, Utc};
use divan::{Bencher, black_box};
use getrandom::SysRng;
use prefixed_api_key::{PrefixedApiKey, PrefixedApiKeyController, rand::rngs::ThreadRng, sha2::Sha256};
use rand_core::{SeedableRng, UnwrapErr};
use store_contract::block_on;
use tollgate_auth::{CredentialVerifier, HmacRegistry};
use tollgate_core::KeyId;

/// How many keys each verifier knows.
const KEYS: usize = 1000;

fn main() {
    divan::main();
}

#[divan::bench(sample_size = 500)]
fn blake3_of_64_bytes(bencher: Bencher<'_, '_>) {
    bencher.bench(|| blake3::hash(black_box(&[7; 64])));
}

#[divan::bench_group(sample_size = 500)]
mod generate {
    use super::*;

    #[divan::bench]
    fn ours_from_a_user_space_generator(bencher: Bencher<'_, '_>) {
        let format = TokenFormat::new("ak", "live").unwrap();
        let mut rng = ChaCha12Rng::from_rng(&mut UnwrapErr(SysRng));
        bencher.bench_local(|| format.generate(&mut rng));
    }

    #[divan::bench]
    fn ours_from_the_system(bencher: Bencher<'_, '_>) {
        let format = TokenFormat::new("ak", "live").unwrap();
        bencher.bench(|| format.generate(&mut UnwrapErr(SysRng)));
    }

    /// Its generator is ChaCha12 in user space; the hash of the long token belongs to its generation.
    #[divan::bench]
    fn prefixed_api_key_from_a_user_space_generator(bencher: Bencher<'_, '_>) {
        let controller = seam();
        bencher.bench_local(|| controller.generate_key_and_hash());
    }

    /// It always draws from the system, and hashes the credential.
    #[divan::bench]
    fn tollgate_from_the_system(bencher: Bencher<'_, '_>) {
        let registry = HmacRegistry::new(b"secret");
        bencher.bench(|| registry.mint(KeyId(1)).unwrap());
    }
}

#[divan::bench_group(sample_size = 500)]
mod shape {
    use super::*;

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        let format = TokenFormat::new("ak", "live").unwrap();
        let token = format.generate(&mut UnwrapErr(SysRng)).1.reveal();
        bencher.bench(|| format.parse(black_box(&token)).unwrap());
    }

    #[divan::bench]
    fn prefixed_api_key(bencher: Bencher<'_, '_>) {
        let token = seam().generate_key().to_string();
        bencher.bench(|| PrefixedApiKey::from_string(black_box(&token)).unwrap());
    }
}

#[divan::bench_group(sample_size = 500)]
mod verify {
    use super::*;

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        let (keys, tenant, tokens) = issued();
        let now = DateTime::UNIX_EPOCH;
        let valid = move |token: &str| {
            let verdict = block_on(keys.tenant(&tenant).check(token, &Demand::default(), now)).unwrap();
            matches!(verdict, Verdict::Valid(_))
        };
        assert!(tokens.iter().all(|token| valid(token)));
        bencher.bench(|| valid(black_box(&tokens[500])));
    }

    #[divan::bench]
    fn prefixed_api_key(bencher: Bencher<'_, '_>) {
        let controller = seam();
        let keys: Vec<_> = (0..KEYS).map(|_| controller.generate_key_and_hash()).collect();
        let tokens: Vec<_> = keys.iter().map(|(key, _)| key.to_string()).collect();
        let hashes: HashMap<_, _> =
            keys.into_iter().map(|(key, hash)| (key.short_token().to_owned(), hash)).collect();
        let valid = |token: &str| {
            let key = PrefixedApiKey::from_string(token).unwrap();
            hashes.get(key.short_token()).is_some_and(|hash| controller.check_hash(&key, hash))
        };
        assert!(tokens.iter().all(|token| valid(token)));
        bencher.bench_local(|| valid(black_box(&tokens[500])));
    }

    #[divan::bench]
    fn tollgate(bencher: Bencher<'_, '_>) {
        let registry = HmacRegistry::new(b"secret");
        let minted: Vec<_> = (0..KEYS).map(|_| registry.mint(KeyId(1)).unwrap()).collect();
        registry.install(minted.iter().map(|key| (key.principal, key.digest, None)));
        assert!(minted.iter().all(|key| registry.verify(&key.secret).is_some()));
        bencher.bench(|| registry.verify(black_box(&minted[500].secret)).is_some());
    }
}

/// What a presented text costs that may be an imported key, before it is looked up.
#[divan::bench_group(sample_size = 500)]
mod imported {
    use super::*;

    #[divan::bench(args = Scheme::ALL)]
    fn digest(bencher: Bencher<'_, '_>, scheme: Scheme) {
        let keys = SchemeKeys::new().with_tollgate(b"secret").with_talos("tenant").unwrap();
        let presented = match scheme {
            Scheme::Seam => "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG",
            Scheme::DrfApiKey => "4vzyGVW6.8Yd2W4pR0hXcQ1sTfUoBnKzLmJgEaIxD",
            Scheme::RustRegistry => "cioAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            Scheme::RustRegistryTrustedPublishing => "cio_tp_0123456789ABCDEFGHIJKLMNOPQRSTUC",
            _ => "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        };
        let digest = |text: &str| candidates(&[scheme], &keys, text.as_bytes()).next().unwrap().1;
        bencher.bench(|| digest(black_box(presented)));
    }

    /// A text of the length and the characters of our own tokens, tried under every scheme.
    #[divan::bench]
    fn all_schemes(bencher: Bencher<'_, '_>) {
        let keys = SchemeKeys::new().with_tollgate(b"secret").with_talos("tenant").unwrap();
        let token = TokenFormat::new("ak", "live").unwrap().generate(&mut UnwrapErr(SysRng)).1.reveal();
        bencher.bench(|| candidates(&Scheme::ALL, &keys, black_box(token.as_bytes())).count());
    }
}

/// What `prefixed-api-key` calls Seam's defaults: 8 and 24 random bytes, SHA-256.
fn seam() -> PrefixedApiKeyController<ThreadRng, Sha256> {
    PrefixedApiKeyController::configure()
        .prefix("ak".to_owned())
        .rng_threadrng()
        .digest_sha256()
        .default_lengths()
        .finalize()
        .unwrap()
}

/// Usage is stored once in a million verifications, so that the figure is that of verifying.
fn issued() -> (ApiKeys<MemoryStore>, TenantId, Vec<String>) {
    let mut rng = UnwrapErr(SysRng);
    let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let format = TokenFormat::new("ak", "live").unwrap();
    let keys = ApiKeys::new(MemoryStore::new(), format, peppers, &mut rng)
        .with_loss_bound(1_000_000)
        .with_cache(CachePolicy::default());
    let (tenant, now): (_, DateTime<Utc>) = (TenantId::new("acme").unwrap(), DateTime::UNIX_EPOCH);
    let mut issue = || {
        let new = NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Bench");
        block_on(keys.issue(&tenant, new, now, &mut rng)).unwrap().1.reveal().to_string()
    };
    let tokens = (0..KEYS).map(|_| issue()).collect();
    (keys, tenant, tokens)
}
