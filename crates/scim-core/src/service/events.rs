//! What is told of changes (RFC 9967).

use chrono::{DateTime, Utc};

use super::{Call, Scim, ServiceError};
use crate::{
    EventDetail, ResourceChange, ScimStore,
    error::ScimError,
    event::{Completion, Moment, completed, compose},
};

impl<S: ScimStore> Scim<S> {
    /// The same, whose changes carry events for the host's outbox, which the store must have been given, too.
    #[must_use]
    pub fn with_events(self, detail: EventDetail) -> Self {
        Self { events: Some(detail), ..self }
    }

    /// How much events say, if there are any.
    pub fn events(&self) -> Option<EventDetail> {
        self.events
    }

    /// The change with its event.
    pub(super) fn told(&self, moment: &Moment<'_>, change: ResourceChange) -> ResourceChange {
        match self.events.and_then(|detail| compose(moment, detail, &change)) {
            Some(event) => change.telling(event),
            None => change,
        }
    }

    /// Tells of the completion of a request whose client does not wait, if nothing was written that it was told with.
    pub(super) async fn complete(
        &self,
        call: &Call<'_>,
        completion: Completion<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), ServiceError<ScimError, S::Error>> {
        let (Some(asynchronous), Some(_)) = (&call.asynchronous, self.events) else { return Ok(()) };
        let event = completed(asynchronous, completion, now);
        let change = ResourceChange::Tell { event: event.into() };
        let told = self.store.commit(call.place.tenant, call.place.directory, &change).await;
        told.map(|_| ()).map_err(ServiceError::Store)
    }
}
