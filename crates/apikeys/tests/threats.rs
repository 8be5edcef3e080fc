//! Every test that the page of threats names is there.

const TESTS: [&str; 16] = [
    include_str!("allocations.rs"),
    include_str!("foreign.rs"),
    include_str!("life.rs"),
    include_str!("model.rs"),
    include_str!("token.rs"),
    include_str!("usage.rs"),
    include_str!("../src/scope.rs"),
    include_str!("../src/contract/audit.rs"),
    include_str!("../src/contract/feed.rs"),
    include_str!("../src/contract/keys.rs"),
    include_str!("../src/contract/lineage.rs"),
    include_str!("../src/contract/lists.rs"),
    include_str!("../src/contract/service.rs"),
    include_str!("../src/contract/spend.rs"),
    include_str!("../src/contract/usage.rs"),
    // Over HTTP, by the adapter's tests.
    "fn who_proves_no_secret_learns_nothing(",
];

#[test]
fn every_attack_names_a_test_that_is_there() {
    let mut attacks = 0;
    for line in include_str!("../THREATS.md").lines().filter(|line| line.starts_with("| ")) {
        let last = line.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        if last == "test" || last.starts_with("by construction") {
            continue;
        }
        let test = last.trim_matches('`');
        let is_there = TESTS
            .iter()
            .any(|source| source.contains(&format!("fn {test}(")) || source.contains(&format!("fn {test}<")));
        assert!(is_there, "{test} is not there: {line}");
        attacks += 1;
    }
    assert!(attacks > 30, "{attacks}");
}
