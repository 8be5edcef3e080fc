//! From a change to its event.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Event, EventDetail, EventKind, difference};
use crate::{
    MemberDelta, Projection, Related, Resource, ResourceChange, ResourceId, TransactionId, TypeSchema,
    bulk::Method,
    error::ScimError,
    render::{render, version},
};

/// What is told beside the change itself.
pub(crate) struct Moment<'a> {
    pub(crate) kind: &'a TypeSchema,
    pub(crate) method: Method,
    /// The resource as it was, unless it is new or was not read.
    pub(crate) before: Option<&'a Resource>,
    pub(crate) now: DateTime<Utc>,
    /// The base URL of the directory's endpoints.
    pub(crate) base_url: &'a str,
    /// The transaction whose completion is told.
    pub(crate) asynchronous: Option<&'a Asynchronous<'a>>,
}

/// What became of a request whose completion no change tells.
pub(crate) struct Completion<'a> {
    pub(crate) method: &'a str,
    /// The path of the resource, or as much of it as there is.
    pub(crate) uri: &'a str,
    /// Where the resource is found; nowhere after a POST that failed.
    pub(crate) location: Option<String>,
    pub(crate) outcome: Result<(u16, &'a Resource), &'a ScimError>,
}

/// A request whose client is told of its completion by an event (RFC 9967 §2.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asynchronous<'a> {
    /// The transaction that the client was told.
    pub transaction: TransactionId,
    /// The `bulkId` of the operation, if it is one of a bulk request.
    pub bulk_id: Option<&'a str>,
}

/// The event of a change; the version is filled in when it is committed.
pub(crate) fn compose(moment: &Moment<'_>, detail: EventDetail, change: &ResourceChange) -> Option<Event> {
    let event = match change {
        ResourceChange::Create { resource, members, password, .. } => {
            created(moment, detail, resource, &named(members, password.is_some()), members)
        }
        ResourceChange::Replace { resource, members, password, .. } => {
            changed(moment, detail, resource, &named(members, password.is_some()), members)
        }
        ResourceChange::Members { members, .. } => {
            changed(moment, detail, moment.before?, &named(members, false), members)
        }
        ResourceChange::Delete { id, .. } => {
            subject(moment, moment.before, id).with(EventKind::Delete, Map::new(), false)
        }
        ResourceChange::Tell { .. } => return None,
    };
    Some(complete(moment, event))
}

/// What changes beside the stored attributes; of a password only that it did.
fn named(members: &MemberDelta, password: bool) -> Vec<String> {
    let named = [("members", !members.is_empty()), ("password", password)];
    named.into_iter().filter(|(_, changes)| *changes).map(|(name, _)| name.to_owned()).collect()
}

fn created(
    moment: &Moment<'_>,
    detail: EventDetail,
    resource: &Resource,
    beside: &[String],
    members: &MemberDelta,
) -> Event {
    let event = Event::about(moment.kind, resource, moment.now);
    match detail {
        EventDetail::Full => {
            event.with(EventKind::CreateFull, one("data", representation(moment, resource, members)), true)
        }
        EventDetail::Notice => {
            let mut names = difference::paths(moment.kind, &Map::new(), &resource.attributes);
            names.insert(0, "id".to_owned());
            names.extend_from_slice(beside);
            event.with(EventKind::CreateNotice, one("attributes", names.into()), true)
        }
    }
}

