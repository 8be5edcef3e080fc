//! Evaluating a filter on one resource.

use std::{borrow::Cow, cmp::Ordering};

use chrono::{DateTime, Utc};
use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::{Comparison, Filter, Literal, Operator};
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
        Filter::Present(path) => values(object, path).any(is_present),
        Filter::Compare(comparison) => compares(comparison, object),
        Filter::Within(path, inner) => {
            elements(object, path).iter().filter_map(Value::as_object).any(|element| matches(inner, element))
        }
    }
}

/// Whether an element of a list fulfils the filter of a value path; one that is no object has nothing that could.
pub(crate) fn element_matches(filter: &Filter, element: &Value) -> bool {
    element.as_object().is_some_and(|object| matches(filter, object))
}

/// The values that are compared.
fn values<'a>(object: &'a Map<String, Value>, path: &AttributePath) -> impl Iterator<Item = &'a Value> {
    elements(object, path).iter().filter_map(|element| path.value_in(element))
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

fn compares(comparison: &Comparison, object: &Map<String, Value>) -> bool {
    let Comparison { path, operator, literal } = comparison;
    let attribute = path.compared();
    if literal.is_null() {
        let absent = !values(object, path).any(is_present);
        return absent == (*operator == Operator::Equal);
    }
    let any =
        |operator: Operator| values(object, path).any(|value| compare(attribute, operator, value, literal));
    // There is no value that is equal: also true where there is no value at all.
    if *operator == Operator::NotEqual { !any(Operator::Equal) } else { any(*operator) }
}

fn compare(attribute: &Attribute, operator: Operator, value: &Value, literal: &Literal) -> bool {
    match operator {
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            let (Some(value), Some(literal)) = (value.as_str(), literal.as_str()) else { return false };
            let key = |text| comparison_key(attribute.case_exact, text);
            let (value, literal) = (key(value), key(literal));
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

fn ordering(attribute: &Attribute, value: &Value, literal: &Literal) -> Option<Ordering> {
    let texts = || Some(text_ordering(attribute.case_exact, value.as_str()?, literal.as_str()?));
    let numbers = || number_ordering(value.as_number()?, literal.as_number()?);
    let truths = || Some(value.as_bool()?.cmp(&literal.as_bool()?));
    match attribute.kind {
        AttributeType::DateTime => Some(instant(value.as_str()?)?.cmp(&instant(literal.as_str()?)?)),
        AttributeType::Boolean => truths(),
        AttributeType::Integer | AttributeType::Decimal => numbers(),
        AttributeType::Any => texts().or_else(numbers).or_else(truths),
        _ => texts(),
    }
}

fn number_ordering(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// That of their comparison keys, which most texts don't need to be written out for.
fn text_ordering(case_exact: bool, a: &str, b: &str) -> Ordering {
    if case_exact && a.is_ascii() && b.is_ascii() {
        return a.cmp(b);
    }
    if !a.is_ascii() || !b.is_ascii() {
        return comparison_key(case_exact, a).cmp(&comparison_key(case_exact, b));
    }
    let folded = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(folded).cmp(b.bytes().map(folded))
}

/// The one form in which texts are compared, by filters, by uniqueness and by PATCH alike.
///
/// Characters are composed (NFC), so that a name has one form however it was typed (RFC 7644 §5); in lower case unless case
/// counts.
pub fn comparison_key(case_exact: bool, text: &str) -> Cow<'_, str> {
    match (case_exact, text.is_ascii()) {
        (true, true) => Cow::Borrowed(text),
        (false, true) => Cow::Owned(text.to_ascii_lowercase()),
        (true, false) => Cow::Owned(text.nfc().collect()),
        (false, false) => Cow::Owned(text.nfc().collect::<String>().to_lowercase().nfc().collect()),
    }
}

/// The instant that a dateTime names (RFC 7643 §2.3.5); one without a zone is in UTC.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    with_zone.ok().or_else(|| Some(text.parse::<chrono::NaiveDateTime>().ok()?.and_utc()))
}
