//! The table of the key paths: CPU time of each, and how many hashes of BLAKE3 over 64 bytes that is in the same run.
//!
//! `cargo bench -p benches --bench keys_table`; with `--test` it runs everything once, with few keys.

use std::{
    collections::HashMap,
    convert::Infallible,
    hint::black_box,
    sync::{Arc, Barrier},
    task::Context,
    thread,
    time::Duration,
};

use apikeys::{
    ApiKeys, CachePolicy, Demand, Digest, ErrorType, KeyId, KeyReader, KeyRecord, KeyStore, Lineage,
    MemoryStore, Mint, NewKey, Pepper, PepperId, Peppers, SealedSecret, StoredDigest, TenantId, TenantKeys,
    TokenFormat, Tombstone, Verdict, issue,
};
use chacha20::ChaCha12Rng;
use chrono::{DateTime, Utc};
use cpu_time::ThreadTime;
use getrandom::SysRng;
use rand_core::{Rng, SeedableRng, UnwrapErr};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// How much is done of each.
#[derive(Clone, Copy)]
struct Size {
    rounds: u32,
    calls: u32,
    many: usize,
    million: usize,
}

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let size = if is_test {
        Size { rounds: 1, calls: 100, many: 2_000, million: 2_000 }
    } else {
        let many = std::env::var("KEYS").ok().and_then(|keys| keys.parse().ok()).unwrap_or(10_000_000);
        Size { rounds: 7, calls: 100_000, many, million: 1_000_000 }
    };
    let table = Table { size, hash: hash(size) };
    println!("| path | ns of CPU time | hashes |\n|---|---|---|");
    table.row("BLAKE3 of 64 bytes", table.hash);
    table.hot();
    table.refused();
    table.two_threads();
    table.generate();
    table.install_and_revoke();
    table.many_keys();
}

struct Table {
    size: Size,
    /// What one hash takes.
    hash: f64,
}

impl Table {
    fn row(&self, path: &str, nanoseconds: f64) {
        println!("| {path} | {nanoseconds:.1} | {:.2} |", nanoseconds / self.hash);
    }

    /// The least of some rounds, each beside a round of hashes, so that both see the same machine.
    fn time(&self, path: &str, mut call: impl FnMut(u32)) {
        let (mut least, mut hashes) = (f64::MAX, f64::MAX);
        for _ in 0..self.size.rounds {
            hashes = hashes.min(round(self.size.calls, hash_once));
            least = least.min(round(self.size.calls, &mut call));
        }
        println!("| {path} | {least:.1} | {:.2} |", least / hashes);
    }

    fn hot(&self) {
        let fixture = Fixture::new(TokenFormat::new("ak", "live").unwrap(), 1_000);
        let keys = fixture.keys.tenant(&fixture.tenant);
        fixture.tokens.iter().for_each(|token| assert_valid(&keys, token));
        let tokens = &fixture.tokens;
        self.time("valid key, cached, one of 1,000", |call| {
            assert_valid(&keys, &tokens[call as usize % 1_000]);
        });
        self.time("valid key, cached, the same again", |_| assert_valid(&keys, &tokens[0]));
        self.time("valid key, cached, with its record", |call| {
            let verdict =
                ready(keys.verify(black_box(&tokens[call as usize % 1_000]), &Demand::default(), NOW));
            assert!(matches!(verdict, Ok(Verdict::Valid(_))));
        });
        self.time("valid key with two scopes asked for", |call| {
            let token = &tokens[call as usize % 1_000];
            let demand = Demand::all(&["reports:read", "reports:write"]);
            assert!(matches!(ready(keys.verify(black_box(token), &demand, NOW)), Ok(Verdict::Valid(_))));
        });
    }

    fn refused(&self) {
        let tagged = TokenFormat::new("ak", "live").unwrap().with_tagged_ids(&[3; 32]);
        let fixture = Fixture::new(tagged, 1_000);
        let keys = fixture.keys.tenant(&fixture.tenant);
        let token = fixture.tokens[0].clone();
        let shape = token.replace("ak_live", "sk_live");
        let last = if token.ends_with('0') { "1" } else { "0" };
        let checksum = format!("{}{last}", &token[..token.len() - 1]);
        let untagged = TokenFormat::new("ak", "live").unwrap();
        let forged = untagged.generate(&mut rng()).1.reveal();
        let unknown = fixture.keys.format().generate(&mut rng()).1.reveal();
        for (path, token) in [
            ("wrong shape", &*shape),
            ("wrong checksum", &checksum),
            ("forged id, with tagged ids", &forged),
            ("unknown id, asked of the store", &unknown),
        ] {
            self.time(path, |_| {
                assert!(!matches!(
                    ready(keys.verify(black_box(token), &Demand::default(), NOW)),
                    Ok(Verdict::Valid(_))
                ));
            });
        }
        self.time("valid key, cached, with tagged ids", |_| assert_valid(&keys, &token));
    }

