//! The JSON Schema says what the strict profile says.

use std::collections::BTreeSet;

use expo_theme::{Code, JSON_SCHEMA, Profile, Severity, TOKENS, check};
use serde_json::{Map, Value};

/// As much of draft 7 as the schema uses; an unknown keyword panics.
struct Schema(Value);

impl Schema {
    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        schema.as_object().unwrap().iter().all(|(keyword, rule)| self.keyword(keyword, rule, schema, value))
    }

    fn keyword(&self, keyword: &str, rule: &Value, schema: &Value, value: &Value) -> bool {
        let number =
            |holds: fn(f64, f64) -> bool| value.as_f64().is_none_or(|n| holds(n, rule.as_f64().unwrap()));
        match keyword {
            "$schema" | "title" | "description" | "definitions" => true,
            "$ref" => {
                self.accepts(self.0.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value)
            }
            "allOf" => rule.as_array().unwrap().iter().all(|rule| self.accepts(rule, value)),
            "anyOf" => rule.as_array().unwrap().iter().any(|rule| self.accepts(rule, value)),
            "type" => {
                rule.as_array().map_or_else(|| is(value, rule), |any| any.iter().any(|rule| is(value, rule)))
            }
            "minimum" => number(|n, bound| n >= bound),
            "exclusiveMinimum" => number(|n, bound| n > bound),
            "exclusiveMaximum" => number(|n, bound| n < bound),
            "pattern" => value.as_str().is_none_or(is_colour),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.accepts(rule, item))),
            "properties" | "additionalProperties" => {
                value.as_object().is_none_or(|members| self.members(keyword, rule, schema, members))
            }
            other => panic!("{other}"),
        }
    }

    fn members(&self, keyword: &str, rule: &Value, schema: &Value, members: &Map<String, Value>) -> bool {
        members.iter().all(|(key, value)| match (keyword, schema["properties"].get(key)) {
            ("properties", Some(named)) => self.accepts(named, value),
            ("additionalProperties", None) => self.accepts(rule, value),
            _ => true,
        })
    }
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("{other}"),
    }
}

/// The schema's only pattern.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 6 | 8) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn schema() -> Schema {
    Schema(serde_json::from_str(JSON_SCHEMA).unwrap())
}

#[test]
fn the_schema_names_the_17_tokens_and_describes_them() {
    let schema = schema().0;
    let tokens = schema["definitions"]["palette"]["properties"].as_object().unwrap();
    let names: BTreeSet<&str> = tokens.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(TOKENS));
    assert!(tokens.values().all(|token| token["description"].is_string()));
    assert_eq!(schema["definitions"]["colour"]["pattern"], "^#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$");
}

#[test]
fn schema_and_strict_agree_on_every_case_that_a_schema_can_see() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases/themes.json")).unwrap();
    let more = [
        "{\"design\":{\"borderRadius\":-1}}",
        "{\"design\":{\"borderRadius\":0}}",
        "{\"colors\":{\"x\":5}}",
        "{\"x\":[{\"y\":null}]}",
        "{\"x\":[{\"y\":[true,\"a\",-3.5]}]}",
        "{\"x\":-1e21}",
        "{\"darkColors\":{\"ring\":null}}",
    ];
    let themes = cases.iter().filter_map(|case| case["theme"].as_str()).chain(more);
    let mut compared = 0;
    for theme in themes {
        let Ok(value) = serde_json::from_str::<Value>(theme) else { continue };
        let errors = check(theme.as_bytes(), Profile::Strict).diagnostics;
        let unseen = |code| matches!(code, Code::DuplicateKey | Code::ForbiddenCharacter);
        let refused = errors.iter().any(|found| found.severity == Severity::Error && !unseen(found.code));
        assert_eq!(schema().accepts(&schema().0, &value), !refused, "{theme}: {errors:?}");
        compared += 1;
    }
    assert!(compared > 70, "{compared}");
}
