//! The examples of RFC 7643 and RFC 7644, as the files in `rfc/` tell them, sent to a service provider.
//!
//! Where the RFCs abbreviate an id or a certificate, the files have one; verified errata are applied.

mod rfc;

use std::collections::{BTreeMap, BTreeSet};

use rfc::{Provider, data, sorted, text};
use scim_core::{ListRequest, Registry, ScimType, discovery};
use serde_json::{Map, Value, json};

const FILTERS: &str = include_str!("rfc/7644-3.4.2.2-filters.json");
const PATCHES: &str = include_str!("rfc/7644-3.5.2-patch.json");
const DOCUMENTS: &str = include_str!("rfc/7643-8-documents.json");
const SCHEMAS: &str = include_str!("rfc/7643-8.7-schemas.json");

/// A provider with the resources that the filters are tried on.
fn filtered() -> (Provider, Value) {
    let (provider, told) = (Provider::new(), data(FILTERS));
    for endpoint in ["Users", "Groups"] {
        for resource in told[endpoint].as_array().unwrap() {
            provider.create(endpoint, &resource["send"], text(&resource["at"]));
        }
    }
    (provider, told)
}

fn found(provider: &Provider, endpoints: &[&str], request: &ListRequest) -> Vec<String> {
    let list = provider.list(endpoints, request).unwrap_or_else(|error| panic!("{request:?}: {error}"));
    let name =
        |resource: &Value| text(resource.get("userName").unwrap_or(&resource["displayName"])).to_owned();
    sorted(list["Resources"].as_array().unwrap().iter().map(name))
}

fn check_filters(set: &str, endpoints: &[&str], count: usize) {
    let (provider, told) = filtered();
    let examples = told[set].as_array().unwrap();
    assert_eq!(examples.len(), count);
    for example in examples {
        let request = ListRequest { filter: Some(text(&example["filter"]).into()), ..ListRequest::default() };
        let expected = sorted(example["finds"].as_array().unwrap().iter().map(|name| text(name).to_owned()));
        assert_eq!(found(&provider, endpoints, &request), expected, "{}", example["filter"]);
    }
}

#[test]
fn every_filter_of_figure_2_finds_what_it_means() {
    check_filters("figure 2", &["Users"], 17);
}

#[test]
fn names_and_operators_of_filters_are_understood_in_any_case() {
    check_filters("names and operators in any case (§3.4.2.2)", &["Users"], 2);
}

#[test]
fn a_filter_at_the_root_finds_users_and_groups() {
    check_filters("at the root (§3.4.2.1)", &["Users", "Groups"], 1);
}

#[test]
fn the_search_of_figure_4_finds_users_and_groups() {
    let (provider, told) = filtered();
    let example = &told["at the root, in a body (§3.4.3, figure 4)"][0];
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": ["displayName", "userName"],
        "filter": example["filter"],
        "startIndex": 1,
        "count": 10,
    });
    let request = ListRequest::parse(&body).unwrap();
    let expected = sorted(example["finds"].as_array().unwrap().iter().map(|name| text(name).to_owned()));
    assert_eq!(found(&provider, &["Users", "Groups"], &request), expected);
    let list = provider.list(&["Users", "Groups"], &request).unwrap();
    for resource in list["Resources"].as_array().unwrap() {
        let names: BTreeSet<_> = resource.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(names.is_subset(&["schemas", "id", "displayName", "userName"].into()), "{names:?}");
    }
}

#[test]
fn the_filter_that_the_rfc_prints_without_quotes_is_refused() {
    let (provider, told) = filtered();
    let [example] = told["refused"].as_array().unwrap().as_slice() else { panic!("more than one") };
    let request = ListRequest { filter: Some(text(&example["filter"]).into()), ..ListRequest::default() };
    let refused = provider.list(&["Users", "Groups"], &request).unwrap_err();
    assert_eq!(refused.kind, Some(ScimType::InvalidFilter), "{}", example["why"]);
}

