//! What values are compared with.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// What values are compared with: a text, a number, a truth value, or null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Literal(Repr);

/// Most texts are short, and kept in place: a filter is read in the time that a few allocations take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Repr {
    Null,
    Truth(bool),
    Number(Number),
    Text(CompactString),
}

impl Literal {
    pub(super) fn text(text: &str) -> Self {
        Self(Repr::Text(text.into()))
    }

    /// A word of a filter: JSON (RFC 7644 §3.4.2.2), but truth values match in any case.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let truth = truth(word).map(Repr::Truth);
        let null = || (word == "null").then_some(Repr::Null);
        let number = || serde_json::from_str(word).ok().map(Repr::Number);
        truth.or_else(null).or_else(number).map(Self)
    }

    pub(super) fn of_truth(truth: bool) -> Self {
        Self(Repr::Truth(truth))
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.0, Repr::Null)
    }

    /// The text that it is.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value that it is.
    pub fn as_bool(&self) -> Option<bool> {
        match self.0 {
            Repr::Truth(truth) => Some(truth),
            _ => None,
        }
    }

    /// The number that it is.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.0 {
            Repr::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match &literal.0 {
            Repr::Null => Self::Null,
            Repr::Truth(truth) => Self::Bool(*truth),
            Repr::Number(number) => Self::Number(number.clone()),
            Repr::Text(text) => Self::String(text.to_string()),
        }
    }
}

/// A truth value, in any case.
pub(super) fn truth(word: &str) -> Option<bool> {
    let is = |text: &str| word.eq_ignore_ascii_case(text);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}
