//! Filters that are understood otherwise than they are meant.

use std::sync::Arc;

use scim_core::{
    AttributePath, Comparison, Filter, Operator, ResourcePage, ResourceQuery,
    schema::{Attribute, AttributeType},
};

use crate::wrong::At;

/// The same filter with each term as `change` has it.
fn terms(filter: &Filter, change: &dyn Fn(&Filter) -> Filter) -> Filter {
    let boxed = |inner: &Filter| Box::new(terms(inner, change));
    match filter {
        Filter::And(a, b) => Filter::And(boxed(a), boxed(b)),
        Filter::Or(a, b) => Filter::Or(boxed(a), boxed(b)),
        Filter::Not(inner) => Filter::Not(boxed(inner)),
        term => change(term),
    }
}

fn with(query: &ResourceQuery, change: impl FnOnce(&Filter) -> Filter) -> ResourceQuery {
    ResourceQuery { filter: query.filter.as_ref().map(change), ..query.clone() }
}

fn compared(filter: &Filter, change: &dyn Fn(Comparison) -> Comparison) -> Filter {
    terms(filter, &|term| match term {
        Filter::Compare(comparison) => Filter::Compare(change(comparison.clone())),
        other => other.clone(),
    })
}

fn redefined(path: Arc<AttributePath>, change: impl FnOnce(&mut Attribute)) -> Arc<AttributePath> {
    let path = Arc::unwrap_or_clone(path);
    let mut attribute = Attribute::clone(path.sub.as_deref().unwrap_or(&path.attribute));
    change(&mut attribute);
    Arc::new(match path.sub {
        Some(_) => AttributePath { sub: Some(Arc::new(attribute)), ..path },
        None => AttributePath { attribute: Arc::new(attribute), ..path },
    })
}

/// As SQL negates NULL.
fn negates_nothing_where_nothing_is(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    fn negated(filter: &Filter) -> Filter {
        match filter {
            Filter::Not(inner) => match &**inner {
                Filter::Compare(comparison) => {
                    Filter::And(Box::new(Filter::Present(comparison.path.clone())), Box::new(filter.clone()))
                }
                _ => filter.clone(),
            },
            _ => filter.clone(),
        }
    }
    at.list(kind, &with(query, negated))
}

fn takes_ne_for_another_value(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let present = |term: &Filter| match term {
        Filter::Compare(comparison) if comparison.operator == Operator::NotEqual => {
            Filter::And(Box::new(Filter::Present(comparison.path.clone())), Box::new(term.clone()))
        }
        other => other.clone(),
    };
    at.list(kind, &with(query, |filter| terms(filter, &present)))
}

fn mixes_the_elements(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let apart = |term: &Filter| match term {
        Filter::Within(path, inner) => match &**inner {
            Filter::And(a, b) => Filter::And(
                Box::new(Filter::Within(path.clone(), a.clone())),
                Box::new(Filter::Within(path.clone(), b.clone())),
            ),
            _ => term.clone(),
        },
        other => other.clone(),
    };
    at.list(kind, &with(query, |filter| terms(filter, &apart)))
}

/// `emails.value ne "x"` as "an element is another one".
fn looks_at_the_first_element(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut page = at.list(kind, query);
    page.resources.retain(|found| {
        let mut attributes = found.attributes.clone();
        if let Some(emails) = attributes.get_mut("emails").and_then(|emails| emails.as_array_mut()) {
            emails.truncate(1);
        }
        attributes.insert("id".to_owned(), found.id.as_str().into());
        query.filter.as_ref().is_none_or(|filter| filter.matches(&attributes))
    });
    page.total = page.resources.len() as u64;
    page
}

fn takes_every_case(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let fold = |comparison: Comparison| Comparison {
        path: redefined(comparison.path, |attribute| attribute.case_exact = false),
        ..comparison
    };
    at.list(kind, &with(query, |filter| compared(filter, &fold)))
}

