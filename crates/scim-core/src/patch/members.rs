//! What an operation does to the members of a group.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    PatchRequest, Working,
    apply::{Place, place, read},
    no_target,
    request::{Operation, Verb},
};
use crate::{
    Filter, Member, ResourceId, canonical,
    error::{ScimError, ScimType},
    filter::element_matches,
    members::{self, Joining},
    registry::TypeSchema,
    render::element,
};

impl PatchRequest {
    /// Whether it selects members by more than their ids, as `members[type eq "Group"]` does, so that it must be
    /// [told](Self::on_members) who they are.
    pub fn selects_members(&self, kind: &TypeSchema) -> bool {
        kind.has_members() && self.operations.iter().any(|operation| self.selects(kind, operation))
    }

    fn selects(&self, kind: &TypeSchema, operation: &Operation) -> bool {
        let selects = |path: &str| {
            // Most paths have no filter, and are read once.
            path.contains('[')
                && place(kind, path)
                    .is_ok_and(|place| is_members(kind, &place) && place.looks_at(operation.verb))
        };
        match &operation.path {
            Some(path) => selects(path),
            None => read(self.profile, &operation.value)
                .as_object()
                .is_some_and(|value| value.keys().any(|path| selects(path))),
        }
    }

    /// The same for a group whose members these are; the change then holds only for the revision that they were read at.
    #[must_use]
    pub fn on_members(&self, members: Vec<Member>) -> Self {
        Self { members: Some(members.into()), ..self.clone() }
    }
}

impl Place {
    /// Whether an operation here depends on who the members are.
    fn looks_at(&self, verb: Verb) -> bool {
        let Some(filter) = &self.filter else { return false };
        match verb {
            Verb::Add => false,
            Verb::Replace => true,
            Verb::Remove => members::ids_of_filter(filter).is_none(),
        }
    }
}

pub(super) fn is_members(kind: &TypeSchema, place: &Place) -> bool {
    place.path.extension.is_none() && &*place.path.attribute.name == "members" && kind.has_members()
}

pub(super) fn at_members(
    working: &mut Working,
    verb: Verb,
    place: &Place,
    value: &Value,
    text: &str,
) -> Result<(), ScimError> {
    if place.path.sub.is_some() {
        return Err(ScimError::bad(ScimType::Mutability, "the parts of a member can't be changed"));
    }
    match (verb, &place.filter) {
        (_, None) => all(working, verb, place, value)?,
        (Verb::Add, Some(filter)) => working.members.add(named_by(place, filter, value)?),
        (Verb::Remove, Some(filter)) => {
            let selected = match members::ids_of_filter(filter) {
                Some(ids) => ids,
                None => selected(working, filter)?,
            };
            selected.into_iter().for_each(|id| working.members.remove(id));
        }
        (Verb::Replace, Some(filter)) => replace(working, place, filter, value, text)?,
    }
    Ok(())
}

fn all(working: &mut Working, verb: Verb, place: &Place, value: &Value) -> Result<(), ScimError> {
    let members = named(place, value)?;
    match verb {
        Verb::Add => working.members.add(members),
        Verb::Replace if working.profile.adds_replaced_members => working.members.add(members),
        Verb::Replace => working.members.replace(members),
        Verb::Remove if value.is_null() => working.members.clear(),
        Verb::Remove => members.into_iter().for_each(|(id, _)| working.members.remove(id)),
    }
    Ok(())
}

fn named(place: &Place, value: &Value) -> Result<Vec<Joining>, ScimError> {
    canonical::value(&place.path.attribute, value).map_err(|wrong| place.refused(wrong))?;
    members::named(value)
}

/// An `add` describes a member by its id, as it describes an element of any list by `eq`; a value may give it a name.
fn named_by(place: &Place, filter: &Filter, value: &Value) -> Result<Vec<Joining>, ScimError> {
    let ids = members::ids_of_filter(filter).ok_or_else(|| {
        let detail = "a member is added by its id: as `value`, or by a filter `value eq \"…\"`";
        ScimError::bad(ScimType::InvalidFilter, detail)
    })?;
    let sent = match value {
        Value::Object(object) if !object.keys().any(|name| name.eq_ignore_ascii_case("value")) => {
            let described = |id: &ResourceId| {
                let mut object = object.clone();
                object.insert("value".to_owned(), id.as_str().into());
                Value::Object(object)
            };
            named(place, &ids.iter().map(described).collect())?
        }
        value => named(place, value)?,
    };
    if sent.is_empty() {
        return Ok(ids.into_iter().map(|id| (id, None)).collect());
    }
    same_members(&ids, &sent)?;
    Ok(sent)
}

fn same_members(selected: &[ResourceId], sent: &[Joining]) -> Result<(), ScimError> {
    let stays: HashSet<&ResourceId> = sent.iter().map(|(id, _)| id).collect();
    if stays != selected.iter().collect() {
        let detail = "a member can't be changed into another one: `remove` it, and `add` the other one";
        return Err(ScimError::bad(ScimType::Mutability, detail));
    }
    Ok(())
}

/// The selected members are replaced by those of the value, RFC 7644 §3.5.2.3, as far as RFC 7643 §4.2 lets them be: what
/// a member is stays, since its sub-attributes are immutable, and a null takes it away.
fn replace(
    working: &mut Working,
    place: &Place,
    filter: &Filter,
    value: &Value,
    text: &str,
) -> Result<(), ScimError> {
    let selected = selected(working, filter)?;
    if selected.is_empty() {
        return Err(no_target(text));
    }
    let sent = named(place, value)?;
    if sent.is_empty() {
        selected.into_iter().for_each(|id| working.members.remove(id));
        return Ok(());
    }
    same_members(&selected, &sent)?;
    working.members.add(sent);
    Ok(())
}

/// Those who fulfil a filter after the operations before.
fn selected(working: &mut Working, filter: &Filter) -> Result<Vec<ResourceId>, ScimError> {
    let stored = working.stored_members.clone().ok_or_else(|| {
        let detail =
            "members are selected by `value eq \"…\"`, joined by `or`, where it is not known who they are";
        ScimError::bad(ScimType::InvalidFilter, detail)
    })?;
    working.spend(stored.len().saturating_mul(filter.terms()))?;
    let mut found = Vec::new();
    for member in stored.iter().filter(|member| working.members.keeps(&member.id)) {
        let display =
            working.members.display(&member.id).map(str::to_owned).or_else(|| member.display.clone());
        if element_matches(filter, &element(&Member { display, ..member.clone() }, None)) {
            found.push(member.id.clone());
        }
    }
    let known: HashSet<&ResourceId> = stored.iter().map(|member| &member.id).collect();
    let new: Vec<Joining> = working.members.joining().filter(|(id, _)| !known.contains(id)).collect();
    if !new.is_empty() && filter.mentions("type") {
        let detail =
            "who was added by an operation before can't be selected by `type`: send this one on its own";
        return Err(ScimError::bad(ScimType::InvalidFilter, detail));
    }
    working.spend(new.len().saturating_mul(filter.terms()))?;
    for (id, display) in new {
        let mut element = serde_json::Map::from_iter([("value".to_owned(), id.as_str().into())]);
        element.extend(display.map(|display| ("display".to_owned(), display.into())));
        if element_matches(filter, &element.into()) {
            found.push(id);
        }
    }
    Ok(found)
}
