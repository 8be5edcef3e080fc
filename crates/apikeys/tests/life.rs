//! The life of keys, and the rules of their use, as a host sees them.

use std::sync::Arc;

use apikeys::{
    Allowance, ApiKeys, AuditAction, CachePolicy, CreditPlan, Demand, Every, IssueError, KeyFilter,
    KeyRecord, KeyStatus, KeyUpdate, LeakAnswer, MemoryStore, Month, NewKey, ParentError, Pepper, PepperId,
    Peppers, RateLimit, Refill, ReservationId, Reserved, RotateError, Rotation, Rules, SecretError,
    ServiceError, Settlement, Start, Switches, TenantId, TenantPolicy, TokenFormat, UpdateError, Verdict,
};
use chrono::{DateTime, TimeDelta, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use store_contract::block_on;

const USER: &str = "user_2xhFjEI5X2qWRvtV13BzSj8H6Dk";
const ORGANIZATION: &str = "org_2xhFjEI5X2qWRvtV13BzSj8H6Dk";

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("ins_1").unwrap()
}

fn new_key() -> NewKey {
    let scopes = ["reports:*", "keys:create"].map(|scope| scope.parse().unwrap());
    NewKey { scopes: scopes.into(), ..NewKey::new(USER.parse().unwrap(), "Builds") }
}

fn with_rules(rules: Rules) -> NewKey {
    NewKey { rules, ..new_key() }
}

/// The same rules hold with a cache and without one.
fn each(test: impl AsyncFn(Keys)) {
    let peppers = || Peppers::new((PepperId(1), Pepper::new(&[7; 32])), []);
    let format = || TokenFormat::new("ak", "test").unwrap();
    let plain = ApiKeys::new(Arc::new(MemoryStore::new()), format(), peppers(), &mut rng());
    let cached = ApiKeys::new(Arc::new(MemoryStore::new()), format(), peppers(), &mut rng())
        .with_cache(CachePolicy { refresh_every: TimeDelta::zero(), ..CachePolicy::default() })
        .with_loss_bound(1_000);
    block_on(async {
        test(Keys(plain)).await;
        test(Keys(cached)).await;
    });
}

struct Keys(ApiKeys<Arc<MemoryStore>>);

impl Keys {
    async fn issue(&self, new: NewKey) -> (Arc<KeyRecord>, String) {
        let (key, secret) = self.0.issue(&tenant(), new, at(0), &mut rng()).await.unwrap();
        (key, secret.reveal().to_string())
    }

    async fn refused(&self, new: NewKey) -> IssueError {
        match self.0.issue(&tenant(), new, at(0), &mut rng()).await.unwrap_err() {
            ServiceError::Refused(refused) => refused,
            other => panic!("{other}"),
        }
    }

    /// The name of the verdict, twice: the second time a cache knows the key.
    async fn verdict(&self, token: &str, seconds: i64) -> &'static str {
        self.asked(token, &Demand { cost: 0, ..Demand::default() }, seconds).await
    }

    async fn asked(&self, token: &str, demand: &Demand<'_>, seconds: i64) -> &'static str {
        let first = self.0.verify(&tenant(), token, demand, at(seconds)).await.unwrap().name();
        let again = self.0.tenant(&tenant()).check(token, demand, at(seconds)).await.unwrap().name();
        assert_eq!(first, again);
        first
    }

    async fn rotate(&self, key: &KeyRecord, rotation: Rotation) -> (Arc<KeyRecord>, String) {
        let rotated = self.0.rotate(&tenant(), key.id, &rotation, at(0), &mut rng()).await.unwrap().unwrap();
        (rotated.0, rotated.1.reveal().to_string())
    }

    async fn child(&self, parent: &KeyRecord, scopes: &[&str]) -> (Arc<KeyRecord>, String) {
        let scopes = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
        self.issue(NewKey { parent: Some(parent.id), scopes, ..new_key() }).await
    }
}

