//! The list of what SCIM's RFCs demand names tests that are there.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")
}

/// The sources of the tests that a name before `::` stands for.
fn sources(module: &str) -> Vec<PathBuf> {
    let core = crates().join("scim-core");
    if module == "contract" {
        let beneath = fs::read_dir(core.join("src/contract")).unwrap();
        let beneath = beneath.map(|entry| entry.unwrap().path());
        return beneath.chain([core.join("src/contract.rs")]).collect();
    }
    vec![match module.strip_prefix("axum/") {
        Some(module) => crates().join("vestibule-axum/tests").join(format!("{module}.rs")),
        None => core.join("tests").join(format!("{module}.rs")),
    }]
}

#[test]
fn every_test_that_the_requirements_name_is_there() {
    let list = fs::read_to_string(crates().join("scim-core/REQUIREMENTS.md")).unwrap();
    let rows: Vec<_> = list.lines().filter(|line| line.starts_with("| §")).collect();
    assert!(rows.len() > 80, "{} rows", rows.len());
    let mut named = 0;
    for row in rows {
        for name in row.split('`').skip(1).step_by(2).filter(|name| name.contains("::")) {
            let (module, test) = name.split_once("::").unwrap();
            let function = format!("fn {test}");
            let is_there = |source: PathBuf| {
                let text =
                    fs::read_to_string(&source).unwrap_or_else(|_| panic!("{name}: no {}", source.display()));
                let mut after = text.split(&function).skip(1);
                after.any(|after| after.starts_with(['(', '<']))
            };
            assert!(sources(module).into_iter().any(is_there), "{name} is not there: {row}");
            named += 1;
        }
    }
    assert!(named > 100, "{named} tests are named");
}
