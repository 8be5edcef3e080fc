//! What a request does to the members of a group, mostly without knowing them.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    ResourceId,
    error::{ScimError, ScimType},
    filter::{Comparison, Filter, Operator},
};

/// The most members that one request may name.
pub const MAX_MEMBERS: usize = 100_000;

/// The most groups that a resource is told to be an indirect member of.
pub const MAX_INDIRECT_GROUPS: usize = 1_000;

/// What becomes of the members of a group: commits as *conditional*, row by row, whoever the other members are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberDelta {
    /// Nobody who is not in `add` stays.
    pub clear: bool,
    /// Who becomes a member; no error if they are, and a change if `displays` gives them another name.
    pub add: Vec<ResourceId>,
    /// Who is a member no longer; no error if they are not. Empty if `clear`.
    pub remove: Vec<ResourceId>,
    /// The names that the client gives to some of `add`. The others keep the one that they have as members; if `clear`, they
    /// have none.
    pub displays: HashMap<ResourceId, String>,
}

impl MemberDelta {
    /// These and nobody else.
    pub fn replace(members: Vec<Joining>) -> Self {
        let mut pending = Pending::default();
        pending.replace(members);
        pending.delta()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        !self.clear && self.add.is_empty() && self.remove.is_empty()
    }
}

/// Who becomes a member, and the name that the client gives.
pub type Joining = (ResourceId, Option<String>);

/// What the operations so far do to the members; each one takes time for what it names, however many came before.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    clear: bool,
    /// In the order in which they were named first.
    named: Vec<ResourceId>,
    joins: HashMap<ResourceId, bool>,
    displays: HashMap<ResourceId, String>,
}

impl Pending {
    pub(crate) fn add(&mut self, members: Vec<Joining>) {
        for (member, display) in members {
            if let Some(display) = display {
                self.displays.insert(member.clone(), display);
            }
            self.name(member, true);
        }
    }

    pub(crate) fn remove(&mut self, member: ResourceId) {
        self.displays.remove(&member);
        self.name(member, false);
    }

    /// Whether somebody who was a member still is.
    pub(crate) fn keeps(&self, member: &ResourceId) -> bool {
        self.joins.get(member).copied().unwrap_or(!self.clear)
    }

    /// The name that a member was given.
    pub(crate) fn display(&self, member: &ResourceId) -> Option<&str> {
        self.displays.get(member).map(String::as_str)
    }

    /// Those who were named as members, also if they were members before.
    pub(crate) fn joining(&self) -> impl Iterator<Item = Joining> + '_ {
        let joins = self.named.iter().filter(|member| self.joins.get(*member).copied().unwrap_or_default());
        joins.map(|member| (member.clone(), self.displays.get(member).cloned()))
    }

    pub(crate) fn clear(&mut self) {
        *self = Self { clear: true, ..Self::default() };
    }

    pub(crate) fn replace(&mut self, members: Vec<Joining>) {
        self.clear();
        self.add(members);
    }

    pub(crate) fn delta(self) -> MemberDelta {
        let (add, remove) =
            self.named.into_iter().partition(|member| self.joins.get(member).copied().unwrap_or_default());
        let remove = if self.clear { Vec::new() } else { remove };
        MemberDelta { clear: self.clear, add, remove, displays: self.displays }
    }

    fn name(&mut self, member: ResourceId, joins: bool) {
        if self.joins.insert(member.clone(), joins).is_none() {
            self.named.push(member);
        }
    }
}

/// Those in the value of `members`: objects with `value`, or plain texts.
pub(crate) fn named(value: &Value) -> Result<Vec<Joining>, ScimError> {
    let elements = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(elements) => elements.as_slice(),
        element => std::slice::from_ref(element),
    };
    if elements.len() > MAX_MEMBERS {
        let detail = format!("a request may name at most {MAX_MEMBERS} members");
        return Err(ScimError { status: 413, kind: Some(ScimType::TooMany), detail });
    }
    elements.iter().map(member).collect()
}

fn member(element: &Value) -> Result<Joining, ScimError> {
    let text = |name: &str| {
        let mut found = element.as_object()?.iter().filter(|(part, _)| part.eq_ignore_ascii_case(name));
        found.next()?.1.as_str()
    };
    let id = element.as_str().or_else(|| text("value")).map(ResourceId::named);
    let nameless = || {
        ScimError::bad(ScimType::InvalidValue, "each of `members` must have the id of a member as `value`")
    };
    Ok((id.ok_or_else(nameless)?, text("display").map(str::to_owned)))
}

/// The ids that the filter of `members[…]` names, if it is `value eq "…"`, or several of them joined by `or`.
///
/// Any other filter has to look at every member.
pub(crate) fn ids_of_filter(filter: &Filter) -> Option<Vec<ResourceId>> {
    match filter {
        Filter::Or(a, b) => {
            let mut ids = ids_of_filter(a)?;
            ids.extend(ids_of_filter(b)?);
            Some(ids)
        }
        Filter::Compare(Comparison { path, operator: Operator::Equal, literal })
            if &*path.attribute.name == "value" =>
        {
            Some(vec![ResourceId::named(literal.as_str()?)])
        }
        _ => None,
    }
}