#[test]
fn a_rotated_key_lives_on_for_its_grace() {
    each(async |keys| {
        let (key, old) = keys.issue(new_key()).await;
        let (successor, new) =
            keys.rotate(&key, Rotation { grace: TimeDelta::hours(1), ..Rotation::default() }).await;
        assert_eq!((successor.lineage.family, &successor.scopes), (key.id, &key.scopes));
        assert_ne!(successor.id, key.id);
        for (seconds, expected) in [(0, "valid"), (3_599, "valid"), (3_600, "grace_ended")] {
            assert_eq!(keys.verdict(&old, seconds).await, expected, "after {seconds} s");
            assert_eq!(keys.verdict(&new, seconds).await, "valid");
        }
        // Its use raises an event, and revokes nothing.
        let events = keys.0.audit_log(&tenant(), Some(key.id), 1, at(3_600)).await.unwrap();
        assert_eq!(events[0].action, AuditAction::Refused { verdict: 7 });
    });
}

#[test]
fn a_grace_may_end_with_the_successors_first_use() {
    each(async |keys| {
        let (key, old) = keys.issue(new_key()).await;
        let rotation = Rotation { grace: TimeDelta::hours(1), ends_on_use: true, ..Rotation::default() };
        let (_, new) = keys.rotate(&key, rotation).await;
        assert_eq!(keys.verdict(&old, 10).await, "valid");
        assert_eq!(keys.verdict(&new, 20).await, "valid");
        assert_eq!(keys.verdict(&old, 20).await, "grace_ended");
        assert_eq!(keys.verdict(&new, 30).await, "valid");
    });
}

#[test]
fn of_a_family_at_most_two_keys_live() {
    each(async |keys| {
        let (key, _) = keys.issue(new_key()).await;
        let rotation = Rotation { grace: TimeDelta::hours(1), ..Rotation::default() };
        let (successor, _) = keys.rotate(&key, rotation.clone()).await;
        let refused = async |id, seconds| {
            keys.0.rotate(&tenant(), id, &rotation, at(seconds), &mut rng()).await.map(|_| ())
        };
        let again = refused(key.id, 0).await.unwrap_err();
        assert_eq!(again, ServiceError::Refused(RotateError::AlreadyRotated(successor.id)));
        let third = refused(successor.id, 3_599).await.unwrap_err();
        assert_eq!(third, ServiceError::Refused(RotateError::GraceRuns(key.id)));
        assert_eq!(refused(successor.id, 3_600).await, Ok(()));
    });
}

#[test]
fn a_disabled_key_can_be_enabled_and_a_revoked_one_can_not() {
    each(async |keys| {
        let (key, token) = keys.issue(new_key()).await;
        keys.0.disable(&tenant(), key.id, at(1)).await.unwrap();
        assert_eq!(keys.verdict(&token, 1).await, "disabled");
        keys.0.enable(&tenant(), key.id, at(2)).await.unwrap();
        assert_eq!(keys.verdict(&token, 2).await, "valid");
        let by = USER.parse().ok();
        keys.0.revoke(&tenant(), key.id, Some("left".into()), by, at(3)).await.unwrap();
        keys.0.enable(&tenant(), key.id, at(4)).await.unwrap();
        assert_eq!(keys.verdict(&token, 4).await, "revoked");
        let event = keys.0.audit_log(&tenant(), Some(key.id), 9, at(4)).await.unwrap();
        assert!(event.iter().any(|event| event.action == AuditAction::Revoked && event.by.is_some()));
    });
}

#[test]
fn a_child_keeps_within_its_parent_and_dies_with_it() {
    each(async |keys| {
        let parent = NewKey { lifetime: Some(TimeDelta::seconds(100)), ..new_key() };
        let (parent, _) = keys.issue(parent).await;
        let child = |scope: &str, lifetime| NewKey {
            parent: Some(parent.id),
            scopes: vec![scope.parse().unwrap()],
            lifetime,
            ..new_key()
        };
        let beyond = keys.refused(child("billing", None)).await;
        assert_eq!(beyond, IssueError::Parent(ParentError::Scope("billing".parse().unwrap())));
        let longer = keys.refused(child("reports:read", Some(TimeDelta::seconds(101)))).await;
        assert_eq!(longer, IssueError::Parent(ParentError::Expiry(at(100))));
        let other = NewKey { subject: ORGANIZATION.parse().unwrap(), ..child("reports:read", None) };
        assert_eq!(keys.refused(other).await, IssueError::Parent(ParentError::Subject));
        let (key, token) = keys.child(&parent, &["reports:*"]).await;
        assert_eq!(key.expires_at, Some(at(100)), "it lives as long as its parent");
        let read = Demand::all(&["reports:read"]);
        assert_eq!(keys.asked(&token, &read, 1).await, "valid");
        // What the parent may no longer do, its child may no longer do.
        let narrower =
            KeyUpdate { scopes: Some(vec!["keys:create".parse().unwrap()]), ..KeyUpdate::default() };
        keys.0.update(&tenant(), parent.id, narrower, at(2)).await.unwrap();
        assert_eq!(keys.asked(&token, &read, 2).await, "insufficient_scope");
        keys.0.disable(&tenant(), parent.id, at(3)).await.unwrap();
        assert_eq!(keys.verdict(&token, 3).await, "disabled");
        keys.0.enable(&tenant(), parent.id, at(4)).await.unwrap();
        assert_eq!(keys.verdict(&token, 4).await, "valid");
        keys.0.revoke(&tenant(), parent.id, None, None, at(5)).await.unwrap();
        assert_eq!(keys.verdict(&token, 5).await, "revoked");
        assert_eq!(
            keys.refused(child("reports:read", None)).await,
            IssueError::Parent(ParentError::NotActive)
        );
    });
}

