//! What a request does to the members of a group, without knowing them.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    ResourceId,
    error::{ScimError, ScimType},
    filter::{Comparison, Filter, Operator},
};

/// The most members that one request may name.
pub const MAX_MEMBERS: usize = 100_000;

/// What becomes of the members of a group: commits as *conditional*, row by row, whoever the other members are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberDelta {
    /// Nobody who is not in `add` stays.
    pub clear: bool,
    /// Who becomes a member; no error if they are.
    pub add: Vec<ResourceId>,
    /// Who is a member no longer; no error if they are not. Empty if `clear`.
    pub remove: Vec<ResourceId>,
}

impl MemberDelta {
    /// These and nobody else.
    pub fn replace(members: Vec<ResourceId>) -> Self {
        let mut pending = Pending::default();
        pending.replace(members);
        pending.delta()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        !self.clear && self.add.is_empty() && self.remove.is_empty()
    }
}

/// What the operations so far do to the members; each one takes time for what it names, however many came before.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    clear: bool,
    /// In the order in which they were named first.
    named: Vec<ResourceId>,
    joins: HashMap<ResourceId, bool>,
}

impl Pending {
    pub(crate) fn add(&mut self, members: Vec<ResourceId>) {
        self.name(members, true);
    }

    pub(crate) fn remove(&mut self, members: Vec<ResourceId>) {
        self.name(members, false);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self { clear: true, ..Self::default() };
    }

    pub(crate) fn replace(&mut self, members: Vec<ResourceId>) {
        self.clear();
        self.add(members);
    }

    pub(crate) fn delta(self) -> MemberDelta {
        let (add, remove) =
            self.named.into_iter().partition(|member| self.joins.get(member).copied().unwrap_or_default());
        MemberDelta { clear: self.clear, add, remove: if self.clear { Vec::new() } else { remove } }
    }

    fn name(&mut self, members: Vec<ResourceId>, joins: bool) {
        for member in members {
            if self.joins.insert(member.clone(), joins).is_none() {
                self.named.push(member);
            }
        }
    }
}

/// The ids in the value of `members`: objects with `value`, or plain texts.
pub(crate) fn ids(value: &Value) -> Result<Vec<ResourceId>, ScimError> {
    let elements = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(elements) => elements.as_slice(),
        element => std::slice::from_ref(element),
    };
    if elements.len() > MAX_MEMBERS {
        let detail = format!("a request may name at most {MAX_MEMBERS} members");
        return Err(ScimError { status: 413, kind: Some(ScimType::TooMany), detail });
    }
    elements.iter().map(id).collect()
}

fn id(element: &Value) -> Result<ResourceId, ScimError> {
    let named = |object: &serde_json::Map<String, Value>| {
        let value = object.iter().find(|(name, _)| name.eq_ignore_ascii_case("value"));
        value.and_then(|(_, value)| value.as_str().map(ResourceId::named))
    };
    let id = match element {
        Value::String(id) => Some(ResourceId::named(id)),
        Value::Object(object) => named(object),
        _ => None,
    };
    id.ok_or_else(|| {
        ScimError::bad(ScimType::InvalidValue, "each of `members` must have the id of a member as `value`")
    })
}

/// The ids that the filter of `members[…]` names; only `value eq "…"` and several of them joined by `or`.
///
/// Any other filter would have to look at every member.
pub(crate) fn ids_of_filter(filter: &Filter) -> Result<Vec<ResourceId>, ScimError> {
    match filter {
        Filter::Or(a, b) => {
            let mut ids = ids_of_filter(a)?;
            ids.extend(ids_of_filter(b)?);
            Ok(ids)
        }
        Filter::Compare(Comparison { path, operator: Operator::Equal, literal: Value::String(id) })
            if &*path.attribute.name == "value" =>
        {
            Ok(vec![ResourceId::named(id)])
        }
        _ => Err(ScimError::bad(
            ScimType::InvalidFilter,
            "members are selected by `value eq \"…\"`, joined by `or`",
        )),
    }
}
