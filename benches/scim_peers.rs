//! Filters and PATCH beside the crates `scim_v2` and `scim_proto`: CPU time in one run, on the user of `scim.json`.
//!
//! `cargo bench -p benches --bench scim_peers`; with `--test` it runs everything once. `peers/scim` measures packages of
//! npm on the same data.
//!
//! Only reading is there to be compared. Neither crate evaluates a filter or applies a PATCH, and neither knows a schema:
//! ours looks up each attribute, and checks each operator and literal against its type. `scim_proto` has no PATCH at all,
//! and reads no URN in a path: it is given the six filters without one, and ours the same six beside it. `scim_v2` reads a
//! PATCH with its paths; ours is timed beside it until the user is changed.

use std::hint::black_box;

use cpu_time::ThreadTime;
use scim_core::{Filter, PatchRequest, Registry, TypeSchema, patch};
use serde_json::{Map, Value};

/// How much is done of each.
#[derive(Clone, Copy)]
struct Size {
    rounds: u32,
    calls: u32,
}

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let size = if is_test { Size { rounds: 1, calls: 10 } } else { Size { rounds: 100, calls: 1_000 } };
    let registry = Registry::standard();
    let sample: Value = serde_json::from_str(include_str!("scim.json")).unwrap();
    let work = Work::new(registry.resource_type("User").unwrap(), &sample);
    println!("| path | crate | ns of CPU time | times ours |\n|---|---|---|---|");
    work.parse(size);
    work.evaluate(size);
    work.patch(size);
}

struct Work<'a> {
    users: &'a TypeSchema,
    user: &'a Map<String, Value>,
    filters: Vec<&'a str>,
    request: String,
}

impl<'a> Work<'a> {
    fn new(users: &'a TypeSchema, sample: &'a Value) -> Self {
        let filters = sample["filters"].as_array().unwrap();
        Self {
            users,
            user: sample["user"].as_object().unwrap(),
            filters: filters.iter().map(|filter| filter.as_str().unwrap()).collect(),
            request: sample["patch"].to_string(),
        }
    }

    fn parse(&self, size: Size) {
        let ours = |text: &str| drop(black_box(Filter::parse(self.users, text).unwrap()));
        let scim_v2 = |text: &str| drop(black_box(text.parse::<scim_v2::filter::Filter>().unwrap()));
        let scim_proto =
            |text: &str| drop(black_box(text.parse::<scim_proto::filter::ScimFilter>().unwrap()));
        let without_urn: Vec<_> =
            self.filters.iter().copied().filter(|text| !text.contains("urn:")).collect();
        size.compare(
            "parse 7 filters",
            || each(&self.filters, ours),
            &mut [("scim_v2", &mut || each(&self.filters, scim_v2))],
        );
        size.compare(
            "parse the 6 without a URN",
            || each(&without_urn, ours),
            &mut [
                ("scim_v2", &mut || each(&without_urn, scim_v2)),
                ("scim_proto", &mut || each(&without_urn, scim_proto)),
            ],
        );
    }

    fn evaluate(&self, size: Size) {
        let filters: Vec<_> =
            self.filters.iter().map(|text| Filter::parse(self.users, text).unwrap()).collect();
        let ours = || assert!(filters.iter().all(|filter| filter.matches(black_box(self.user))));
        size.compare("evaluate 7 filters", ours, &mut []);
    }

    fn patch(&self, size: Size) {
        let parsed: Value = serde_json::from_str(&self.request).unwrap();
        let apply = |body: &Value| {
            let request = PatchRequest::parse(body).unwrap();
            drop(black_box(patch(self.users, self.user, &request).unwrap()));
        };
        size.compare("PATCH of 6 operations", || apply(black_box(&parsed)), &mut []);
        let from_text = || apply(&serde_json::from_str(black_box(&self.request)).unwrap());
        let scim_v2 = || drop(black_box(read_by_scim_v2(black_box(&self.request))));
        size.compare(
            "the same from its text; scim_v2 only reads",
            from_text,
            &mut [("scim_v2", &mut { scim_v2 })],
        );
    }
}

fn each(texts: &[&str], parse: impl Fn(&str)) {
    texts.iter().for_each(|text| parse(black_box(text)));
}

fn read_by_scim_v2(text: &str) -> scim_v2::models::others::PatchOp {
    let read: scim_v2::models::others::PatchOp = serde_json::from_str(text).unwrap();
    assert_eq!(read.operations.len(), 6);
    read
}

impl Size {
    /// The least of some rounds of each, one after the other in every round, so that all see the same machine.
    fn compare(self, path: &str, mut ours: impl FnMut(), peers: &mut [(&str, &mut dyn FnMut())]) {
        let (mut least, mut theirs) = (f64::MAX, vec![f64::MAX; peers.len()]);
        for _ in 0..self.rounds {
            least = least.min(self.round(&mut ours));
            for ((_, peer), least) in peers.iter_mut().zip(&mut theirs) {
                *least = least.min(self.round(peer));
            }
        }
        println!("| {path} | ours | {least:.0} | 1 |");
        for ((name, _), theirs) in peers.iter().zip(theirs) {
            println!("| {path} | {name} | {theirs:.0} | {:.1} |", theirs / least);
        }
    }

    /// Nanoseconds of this thread's CPU time for one call.
    fn round(self, call: &mut dyn FnMut()) -> f64 {
        let start = ThreadTime::now();
        (0..self.calls).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(self.calls)
    }
}