#[test]
fn generations_end_and_a_child_of_a_rotated_key_lives_on() {
    each(async |keys| {
        let (first, _) = keys.issue(new_key()).await;
        let (second, _) = keys.child(&first, &["reports:*"]).await;
        let (third, token) = keys.child(&second, &["reports:read"]).await;
        let fourth = NewKey { parent: Some(third.id), scopes: vec![], ..new_key() };
        assert_eq!(keys.refused(fourth).await, IssueError::Parent(ParentError::TooDeep));
        keys.rotate(&second, Rotation::default()).await;
        assert_eq!(keys.verdict(&token, 1).await, "valid", "the successor has adopted it");
        keys.0.delete(&tenant(), first.id, at(2)).await.unwrap();
        assert_eq!(keys.verdict(&token, 2).await, "revoked");
        let wider = KeyUpdate { scopes: Some(vec!["billing".parse().unwrap()]), ..KeyUpdate::default() };
        let refused = keys.0.update(&tenant(), third.id, wider, at(3)).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Refused(UpdateError::Parent(ParentError::Scope(_)))));
    });
}

#[test]
fn times_and_idleness() {
    each(async |keys| {
        let rules =
            Rules { not_before: Some(at(100)), idle_ttl: Some(TimeDelta::hours(2)), ..Rules::default() };
        let (_, token) = keys.issue(with_rules(rules)).await;
        assert_eq!(keys.verdict(&token, 99).await, "not_yet_valid");
        assert_eq!(keys.verdict(&token, 100).await, "valid");
        // The last use counts to its minute: the one that began 80 s before 100.
        assert_eq!(keys.verdict(&token, 7_200).await, "valid", "each use begins another two hours");
        assert_eq!(keys.verdict(&token, 7_200 + 7_200).await, "expired");
    });
}

#[test]
fn networks_bind_a_key_and_its_children() {
    each(async |keys| {
        let networks = ["203.0.113.0/24", "2001:db8::/32"].map(|range| range.parse().unwrap()).into();
        let (key, token) = keys.issue(with_rules(Rules { networks, ..Rules::default() })).await;
        let (_, child) = keys.child(&key, &[]).await;
        for token in [&token, &child] {
            let from = |address: &str| Demand::default().from(address.parse().unwrap());
            assert_eq!(keys.asked(token, &from("203.0.113.9"), 1).await, "valid");
            assert_eq!(keys.asked(token, &from("::ffff:203.0.113.9"), 1).await, "valid");
            assert_eq!(keys.asked(token, &from("2001:db8:1::"), 1).await, "valid");
            assert_eq!(keys.asked(token, &from("198.51.100.1"), 1).await, "ip_denied");
            assert_eq!(keys.asked(token, &Demand::default(), 1).await, "ip_denied", "nowhere is not there");
        }
    });
}

