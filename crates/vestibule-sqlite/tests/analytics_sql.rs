//! The rule as SQL, and how the Overview's tables are read.

use std::collections::BTreeSet;

use analytics_filter::{
    Atom, Contacts, EmailTag, Identifiers, PhonePattern, Policy, TestUserRule, UserClass,
    sql::{Columns, Dialect, predicate},
};
use proptest::prelude::*;
use rusqlite::{Connection, params_from_iter};

fn rules() -> Vec<TestUserRule> {
    let ids = |ids: &[&str]| Atom::Ids(ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
    vec![
        TestUserRule::empty(),
        TestUserRule::new(Policy::Announced),
        TestUserRule::new(Policy::Documented),
        TestUserRule::empty().or(ids(&["user_1", "o'hara"])),
        TestUserRule::empty().with_override("user_2", UserClass::Test),
        TestUserRule::default()
            .with_override("user_1", UserClass::Real)
            .with_override("user_2", UserClass::Test),
        TestUserRule::default()
            .or(Atom::EmailTag(EmailTag::new("q.a-1").unwrap()))
            .or(Atom::Phone(PhonePattern::new("+44").unwrap()))
            .or(ids(&["user_2"]))
            .with_override("user_3", UserClass::Real),
    ]
}

/// Addresses of the pieces that the rule and the engines' own ways of matching stumble over.
fn email() -> impl Strategy<Value = Option<String>> {
    let piece = prop::sample::select(vec![
        "+clerk_test",
        "+CLERK_TEST",
        "clerk_test",
        "+clerk",
        "_test",
        "+cler\u{212a}_test",
        "te\u{17f}t",
        "+q.a-1",
        "+qxa-1",
        "@",
        "+",
        "a",
        "%",
        "_",
        "\0",
        "\n",
        "\u{e4}",
        "\u{130}",
        "'",
        "x.example",
        " ",
        "=",
        "#",
    ]);
    prop::option::of(prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat()))
}

fn phone() -> impl Strategy<Value = Option<String>> {
    let piece = prop::sample::select(vec![
        "+1",
        "201",
        "555",
        "01",
        "00",
        "5",
        "0",
        "+15555550100",
        "+12015550100",
        "+44",
        "\u{660}",
        "\0",
        "\n",
        " ",
        "x",
        "[",
    ]);
    prop::option::of(prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()))
}

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["user_1", "user_2", "user_3", "user_4", "o'hara", "USER_1"])
        .prop_map(str::to_owned)
}

/// What SQLite answers to both forms.
fn asked(db: &Connection, rule: &TestUserRule, (id, email, phone): &Row) -> [Option<bool>; 2] {
    [UserClass::Test, UserClass::Real].map(|class| {
        let columns = Columns { id: "id", email: "email", phone: "phone" };
        let fragment = predicate(rule, class, Dialect::Sqlite, columns, 4);
        let sql = format!("SELECT {} FROM (SELECT ?1 AS id, ?2 AS email, ?3 AS phone)", fragment.text);
        let row = [Some(id.clone()), email.clone(), phone.clone()];
        let values = row.into_iter().chain(fragment.binds.into_iter().map(Some));
        let mut select = db.prepare_cached(&sql).unwrap();
        select.query_row(params_from_iter(values), |row| row.get(0)).unwrap()
    })
}

type Row = (String, Option<String>, Option<String>);

fn classified(rule: &TestUserRule, (id, email, phone): &Row) -> UserClass {
    let contacts = Contacts::new(email.as_deref(), phone.as_deref());
    rule.classify(Identifiers::new(id, &contacts)).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn sql_and_classify_agree(rows in prop::collection::vec((id(), email(), phone()), 8)) {
        let db = Connection::open_in_memory().unwrap();
        for (rule, row) in rules().iter().flat_map(|rule| rows.iter().map(move |row| (rule, row))) {
            let is_test = classified(rule, row) == UserClass::Test;
            prop_assert_eq!(asked(&db, rule, row), [Some(is_test), Some(!is_test)], "{:?} by {:?}", row, rule);
        }
    }
}

#[test]
fn sql_and_classify_agree_on_every_corner() {
    let db = Connection::open_in_memory().unwrap();
    let emails = [
        None,
        Some(""),
        Some("jane+CLERK_TEST@x"),
        Some("a+cler\u{212a}_test@x"),
        Some("a+clerk_te\u{17f}t@x"),
        Some("a+clerkXtest@x"),
        Some("a+clerk_tester@x"),
        Some("a+clerk_test+qa@x"),
        Some("\"a+clerk_test\"@x"),
        Some("a@x+clerk_test.example.com"),
        Some("+clerk_test@x"),
        Some("a+clerk_test@"),
        Some("a\0+clerk_test@x"),
        Some("a\n+clerk_test@x"),
    ];
    let phones = [
        None,
        Some(""),
        Some("+15555550100"),
        Some("+12015550100"),
        Some("+12015550100\0"),
        Some("+12015550100\n"),
        Some("+1201555010\u{660}"),
        Some("+11015550100"),
        Some("(201) 555-0100"),
    ];
    for rule in rules() {
        for (email, phone) in emails.iter().flat_map(|email| phones.iter().map(move |phone| (email, phone))) {
            let row = ("user_1".to_owned(), email.map(str::to_owned), phone.map(str::to_owned));
            let is_test = classified(&rule, &row) == UserClass::Test;
            assert_eq!(asked(&db, &rule, &row), [Some(is_test), Some(!is_test)], "{row:?} by {rule:?}");
        }
    }
}