#[test]
fn every_patch_of_section_3_5_2_makes_what_it_says() {
    let people = data(PATCHES)["people"].as_object().unwrap().clone();
    let count = data(PATCHES)["examples"].as_array().unwrap().len();
    assert_eq!(count, 11);
    for n in 0..count {
        let provider = Provider::new();
        let mut told = PATCHES.to_owned();
        for (id, person) in &people {
            let created = provider.create("Users", person, "2011-05-13T04:42:34Z");
            told = told.replace(id.as_str(), text(&created["id"]));
        }
        let example = &data(&told)["examples"][n];
        let endpoint = text(&example["endpoint"]);
        let created = provider.create(endpoint, &example["before"], "2011-05-13T04:42:34Z");
        let after = provider.patch(endpoint, text(&created["id"]), &example["Operations"]).unwrap();
        assert_eq!(said(endpoint, after), example["after"], "{}", example["section"]);
    }
}

/// What a client said of a resource: without what the service provider adds.
fn said(endpoint: &str, mut resource: Value) -> Value {
    let object = resource.as_object_mut().unwrap();
    for name in ["schemas", "id", "meta"] {
        assert!(object.remove(name).is_some(), "{endpoint} without {name}");
    }
    by_name(&mut resource);
    resource
}

/// Members have no order.
fn by_name(group: &mut Value) {
    if let Some(members) = group.get_mut("members").and_then(Value::as_array_mut) {
        members.sort_by_key(|member| member["display"].to_string());
    }
}

#[test]
fn every_path_of_figure_8_is_understood_or_refused_with_a_reason() {
    let told = data(PATCHES);
    let paths = told["paths of figure 8"].as_array().unwrap();
    assert_eq!(paths.len(), 5);
    for example in paths {
        let provider = Provider::new();
        let (endpoint, path) = (text(&example["endpoint"]), &example["path"]);
        let created = provider.create(
            endpoint,
            &json!({ "userName": "babs", "displayName": "Tour Guides" }),
            "2011-05-13T04:42:34Z",
        );
        let remove = json!([{ "op": "remove", "path": path }]);
        let kind = provider.patch(endpoint, text(&created["id"]), &remove).err().and_then(|error| error.kind);
        assert_eq!(kind.map(ScimType::as_str), example["refused"].as_str(), "{path}: {}", example["why"]);
    }
}

/// Sends a document of RFC 7643 §8 and compares what is read with it.
///
/// `not_kept` are paths that the service provider sets itself or never returns.
fn check_document(endpoint: &str, document: &Value, not_kept: &[&str]) {
    let provider = Provider::new();
    let mut told = document.to_string();
    for person in document["members"].as_array().into_iter().flatten() {
        let created =
            provider.create("Users", &json!({ "userName": person["value"] }), "2010-01-23T04:56:22Z");
        told = told.replace(text(&person["value"]), text(&created["id"]));
    }
    let mut expected = data(&told);
    let created = provider.create(endpoint, &expected, text(&document["meta"]["created"]));
    let mut read = provider.read(endpoint, text(&created["id"]));
    assert_eq!(read["meta"]["resourceType"], expected["meta"]["resourceType"]);
    assert_eq!(read["meta"]["created"], "2010-01-23T04:56:22.000Z");
    let location = format!("https://example.com/v2/{endpoint}/{}", text(&read["id"]));
    assert_eq!(read["meta"]["location"], location);
    for path in ["/id", "/meta"].iter().chain(not_kept) {
        remove(&mut expected, path);
    }
    for path in ["/id", "/meta", "/members/0/type", "/members/1/type"] {
        remove(&mut read, path);
    }
    by_name(&mut read);
    assert_eq!(read, expected);
}

/// Removes what a JSON pointer leads to.
fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
    parent.and_then(|parent| parent.remove(name));
}

#[test]
fn the_minimal_user_of_8_1_is_kept() {
    check_document("Users", &data(DOCUMENTS)["8.1: a minimal user"], &[]);
}

#[test]
fn the_full_user_of_8_2_is_kept() {
    // Groups are read-only and follow from memberships; nobody reads a password.
    check_document("Users", &data(DOCUMENTS)["8.2: a full user"], &["/groups", "/password"]);
}

#[test]
fn the_enterprise_user_of_8_3_is_kept() {
    // §4.3: the name of a manager is read-only.
    let manager = format!("/{}/manager/displayName", scim_core::ENTERPRISE_USER);
    check_document("Users", &data(DOCUMENTS)["8.3: an enterprise user"], &["/groups", "/password", &manager]);
}

#[test]
fn the_group_of_8_4_is_kept() {
    check_document("Groups", &data(DOCUMENTS)["8.4: a group"], &[]);
}