fn changed(
    moment: &Moment<'_>,
    detail: EventDetail,
    after: &Resource,
    beside: &[String],
    members: &MemberDelta,
) -> Event {
    let before = moment.before.map_or_else(Map::new, |before| before.attributes.clone());
    let mut paths = difference::paths(moment.kind, &before, &after.attributes);
    let mut operations = difference::operations(moment.kind, &paths, after);
    operations.extend(difference::member_operations(members));
    paths.extend_from_slice(beside);
    let (kind, payload) = match (moment.method, detail) {
        (Method::Put, EventDetail::Full) => {
            (EventKind::PutFull, one("data", representation(moment, after, members)))
        }
        (Method::Put, EventDetail::Notice) => (EventKind::PutNotice, one("attributes", paths.into())),
        (_, EventDetail::Full) if !operations.is_empty() => {
            let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
            (EventKind::PatchFull, one("data", json!({ "schemas": schemas, "Operations": operations })))
        }
        _ => (EventKind::PatchNotice, one("attributes", paths.into())),
    };
    let event = Event::about(moment.kind, after, moment.now).with(kind, payload, true);
    match moment.before.map(Resource::is_active) {
        Some(false) if has_active(moment.kind) && after.is_active() => {
            event.with(EventKind::Activate, Map::new(), false)
        }
        Some(true) if has_active(moment.kind) && !after.is_active() => {
            event.with(EventKind::Deactivate, Map::new(), false)
        }
        _ => event,
    }
}

fn has_active(kind: &TypeSchema) -> bool {
    kind.attribute("active").is_some()
}

/// The resource as an answer has it, with the members that the change names all of.
fn representation(moment: &Moment<'_>, resource: &Resource, members: &MemberDelta) -> Value {
    let mut data = render(moment.kind, resource, &Related::default(), "", &Projection::default());
    if let Value::Object(data) = &mut data {
        // It depends on where the resource is read, and on the commit.
        data.remove("meta");
        if !members.add.is_empty() && (members.clear || moment.method == Method::Post) {
            data.insert("members".to_owned(), difference::members(members).into());
        }
    }
    data
}

fn subject(moment: &Moment<'_>, resource: Option<&Resource>, id: &ResourceId) -> Event {
    match resource {
        Some(resource) => Event::about(moment.kind, resource, moment.now),
        None => Event {
            transaction: None,
            id: id.clone(),
            uri: format!("{}/{id}", moment.kind.endpoint()),
            external_id: None,
            at: moment.now,
            occurrences: Vec::new(),
        },
    }
}

/// RFC 9967 §2.5.1.3, in the same event, since it is about the same resource in the same transaction.
fn complete(moment: &Moment<'_>, mut event: Event) -> Event {
    let Some(asynchronous) = moment.asynchronous else { return event };
    event.transaction = Some(asynchronous.transaction.clone());
    let location = Some(format!("{}{}", moment.base_url, event.uri));
    let payload = response(moment.method.as_str(), asynchronous.bulk_id, location, moment.method.success());
    event.with(EventKind::AsyncResponse, payload, moment.method != Method::Delete)
}

/// That a request is completed which changed nothing, or whose change is told already.
pub(crate) fn completed(
    asynchronous: &Asynchronous<'_>,
    Completion { method, uri, location, outcome }: Completion<'_>,
    now: DateTime<Utc>,
) -> Event {
    let (status, more) = match outcome {
        Ok((status, resource)) => (status, one("version", version(resource).into())),
        Err(error) => (error.status, one("response", error.body())),
    };
    let mut payload = response(method, asynchronous.bulk_id, location, status);
    payload.extend(more);
    let event = Event {
        transaction: Some(asynchronous.transaction.clone()),
        id: ResourceId::named(uri),
        uri: uri.to_owned(),
        external_id: outcome.ok().and_then(|(_, resource)| resource.text("externalId")).map(str::to_owned),
        at: now,
        occurrences: Vec::new(),
    };
    event.with(EventKind::AsyncResponse, payload, false)
}

/// As an operation of a bulk answer has it (RFC 7644 §3.7.3), `location` included (§3.7).
fn response(
    method: &str,
    bulk_id: Option<&str>,
    location: Option<String>,
    status: u16,
) -> Map<String, Value> {
    let mut payload = one("method", method.into());
    payload.extend(location.map(|location| ("location".to_owned(), location.into())));
    payload.insert("status".to_owned(), status.to_string().into());
    payload.extend(bulk_id.map(|id| ("bulkId".to_owned(), id.into())));
    payload
}

fn one(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}
