//! Lists in another order, and pages that are cut elsewhere.

use std::{cmp::Reverse, sync::Arc};

use scim_core::{Position, Resource, ResourcePage, ResourceQuery, TenantId, Window};

use crate::wrong::At;

fn page(resources: Vec<Arc<Resource>>, total: u64) -> ResourcePage {
    ResourcePage { resources, total }
}

fn cut(all: Vec<Arc<Resource>>, skip: usize, count: u64) -> ResourcePage {
    let total = all.len() as u64;
    let count = usize::try_from(count).unwrap();
    page(all.into_iter().skip(skip).take(count).collect(), total)
}

fn key(query: &ResourceQuery, resource: &Resource) -> Position {
    Position::of(query.sort.as_ref(), resource)
}

fn lists_for_any_tenant(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut found = at.list(kind, query);
    let other = if at.tenant.as_str() == "ins_contract" { "ins_other" } else { "ins_contract" };
    let other = At { tenant: &TenantId::new(other).unwrap(), ..at }.list(kind, query);
    found.total += other.total;
    found.resources.extend(other.resources);
    found
}

fn sorts_by_nothing(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    at.list(kind, &ResourceQuery { sort: None, ..query.clone() })
}

fn sorts_the_page_alone(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut found = at.list(kind, &ResourceQuery { sort: None, ..query.clone() });
    found.resources.sort_by_cached_key(|resource| key(query, resource));
    found
}

fn sorts_upwards_always(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut query = query.clone();
    if let Some(sort) = &mut query.sort {
        sort.descending = false;
    }
    at.list(kind, &query)
}

fn sorts_who_has_no_value_first(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let all = at.all(kind, query);
    let (with, without): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|resource| key(query, resource).key.is_some());
    let all = if query.is_descending() { [with, without] } else { [without, with] };
    cut(all.concat(), 0, query.window.count())
}

fn sorts_every_case_apart(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut query = query.clone();
    if let Some(sort) = &mut query.sort {
        let mut attribute = scim_core::schema::Attribute::clone(&sort.path.attribute);
        attribute.case_exact = true;
        Arc::make_mut(&mut sort.path).attribute = Arc::new(attribute);
    }
    at.list(kind, &query)
}

fn sorts_by_the_first_element(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut all = at.all(kind, query);
    let without_primary = |resource: &Resource| {
        let mut bare = resource.clone();
        let emails = bare.attributes.get_mut("emails").and_then(|emails| emails.as_array_mut());
        for email in emails.into_iter().flatten().filter_map(|email| email.as_object_mut()) {
            email.remove("primary");
        }
        bare
    };
    all.sort_by_cached_key(|resource| key(query, &without_primary(resource)));
    if query.is_descending() {
        all.reverse();
    }
    cut(all, 0, query.window.count())
}

fn sorts_equal_values_backwards(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut all = at.all(kind, query);
    all.sort_by_cached_key(|resource| {
        let Position { key, id } = key(query, resource);
        (key.is_none(), key, Reverse(id))
    });
    if query.is_descending() {
        all.reverse();
    }
    cut(all, 0, query.window.count())
}

fn sorts_types_as_texts(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut all = at.all(kind, query);
    if query.sort.as_ref().is_some_and(|sort| &*sort.path.attribute.name == "meta") {
        all.sort_by_key(|resource| resource.id.clone());
    }
    cut(all, 0, query.window.count())
}

fn sorts_no_extension(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut query = query.clone();
    if let Some(sort) = &mut query.sort {
        Arc::make_mut(&mut sort.path).extension = None;
    }
    at.list(kind, &query)
}

/// A cursor that is a number of rows in truth.
fn pages_by_number(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let all = at.all(kind, query);
    match &query.window {
        Window::After { position: Some(position), count } => {
            let rank = all.iter().position(|resource| resource.id == position.id);
            cut(all, rank.map_or(0, |rank| rank + 1), *count)
        }
        _ => at.list(kind, query),
    }
}

