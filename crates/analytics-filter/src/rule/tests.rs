use std::sync::Arc;

use super::*;
use crate::Contacts;

fn email(address: &str) -> UserClass {
    let contacts = Contacts::new(Some(address), None);
    TestUserRule::default().classify(Identifiers::new("user_1", &contacts)).0
}

fn phone(policy: Policy, number: &str) -> (UserClass, Reason) {
    let contacts = Contacts::new(None, Some(number));
    TestUserRule::new(policy).classify(Identifiers::new("user_1", &contacts))
}

#[test]
fn tags_are_found_whatever_their_case_and_beside_others() {
    for address in [
        "jane+clerk_test@example.com",
        "jane+CLERK_TEST@x",
        "jane+cLeRk_TeSt@x",
        "a+qa+clerk_test@x",
        "a+clerk_test+qa@x",
        "a+clerk_test+clerk_test@x",
        "a++clerk_test@x",
        "+clerk_test@x",
        "a+clerk_test@",
        "a\n+clerk_test@x",
        "\u{fc}+clerk_test@m\u{fc}nchen.example",
        "a+\u{212a}+clerk_test@x",
    ] {
        assert_eq!(email(address), UserClass::Test, "{address}");
    }
}

#[test]
fn what_only_looks_like_a_tag_is_none() {
    for address in [
        "",
        "+",
        "jane@example.com",
        "a+cler\u{212a}_test@x",
        "a+clerk_te\u{17f}t@x",
        "a+clerk_tester@x",
        "a+xclerk_test@x",
        "aclerk_test@x",
        "a+clerk_test",
        "a@x+clerk_test.example.com",
        "a+clerkXtest@x",
        "a+clerk-test@x",
        "\"a+clerk_test\"@x",
        "a=clerk_test@x",
        "a#clerk_test@x",
        "a+clerk_test @x",
        "a+ clerk_test@x",
        "a+clerk\n_test@x",
    ] {
        assert_eq!(email(address), UserClass::Real, "{address}");
    }
}

#[test]
fn fictional_numbers_are_test_phones_as_the_policy_says() {
    let both = [(Policy::Announced, true), (Policy::Documented, true)];
    let documented = [(Policy::Announced, false), (Policy::Documented, true)];
    let neither = [(Policy::Announced, false), (Policy::Documented, false)];
    for (number, expected) in [
        ("+15555550100", both),
        ("+12015550100", documented),
        ("+19735550199", documented),
        ("+18005550142", documented),
        ("+15555550101", documented),
        ("+12015550099", neither),
        ("+12015550200", neither),
        ("+12015551234", neither),
        ("+11015550100", neither),
        ("+10015550100", neither),
        ("+442079460100", neither),
        ("+120155501000", neither),
        ("+1201555010", neither),
    ] {
        for (policy, is_test) in expected {
            assert_eq!(phone(policy, number).0 == UserClass::Test, is_test, "{number} by {policy:?}");
        }
    }
}

#[test]
fn a_number_that_is_not_normalised_is_no_test_phone_and_says_so() {
    for number in [
        "(201) 555-0100",
        "+1 201-555-0100 x5",
        "12015550100",
        "+1 2015550100",
        "+12015550100 ",
        "+1201555010\u{660}",
        "+0201555010",
        "",
        "+",
        "+12015550100\n",
    ] {
        assert_eq!(
            phone(Policy::Documented, number),
            (UserClass::Real, Reason::PhoneNotNormalised),
            "{number:?}"
        );
    }
    assert_eq!(phone(Policy::Documented, "+442079460100").1, Reason::NoMatch);
}

#[test]
fn nobody_is_a_test_user_for_want_of_identifiers() {
    let nothing = Contacts::default();
    let found = TestUserRule::default().classify(Identifiers::new("user_1", &nothing));
    assert_eq!(found, (UserClass::Real, Reason::NoMatch));
}

#[test]
fn secondary_identifiers_count_unless_the_rule_looks_at_the_primary_only() {
    let contacts = Contacts {
        emails: ["a@x", "a+clerk_test@x"].map(Arc::from).into(),
        phones: ["+442079460100", "(201) 555-0100"].map(Arc::from).into(),
    };
    let of = |policy| {
        let rule = TestUserRule::default().with_identifiers(policy);
        rule.classify(Identifiers::new("user_1", &contacts))
    };
    assert_eq!(of(IdentifierPolicy::Any), (UserClass::Test, Reason::EmailTag));
    assert_eq!(of(IdentifierPolicy::Primary), (UserClass::Real, Reason::NoMatch));
}

