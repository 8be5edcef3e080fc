//! What a request is about, and on what it depends.

use chrono::{DateTime, Utc};

use super::Place;
use crate::{Asynchronous, Precondition, Projection, Resource, TypeSchema, bulk::Method, event::Moment};

/// A request about a directory, and what it depends on; one that depends on nothing is made from its [`Place`].
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The directory.
    pub place: Place<'a>,
    /// On which version of the resource it depends.
    pub precondition: Precondition,
    /// How its completion is told, if the client does not wait for the answer.
    pub asynchronous: Option<Asynchronous<'a>>,
    /// Which attributes the answer has (RFC 7644 §3.9).
    pub projection: Projection,
}

impl<'a> From<Place<'a>> for Call<'a> {
    fn from(place: Place<'a>) -> Self {
        Self {
            place,
            precondition: Precondition::default(),
            asynchronous: None,
            projection: Projection::default(),
        }
    }
}

impl<'a> Call<'a> {
    /// The same, whose completion is told with an event of this transaction (RFC 9967 §2.5.1).
    #[must_use]
    pub fn asynchronous(self, asynchronous: Asynchronous<'a>) -> Self {
        Self { asynchronous: Some(asynchronous), ..self }
    }

    /// What is told of a change beside the change itself.
    pub(super) fn moment(
        &'a self,
        kind: &'a TypeSchema,
        method: Method,
        before: Option<&'a Resource>,
        now: DateTime<Utc>,
    ) -> Moment<'a> {
        let (base_url, asynchronous) = (self.place.base_url, self.asynchronous.as_ref());
        Moment { kind, method, before, now, base_url, asynchronous }
    }
}