    /// CPU time per verification of both threads together, beside that of one.
    fn two_threads(&self) {
        let fixture = Fixture::new(TokenFormat::new("ak", "live").unwrap(), 1_000);
        let keys = fixture.keys.tenant(&fixture.tenant);
        fixture.tokens.iter().for_each(|token| assert_valid(&keys, token));
        let run = |start: usize, barrier: &Barrier| {
            barrier.wait();
            let mut at = start;
            round(self.size.calls * 5, |_| {
                at = (at + 7) % 1_000;
                assert_valid(&keys, &fixture.tokens[at]);
            })
        };
        // Two threads may share a core, and then anything takes longer.
        let hash = |barrier: &Barrier| {
            barrier.wait();
            round(self.size.calls * 5, hash_once)
        };
        let (mut one, mut both, mut hashes, mut both_hash) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
        for _ in 0..self.size.rounds {
            hashes = hashes.min(round(self.size.calls, hash_once));
            one = one.min(run(0, &Barrier::new(1)));
            let barrier = Barrier::new(2);
            let mean = thread::scope(|scope| {
                let other = scope.spawn(|| run(500, &barrier));
                (run(0, &barrier) + other.join().unwrap()) / 2.0
            });
            both = both.min(mean);
            let barrier = Barrier::new(2);
            let mean = thread::scope(|scope| {
                let other = scope.spawn(|| hash(&barrier));
                (hash(&barrier) + other.join().unwrap()) / 2.0
            });
            both_hash = both_hash.min(mean);
        }
        println!("| one thread | {one:.1} | {:.2} |", one / hashes);
        let (times, of_hash) = (both / one, both_hash / hashes);
        println!(
            "| each of two threads: {times:.3} of one, where a hash takes {of_hash:.3} | {both:.1} | {:.2} |",
            both / hashes
        );
    }

    fn generate(&self) {
        let format = TokenFormat::new("ak", "live").unwrap();
        let mut user_space = rng();
        self.time("generate, user-space generator", |_| drop(black_box(format.generate(&mut user_space))));
    }

    fn install_and_revoke(&self) {
        let fixture = Fixture::new(TokenFormat::new("ak", "live").unwrap(), self.size.million);
        let keys = fixture.keys.tenant(&fixture.tenant);
        let few = self.size.calls.min(10_000);
        let known = &fixture.tokens[..(few as usize).min(fixture.tokens.len() / 2)];
        let demand = Demand::default();
        let mut hashes = f64::MAX;
        for _ in 0..self.size.rounds {
            hashes = hashes.min(round(self.size.calls, hash_once));
        }
        let filling = ThreadTime::now();
        fixture.tokens.iter().for_each(|token| assert_valid(&keys, token));
        let filling = per_call(filling.elapsed(), fixture.tokens.len());
        println!(
            "| read from the store in memory and install, growing to {} keys | {filling:.1} | {:.2} |",
            self.size.million,
            filling / hashes
        );
        let ids: Vec<_> =
            known.iter().map(|token| fixture.keys.format().parse(token).unwrap().id()).collect();
        let revoking = ThreadTime::now();
        for id in &ids {
            ready(fixture.keys.revoke(&fixture.tenant, *id, None, None, NOW)).unwrap();
        }
        let revoking = per_call(revoking.elapsed(), ids.len());
        println!(
            "| load, decide, revoke in memory and forget, among {} keys | {revoking:.1} | {:.2} |",
            self.size.million,
            revoking / hashes
        );
        assert!(matches!(ready(keys.verify(&known[0], &demand, NOW)), Ok(Verdict::Revoked(_))));
    }

    fn many_keys(&self) {
        let fixture = Fixture::alike(self.size.many);
        let keys = fixture.keys.tenant(&fixture.tenant);
        fixture.tokens.iter().for_each(|token| assert_valid(&keys, token));
        let mut random = rng();
        let mut pick = || {
            let number = usize::try_from(random.next_u64() >> 1).unwrap();
            number % fixture.tokens.len()
        };
        // The tokens themselves are in the processor's cache, as if they had just come in; the keys are not.
        for batch in [1, 16, 64] {
            let (mut least, mut hashes) = (f64::MAX, f64::MAX);
            for _ in 0..self.size.rounds {
                hashes = hashes.min(round(self.size.calls, hash_once));
                let asked: Vec<String> = (0..batch * (self.size.calls as usize / 10 / batch).max(1))
                    .map(|_| fixture.tokens[pick()].clone())
                    .collect();
                let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
                let start = ThreadTime::now();
                for batch in asked.chunks(batch) {
                    match batch {
                        [one] => assert_valid(&keys, one),
                        many => {
                            let verdicts = ready(keys.check_all(many, &Demand::default(), NOW)).unwrap();
                            assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Valid(_))));
                        }
                    }
                }
                least = least.min(per_call(start.elapsed(), asked.len()));
            }
            println!(
                "| random ones of {} keys, {batch} at a time | {least:.1} | {:.2} |",
                self.size.many,
                least / hashes
            );
        }
    }
}