#[test]
fn an_override_stands_above_all_and_a_listed_id_above_addresses() {
    let tagged = Contacts::new(Some("a+clerk_test@x"), Some("+15555550100"));
    let (nothing, phone_only) = (Contacts::default(), Contacts::new(None, Some("+15555550100")));
    let rule = TestUserRule::default()
        .or(Atom::Ids(BTreeSet::from(["user_listed".to_owned(), "user_real".to_owned()])))
        .with_override("user_real", UserClass::Real)
        .with_override("user_test", UserClass::Test);
    let of = |id, contacts| rule.classify(Identifiers::new(id, contacts));
    assert_eq!(of("user_real", &tagged), (UserClass::Real, Reason::Override));
    assert_eq!(of("user_test", &nothing), (UserClass::Test, Reason::Override));
    assert_eq!(of("user_listed", &tagged), (UserClass::Test, Reason::ListedId));
    assert_eq!(of("user_other", &tagged), (UserClass::Test, Reason::EmailTag));
    assert_eq!(of("user_other", &phone_only), (UserClass::Test, Reason::PhonePattern));
}

#[test]
fn another_tag_is_found_by_its_own_name() {
    let rule = TestUserRule::empty().or(Atom::EmailTag(EmailTag::new("qa.team-1").unwrap()));
    let class = |address| {
        let contacts = Contacts::new(Some(address), None);
        rule.classify(Identifiers::new("user_1", &contacts)).0
    };
    assert_eq!(class("a+QA.Team-1@x"), UserClass::Test);
    assert_eq!(class("a+qaxteam-1@x"), UserClass::Real);
    for bad in ["", "QA", "a+b", "a@b", "\u{e4}", "a b", "a'b", &"a".repeat(65)] {
        assert!(EmailTag::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn patterns_are_of_one_shape() {
    for good in ["+1", "+NX", "+1NXX55501XX", "+441632960XXX"] {
        assert!(PhonePattern::new(good).is_ok(), "{good}");
    }
    for bad in ["", "+", "1NXX", "+0XX", "+XXX", "+1nxx", "+1-201", "+1[0]", "+1234567890123456"] {
        assert!(PhonePattern::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_rule_is_written_and_read() {
    let rule = TestUserRule::new(Policy::Announced).with_override("user_1", UserClass::Real);
    let written = serde_json::to_value(&rule).unwrap();
    assert_eq!(
        written,
        serde_json::json!({
            "version": 1,
            "revision": 1,
            "identifiers": "any",
            "any": [{ "email_tag": "clerk_test" }, { "phone": "+15555550100" }],
            "overrides": { "user_1": "real" },
        })
    );
    assert_eq!(serde_json::from_value::<TestUserRule>(written).unwrap(), rule);
}

#[test]
fn a_rule_of_another_shape_is_refused() {
    let good = serde_json::to_value(TestUserRule::default()).unwrap();
    for (field, value) in [
        ("version", serde_json::json!(2)),
        ("any", serde_json::json!([{ "email_tag": "A+B" }])),
        ("any", serde_json::json!([{ "phone": "555" }])),
        ("any", serde_json::json!([{ "regex": ".*" }])),
        ("identifiers", serde_json::json!("verified")),
        ("not", serde_json::json!([])),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(serde_json::from_value::<TestUserRule>(bad).is_err(), "{field}");
    }
}

#[test]
fn a_fingerprint_never_changes_and_names_one_rule() {
    assert_eq!(TestUserRule::default().fingerprint().to_string(), "82cddda48213d386");
    let phone = |pattern| Atom::Phone(PhonePattern::new(pattern).unwrap());
    let (a, b) = (TestUserRule::empty().or(phone("+1")), TestUserRule::empty().or(phone("+2")));
    let (ab, ba) = (a.clone().or(phone("+2")), b.clone().or(phone("+1")));
    assert_eq!(ab.fingerprint(), ba.fingerprint());
    let others = [
        a.clone(),
        b,
        ab,
        TestUserRule::empty(),
        a.clone().with_revision(2),
        a.clone().with_identifiers(IdentifierPolicy::Primary),
        a.with_override("user_1", UserClass::Real),
    ];
    let names: BTreeSet<_> = others.iter().map(TestUserRule::fingerprint).collect();
    assert_eq!(names.len(), others.len());
}