#[test]
fn a_family_shares_its_rate_limit_and_its_credits() {
    each(async |keys| {
        let rules = Rules {
            rate_limit: RateLimit::new(4, 60).ok(),
            credits: Some(CreditPlan {
                initial: 9,
                refill: Some(Refill { amount: 3, every: Every::Seconds(86_400) }),
            }),
            ..Rules::default()
        };
        let (key, old) = keys.issue(with_rules(rules)).await;
        let (successor, new) =
            keys.rotate(&key, Rotation { grace: TimeDelta::hours(1), ..Rotation::default() }).await;
        let use_it = async |token: &str, cost, seconds| {
            let demand = Demand { cost, ..Demand::default() };
            keys.0.verify(&tenant(), token, &demand, at(seconds)).await.unwrap()
        };
        for token in [&old, &new, &old, &new] {
            assert_eq!(use_it(token, 2, 0).await.name(), "valid");
        }
        let limited = use_it(&new, 2, 0).await;
        assert!(
            matches!(limited, Verdict::RateLimited { retry_after, .. } if retry_after == TimeDelta::seconds(15))
        );
        assert_eq!(keys.0.credits(&tenant(), &successor, at(0)).await.unwrap().unwrap().available, 1);
        assert_eq!(use_it(&new, 2, 15).await.name(), "credits_exhausted");
        assert_eq!(use_it(&new, 0, 30).await.name(), "valid", "what costs nothing needs no credits");
        assert_eq!(use_it(&new, 2, 86_400).await.name(), "valid", "the refill has come");
    });
}

#[test]
fn credits_can_be_set_aside() {
    each(async |keys| {
        let credits = Some(CreditPlan { initial: 5, refill: None });
        let (key, _) = keys.issue(with_rules(Rules { credits, ..Rules::default() })).await;
        let hold = async |cost| {
            let id = ReservationId::generate(&mut rng());
            let held = keys.0.reserve(&tenant(), &key, id, cost, TimeDelta::minutes(1), at(0)).await.unwrap();
            (id, held.unwrap())
        };
        let (first, held) = hold(3).await;
        assert_eq!(held, Reserved::Held { available: 2 });
        assert_eq!(hold(3).await.1, Reserved::Exhausted { available: 2 });
        assert!(keys.0.settle(&tenant(), first, Settlement::Cancel, at(1)).await.unwrap());
        let (second, held) = hold(4).await;
        assert_eq!(held, Reserved::Held { available: 1 });
        assert!(keys.0.settle(&tenant(), second, Settlement::Commit, at(1)).await.unwrap());
        assert_eq!(keys.0.credits(&tenant(), &key, at(2)).await.unwrap().unwrap().available, 1);
    });
}

#[test]
fn subjects_can_be_switched_off_and_on() {
    each(async |keys| {
        let (_, user) = keys.issue(new_key()).await;
        let (_, organization) = keys.issue(NewKey::new(ORGANIZATION.parse().unwrap(), "Builds")).await;
        assert_eq!(keys.verdict(&user, 0).await, "valid");
        let switches = Switches { users: false, organizations: true };
        keys.0.set_policy(&tenant(), TenantPolicy { switches, ..TenantPolicy::default() });
        assert_eq!(keys.verdict(&user, 1).await, "subject_disabled");
        assert_eq!(keys.verdict(&organization, 1).await, "valid");
        keys.0.set_policy(&tenant(), TenantPolicy::default());
        assert_eq!(keys.verdict(&user, 2).await, "valid", "nothing was revoked");
    });
}

#[test]
fn a_hard_allowance_stops_at_its_numbers() {
    each(async |keys| {
        let allowance = Allowance::HardStop { creations: 2, verifications: 5 };
        keys.0.set_policy(&tenant(), TenantPolicy { allowance, ..TenantPolicy::default() });
        let (_, token) = keys.issue(new_key()).await;
        keys.issue(new_key()).await;
        assert_eq!(keys.refused(new_key()).await, IssueError::AllowanceUsedUp);
        let mut verdicts = Vec::new();
        for _ in 0..7 {
            let verdict = keys.0.verify(&tenant(), &token, &Demand::default(), at(1)).await.unwrap();
            verdicts.push(verdict.name());
        }
        assert_eq!(verdicts, [&["valid"; 5][..], &["credits_exhausted"; 2]].concat());
        let used = keys.0.usage(&tenant(), Month::of(at(0))).await.unwrap();
        assert_eq!((used.creations, used.verifications), (2, 5), "nothing is billable past a hard stop");
        let next_month = Month::of(at(0)).end();
        let verdict = keys.0.verify(&tenant(), &token, &Demand::default(), next_month).await.unwrap();
        assert_eq!(verdict.name(), "valid");
    });
}

