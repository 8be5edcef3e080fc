//! Cutting a page out of what matches.

use std::sync::Arc;

use crate::{Position, Resource, ResourcePage, ResourceQuery, Window};

pub(super) fn of(matching: Vec<Arc<Resource>>, query: &ResourceQuery) -> ResourcePage {
    let total = matching.len() as u64;
    let mut placed: Vec<(Position, Arc<Resource>)> =
        matching.into_iter().map(|resource| (query.position(&resource), resource)).collect();
    placed.sort_by(|(a, _), (b, _)| in_order(query, a, b));
    let (from, to) = bounds(&placed, query);
    let page = placed.into_iter().skip(from).take(to.saturating_sub(from));
    ResourcePage { resources: page.map(|(_, resource)| resource).collect(), total }
}

fn in_order(query: &ResourceQuery, a: &Position, b: &Position) -> std::cmp::Ordering {
    if query.is_descending() { b.cmp(a) } else { a.cmp(b) }
}

/// From which place to which one, without the latter.
fn bounds(placed: &[(Position, Arc<Resource>)], query: &ResourceQuery) -> (usize, usize) {
    let count = usize::try_from(query.window.count()).unwrap_or(usize::MAX);
    let place = |is_before: &dyn Fn(std::cmp::Ordering) -> bool, position: &Position| {
        placed.partition_point(|(found, _)| is_before(in_order(query, found, position)))
    };
    match &query.window {
        Window::Slice { skip, .. } => {
            let from = usize::try_from(*skip).unwrap_or(usize::MAX);
            (from, from.saturating_add(count))
        }
        Window::After { position, .. } => {
            let from = position.as_ref().map_or(0, |position| place(&std::cmp::Ordering::is_le, position));
            (from, from.saturating_add(count))
        }
        Window::Before { position, .. } => {
            let to =
                position.as_ref().map_or(placed.len(), |position| place(&|order| order.is_lt(), position));
            (to.saturating_sub(count), to)
        }
    }
}
