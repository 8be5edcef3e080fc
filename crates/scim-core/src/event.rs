//! Events about resources (RFC 9967), as values: the claims of a security event token that depend on the change.
//!
//! Compared clause by clause with RFC 9967 as published in May 2026, §2 to §5 and §7.4; from draft-ietf-scim-events-16 it
//! differs in wording alone. `data` is what an answer would have (§2.4), also after a PUT. The completion of a request
//! has the `location` that §3.7 of RFC 7644 requires, though the figures of §2.5.1.3 leave it out.

mod compose;
mod difference;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub use self::compose::Asynchronous;
pub(crate) use self::compose::{Completion, Moment, completed, compose};
use crate::{Resource, ResourceId, Revision, TransactionId, TypeSchema, render::version_of};

/// What happened to one resource in one transaction (RFC 9967 §2).
///
/// It belongs to the commit of the change that it tells of: a store hands it to the host's outbox in the same
/// transaction. Whoever delivers it adds `iss`, `aud`, `iat` and `jti`, and signs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    transaction: Option<TransactionId>,
    id: ResourceId,
    uri: String,
    external_id: Option<String>,
    at: DateTime<Utc>,
    occurrences: Vec<Occurrence>,
}

/// One of the `events` of an event, with its payload.
#[derive(Debug, Clone, PartialEq)]
struct Occurrence {
    kind: EventKind,
    payload: Map<String, Value>,
    /// Whether the payload gets the version that the resource has after the commit.
    versioned: bool,
}

/// What can happen to a resource (RFC 9967 §2.3 to §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It joined the feed; only the host knows its feeds.
    FeedAdd,
    /// It left the feed, and was not deleted.
    FeedRemove,
    /// It was created; with its representation.
    CreateFull,
    /// It was created; with the names of its attributes.
    CreateNotice,
    /// A PATCH changed it; with the equivalent PATCH.
    PatchFull,
    /// A PATCH changed it; with the names of what changed.
    PatchNotice,
    /// A PUT changed it; with its representation.
    PutFull,
    /// A PUT changed it; with the names of what changed.
    PutNotice,
    /// It was deleted.
    Delete,
    /// Its user may sign in again.
    Activate,
    /// Its user may not sign in any more.
    Deactivate,
    /// A request is completed whose client did not wait for the answer.
    AsyncResponse,
}

/// How much events say (RFC 9967 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventDetail {
    /// Values, which let a receiver replicate a directory; of what no answer has, names only.
    Full,
    /// Names of attributes; receivers read the values with a request of their own.
    Notice,
}

impl EventKind {
    /// Its URI.
    pub fn uri(self) -> &'static str {
        match self {
            Self::FeedAdd => "urn:ietf:params:scim:event:feed:add",
            Self::FeedRemove => "urn:ietf:params:scim:event:feed:remove",
            Self::CreateFull => "urn:ietf:params:scim:event:prov:create:full",
            Self::CreateNotice => "urn:ietf:params:scim:event:prov:create:notice",
            Self::PatchFull => "urn:ietf:params:scim:event:prov:patch:full",
            Self::PatchNotice => "urn:ietf:params:scim:event:prov:patch:notice",
            Self::PutFull => "urn:ietf:params:scim:event:prov:put:full",
            Self::PutNotice => "urn:ietf:params:scim:event:prov:put:notice",
            Self::Delete => "urn:ietf:params:scim:event:prov:delete",
            Self::Activate => "urn:ietf:params:scim:event:prov:activate",
            Self::Deactivate => "urn:ietf:params:scim:event:prov:deactivate",
            Self::AsyncResponse => "urn:ietf:params:scim:event:misc:asyncresp",
        }
    }
}

impl EventDetail {
    /// What a service provider tells of by itself.
    pub fn kinds(self) -> &'static [EventKind] {
        use EventKind::{
            Activate, AsyncResponse, CreateFull, CreateNotice, Deactivate, Delete, PatchFull, PatchNotice,
            PutFull, PutNotice,
        };
        match self {
            Self::Full => {
                &[CreateFull, PatchFull, PatchNotice, PutFull, Delete, Activate, Deactivate, AsyncResponse]
            }
            Self::Notice => {
                &[CreateNotice, PatchNotice, PutNotice, Delete, Activate, Deactivate, AsyncResponse]
            }
        }
    }
}