#[test]
fn a_leak_report_says_what_is_real_and_touches_nothing() {
    each(async |keys| {
        let (key, token) = keys.issue(new_key()).await;
        let (gone, deleted) = keys.issue(new_key()).await;
        let (revoked, dead) = keys.issue(new_key()).await;
        keys.0.delete(&tenant(), gone.id, at(1)).await.unwrap();
        keys.0.revoke(&tenant(), revoked.id, None, None, at(1)).await.unwrap();
        let stranger = keys.0.format().generate(&mut rng()).1.reveal();
        let other = if &token[20..21] == "x" { "y" } else { "x" };
        let typo = [&token[..20], other, &token[21..]].concat();
        let text = format!("KEY={token}\n{typo} \"{}\" {deleted},{dead} ak_test_short", &*stranger);
        let findings = keys.0.report_leaks(&tenant(), &text, at(2)).await.unwrap();
        let answers: Vec<_> = findings.iter().map(|finding| finding.answer).collect();
        assert_eq!(&text[findings[0].at.clone()], token);
        let real = |id, status| LeakAnswer::TruePositive { id, status };
        assert_eq!(
            answers,
            [
                real(key.id, Some(KeyStatus::Active)),
                LeakAnswer::FalsePositive,
                LeakAnswer::FalsePositive,
                real(gone.id, None),
                real(revoked.id, Some(KeyStatus::Revoked)),
            ]
        );
        keys.0.flush_usage(at(2)).await.unwrap();
        assert_eq!(keys.0.key(&tenant(), key.id).await.unwrap().unwrap().last_used_at, None);
        let events = keys.0.audit_log(&tenant(), Some(key.id), 1, at(2)).await.unwrap();
        assert_eq!(events[0].action, AuditAction::LeakReported);
    });
}

#[test]
fn a_flood_of_bad_tokens_floods_no_log() {
    each(async |keys| {
        let (_, token) = keys.issue(new_key()).await;
        keys.0
            .revoke(&tenant(), keys.0.format().parse(&token).unwrap().id(), None, None, at(0))
            .await
            .unwrap();
        for _ in 0..500 {
            keys.verdict(&token, 1).await;
        }
        let events = keys.0.audit_log(&tenant(), None, 100, at(2)).await.unwrap();
        let refused =
            events.iter().filter(|event| matches!(event.action, AuditAction::Refused { .. })).count();
        assert_eq!(refused, 10, "ten a minute are written one by one");
        let dropped = events.iter().find_map(|event| match event.action {
            AuditAction::RefusalsDropped { count } => Some(count),
            _ => None,
        });
        assert_eq!(dropped, Some(990), "the others are counted");
    });
}

#[test]
fn a_secret_is_shown_again_only_with_a_vault() {
    each(async |keys| {
        let (key, _) = keys.issue(new_key()).await;
        let refused = keys.0.secret(&tenant(), key.id, at(1)).await.unwrap_err();
        assert_eq!(refused, ServiceError::Refused(SecretError::NotKept));
    });
}

#[test]
fn lists_answer_what_an_administrator_asks() {
    each(async |keys| {
        let (key, token) = keys.issue(new_key()).await;
        let (other, _) = keys.issue(NewKey { lifetime: Some(TimeDelta::hours(1)), ..new_key() }).await;
        keys.verdict(&token, 600).await;
        keys.0.flush_usage(at(600)).await.unwrap();
        let ids = async |filter: KeyFilter| {
            let page = keys.0.keys(&tenant(), &filter, Start::Offset(0), 9, at(600)).await.unwrap();
            page.keys.iter().map(|key| key.id).collect::<Vec<_>>()
        };
        let soon = KeyFilter { expires_before: Some(at(7_200)), ..KeyFilter::default() };
        assert_eq!(ids(soon).await, [other.id]);
        let unused = KeyFilter { last_used_before: Some(at(300)), ..KeyFilter::default() };
        assert_eq!(ids(unused).await, [other.id]);
        keys.0.disable(&tenant(), key.id, at(600)).await.unwrap();
        let disabled = KeyFilter { status: Some(KeyStatus::Disabled), ..KeyFilter::default() };
        assert_eq!(ids(disabled).await, [key.id]);
        assert_eq!(ids(KeyFilter::default()).await, [other.id]);
    });
}