/// A store of very many keys that keeps of each what tells it apart: the rest is that of the first.
struct Alike {
    rest: MemoryStore,
    digests: HashMap<KeyId, StoredDigest>,
    template: Option<Arc<KeyRecord>>,
}

impl ErrorType for Alike {
    type Error = Infallible;
}

macro_rules! rest {
    ($self:ident, $call:ident($($argument:expr),*)) => { $self.rest.$call($($argument),*).await };
}

apikeys::forward_store! {
    impl[] Alike, error Infallible, via rest,
    ports [KeyLister, KeyWriter, ChangeFeed, UsageStore, SpendStore, AuditStore]
}

impl KeyReader for Alike {
    async fn key(&self, _: &TenantId, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        let alike = |template: &Arc<KeyRecord>| {
            let digest = *self.digests.get(&id)?;
            Some(Arc::new(KeyRecord {
                id,
                digest,
                lineage: Lineage::founding(id),
                ..KeyRecord::clone(template)
            }))
        };
        Ok(self.template.as_ref().and_then(alike))
    }

    async fn key_by_digest(&self, _: &TenantId, _: &[Digest]) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(None)
    }

    async fn tombstone(&self, _: &TenantId, _: KeyId) -> Result<Option<Tombstone>, Infallible> {
        Ok(None)
    }

    async fn sealed_secret(&self, _: &TenantId, _: KeyId) -> Result<Option<SealedSecret>, Infallible> {
        Ok(None)
    }
}

struct Fixture<S> {
    keys: ApiKeys<S>,
    tenant: TenantId,
    tokens: Vec<String>,
}

impl Fixture<MemoryStore> {
    /// So many keys, to be cached; usage is never stored, so that the figure is that of verifying.
    fn new(format: TokenFormat, count: usize) -> Self {
        let mut rng = rng();
        let (keys, tenant) = (keys(MemoryStore::new(), format, count), TenantId::new("acme").unwrap());
        let issue = |_| {
            let issued = ready(keys.issue(&tenant, new_key(), NOW, &mut rng)).unwrap();
            issued.1.reveal().to_string()
        };
        let tokens = (0..count).map(issue).collect();
        Self { keys, tenant, tokens }
    }
}

impl Fixture<Alike> {
    fn alike(count: usize) -> Self {
        let mut rng = rng();
        let (format, tenant) = (TokenFormat::new("ak", "live").unwrap(), TenantId::new("acme").unwrap());
        let peppers = peppers().of(&tenant);
        let mut store = Alike { rest: MemoryStore::new(), digests: HashMap::new(), template: None };
        let mut tokens = Vec::with_capacity(count);
        for _ in 0..count {
            let mint = Mint { format: &format, peppers: &peppers };
            let issued = issue(mint, new_key(), &[], None, NOW, &mut rng).unwrap();
            store.digests.insert(issued.record().id, issued.record().digest);
            store.template.get_or_insert_with(|| issued.record().clone());
            tokens.push(issued.secret.reveal().to_string());
        }
        Self { keys: keys(store, format, count), tenant, tokens }
    }
}

fn new_key() -> NewKey {
    NewKey {
        scopes: vec!["reports:*".parse().unwrap()],
        ..NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Bench")
    }
}

fn peppers() -> Peppers {
    Peppers::new((PepperId(1), Pepper::new(&[7; 32])), [])
}

fn keys<S: KeyStore>(store: S, format: TokenFormat, count: usize) -> ApiKeys<S> {
    let policy = CachePolicy { capacity: count * 4, ..CachePolicy::default() };
    ApiKeys::new(store, format, peppers(), &mut rng()).with_cache(policy).with_loss_bound(u64::MAX / 2)
}

fn assert_valid<S: KeyStore>(keys: &TenantKeys<'_, S>, token: &str) {
    let verdict = ready(keys.check(black_box(token), &Demand::default(), NOW));
    assert!(matches!(verdict, Ok(Verdict::Valid(_))));
}

fn hash(size: Size) -> f64 {
    (0..size.rounds).map(|_| round(size.calls, hash_once)).fold(f64::MAX, f64::min)
}

fn hash_once(_: u32) {
    black_box(blake3::hash(black_box(&[7; 64])));
}

fn round(calls: u32, mut call: impl FnMut(u32)) -> f64 {
    let start = ThreadTime::now();
    (0..calls).for_each(&mut call);
    per_call(start.elapsed(), calls as usize)
}

fn per_call(time: Duration, calls: usize) -> f64 {
    time.as_nanos() as f64 / calls.max(1) as f64
}

fn rng() -> ChaCha12Rng {
    ChaCha12Rng::from_rng(&mut UnwrapErr(SysRng))
}

/// The answer of a future that never waits: that of a store in memory.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("a store in memory never waits"),
    }
}
