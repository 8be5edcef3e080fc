//! SCIM filters and PATCH, on a user as an identity provider sends it.

use divan::{Bencher, black_box};
use scim_core::{Filter, PatchRequest, Registry, patch};
use serde_json::{Map, Value};

fn main() {
    divan::main();
}

/// The user, the seven filters, and a PATCH of six operations as Entra ID writes it.
fn sample() -> Value {
    serde_json::from_str(include_str!("scim.json")).unwrap()
}

fn filters(sample: &Value) -> Vec<&str> {
    sample["filters"].as_array().unwrap().iter().map(|filter| filter.as_str().unwrap()).collect()
}

fn user(sample: &Value) -> &Map<String, Value> {
    sample["user"].as_object().unwrap()
}

#[divan::bench]
fn parse_7_filters(bencher: Bencher<'_, '_>) {
    let (registry, sample) = (Registry::standard(), sample());
    let (users, filters) = (registry.resource_type("User").unwrap(), filters(&sample));
    bencher.bench(|| filters.iter().for_each(|text| drop(Filter::parse(users, black_box(text)).unwrap())));
}

#[divan::bench]
fn evaluate_7_filters(bencher: Bencher<'_, '_>) {
    let (registry, sample) = (Registry::standard(), sample());
    let users = registry.resource_type("User").unwrap();
    let filters = filters(&sample).into_iter().map(|text| Filter::parse(users, text).unwrap());
    let filters: Vec<_> = filters.collect();
    bencher.bench(|| filters.iter().filter(|filter| filter.matches(black_box(user(&sample)))).count());
}

#[divan::bench]
fn patch_of_6_operations(bencher: Bencher<'_, '_>) {
    let (registry, sample) = (Registry::standard(), sample());
    let users = registry.resource_type("User").unwrap();
    bencher.bench(|| {
        let request = PatchRequest::parse(black_box(&sample["patch"])).unwrap();
        patch(users, user(&sample), &request).unwrap()
    });
}
