//! Telling a million users apart: the rule, and the needle that everybody writes first.

use std::{hint::black_box, sync::Arc};

use analytics_filter::{Contacts, Identifiers, TestUserRule, UserClass};
use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

const USERS: usize = 1_000_000;

/// One in 25 has the tag, one in ten another one; one in three has a phone.
fn users() -> Vec<(String, Contacts)> {
    (0..USERS)
        .map(|n| {
            let tag = match n {
                n if n % 25 == 0 => "+clerk_test",
                n if n % 10 == 0 => "+newsletter",
                _ => "",
            };
            let email = format!("Firstname.Lastname{n}{tag}@mail.example.com");
            let phone = (n % 3 == 0).then(|| format!("+1201{:07}", n % 10_000_000));
            (format!("user_{n:027}"), Contacts::new(Some(&email), phone.as_deref()))
        })
        .collect()
}

/// E-mail tag, both phone patterns, overrides: what `Overview` asks.
#[divan::bench(sample_count = 10)]
fn rule(bencher: Bencher<'_, '_>) {
    let (users, rule) = (users(), TestUserRule::default());
    bencher.counter(ItemsCount::new(USERS)).bench_local(|| {
        let classes = users.iter().map(|(id, contacts)| rule.classify(Identifiers::new(id, contacts)).0);
        classes.filter(|class| *class == UserClass::Test).count()
    });
}

/// The same, where most users are known by id already: an override is looked up first.
#[divan::bench(sample_count = 10)]
fn rule_with_a_thousand_overrides(bencher: Bencher<'_, '_>) {
    let users = users();
    let rule = users
        .iter()
        .step_by(1_000)
        .fold(TestUserRule::default(), |rule, (id, _)| rule.with_override(id.clone(), UserClass::Real));
    bencher.counter(ItemsCount::new(USERS)).bench_local(|| {
        let classes = users.iter().map(|(id, contacts)| rule.classify(Identifiers::new(id, contacts)).0);
        classes.filter(|class| *class == UserClass::Test).count()
    });
}

/// Not the rule: it takes `+clerk_tester@` and the Kelvin sign, and sees no phone.
#[divan::bench(sample_count = 10)]
fn naive_lowercase_contains(bencher: Bencher<'_, '_>) {
    let users = users();
    let emails: Vec<Arc<str>> = users.iter().filter_map(|(_, contacts)| contacts.email().cloned()).collect();
    bencher.counter(ItemsCount::new(USERS)).bench_local(|| {
        black_box(&emails).iter().filter(|email| email.to_lowercase().contains("+clerk_test")).count()
    });
}
