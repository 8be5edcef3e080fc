//! The laws of the fuzz targets (`../../fuzz`), held to their seeds and to what is made of these.

mod laws;

use std::{fs, path::Path};

use proptest::prelude::*;

/// Every seed of a target, as the fuzzer begins with them.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/seeds").join(target);
    let seeds: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// A seed cut in two places, with something of another one or any bytes between.
fn crossed(target: &str) -> impl Strategy<Value = Vec<u8>> {
    let seed = prop::sample::select(seeds(target));
    let index = any::<prop::sample::Index>;
    let between = prop_oneof![
        4 => (seed.clone(), index(), index()).prop_map(|(seed, a, b)| {
            let (start, end) = places(&seed, a, b);
            seed[start..end].to_vec()
        }),
        2 => "[ ().\"\\[\\]\\\\{}:,a-z]{0,4}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    (seed, index(), index(), between).prop_map(|(seed, a, b, between)| {
        let (start, end) = places(&seed, a, b);
        [&seed[..start], &between, &seed[end..]].concat()
    })
}

fn places(seed: &[u8], a: prop::sample::Index, b: prop::sample::Index) -> (usize, usize) {
    let (a, b) = (a.index(seed.len() + 1), b.index(seed.len() + 1));
    (a.min(b), a.max(b))
}

#[test]
fn the_seeds_hold_to_the_laws() {
    seeds("filter").iter().for_each(|seed| laws::filter(seed));
    seeds("path").iter().for_each(|seed| laws::path(seed));
    seeds("patch").iter().for_each(|seed| laws::patched(seed));
    seeds("bulk").iter().for_each(|seed| laws::bulk(seed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn filters_hold_to_the_laws(bytes in crossed("filter")) {
        laws::filter(&bytes);
    }

    #[test]
    fn paths_hold_to_the_laws(bytes in crossed("path")) {
        laws::path(&bytes);
    }

    #[test]
    fn patches_hold_to_the_laws(bytes in crossed("patch")) {
        laws::patched(&bytes);
    }

    #[test]
    fn bulks_hold_to_the_laws(bytes in crossed("bulk")) {
        laws::bulk(&bytes);
    }

    #[test]
    fn any_bytes_hold_to_the_laws(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        laws::filter(&bytes);
        laws::path(&bytes);
        laws::patched(&bytes);
        laws::bulk(&bytes);
    }
}
