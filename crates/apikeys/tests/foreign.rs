//! Keys of another system, secrets in a vault, tagged ids: what needs a feature or a choice of the host's.
#![cfg(all(feature = "contract", feature = "import", feature = "vault"))]

use std::sync::Arc;

use apikeys::{
    ApiKeys, AuditAction, CachePolicy, Demand, MemoryStore, Month, NewKey, Pepper, PepperId, Peppers,
    ServiceError, TenantId, TokenFormat, Vault, Verdict, XChaChaVault,
    contract::FaultyStore,
    import::{Entropy, ForeignKey, Scheme, SchemeKeys, StoredHash},
};
use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use store_contract::{Fault, FaultPlan, block_on};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
const TOKEN: &str = "sk_live_0123456789abcdef";
const UNKEY: &str = "NC4g3sUZVW/P1I9UN+BTHx876rNbbrzN25FtJk1n924=";

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

fn pepper(number: u16) -> (PepperId, Pepper) {
    (PepperId(number), Pepper::new(&[u8::try_from(number).unwrap(); 32]))
}

fn keys(store: Arc<MemoryStore>, current: u16, retired: &[u16]) -> ApiKeys<Arc<MemoryStore>> {
    let peppers = Peppers::new(pepper(current), retired.iter().copied().map(pepper));
    ApiKeys::new(store, TokenFormat::new("ak", "test").unwrap(), peppers, &mut rng())
        .with_imported([Scheme::Knox, Scheme::Unkey], SchemeKeys::new())
}

fn foreign() -> ForeignKey {
    let stored = StoredHash::parse(Scheme::Unkey, UNKEY).unwrap();
    ForeignKey {
        scheme: Scheme::Unkey,
        digest: stored.admit(Entropy::AtLeast128Bits).unwrap(),
        key: NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "From elsewhere"),
        created_at: NOW,
    }
}

#[test]
fn a_key_of_another_system_works_on_under_its_own_token() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let first = keys(store.clone(), 1, &[]);
        let key = first.import(&tenant(), foreign(), NOW, &mut rng()).await.unwrap();
        let again = first.import(&tenant(), foreign(), NOW, &mut rng()).await.unwrap_err();
        assert_eq!(again, ServiceError::Contended, "a hash is imported once");
        let verify = async |keys: &ApiKeys<Arc<MemoryStore>>, token: &str| {
            keys.verify(&tenant(), token, &Demand::default(), NOW).await.unwrap()
        };
        assert!(matches!(verify(&first, TOKEN).await, Verdict::Valid(receipt) if receipt.key.id == key.id));
        for other in ["sk_live_0123456789abcdeg", "sk_live_0123456789abcde", "SK_live_0123456789abcdef"] {
            assert_eq!(verify(&first, other).await, Verdict::NotFound, "{other}");
        }
        let used = first.usage(&tenant(), Month::of(NOW)).await.unwrap();
        assert_eq!((used.creations, used.verifications), (0, 1), "an import is no creation");
        // The pepper is replaced: a use makes the digest anew, and the old pepper can go.
        assert!(matches!(verify(&keys(store.clone(), 2, &[1]), TOKEN).await, Verdict::Valid(_)));
        let alone = keys(store.clone(), 2, &[]);
        assert!(matches!(verify(&alone, TOKEN).await, Verdict::Valid(_)));
        alone.revoke(&tenant(), key.id, None, None, NOW).await.unwrap();
        assert!(matches!(verify(&alone, TOKEN).await, Verdict::Revoked(_)));
        let other = TenantId::new("ins_2").unwrap();
        let elsewhere = alone.verify(&other, TOKEN, &Demand::default(), NOW).await.unwrap();
        assert_eq!(elsewhere, Verdict::NotFound, "it is its tenant's own");
    });
}

