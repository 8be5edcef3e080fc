//! What holds for whatever a client sends.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use scim_core::{Filter, PatchRequest, Registry, Resource, TypeSchema, create, modify, replace};
use serde_json::{Map, Value, json};

const ENTERPRISE: &str = scim_core::ENTERPRISE_USER;

static USERS: LazyLock<Arc<TypeSchema>> =
    LazyLock::new(|| Registry::standard().resource_type("User").unwrap().clone());

fn users() -> &'static TypeSchema {
    &USERS
}

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "work",
            "home",
            "True",
            "false",
            "a]b",
            "x\"y",
            "",
            "ÖRE",
            "2026-01-01T00:00:00Z"
        ])
        .prop_map(str::to_owned),
        "[a-c ]{0,3}",
    ]
}

/// Values of right and wrong types.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let names = vec![
        "value",
        "type",
        "primary",
        "display",
        "givenName",
        "familyName",
        "manager",
        "department",
        "$ref",
        "X",
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..4)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let whole = vec![
        "userName",
        "NAME.givenName",
        "name",
        "emails",
        "emails.type",
        "active",
        "roles",
        "addresses",
        "externalId",
        "title",
        "manager",
        "schemas",
        "meta",
        "id",
        "password",
        "groups",
        "x",
        "emails[",
        "emails]",
        "emails[]",
        "a.b.c",
        "urn:ietf:params:scim:schemas:core:2.0:User:title",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        ENTERPRISE,
    ];
    let term = || ("(type|value|primary|nope)", "(eq|ne|co|pr|gt)", text());
    prop_oneof![
        3 => prop::sample::select(whole).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["manager", "department", "manager.value", "nope"])
            .prop_map(|name| format!("{ENTERPRISE}:{name}")),
        3 => (prop::sample::select(vec!["emails", "roles", "addresses", "name"]), term(), prop::sample::select(vec!["", ".value", ".primary", ".nope"]))
            .prop_map(|(list, (name, operator, text), sub)| {
                let literal = match (operator.as_str(), text.as_str()) {
                    ("pr", _) => String::new(),
                    (_, "") => " null".to_owned(),
                    _ => format!(" {}", Value::from(text)),
                };
                format!("{list}[{name} {operator}{literal}]{sub}")
            }),
        1 => "\\PC{0,12}",
    ]
}

fn operation() -> impl Strategy<Value = Value> {
    let object = prop::collection::btree_map(path(), value(), 0..3)
        .prop_map(|object| Value::Object(object.into_iter().collect()));
    prop_oneof![
        4 => ("(add|replace|remove|Add)", path(), value())
            .prop_map(|(op, path, value)| json!({ "op": op, "path": path, "value": value })),
        1 => ("(add|replace|remove)", object).prop_map(|(op, value)| json!({ "op": op, "value": value })),
    ]
}

fn resource() -> impl Strategy<Value = Arc<Resource>> {
    let email = (text(), text(), any::<bool>())
        .prop_map(|(value, kind, primary)| json!({ "value": value, "type": kind, "primary": primary }));
    (prop::collection::vec(email, 0..3), prop::option::of(text()), prop::option::of(any::<bool>())).prop_map(
        |(emails, department, active)| {
            let body = json!({
                "userName": "ada", "emails": emails, "active": active, "name": { "givenName": "Ada" },
                ENTERPRISE: { "department": department },
            });
            create(users(), &body, at(0), &mut UnwrapErr(SysRng)).unwrap().0
        },
    )
}

/// Operations one after the other, those that are refused left out.
fn patched(stored: Arc<Resource>, operations: &[Value]) -> Arc<Resource> {
    operations.iter().fold(stored, |stored, operation| {
        let request = PatchRequest::parse(&json!({ "Operations": [operation] })).unwrap();
        modify(users(), &stored, &request, at(1)).map_or(stored, |(next, _)| next)
    })
}

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty() || elements.iter().any(holds_null),
        Value::Object(object) => object.is_empty() || object.values().any(holds_null),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_has_no_null_no_empty_container_and_one_primary(
        stored in resource(), operations in prop::collection::vec(operation(), 0..6),
    ) {
        let stored = patched(stored, &operations);
        prop_assert!(!stored.attributes.values().any(holds_null), "{:?}", stored.attributes);
        for list in stored.attributes.values().filter_map(Value::as_array) {
            let primary = list.iter().filter(|element| element.get("primary") == Some(&json!(true)));
            prop_assert!(primary.count() <= 1, "{:?}", list);
        }
    }

    /// Okta sends back what it has read with each change.
    #[test]
    fn what_is_echoed_changes_nothing(
        stored in resource(), operations in prop::collection::vec(operation(), 0..6),
    ) {
        let stored = patched(stored, &operations);
        let echo = Value::Object(stored.attributes.clone());
        let (_, change) = replace(users(), &stored, &echo, at(9)).unwrap();
        prop_assert_eq!(change, None, "a PUT of {}", echo);
        let request = json!({ "Operations": [{ "op": "replace", "value": echo }] });
        let request = PatchRequest::parse(&request).unwrap();
        let (_, change) = modify(users(), &stored, &request, at(9)).unwrap();
        prop_assert_eq!(change, None, "a PATCH of {:?}", stored.attributes);
    }

    #[test]
    fn an_operation_that_is_repeated_changes_nothing_more(stored in resource(), operation in operation()) {
        let once = patched(stored, std::slice::from_ref(&operation));
        let twice = patched(once.clone(), std::slice::from_ref(&operation));
        prop_assert_eq!(&once.attributes, &twice.attributes, "{}", operation);
    }

    #[test]
    fn a_body_of_any_shape_is_answered(body in value(), more in prop::collection::btree_map(path(), value(), 0..4)) {
        let _ = create(users(), &body, at(0), &mut UnwrapErr(SysRng));
        let more: Map<String, Value> = more.into_iter().chain([("userName".to_owned(), json!("u"))]).collect();
        let _ = create(users(), &more.into(), at(0), &mut UnwrapErr(SysRng));
        let _ = PatchRequest::parse(&body);
    }

    #[test]
    fn a_filter_of_any_shape_is_answered_and_its_negation_is_the_opposite(
        words in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["(", ")", "[", "]", "and", "or", "not", "not (", "eq", "pr", "co", "gt", "true", "null", "1", ".value", "emails[type eq \"work\"]"]).prop_map(str::to_owned),
            path(), text().prop_map(|text| Value::from(text).to_string()),
        ], 0..8),
        simple in (path(), "(eq|ne|co|sw|ew|gt|le)", text()),
        stored in resource(),
    ) {
        let (name, operator, literal) = simple;
        for text in [words.join(" "), format!("{name} {operator} {}", Value::from(literal))] {
            if let Ok(filter) = Filter::parse(users(), &text) {
                let negation = Filter::parse(users(), &format!("not ({text})")).unwrap();
                prop_assert_ne!(filter.matches(&stored.attributes), negation.matches(&stored.attributes), "{}", text);
            }
        }
    }
}
