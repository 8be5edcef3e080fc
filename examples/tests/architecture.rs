//! The arrows of the house: which package may use which, and what a decision may not know.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const DOMAIN: [&str; 5] = ["analytics-filter", "apikeys", "billing-plans", "expo-theme", "scim-core"];
const LEAVES: [&str; 2] = ["sealed-cursor", "store-contract"];
const ADAPTERS: [&str; 2] = ["vestibule-axum", "vestibule-sqlite"];
/// What a domain crate may name with default features.
const DOMAIN_PACKAGES: [&str; 10] = [
    "blake3",
    "chrono",
    "compact_str",
    "crc32fast",
    "rand_core",
    "serde",
    "serde_json",
    "subtle",
    "thiserror",
    "zeroize",
];
/// One more package each, behind a feature that is off by default.
const OPTIONAL_PACKAGES: [(&str, &str); 4] =
    [("apikeys", "chacha20poly1305"), ("apikeys", "hmac"), ("apikeys", "sha2"), ("expo-theme", "resvg")];
/// Files of a domain crate that hold no decisions.
const AROUND_DECISIONS: [&str; 6] = ["lib", "contract", "memory", "service", "store", "wire"];

/// Normal dependencies by package: name and whether it is optional.
fn packages() -> BTreeMap<String, Vec<(String, bool)>> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (text(&package["name"]), normal_dependencies(package))).collect()
}

fn normal_dependencies(package: &Value) -> Vec<(String, bool)> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| (text(&dependency["name"]), dependency["optional"].as_bool().unwrap()))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The arrows from `package` that `allowed` refuses.
fn forbidden(package: &str, allowed: impl Fn(&str, bool) -> bool) -> Vec<String> {
    let packages = packages();
    let dependencies = packages[package].iter();
    dependencies
        .filter(|(name, optional)| !allowed(name, *optional))
        .map(|(name, _)| format!("{package} -> {name}"))
        .collect()
}

#[test]
fn a_domain_crate_uses_the_leaves_and_the_named_packages_only() {
    for domain in DOMAIN {
        let found = forbidden(domain, |name, optional| {
            DOMAIN_PACKAGES.contains(&name)
                || name == "sealed-cursor"
                || (optional && name == "store-contract")
                || (optional && OPTIONAL_PACKAGES.contains(&(domain, name)))
        });
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_leaf_knows_no_other_room() {
    let rooms: BTreeSet<String> = packages().into_keys().collect();
    for leaf in LEAVES {
        let found = forbidden(leaf, |name, _| !rooms.contains(name));
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn an_adapter_uses_domain_crates_and_no_other_room() {
    let rooms: BTreeSet<String> = packages().into_keys().collect();
    for adapter in ADAPTERS {
        let found = forbidden(adapter, |name, _| !rooms.contains(name) || DOMAIN.contains(&name));
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn the_facade_uses_domain_crates_and_nothing_else() {
    let found = forbidden("vestibule", |name, optional| optional && DOMAIN.contains(&name));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn nothing_depends_on_an_example_or_a_bench() {
    for package in packages().keys() {
        let found = forbidden(package, |name, _| !["examples", "host", "benches"].contains(&name));
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn every_room_is_in_a_class_of_its_own() {
    let outside = ["benches", "examples", "expo-theme-cli", "host", "vestibule"];
    for package in packages().keys() {
        let package = package.as_str();
        let known = [&DOMAIN[..], &LEAVES, &ADAPTERS, &outside].concat().contains(&package);
        assert!(known, "{package} is new: say which arrows it may have");
    }
}

#[test]
fn a_decision_knows_no_store_and_no_wire() {
    let mut found = Vec::new();
    for domain in DOMAIN {
        let src = root().join("crates").join(domain).join("src");
        for file in decision_files(&src) {
            let source = fs::read_to_string(&file).unwrap();
            found.extend(
                forbidden_uses(&source).into_iter().map(|line| format!("{}: {line}", file.display())),
            );
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_forbidden_use_is_seen_in_every_form() {
    for source in [
        "use crate::store::KeyReader;",
        "use crate::{record::Key, store};",
        "use crate::{\n    record::Key,\n    service::Keys,\n};",
        "fn f(s: &crate::memory::MemoryStore) {}",
        "use super::super::wire::Body;",
    ] {
        assert_eq!(forbidden_uses(source).len(), 1, "{source}");
    }
    let fine = "use crate::{change::Change, restore::store_it};\n// crate::store is fine in a comment\n";
    assert!(forbidden_uses(fine).is_empty());
}

fn decision_files(src: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if AROUND_DECISIONS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect()
}

/// Modules around the decisions that a source names, whatever way the path is written.
fn forbidden_uses(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(str::split_whitespace)
        .collect();
    let roots = ["crate::", "super::"];
    let paths = roots.iter().flat_map(|root| code.split(root).skip(1));
    let named = paths.flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => items(group),
        None => vec![first_name(rest)],
    });
    named.filter(|name| AROUND_DECISIONS[2..].contains(&name.as_str())).collect()
}

/// The first name of each item of a use group, whose opening brace has been taken.
fn items(group: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut start = 0;
    let mut items = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(first_name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(first_name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