/// The values differ by what each service provider can do; names and types do not.
#[test]
fn the_service_provider_config_has_what_8_5_has() {
    let theirs = types(&data(DOCUMENTS)["8.5: what the service provider can do"]);
    let ours = types(&discovery::service_provider_config("https://example.com/v2"));
    let missing: BTreeSet<_> =
        theirs.iter().filter(|(path, _)| !ours.contains_key(*path)).map(|(path, _)| &**path).collect();
    let explained = [
        ("documentationUri", "optional (§5): the host's documentation is not ours to name"),
        ("authenticationSchemes.documentationUri", "optional (§5), likewise"),
        ("meta.created", "the document follows from the program: nobody creates or changes it"),
        ("meta.lastModified", "likewise"),
        ("meta.version", "likewise"),
    ];
    assert_eq!(missing, explained.map(|(path, _)| path).into());
    for (path, kind) in &theirs {
        assert!(ours.get(path).is_none_or(|ours| ours == kind), "{path}");
    }
}

/// The type of each value by its path; of a list, those of its elements.
fn types(document: &Value) -> BTreeMap<String, &'static str> {
    let mut types = BTreeMap::new();
    collect_types(document, "", &mut types);
    types
}

fn collect_types(value: &Value, path: &str, types: &mut BTreeMap<String, &'static str>) {
    let kind = match value {
        Value::Null => panic!("{path} is null"),
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(elements) => {
            return elements.iter().for_each(|element| collect_types(element, path, types));
        }
        Value::Object(object) => {
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect_types(value, &path, types);
            }
            "complex"
        }
    };
    if !path.is_empty() {
        types.insert(path.to_owned(), kind);
    }
}

#[test]
fn the_resource_types_are_those_of_8_6() {
    let theirs = data(DOCUMENTS)["8.6: types of resources"].as_array().unwrap().clone();
    let ours = discovery::resource_types(&Registry::standard(), "https://example.com/v2");
    assert_eq!(ours.len(), theirs.len());
    for (mut ours, mut theirs) in ours.into_iter().zip(theirs) {
        remove(&mut ours, "/description");
        remove(&mut theirs, "/description");
        // The example says that every user has the enterprise extension; ours may do without.
        if let Some(required) = theirs.pointer_mut("/schemaExtensions/0/required") {
            *required = false.into();
        }
        assert_eq!(ours, theirs);
    }
}

/// Where our schemas differ from those that §8.7.1 prints, and why.
const DEVIATIONS: [(&str, &str, &str); 12] = [
    ("EnterpriseUser manager.value", "caseExact", "it is an id, and an id is (erratum 8472)"),
    ("EnterpriseUser manager.$ref", "caseExact", "a reference is (§2.3.7)"),
    ("Group displayName", "required", "§4.2 requires it"),
    ("Group members.$ref", "caseExact", "a reference is (§2.3.7)"),
    ("Group members.display", "there or not", "the group of §8.4 has it, and identity providers send it"),
    ("User addresses.primary", "there or not", "the user of §8.2 has it, as every list may (§2.4)"),
    ("User groups.$ref", "caseExact", "a reference is (§2.3.7)"),
    ("User groups.$ref", "referenceTypes", "nobody is a member of a user (erratum 8471)"),
    ("User password", "caseExact", "nobody compares it, and case counts in it"),
    ("User photos.value", "caseExact", "a reference is (§2.3.7)"),
    ("User profileUrl", "caseExact", "a reference is (§2.3.7)"),
    ("User x509Certificates.value", "caseExact", "a binary value is (§2.3.6)"),
];

#[test]
fn the_schemas_have_the_attributes_and_characteristics_of_8_7_1() {
    let told = data(SCHEMAS);
    let mut deviations = BTreeSet::new();
    for schema in Registry::standard().schemas() {
        let schema = serde_json::to_value(&**schema).unwrap();
        let ours = characteristics(&schema["attributes"]);
        let theirs = told[text(&schema["id"])].as_object().unwrap();
        for path in ours.keys().chain(theirs.keys()) {
            let named = format!("{} {path}", text(&schema["name"]));
            let (Some(ours), Some(theirs)) = (ours.get(path), theirs.get(path).map(with_defaults)) else {
                deviations.insert((named, "there or not".to_owned()));
                continue;
            };
            let differing = ours.iter().filter(|(name, value)| theirs.get(*name) != Some(value));
            deviations.extend(differing.map(|(name, _)| (named.clone(), name.clone())));
        }
    }
    let explained = DEVIATIONS.map(|(path, characteristic, _)| (path.to_owned(), characteristic.to_owned()));
    assert_eq!(deviations, explained.into());
}