fn begins_at_the_position(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let all = at.all(kind, query);
    match &query.window {
        Window::After { position: Some(position), count } => {
            let first = all.iter().position(|resource| key(query, resource) >= *position);
            let first = first.unwrap_or(all.len());
            cut(all, first, *count)
        }
        _ => at.list(kind, query),
    }
}

fn goes_backwards_from_the_start(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    match &query.window {
        Window::Before { position, count } => {
            let window = Window::Before { position: position.clone(), count: 9_999 };
            let all = at.list(kind, &ResourceQuery { window, ..query.clone() });
            let total = all.total;
            page(cut(all.resources, 0, *count).resources, total)
        }
        _ => at.list(kind, query),
    }
}

fn gives_pages_before_in_reverse(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut found = at.list(kind, query);
    if matches!(query.window, Window::Before { .. }) {
        found.resources.reverse();
    }
    found
}

/// Whoever has the same key as the position is passed over.
fn passes_over_equal_values(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    match &query.window {
        Window::After { position: Some(position), count } => {
            let all = at.all(kind, query);
            let total = all.len() as u64;
            let is_behind = |resource: &Arc<Resource>| {
                let found = key(query, resource);
                found.key != position.key && (found > *position) != query.is_descending()
            };
            let behind = all.into_iter().filter(is_behind).collect();
            page(cut(behind, 0, *count).resources, total)
        }
        _ => at.list(kind, query),
    }
}

/// As SQL compares NULL.
fn passes_over_missing_values(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut found = at.list(kind, query);
    if let Window::After { position: Some(_), .. } = &query.window {
        found.resources.retain(|resource| key(query, resource).key.is_some());
    }
    found
}

fn counts_the_rest(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut found = at.list(kind, query);
    if let Window::After { position: Some(_), .. } = &query.window {
        found.total = found.resources.len() as u64;
    }
    found
}

fn forgets_the_filter_at_a_position(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    match &query.window {
        Window::After { position: Some(_), .. } => {
            at.list(kind, &ResourceQuery { filter: None, ..query.clone() })
        }
        _ => at.list(kind, query),
    }
}

/// A walk along an index that loses the order of the list.
fn forgets_the_sort_of_what_is_looked_up(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    match query.filter.as_ref().and_then(scim_core::Filter::lookups) {
        Some(_) => at.list(kind, &ResourceQuery { sort: None, ..query.clone() }),
        None => at.list(kind, query),
    }
}

mod faults {
    crate::wrong::refused! { list:
        lists_for_any_tenant by a_list_is_of_its_tenant_alone
        sorts_by_nothing by a_list_is_sorted_by_an_attribute
        sorts_the_page_alone by a_sorted_list_is_cut_like_any_other
        sorts_upwards_always by a_list_is_sorted_by_an_attribute
        sorts_who_has_no_value_first by who_has_no_value_is_sorted_last
        sorts_every_case_apart by a_sort_heeds_case_where_the_schema_does
        sorts_by_the_first_element by a_sort_takes_the_primary_element
        sorts_equal_values_backwards by equal_values_are_sorted_by_id
        sorts_types_as_texts by a_sort_knows_types
        sorts_no_extension by a_sort_reaches_into_extensions
        pages_by_number by a_position_need_not_be_there
        begins_at_the_position by a_page_begins_behind_its_position
        goes_backwards_from_the_start by a_page_ends_before_its_position
        gives_pages_before_in_reverse by a_page_ends_before_its_position
        passes_over_equal_values by a_page_begins_among_equal_values
        passes_over_missing_values by a_page_begins_among_missing_values
        counts_the_rest by a_page_at_a_position_counts_the_whole_list
        forgets_the_filter_at_a_position by a_page_at_a_position_is_filtered
        forgets_the_sort_of_what_is_looked_up by what_is_looked_up_is_paged_too
    }
}