impl Event {
    /// That a resource joined one of the host's feeds, without being new (RFC 9967 §2.3.1).
    ///
    /// The transaction is the host's own: receivers tell by it what they have already (§2.2), and the resource need not
    /// have changed since it left.
    pub fn joined_feed(
        kind: &TypeSchema,
        resource: &Resource,
        transaction: TransactionId,
        now: DateTime<Utc>,
    ) -> Self {
        Self::of_feed(EventKind::FeedAdd, kind, resource, transaction, now)
    }

    /// That a resource left one of the host's feeds, without being deleted (RFC 9967 §2.3.2).
    pub fn left_feed(
        kind: &TypeSchema,
        resource: &Resource,
        transaction: TransactionId,
        now: DateTime<Utc>,
    ) -> Self {
        Self::of_feed(EventKind::FeedRemove, kind, resource, transaction, now)
    }

    fn of_feed(
        what: EventKind,
        kind: &TypeSchema,
        resource: &Resource,
        transaction: TransactionId,
        now: DateTime<Utc>,
    ) -> Self {
        let event = Self::about(kind, resource, now).with(what, Map::new(), false);
        Self { transaction: Some(transaction), ..event }
    }

    fn about(kind: &TypeSchema, resource: &Resource, at: DateTime<Utc>) -> Self {
        Self {
            transaction: None,
            id: resource.id.clone(),
            uri: format!("{}/{}", kind.endpoint(), resource.id),
            external_id: resource.text("externalId").map(str::to_owned),
            at,
            occurrences: Vec::new(),
        }
    }

    fn with(mut self, kind: EventKind, payload: Map<String, Value>, versioned: bool) -> Self {
        self.occurrences.push(Occurrence { kind, payload, versioned });
        self
    }

    /// The same with what only the commit tells: the resource's version, and a transaction, if nobody has named one.
    pub(crate) fn committed(&self, revision: Revision) -> Self {
        let mut event = self.clone();
        for occurrence in event.occurrences.iter_mut().filter(|occurrence| occurrence.versioned) {
            occurrence.payload.insert("version".to_owned(), version_of(revision).into());
        }
        if event.transaction.is_none() {
            // A resource comes to a revision once; its deletion is the one after the last.
            let deleted = self.kinds().any(|kind| kind == EventKind::Delete);
            let revision = if deleted { revision.next() } else { revision };
            event.transaction = Some(TransactionId::named(&format!("{}.{}", self.id, revision.0)));
        }
        event
    }

    /// What happened.
    pub fn kinds(&self) -> impl Iterator<Item = EventKind> {
        self.occurrences.iter().map(|occurrence| occurrence.kind)
    }

    /// The transaction that it is of; events of the same one tell of the same change.
    pub fn transaction(&self) -> Option<&TransactionId> {
        self.transaction.as_ref()
    }

    /// The claims: `txn`, `toe` in seconds since 1970, `sub_id` and `events`.
    pub fn claims(&self) -> Value {
        let mut subject = json!({ "format": "scim", "uri": self.uri });
        if let (Some(id), Value::Object(subject)) = (&self.external_id, &mut subject) {
            subject.insert("externalId".to_owned(), id.as_str().into());
        }
        let event = |occurrence: &Occurrence| {
            (occurrence.kind.uri().to_owned(), Value::Object(occurrence.payload.clone()))
        };
        let mut claims = json!({
            "toe": self.at.timestamp(),
            "sub_id": subject,
            "events": Value::Object(self.occurrences.iter().map(event).collect()),
        });
        if let (Some(transaction), Value::Object(claims)) = (&self.transaction, &mut claims) {
            claims.insert("txn".to_owned(), transaction.as_str().into());
        }
        claims
    }
}
