//! Lists of resources.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Place, Scim, ServiceError, wants};
use crate::{
    Filter, FilterError, ListRequest, Position, Resource, ResourcePage, ResourceQuery, ScimError, ScimStore,
    ScimType, Sort, SortError, TypeSchema, Window,
    cursor::{List, Mark, Start, expired, turn},
    discovery,
    filter::Among,
};

/// A type whose resources are listed, and the filter as it is bound to it.
type Listed<'a> = (&'a Arc<TypeSchema>, Option<Filter>);

impl<S: ScimStore> Scim<S> {
    /// Lists resources of a type (RFC 7644 §3.4.2), or of several ones (§3.4.2.1).
    ///
    /// An attribute of the filter that a type does not have counts as one without a value; if none has it, the filter is
    /// refused. Several types come after each other, unless a sort or a cursor mixes them.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(
        &self,
        place: Place<'_>,
        kinds: &[Arc<TypeSchema>],
        request: &ListRequest,
        now: DateTime<Utc>,
    ) -> Result<Value, ServiceError<ScimError, S::Error>> {
        let listed = understood(kinds, request).map_err(|error| ServiceError::Refused(refused(&error)))?;
        let sort = request.sort(kinds).map_err(|error| ServiceError::Refused(unsorted(&error)))?;
        if request.cursor.is_some() {
            return self.at_cursor(place, kinds, &listed, sort, request, now).await;
        }
        let (skip, count) = (request.start_index().saturating_sub(1), request.count());
        let (resources, total) = match sort {
            Some(sort) if listed.len() > 1 => {
                let window = Window::Slice { skip: 0, count: skip.saturating_add(count) };
                let (resources, total) = self.merged(place, &listed, Some(&sort), &window).await?;
                let [skip, count] = [skip, count].map(at_most);
                (resources.into_iter().skip(skip).take(count).collect(), total)
            }
            sort => self.concatenated(place, &listed, sort.as_ref(), skip, count).await?,
        };
        let bodies = self.bodies(place, resources, request).await?;
        Ok(discovery::list(&bodies, total, request.start_index()))
    }

    /// A page between cursors.
    async fn at_cursor(
        &self,
        place: Place<'_>,
        kinds: &[Arc<TypeSchema>],
        listed: &[Listed<'_>],
        sort: Option<Sort>,
        request: &ListRequest,
        now: DateTime<Utc>,
    ) -> Result<Value, ServiceError<ScimError, S::Error>> {
        let cursors = self.cursors.as_ref().ok_or_else(|| ServiceError::Refused(unsupported()))?;
        if request.start_index.is_some() {
            return Err(ServiceError::Refused(both_ways()));
        }
        let kinds: Vec<&str> = kinds.iter().map(|kind| &**kind.name()).collect();
        let list = List {
            tenant: place.tenant,
            directory: place.directory,
            kinds: &kinds,
            filter: request.filter.as_deref(),
            sort: sort.as_ref(),
            count: request.page_size().map_err(ServiceError::Refused)?,
        };
        let start = match request.cursor.as_deref() {
            None | Some("") => Start::After(None),
            Some(text) => cursors.open(&list, now, text).map_err(ServiceError::Refused)?,
        };
        let window = self.window(place, &list, &start).await?;
        let (resources, total) = self.merged(place, listed, sort.as_ref(), &window).await?;
        let position = |(_, resource): &Row<'_>| Position::of(sort.as_ref(), resource);
        let turned = turn(&start, resources, at_most(list.count), position);
        let bodies = self.bodies(place, turned.rows, request).await?;
        // A page of no rows leads nowhere: whoever follows it would do so for ever.
        let seal = |start: Option<Start>| {
            start.filter(|_| list.count > 0).map(|start| cursors.seal(&list, now, start))
        };
        Ok(discovery::list_at_cursor(&bodies, total, seal(turned.next), seal(turned.previous)))
    }

    /// What to ask a store for: one resource more than the page has, which tells whether there is another page.
    async fn window(
        &self,
        place: Place<'_>,
        list: &List<'_>,
        start: &Start,
    ) -> Result<Window, ServiceError<ScimError, S::Error>> {
        let count = if list.count == 0 { 0 } else { list.count.saturating_add(1) };
        Ok(match start {
            Start::After(mark) => Window::After { position: self.position(place, list, mark).await?, count },
            Start::Before(mark) => {
                Window::Before { position: self.position(place, list, mark).await?, count }
            }
        })
    }

    async fn position(
        &self,
        place: Place<'_>,
        list: &List<'_>,
        mark: &Option<Mark>,
    ) -> Result<Option<Position>, ServiceError<ScimError, S::Error>> {
        let id = match mark {
            None => return Ok(None),
            Some(Mark::At(position)) => return Ok(Some(position.clone())),
            Some(Mark::Of(id)) => id,
        };
        for kind in list.kinds {
            let found = self.store.resource(place.tenant, place.directory, kind, id).await;
            if let Some(resource) = found.map_err(ServiceError::Store)? {
                return Ok(Some(Position::of(list.sort, &resource)));
            }
        }
        Err(ServiceError::Refused(expired()))
    }

    async fn bodies(
        &self,
        place: Place<'_>,
        resources: Vec<Row<'_>>,
        request: &ListRequest,
    ) -> Result<Vec<Value>, ServiceError<ScimError, S::Error>> {
        let rows = resources.into_iter().map(|(kind, resource)| {
            let projection = request.projection(kind);
            (wants(kind, &projection, "groups"), projection, kind, resource)
        });
        let rows: Vec<_> = rows.collect();
        let members: Vec<_> =
            rows.iter().filter(|(in_groups, ..)| *in_groups).map(|(.., found)| found.id.clone()).collect();
        let mut groups = Vec::new().into_iter();
        if !members.is_empty() {
            let found = self.store.groups_of(place.tenant, place.directory, &members).await;
            groups = found.map_err(ServiceError::Store)?.into_iter();
        }
        let mut bodies = Vec::new();
        for (in_groups, projection, kind, resource) in rows {
            let groups = in_groups.then(|| groups.next()).flatten();
            bodies.push(self.answer_with(place, kind, resource, groups, &projection).await?.body);
        }
        Ok(bodies)
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

    /// The same window of each type, in one order.
    async fn merged<'a>(
        &self,
        place: Place<'_>,
        listed: &[Listed<'a>],
        sort: Option<&Sort>,
        window: &Window,
    ) -> Result<Found<'a>, ServiceError<ScimError, S::Error>> {
        let (mut resources, mut total) = (Vec::new(), 0_u64);
        for (kind, filter) in listed {
            let page = self.page(place, kind, filter, sort, window.clone()).await?;
            total = total.saturating_add(page.total);
            resources.extend(page.resources.into_iter().map(|resource| (*kind, resource)));
        }
        in_order(&mut resources, sort);
        let surplus = resources.len().saturating_sub(at_most(window.count()));
        match window {
            Window::Before { .. } => drop(resources.drain(..surplus)),
            _ => resources.truncate(at_most(window.count())),
        }
        Ok((resources, total))
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
type Found<'a> = (Vec<Row<'a>>, u64);
type Row<'a> = (&'a Arc<TypeSchema>, Arc<Resource>);