fn takes_no_other_case(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let exact = |comparison: Comparison| Comparison {
        path: redefined(comparison.path, |attribute| attribute.case_exact = true),
        ..comparison
    };
    at.list(kind, &with(query, |filter| compared(filter, &exact)))
}

/// As `LIKE` does, and `lower()` of a database.
fn knows_the_case_of_ascii_only(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut page = at.list(kind, query);
    let has_other = |text: &str| !text.is_ascii();
    let literal = |filter: &Filter| match filter {
        Filter::Compare(comparison) if comparison.operator == Operator::Equal => {
            comparison.literal.as_str().filter(|text| has_other(text)).map(str::to_owned)
        }
        _ => None,
    };
    if let Some(text) = query.filter.as_ref().and_then(literal) {
        page.resources.retain(|found| found.text("title").is_none_or(|title| title == text));
        page.total = page.resources.len() as u64;
    }
    page
}

fn compares_times_as_texts(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let text = |comparison: Comparison| {
        let is_time = comparison.path.compared().kind == AttributeType::DateTime;
        let path = comparison.path.clone();
        let textual = |attribute: &mut Attribute| {
            attribute.kind = AttributeType::String;
            attribute.case_exact = true;
        };
        Comparison { path: if is_time { redefined(path, textual) } else { path }, ..comparison }
    };
    at.list(kind, &with(query, |filter| compared(filter, &text)))
}

fn leaves_the_extension_out(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let bare = |comparison: Comparison| Comparison {
        path: Arc::new(AttributePath { extension: None, ..Arc::unwrap_or_clone(comparison.path) }),
        ..comparison
    };
    at.list(kind, &with(query, |filter| compared(filter, &bare)))
}

fn reads_from_left_to_right(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    fn regrouped(filter: &Filter) -> Filter {
        match filter {
            Filter::Or(a, b) => match &**b {
                Filter::And(c, d) => Filter::And(Box::new(Filter::Or(a.clone(), c.clone())), d.clone()),
                _ => filter.clone(),
            },
            _ => filter.clone(),
        }
    }
    at.list(kind, &with(query, regrouped))
}

fn takes_contains_for_starts(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let starts = |comparison: Comparison| match comparison.operator {
        Operator::StartsWith => Comparison { operator: Operator::Contains, ..comparison },
        _ => comparison,
    };
    at.list(kind, &with(query, |filter| compared(filter, &starts)))
}

fn lists_every_type(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    let mut page = at.list(kind, query);
    if query.filter.is_some() {
        let other = at.list(if kind == "User" { "Group" } else { "User" }, query);
        page.total += other.total;
        page.resources.extend(other.resources);
    }
    page
}

fn sees_no_members(at: At<'_>, kind: &str, query: &ResourceQuery) -> ResourcePage {
    match &query.filter {
        Some(filter) if filter.mentions("members") => ResourcePage { resources: Vec::new(), total: 0 },
        _ => at.list(kind, query),
    }
}

mod faults {
    crate::wrong::refused! { list:
        negates_nothing_where_nothing_is by a_filter_denies_what_is_absent
        takes_ne_for_another_value by a_filter_denies_what_is_absent
        mixes_the_elements by a_value_path_holds_within_one_element
        looks_at_the_first_element by a_filter_looks_at_every_element
        takes_every_case by a_filter_heeds_case_where_the_schema_does
        takes_no_other_case by a_filter_heeds_case_where_the_schema_does
        knows_the_case_of_ascii_only by a_filter_heeds_case_where_the_schema_does
        compares_times_as_texts by a_filter_compares_times_as_instants
        leaves_the_extension_out by a_filter_reaches_into_extensions
        reads_from_left_to_right by a_filter_is_joined_as_it_is_written
        takes_contains_for_starts by a_filter_knows_every_operator
        lists_every_type by a_filter_finds_one_type
        sees_no_members by a_filter_sees_members_and_groups
    }
}
