//! The tree that a theme's JSON describes, with JavaScript's rules for keys.

use std::collections::HashMap;

use crate::{Number, Span, Text};

/// A value and where its text stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// From its first to its last character.
    pub span: Span,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Text),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Object),
    /// Text that is no JSON value; only beside a syntax error.
    Invalid,
}

impl Value {
    /// What a person calls this kind of value, with its article.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Invalid => "text that is no JSON",
        }
    }
}

/// One key of an object with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, escapes resolved.
    pub key: Text,
    /// Where the key stands (of duplicates: the one whose value counts).
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// A key written twice in one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key whose value is lost.
    pub lost: Span,
    /// The key after it whose value takes its place.
    pub again: Span,
}

/// An object with its members in JavaScript's order.
///
/// Keys that are array indices come first, ascending; of duplicate keys the last value stands at the first key's place;
/// `__proto__` is a key like any other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    members: Vec<Member>,
    duplicates: Vec<Duplicate>,
}

impl Object {
    /// Orders the members of an object from the order of its source.
    pub(crate) fn from_source(written: Vec<Member>) -> Self {
        let large = written.len() > 24;
        if !large && in_order(&written) {
            return Self { members: written, duplicates: Vec::new() };
        }
        let mut object = Self { members: Vec::with_capacity(written.len()), duplicates: Vec::new() };
        let mut places = HashMap::new();
        for member in written {
            let same = |other: &Member| other.key == member.key;
            let place =
                if large { places.get(&member.key).copied() } else { object.members.iter().position(same) };
            if large && place.is_none() {
                places.insert(member.key.clone(), object.members.len());
            }
            object.put(place, member);
        }
        if object.members.iter().any(|member| member.key.array_index().is_some()) {
            object.members.sort_by_key(|member| member.key.array_index().map_or(u64::MAX, u64::from));
        }
        object
    }

    /// The members in JavaScript's order, each key once.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The keys that were written more than once, in source order.
    #[must_use]
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// The member of this key.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key.as_str() == Some(key))
    }

    fn put(&mut self, place: Option<usize>, member: Member) {
        match place.and_then(|place| self.members.get_mut(place)) {
            None => self.members.push(member),
            Some(first) => {
                self.duplicates.push(Duplicate { lost: first.key_span, again: member.key_span });
                *first = member;
            }
        }
    }
}

/// Whether the source has JavaScript's order already: no key twice, and none that is an array index.
fn in_order(written: &[Member]) -> bool {
    let mut rest = written;
    while let Some((last, before)) = rest.split_last() {
        let again = before.iter().any(|other| other.key == last.key);
        if again || last.key.array_index().is_some() {
            return false;
        }
        rest = before;
    }
    true
}
