//! Lists of resources.

use std::sync::Arc;

use serde_json::Value;

use super::{Place, Scim, ServiceError};
use crate::{
    Filter, FilterError, ListRequest, Position, Resource, ResourcePage, ResourceQuery, ScimError, ScimStore,
    ScimType, Sort, SortError, TypeSchema, Window, discovery,
};

/// A type whose resources are listed, and the filter as it is bound to it.
type Listed<'a> = (&'a Arc<TypeSchema>, Option<Filter>);

impl<S: ScimStore> Scim<S> {
    /// Lists resources of a type (RFC 7644 §3.4.2), or of several ones (§3.4.2.1).
    ///
    /// A type that does not have an attribute of the filter has no match; if none has it, the filter is refused. Several
    /// types come after each other, unless a sort mixes them.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(
        &self,
        place: Place<'_>,
        kinds: &[Arc<TypeSchema>],
        request: &ListRequest,
    ) -> Result<Value, ServiceError<ScimError, S::Error>> {
        let listed = understood(kinds, request).map_err(|error| ServiceError::Refused(refused(&error)))?;
        let sort = request.sort(kinds).map_err(|error| ServiceError::Refused(unsorted(&error)))?;
        let (skip, count) = (request.start_index().saturating_sub(1), request.count());
        let (resources, total) = match sort {
            Some(sort) if listed.len() > 1 => self.merged(place, &listed, &sort, skip, count).await?,
            sort => self.concatenated(place, &listed, sort.as_ref(), skip, count).await?,
        };
        let mut bodies = Vec::new();
        for (kind, resource) in resources {
            let projection = request.projection(kind);
            bodies.push(self.answer(place, kind, resource, &projection).await?.body);
        }
        Ok(discovery::list(&bodies, total, request.start_index()))
    }

    /// One type after the other.
    async fn concatenated<'a>(
        &self,
        place: Place<'_>,
        listed: &[Listed<'a>],
        sort: Option<&Sort>,
        mut skip: u64,
        mut count: u64,
    ) -> Result<Found<'a>, ServiceError<ScimError, S::Error>> {
        let (mut resources, mut total) = (Vec::new(), 0_u64);
        for (kind, filter) in listed {
            let window = Window::Slice { skip, count };
            let page = self.page(place, kind, filter, sort, window).await?;
            total = total.saturating_add(page.total);
            skip = skip.saturating_sub(page.total);
            count = count.saturating_sub(page.resources.len() as u64);
            resources.extend(page.resources.into_iter().map(|resource| (*kind, resource)));
        }
        Ok((resources, total))
    }

    /// All types in one order; whatever comes before the page has to be looked at.
    async fn merged<'a>(
        &self,
        place: Place<'_>,
        listed: &[Listed<'a>],
        sort: &Sort,
        skip: u64,
        count: u64,
    ) -> Result<Found<'a>, ServiceError<ScimError, S::Error>> {
        let (mut resources, mut total) = (Vec::new(), 0_u64);
        for (kind, filter) in listed {
            let window = Window::Slice { skip: 0, count: skip.saturating_add(count) };
            let page = self.page(place, kind, filter, Some(sort), window).await?;
            total = total.saturating_add(page.total);
            resources.extend(page.resources.into_iter().map(|resource| (*kind, resource)));
        }
        in_order(&mut resources, Some(sort));
        let [skip, count] = [skip, count].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        Ok((resources.into_iter().skip(skip).take(count).collect(), total))
    }

    async fn page(
        &self,
        place: Place<'_>,
        kind: &TypeSchema,
        filter: &Option<Filter>,
        sort: Option<&Sort>,
        window: Window,
    ) -> Result<ResourcePage, ServiceError<ScimError, S::Error>> {
        let query = ResourceQuery { filter: filter.clone(), sort: sort.cloned(), window };
        let page = self.store().resources(place.tenant, place.directory, kind.name(), &query).await;
        page.map_err(ServiceError::Store)
    }
}

/// Resources with their types, and how many there are in all.
type Found<'a> = (Vec<(&'a Arc<TypeSchema>, Arc<Resource>)>, u64);

fn in_order(resources: &mut [(&Arc<TypeSchema>, Arc<Resource>)], sort: Option<&Sort>) {
    resources.sort_by_cached_key(|(_, resource)| Position::of(sort, resource));
    if sort.is_some_and(|sort| sort.descending) {
        resources.reverse();
    }
}

/// The types that have every attribute of the filter.
fn understood<'a>(
    kinds: &'a [Arc<TypeSchema>],
    request: &ListRequest,
) -> Result<Vec<Listed<'a>>, FilterError> {
    let (mut listed, mut unknown) = (Vec::new(), None);
    for kind in kinds {
        match request.filter(kind) {
            Ok(filter) => listed.push((kind, filter)),
            Err(error @ FilterError::UnknownAttribute { .. }) => unknown = Some(error),
            Err(error) => return Err(error),
        }
    }
    match unknown {
        Some(error) if listed.is_empty() => Err(error),
        _ => Ok(listed),
    }
}

fn refused(error: &FilterError) -> ScimError {
    let kind = if *error == FilterError::TooLarge { ScimType::TooMany } else { ScimType::InvalidFilter };
    ScimError::bad(kind, error.to_string())
}

fn unsorted(error: &SortError) -> ScimError {
    ScimError::bad(ScimType::InvalidValue, error.to_string())
}
