//! Evaluating a filter on one resource.

use std::{borrow::Cow, cmp::Ordering};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Comparison, Filter, Operator};
use crate::{
    AttributePath,
    path::elements,
    schema::{Attribute, AttributeType},
};

pub(super) fn matches(filter: &Filter, object: &Map<String, Value>) -> bool {
    match filter {
        Filter::And(a, b) => matches(a, object) && matches(b, object),
        Filter::Or(a, b) => matches(a, object) || matches(b, object),
        Filter::Not(inner) => !matches(inner, object),
        Filter::Present(path) => values(object, path).iter().any(|value| is_present(value)),
        Filter::Compare(comparison) => compares(comparison, &values(object, &comparison.path)),
        Filter::Within(path, inner) => elements(object, path)
            .iter()
            .filter_map(|element| element.as_object())
            .any(|element| matches(inner, element)),
    }
}

/// Whether an element of a list fulfils the filter of a value path; a plain value counts as its `value`.
pub(crate) fn element_matches(filter: &Filter, element: &Value) -> bool {
    match element {
        Value::Object(object) => matches(filter, object),
        plain => matches(filter, &Map::from_iter([("value".to_owned(), plain.clone())])),
    }
}

/// The values that are compared.
fn values<'a>(object: &'a Map<String, Value>, path: &AttributePath) -> Vec<&'a Value> {
    elements(object, path).into_iter().filter_map(|element| path.value_in(element)).collect()
}

/// RFC 7643 §2.5: null and an empty list are no value.
fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(object) => object.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn compares(Comparison { path, operator, literal }: &Comparison, values: &[&Value]) -> bool {
    let attribute = path.compared();
    if literal.is_null() {
        let absent = !values.iter().any(|value| is_present(value));
        return absent == (*operator == Operator::Equal);
    }
    let any = |operator: Operator| values.iter().any(|value| compare(attribute, operator, value, literal));
    // There is no value that is equal: also true where there is no value at all.
    if *operator == Operator::NotEqual { !any(Operator::Equal) } else { any(*operator) }
}

fn compare(attribute: &Attribute, operator: Operator, value: &Value, literal: &Value) -> bool {
    match operator {
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            let (Some(value), Some(literal)) = (key(attribute, value), key(attribute, literal)) else {
                return false;
            };
            match operator {
                Operator::Contains => value.contains(&*literal),
                Operator::StartsWith => value.starts_with(&*literal),
                _ => value.ends_with(&*literal),
            }
        }
        _ => ordering(attribute, value, literal).is_some_and(|found| agrees(operator, found)),
    }
}

fn agrees(operator: Operator, found: Ordering) -> bool {
    match operator {
        Operator::Equal => found.is_eq(),
        Operator::Greater => found.is_gt(),
        Operator::GreaterOrEqual => found.is_ge(),
        Operator::Less => found.is_lt(),
        Operator::LessOrEqual => found.is_le(),
        Operator::NotEqual | Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    }
}

fn ordering(attribute: &Attribute, a: &Value, b: &Value) -> Option<Ordering> {
    match attribute.kind {
        AttributeType::DateTime => Some(instant(a.as_str()?)?.cmp(&instant(b.as_str()?)?)),
        AttributeType::Boolean => Some(a.as_bool()?.cmp(&b.as_bool()?)),
        AttributeType::Integer | AttributeType::Decimal => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        _ => Some(key(attribute, a)?.cmp(&key(attribute, b)?)),
    }
}

fn key<'a>(attribute: &Attribute, value: &'a Value) -> Option<Cow<'a, str>> {
    Some(comparison_key(attribute.case_exact, value.as_str()?))
}

/// The one form in which texts are compared, by filters, by uniqueness and by PATCH alike.
pub fn comparison_key(case_exact: bool, text: &str) -> Cow<'_, str> {
    if case_exact { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// The instant that a dateTime names (RFC 7643 §2.3.5); one without a zone is in UTC.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    with_zone.ok().or_else(|| Some(text.parse::<chrono::NaiveDateTime>().ok()?.and_utc()))
}