fn at_most(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn in_order(resources: &mut [Row<'_>], sort: Option<&Sort>) {
    resources.sort_by_cached_key(|(_, resource)| Position::of(sort, resource));
    if sort.is_some_and(|sort| sort.descending) {
        resources.reverse();
    }
}

/// The types of which a resource may match the filter.
fn understood<'a>(
    kinds: &'a [Arc<TypeSchema>],
    request: &'a ListRequest,
) -> Result<Vec<Listed<'a>>, FilterError> {
    let mut listed = Vec::new();
    for (kind, filter) in request.filters(kinds) {
        match filter? {
            Among::All => listed.push((kind, None)),
            Among::None => {}
            Among::Those(filter) => listed.push((kind, Some(filter))),
        }
    }
    Ok(listed)
}

fn refused(error: &FilterError) -> ScimError {
    let kind = if *error == FilterError::TooLarge { ScimType::TooMany } else { ScimType::InvalidFilter };
    ScimError::bad(kind, error.to_string())
}

fn unsorted(error: &SortError) -> ScimError {
    ScimError::bad(ScimType::InvalidValue, error.to_string())
}

fn unsupported() -> ScimError {
    let detail = "lists are paged through by `startIndex` here, and not by `cursor`";
    ScimError::bad(ScimType::InvalidCursor, detail)
}

fn both_ways() -> ScimError {
    let detail = "`cursor` and `startIndex` are two ways of paging: send one of them";
    ScimError::bad(ScimType::InvalidCursor, detail)
}
