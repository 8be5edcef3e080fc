//! Deciding on what is stored, and committing that.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::{Call, Place, RETRIES, Scim, ServiceError};
use crate::{
    ClearPassword, Member, Resource, ResourceChange, ResourceCommit, ResourceId, Revision, ScimStore,
    TypeSchema, Written,
    bulk::Method,
    error::{ScimError, ScimType, shortened},
    event::{Completion, Moment},
    write::with_password,
};

/// How a stored resource is changed.
pub(super) struct Attempt {
    pub(super) method: Method,
    pub(super) now: DateTime<Utc>,
    pub(super) password: Option<ClearPassword>,
    /// Whether it depends on who the members are: it then holds only for the revision that they were read at.
    pub(super) by_members: bool,
}

/// What became of a change that was not refused.
pub(super) enum Outcome {
    Written(Revision),
    Unchanged(Revision),
    Stale,
}

impl<S: ScimStore> Scim<S> {
    pub(super) async fn change(
        &self,
        call: &Call<'_>,
        kind: &TypeSchema,
        id: &ResourceId,
        Attempt { method, now, password, by_members }: Attempt,
        decide: impl Fn(&Arc<Resource>, Option<Vec<Member>>) -> Result<Written, ScimError>,
    ) -> Result<Arc<Resource>, ServiceError<ScimError, S::Error>> {
        for _ in 0..=RETRIES {
            let stored = self.load(call.place, kind, id).await?;
            call.precondition.check(&stored).map_err(ServiceError::Refused)?;
            let members = match by_members {
                true => Some(self.store.members(call.place.tenant, call.place.directory, id).await),
                false => None,
            };
            let members = members.transpose().map_err(ServiceError::Store)?;
            let (mut next, mut change) = decide(&stored, members).map_err(ServiceError::Refused)?;
            if let Some(password) = self.stored(call.place.tenant, password.as_ref()).await? {
                let (resource, setting) = with_password(kind, (next, change), password, now);
                (next, change) = (resource, Some(setting));
            }
            let outcome = match change {
                None => Outcome::Unchanged(next.revision),
                Some(change) => {
                    let change = match call.precondition.is_some() || by_members {
                        true => change.expecting(stored.revision),
                        false => change,
                    };
                    self.commit(call.place, &call.moment(kind, method, Some(&stored), now), change).await?
                }
            };
            match outcome {
                Outcome::Written(revision) => {
                    let updated_at = now.trunc_subsecs(3);
                    return Ok(Arc::new(Resource { revision, updated_at, ..Resource::clone(&next) }));
                }
                Outcome::Unchanged(revision) => {
                    if next.revision != revision {
                        next = Arc::new(Resource { revision, ..Resource::clone(&next) });
                    }
                    let uri = format!("{}/{id}", kind.endpoint());
                    let completion = Completion {
                        method: method.as_str(),
                        uri: &uri,
                        location: Some(format!("{}{uri}", call.place.base_url)),
                        outcome: Ok((method.success(), &next)),
                    };
                    self.complete(call, completion, now).await?;
                    return Ok(next);
                }
                Outcome::Stale => {}
            }
        }
        Err(ServiceError::Contended)
    }

    pub(super) async fn commit(
        &self,
        place: Place<'_>,
        moment: &Moment<'_>,
        change: ResourceChange,
    ) -> Result<Outcome, ServiceError<ScimError, S::Error>> {
        let mut change = self.told(moment, change);
        let commit = self.store.commit(place.tenant, place.directory, &change).await;
        let mut commit = commit.map_err(ServiceError::Store)?;
        if matches!(commit, ResourceCommit::UnknownMember(_)) && self.profile.leaves_out_unknown_members {
            change = self.with_known_members(place, change).await.map_err(ServiceError::Store)?;
            let again = self.store.commit(place.tenant, place.directory, &self.told(moment, change)).await;
            commit = again.map_err(ServiceError::Store)?;
        }
        match commit {
            ResourceCommit::Applied(revision) => Ok(Outcome::Written(revision)),
            ResourceCommit::Unchanged(revision) => Ok(Outcome::Unchanged(revision)),
            ResourceCommit::Stale => Ok(Outcome::Stale),
            ResourceCommit::NotUnique(attribute) => {
                Err(ServiceError::Refused(ScimError::uniqueness(&attribute)))
            }
            ResourceCommit::UnknownMember(id) => {
                let detail = format!("there is no member `{}`", shortened(id.as_str()));
                Err(ServiceError::Refused(ScimError::bad(ScimType::InvalidValue, detail)))
            }
        }
    }
}