/// The characteristics of attributes and their sub-attributes, by path.
fn characteristics(attributes: &Value) -> BTreeMap<String, Map<String, Value>> {
    let mut by_path = BTreeMap::new();
    for attribute in attributes.as_array().into_iter().flatten() {
        let name = text(&attribute["name"]).to_owned();
        for (sub, value) in attribute.get("subAttributes").map(characteristics).unwrap_or_default() {
            by_path.insert(format!("{name}.{sub}"), value);
        }
        by_path.insert(name, with_defaults(attribute));
    }
    by_path
}

/// With the defaults of RFC 7643 §2.2 where nothing is said, and without what is no characteristic.
fn with_defaults(attribute: &Value) -> Map<String, Value> {
    let defaults = json!({
        "type": "string", "multiValued": false, "required": false, "caseExact": false, "mutability": "readWrite",
        "returned": "default", "uniqueness": "none", "canonicalValues": [], "referenceTypes": [],
    });
    let mut characteristics = defaults.as_object().unwrap().clone();
    for (name, value) in &mut characteristics {
        if let Some(said) = attribute.get(name) {
            *value = said.clone();
        }
    }
    characteristics
}

/// What §8.7.2 prints of the documents of discovery and §5, §6 and §7 don't, or the other way round.
const FORGOTTEN: [(&str, &str); 4] = [
    ("ServiceProviderConfig etag", "§5 requires it"),
    ("ServiceProviderConfig authenticationSchemes.type", "§5 requires it"),
    ("ServiceProviderConfig authenticationSchemes.primary", "the example of §8.5 has it"),
    (
        "ResourceType schemaExtensions",
        "required there; a group has none, and its example in §8.6 leaves it out",
    ),
];

#[test]
fn the_documents_of_discovery_are_made_as_8_7_2_says() {
    let (registry, base) = (Registry::standard(), "https://example.com/v2");
    let config = vec![discovery::service_provider_config(base)];
    let mut forgotten = BTreeSet::new();
    for (name, documents) in [
        ("ServiceProviderConfig", config),
        ("ResourceType", discovery::resource_types(&registry, base)),
        ("Schema", discovery::schemas(&registry, base)),
    ] {
        let told = data(SCHEMAS);
        let theirs = told[format!("urn:ietf:params:scim:schemas:core:2.0:{name}")].as_object().unwrap();
        for mut document in documents {
            for common in ["schemas", "meta"] {
                assert!(
                    document.as_object_mut().unwrap().remove(common).is_some(),
                    "{name} without {common}"
                );
            }
            let strange = check_made_as(theirs, &document, "");
            forgotten.extend(strange.into_iter().map(|path| format!("{name} {path}")));
        }
    }
    assert_eq!(forgotten, FORGOTTEN.map(|(path, _)| path.to_owned()).into());
}

/// Paths that are required and absent, or present and not told.
fn check_made_as(theirs: &Map<String, Value>, object: &Value, within: &str) -> BTreeSet<String> {
    let mut strange = BTreeSet::new();
    let path_of = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
    for (name, value) in object.as_object().unwrap() {
        let path = path_of(name);
        let Some(told) = theirs.get(&path).map(with_defaults) else {
            strange.insert(path);
            continue;
        };
        let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for element in elements {
            let fits = match text(&told["type"]) {
                "complex" => element.is_object(),
                "boolean" => element.is_boolean(),
                "integer" => element.is_u64(),
                _ => element.is_string(),
            };
            assert!(fits, "{path} is {element}");
            if element.is_object() {
                strange.extend(check_made_as(theirs, element, &path));
            }
        }
    }
    let direct = theirs.iter().filter(|(path, _)| match path.rsplit_once('.') {
        Some((parent, _)) => parent == within,
        None => within.is_empty(),
    });
    let required = direct.filter(|(_, told)| told["required"] == true);
    let absent = required.filter(|(path, _)| object.get(path.rsplit('.').next().unwrap()).is_none());
    strange.extend(absent.map(|(path, _)| path.clone()));
    strange
}
