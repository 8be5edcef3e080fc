//! SCIM filters and PATCH, on a user as an identity provider sends it.

use chrono::DateTime;
use divan::{Bencher, black_box};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{Filter, PatchRequest, Registry, Related, create, filterable, patch};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

const FILTERS: [&str; 7] = [
    r#"userName eq "bjensen@example.com""#,
    r#"userName eq "bjensen@example.com" and active eq true"#,
    r#"title pr and (userType eq "Employee" or userType eq "Intern")"#,
    r#"emails[type eq "work" and value co "@example.com"]"#,
    r#"phoneNumbers[type eq "mobile"] or addresses[country eq "US"]"#,
    r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Tour Operations""#,
    r#"meta.lastModified gt "2011-05-13T04:42:34Z" and not (displayName pr)"#,
];

fn user() -> Value {
    json!({
        "userName": "bjensen@example.com",
        "externalId": "701984",
        "name": { "formatted": "Ms. Barbara J Jensen", "familyName": "Jensen", "givenName": "Barbara" },
        "displayName": "Babs Jensen",
        "title": "Tour Guide",
        "userType": "Employee",
        "active": true,
        "emails": [
            { "value": "bjensen@example.com", "type": "work", "primary": true },
            { "value": "babs@jensen.org", "type": "home" },
        ],
        "phoneNumbers": [{ "value": "555-555-5555", "type": "work" }, { "value": "555-555-4444", "type": "mobile" }],
        "addresses": [{ "type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "country": "USA" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": "701984", "department": "Tour Operations", "costCenter": "4130",
        },
    })
}

/// Six operations as Entra ID writes them.
fn operations() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            { "op": "Replace", "path": "active", "value": "False" },
            { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "new@example.com" },
            { "op": "Replace", "path": "name.familyName", "value": "Johnson" },
            { "op": "Add", "path": "phoneNumbers[type eq \"fax\"].value", "value": "555-555-3333" },
            {
                "op": "Replace",
                "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                "value": "Sales",
            },
            { "op": "Remove", "path": "title" },
        ],
    })
}

#[divan::bench]
fn parse_7_filters(bencher: Bencher<'_, '_>) {
    let registry = Registry::standard();
    let users = registry.resource_type("User").unwrap();
    bencher.bench(|| black_box(FILTERS).map(|text| Filter::parse(users, text).unwrap()));
}

#[divan::bench]
fn evaluate_7_filters(bencher: Bencher<'_, '_>) {
    let registry = Registry::standard();
    let users = registry.resource_type("User").unwrap();
    let filters = FILTERS.map(|text| Filter::parse(users, text).unwrap());
    let (stored, _) = create(users, &user(), DateTime::UNIX_EPOCH, &mut UnwrapErr(SysRng)).unwrap();
    let stored = filterable(&stored, &Related::default());
    bencher.bench(|| filters.iter().filter(|filter| filter.matches(black_box(&stored))).count());
}

#[divan::bench]
fn patch_of_6_operations(bencher: Bencher<'_, '_>) {
    let registry = Registry::standard();
    let users = registry.resource_type("User").unwrap();
    let (stored, _) = create(users, &user(), DateTime::UNIX_EPOCH, &mut UnwrapErr(SysRng)).unwrap();
    let body = operations();
    bencher.bench(|| {
        let request = PatchRequest::parse(black_box(&body)).unwrap();
        patch(users, &stored.attributes, &request).unwrap()
    });
}
