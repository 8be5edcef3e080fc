//! The laws of the fuzz target, over its seeds and over random bytes.

mod laws;

use std::{fs, path::Path};

use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn the_laws_hold_of_every_seed_and_of_its_beginnings() {
    let seeds = seeds();
    assert!(seeds.len() >= 12);
    for seed in &seeds {
        for end in 0..=seed.len() {
            laws::hold(&seed[..end]);
        }
    }
}

#[test]
fn the_laws_hold_of_every_case() {
    let cases: Vec<serde_json::Value> = serde_json::from_str(include_str!("cases/themes.json")).unwrap();
    for case in cases {
        if let Some(theme) = case["theme"].as_str() {
            laws::hold(theme.as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_of_random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        laws::hold(&bytes);
    }

    /// One seed to a point, something in between, and another seed from a point.
    #[test]
    fn the_laws_hold_of_spliced_seeds(
        (first, second) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        (end, start) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        between in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let seeds = seeds();
        let (first, second) = (first.get(&seeds), second.get(&seeds));
        let (end, start) = (end.index(first.len() + 1), start.index(second.len() + 1));
        laws::hold(&[&first[..end], &between, &second[start..]].concat());
    }
}
