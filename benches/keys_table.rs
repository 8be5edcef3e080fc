//! The table of the key paths: CPU time of each, and how many hashes of BLAKE3 over 64 bytes that is in the same run.
//!
//! `cargo bench -p benches --bench keys_table`; with `--test` it runs everything once, with few keys.

use std::{hint::black_box, sync::Barrier, task::Context, thread, time::Duration};

use apikeys::{
    ApiKeys, CachePolicy, Demand, MemoryStore, NewKey, Pepper, PepperId, Peppers,
    TenantId, TenantKeys, TokenFormat, Verdict,
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
        self.time("valid key, cached, one of 1,000", |call| assert_valid(&keys, &tokens[call as usize % 1_000]));
        self.time("valid key, cached, the same again", |_| assert_valid(&keys, &tokens[0]));
        self.time("valid key, cached, with its record", |call| {
            let verdict = ready(keys.verify(black_box(&tokens[call as usize % 1_000]), &Demand::default(), NOW));
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
                assert!(!matches!(ready(keys.verify(black_box(token), &Demand::default(), NOW)), Ok(Verdict::Valid(_))));
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
        let (mut one, mut both, mut hashes) = (f64::MAX, f64::MAX, f64::MAX);
        for _ in 0..self.size.rounds {
            hashes = hashes.min(round(self.size.calls, hash_once));
            one = one.min(run(0, &Barrier::new(1)));
            let barrier = Barrier::new(2);
            let mean = thread::scope(|scope| {
                let other = scope.spawn(|| run(500, &barrier));
                (run(0, &barrier) + other.join().unwrap()) / 2.0
            });
            both = both.min(mean);
        }
        println!("| one thread | {one:.1} | {:.2} |", one / hashes);
        println!("| each of two threads ({:.3} of one) | {both:.1} | {:.2} |", both / one, both / hashes);
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
        let known = &fixture.tokens[..few as usize % fixture.tokens.len().max(1)];
        let demand = Demand::default();
        let mut hashes = f64::MAX;
        for _ in 0..self.size.rounds {
            hashes = hashes.min(round(self.size.calls, hash_once));
        }
        let filling = ThreadTime::now();
        fixture.tokens.iter().for_each(|token| assert_valid(&keys, token));
        let filling = per_call(filling.elapsed(), fixture.tokens.len() as u32);
        println!("| read from the store in memory and install, growing to {} keys | {filling:.1} | {:.2} |", self.size.million, filling / hashes);
        let ids: Vec<_> = known.iter().map(|token| fixture.keys.format().parse(token).unwrap().id()).collect();
        let revoking = ThreadTime::now();
        for id in &ids {
            ready(fixture.keys.revoke(&fixture.tenant, *id, None, None, NOW)).unwrap();
        }
        let revoking = per_call(revoking.elapsed(), ids.len() as u32);
        println!("| load, decide, revoke in memory and forget, among {} keys | {revoking:.1} | {:.2} |", self.size.million, revoking / hashes);
        assert!(matches!(ready(keys.verify(&known[0], &demand, NOW)), Ok(Verdict::Revoked(_))));
    }

    fn many_keys(&self) {
        let fixture = Fixture::new(TokenFormat::new("ak", "live").unwrap(), self.size.many);
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
                least = least.min(per_call(start.elapsed(), asked.len() as u32));
            }
            println!("| random ones of {} keys, {batch} at a time | {least:.1} | {:.2} |", self.size.many, least / hashes);
        }
    }
}

struct Fixture {
    keys: ApiKeys<MemoryStore>,
    tenant: TenantId,
    tokens: Vec<String>,
}

impl Fixture {
    /// So many keys, cached; usage is stored once in ten million verifications, so that the figure is that of verifying.
    fn new(format: TokenFormat, count: usize) -> Self {
        let mut rng = rng();
        let peppers = Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
        let policy = CachePolicy { capacity: count * 4, ..CachePolicy::default() };
        let keys = ApiKeys::new(MemoryStore::new(), format, peppers, &mut rng)
            .with_cache(policy)
            .with_loss_bound(u64::MAX / 2);
        let tenant = TenantId::new("acme").unwrap();
        let new = NewKey {
            scopes: vec!["reports:*".parse().unwrap()],
            ..NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Bench")
        };
        let issue = |_| {
            let issued = ready(keys.issue(&tenant, new.clone(), NOW, &mut rng)).unwrap();
            issued.1.reveal().to_string()
        };
        let tokens = (0..count).map(issue).collect();
        Self { keys, tenant, tokens }
    }
}

fn assert_valid(keys: &TenantKeys<'_, MemoryStore>, token: &str) {
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
    per_call(start.elapsed(), calls)
}

fn per_call(time: Duration, calls: u32) -> f64 {
    time.as_nanos() as f64 / f64::from(calls.max(1))
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
