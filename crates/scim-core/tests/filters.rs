//! Filters, example by example (RFC 7644 §3.4.2.2).

use scim_core::{Filter, MAX_DEPTH, MAX_LEN, MAX_TERMS, Registry};
use serde_json::{Map, Value, json};

fn parsed(text: &str) -> Result<Filter, scim_core::FilterError> {
    Filter::parse(Registry::standard().resource_type("User").unwrap(), text)
}

fn matches(text: &str) -> bool {
    parsed(text).unwrap_or_else(|error| panic!("{text}: {error}")).matches(&ada())
}

fn ada() -> Map<String, Value> {
    let user = json!({
        "id": "2819c223", "userName": "Ada", "externalId": "Ext", "title": "Countess", "userType": "Employee",
        "active": true, "name": { "familyName": "O'Malley", "givenName": "Ada" },
        "emails": [
            { "type": "work", "value": "ada@example.com", "primary": true },
            { "type": "home", "value": "ada@example.org" },
        ],
        "meta": { "created": "2026-01-02T03:04:05.000Z", "lastModified": "2026-05-13T04:42:34.000Z" },
    });
    user.as_object().unwrap().clone()
}

#[test]
fn the_forms_of_the_rfc_are_understood() {
    for text in [
        r#"userName eq "ada""#,
        r#"name.familyName co "O'Malley""#,
        r#"userName sw "A""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "A""#,
        "title pr",
        r#"meta.lastModified gt "2026-05-13T04:42:33Z""#,
        r#"meta.lastModified ge "2026-05-13T04:42:34Z""#,
        r#"meta.lastModified lt "2026-05-13T04:42:35Z""#,
        r#"meta.lastModified le "2026-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"title pr or userType eq "Intern""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.net")"#,
        r#"userType ne "Intern" and not (emails co "example.net" or emails.value co "example.info")"#,
        r#"userType eq "Employee" and (emails.type eq "work")"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
    ] {
        assert!(matches(text), "{text}");
    }
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    assert!(matches(r#"title pr or title pr and userName eq "x""#));
    assert!(!matches(r#"(title pr or title pr) and userName eq "x""#));
    assert!(matches(r#"not (userName eq "x") or userName eq "x""#));
    assert!(!matches(r#"not (title pr) and title pr"#));
}

#[test]
fn a_value_path_holds_within_one_element() {
    assert!(matches(r#"emails[type eq "home" and value ew ".org"]"#));
    assert!(!matches(r#"emails[type eq "home" and value ew ".com"]"#));
    assert!(matches(r#"emails.type eq "home" and emails.value ew ".com""#));
}

#[test]
fn case_matters_where_the_schema_says_so() {
    assert!(matches(r#"USERNAME EQ "aDA""#));
    assert!(matches(r#"externalId eq "Ext""#));
    assert!(!matches(r#"externalId eq "ext""#));
}

/// They follow from what a resource has: the schema of its type, and each extension that it has an attribute of.
#[test]
fn schemas_are_filtered_by_like_any_list() {
    let enterprise = scim_core::ENTERPRISE_USER;
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let mut employee = ada();
    employee.insert(enterprise.into(), json!({ "department": "Engines" }));
    for (filter, plain, extended) in [
        (format!("schemas eq \"{core}\""), true, true),
        (format!("schemas eq \"{enterprise}\""), false, true),
        (format!("schemas ne \"{enterprise}\""), true, false),
        (format!("not (schemas eq \"{enterprise}\") and title pr"), true, false),
        ("schemas co \"enterprise\"".into(), false, true),
        ("schemas sw \"urn:\"".into(), true, true),
        ("schemas eq \"urn:nothing\"".into(), false, false),
        ("schemas ne \"urn:nothing\"".into(), true, true),
        ("schemas eq null".into(), false, false),
        ("schemas ne null".into(), true, true),
        ("schemas pr".into(), true, true),
        ("not (schemas pr)".into(), false, false),
    ] {
        let filter = parsed(&filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!((filter.matches(&ada()), filter.matches(&employee)), (plain, extended), "{filter:?}");
    }
    assert!(parsed("schemas[value pr]").is_err());
}

#[test]
fn times_compare_as_instants() {
    assert!(matches(r#"meta.lastModified eq "2026-05-13T06:42:34+02:00""#));
    assert!(!matches(r#"meta.lastModified gt "2026-05-13T06:42:34+02:00""#));
}

#[test]
fn what_is_no_filter_is_refused() {
    for text in [
        "",
        " ",
        "userName",
        "userName eq",
        "userName like \"a\"",
        "userName eq \"a",
        "(title pr",
        "title pr)",
        "nope eq \"a\"",
        "title pr and",
        "not title pr",
        "emails[type eq \"work\"",
        "active gt true",
        "title pr title pr",
        "userName eq a",
    ] {
        assert!(parsed(text).is_err(), "{text}");
    }
}

#[test]
fn a_literal_is_a_json_string() {
    for (text, holds) in [
        (r#"userName eq "\u0041da""#, true),
        (r#"userName eq "a\u0064a" and title pr"#, true),
        (r#"name.familyName eq "O\u0027Malley""#, true),
        (r#"userName eq "ad\"a""#, false),
        (r#"userName eq "ada\\""#, false),
        (r#"title co "(" or emails[value co "]"]"#, false),
        (r#"userName eq "Ädä""#, false),
    ] {
        assert_eq!(matches(text), holds, "{text}");
    }
    for text in [r#"userName eq "\x41""#, r#"userName eq "a\"#, r#"userName eq "a\""#, "userName eq \"a\nb\""]
    {
        assert!(parsed(text).is_err(), "{text}");
    }
}

#[test]
fn an_error_says_where_and_what_would_be_understood() {
    for (text, error) in [
        ("", "position 0: expected the name of an attribute"),
        ("title", "position 5: expected an operator such as `eq`"),
        ("title  pr title", "position 10: expected `and`, `or`, or the end"),
        ("(title pr", "position 9: expected `)`"),
        ("userName eq 'ada'", "position 12: expected a quoted text, a number, `true`, `false` or `null`"),
        ("userName eq \"ada", "position 12: expected a quoted text"),
        ("userName == \"ada\"", "position 9: expected `eq`, `ne`"),
        ("títle pr", "position 0: `títle` is no attribute"),
        ("emails[type pr", "position 14: expected `]`"),
        ("emails[type pr].x pr", "position 15: `.x` is no attribute"),
        ("userName[value pr]", "position 0: expected an attribute with sub-attributes before `[`"),
    ] {
        let told = parsed(text).unwrap_err().to_string();
        assert!(told.contains(error), "{text}: {told}");
    }
}

#[test]
fn budgets_hold() {
    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parsed(&nested(MAX_DEPTH + 1)).is_err());
    assert!(parsed(&vec!["title pr"; MAX_TERMS + 1].join(" or ")).is_err());
    assert!(parsed(&format!("userName eq \"{}\"", "a".repeat(MAX_LEN))).is_err());
}
