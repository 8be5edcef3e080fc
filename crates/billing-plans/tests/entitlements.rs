//! What a session has, by its claims.

use billing_plans::{Asked, Claim, MalformedClaim, Slug, is_entitled};
use proptest::prelude::*;

fn feature(feature: &str) -> Asked<'_> {
    Asked { feature: Some(feature), plan: None }
}

fn plan(plan: &str) -> Asked<'_> {
    Asked { feature: None, plan: Some(plan) }
}

fn both<'a>(feature: &'a str, plan: &'a str) -> Asked<'a> {
    Asked { feature: Some(feature), plan: Some(plan) }
}

#[test]
fn what_is_asked_for_must_be_claimed() {
    let (features, plans) = ("o:reservations,u:dashboard,ou:support", "u:plus,o:team");
    let cases = [
        (feature("reservations"), true),
        (feature("org:reservations"), true),
        (feature("organization:reservations"), true),
        (feature("o:reservations"), true),
        (feature("user:reservations"), false),
        (feature("dashboard"), true),
        (feature("user:dashboard"), true),
        (feature("u:dashboard"), true),
        (feature("org:dashboard"), false),
        (feature("org:support"), true),
        (feature("user:support"), true),
        (feature("missing"), false),
        (feature("team:reservations"), false),
        (feature(""), false),
        (feature(":"), false),
        (feature("o:"), false),
        (feature("org:reservations:more"), false),
        (plan("plus"), true),
        (plan("org:plus"), false),
        (plan("org:team"), true),
        (both("reservations", "plus"), true),
        (both("missing", "plus"), false),
        (both("reservations", "missing"), false),
        (Asked::default(), false),
    ];
    for (asked, expected) in cases {
        assert_eq!(is_entitled(features, plans, asked), expected, "{asked:?}");
    }
}

#[test]
fn documented_cases() {
    let (features, broken) = ("o:reservations,u:dashboard", "free_user,plus_user");
    assert!(is_entitled(features, broken, feature("reservations")));
    assert!(is_entitled(features, broken, feature("user:dashboard")));
    assert!(is_entitled(features, broken, feature("dashboard")));
    assert!(!is_entitled(features, broken, plan("plus_user")), "a malformed claim grants nothing");
    assert!(!is_entitled("o:reservations", "u:plus", both("org:missing", "u:plus")));
}

#[test]
fn malformed_claims_grant_nothing() {
    for broken in ["plus", "o:a,", ",o:a", "o:a,,o:b", " ", "o:a,b"] {
        assert_eq!(Claim::parse(broken), Err(MalformedClaim), "{broken}");
        assert!(!is_entitled(broken, broken, feature("a")), "{broken}");
    }
    assert_eq!(Claim::parse(""), Ok(Claim::new()));
    assert_eq!(Claim::parse("x:a, o:b").unwrap().to_string(), "o:b", "an unknown scope grants nothing");
    assert!(!is_entitled("", "", feature("")));
}

proptest! {
    #[test]
    fn claims_are_read_as_they_are_written(had in prop::collection::vec(("[a-z0-9_-]{1,8}", any::<bool>()), 0..10)) {
        let claim = had.iter().fold(Claim::new(), |claim, (slug, is_org)| {
            let slug = Slug::new(slug).unwrap();
            if *is_org { claim.with_org(&slug) } else { claim.with_user(&slug) }
        });
        prop_assert_eq!(Claim::parse(&claim.to_string()), Ok(claim.clone()));
        for (slug, is_org) in &had {
            let scope = if *is_org { "org" } else { "user" };
            let scoped = format!("{scope}:{slug}");
            prop_assert!(claim.grants(slug) && claim.grants(&scoped));
        }
    }

    #[test]
    fn nothing_panics(claim: String, asked: String) {
        let _ = is_entitled(&claim, &claim, both(&asked, &asked));
    }
}