#[test]
fn a_vault_shows_a_secret_again_and_tells() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let vault = Arc::new(XChaChaVault::new(&[5; 32]));
        let keys = keys(store.clone(), 1, &[]).with_vault(vault.clone());
        let new = || NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Builds");
        let (key, secret) = keys.issue(&tenant(), new(), NOW, &mut rng()).await.unwrap();
        let (other, _) = keys.issue(&tenant(), new(), NOW, &mut rng()).await.unwrap();
        let token = secret.reveal();
        assert_eq!(keys.secret(&tenant(), key.id, NOW).await.unwrap(), token);
        let events = keys.audit_log(&tenant(), Some(key.id), 9, NOW).await.unwrap();
        assert!(events.iter().any(|event| event.action == AuditAction::SecretShown));
        // Moved to another row, or changed, it does not open.
        let mut sealed = vault.seal(&tenant(), key.id, &token).unwrap();
        assert!(!format!("{sealed:?} {vault:?}").contains(&token[20..30]));
        assert!(!sealed.0.windows(8).any(|part| token.as_bytes().windows(8).any(|plain| plain == part)));
        assert_eq!(vault.open(&tenant(), key.id, &sealed).unwrap(), token);
        assert!(vault.open(&tenant(), other.id, &sealed).is_err());
        assert!(vault.open(&TenantId::new("ins_2").unwrap(), key.id, &sealed).is_err());
        assert!(XChaChaVault::new(&[6; 32]).open(&tenant(), key.id, &sealed).is_err());
        sealed.0[3] ^= 1;
        assert!(vault.open(&tenant(), key.id, &sealed).is_err());
    });
}

#[test]
fn what_is_no_key_of_ours_never_reaches_the_store() {
    block_on(async {
        // Every call of the store would fail.
        let plan = FaultPlan::new(std::iter::repeat_n(Some(Fault::Before), 100));
        let store = FaultyStore::new(MemoryStore::new(), plan);
        let format = TokenFormat::new("ak", "test").unwrap();
        let tagged = format.clone().with_tagged_ids(&[9; 32]);
        let real = tagged.generate(&mut rng()).1.reveal().to_string();
        let forged = format.generate(&mut rng()).1.reveal().to_string();
        let keys = ApiKeys::new(store, tagged, Peppers::new(pepper(1), []), &mut rng());
        let demand = Demand::default();
        for at in 0..real.len() {
            let other = if &real[at..=at] == "x" { "y" } else { "x" };
            let changed = format!("{}{other}{}", &real[..at], &real[at + 1..]);
            let verdict = keys.verify(&tenant(), &changed, &demand, NOW).await.unwrap();
            assert!(matches!(verdict, Verdict::Malformed(_)), "character {at}");
        }
        assert_eq!(keys.verify(&tenant(), &forged, &demand, NOW).await.unwrap(), Verdict::NotFound);
        assert!(keys.verify(&tenant(), &real, &demand, NOW).await.is_err(), "a well-formed one is asked for");
    });
}

#[test]
fn many_texts_are_checked_together() {
    block_on(async {
        let keys = keys(Arc::new(MemoryStore::new()), 1, &[]).with_cache(CachePolicy::default());
        let mut tokens = Vec::new();
        for _ in 0..70 {
            let new = NewKey::new("user_2xhFjEI5X2qWRvtV13BzSj8H6Dk".parse().unwrap(), "Builds");
            let (key, secret) = keys.issue(&tenant(), new, NOW, &mut rng()).await.unwrap();
            tokens.push((Some(key.id), secret.reveal().to_string()));
        }
        tokens.insert(3, (None, "nonsense".to_owned()));
        tokens.insert(40, (None, keys.format().generate(&mut rng()).1.reveal().to_string()));
        let asked: Vec<&str> = tokens.iter().map(|(_, token)| token.as_str()).collect();
        for _ in 0..2 {
            let verdicts = keys.tenant(&tenant()).check_all(&asked, &Demand::default(), NOW).await.unwrap();
            let found: Vec<_> = verdicts.iter().map(|verdict| verdict.receipt().copied()).collect();
            assert_eq!(found, tokens.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        }
        assert_eq!(keys.usage(&tenant(), Month::of(NOW)).await.unwrap().verifications, 140);
    });
}
