//! What RFC 7643 and RFC 7644 demand and the other tests do not hold, clause by clause.

#[expect(dead_code, reason = "the examples of the RFCs need more of it")]
mod rfc;

use rfc::{Provider, sorted, text};
use scim_core::{ListRequest, ScimType};
use serde_json::{Value, json};

const LONG_AGO: &str = "2011-05-13T04:42:34Z";

fn filtered(provider: &Provider, endpoints: &[&str], filter: &str) -> Vec<String> {
    let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
    let list =
        provider.list(endpoints, &request).unwrap_or_else(|error| panic!("{filter}: {}", error.detail));
    let name = |found: &Value| text(found.get("userName").unwrap_or(&found["displayName"])).to_owned();
    let names = sorted(list["Resources"].as_array().unwrap().iter().map(name));
    assert_eq!(list["totalResults"], names.len(), "{filter}");
    names
}

/// RFC 7644 §3.4.2.1: an attribute that is not part of a type counts as one without a value.
#[test]
fn at_the_root_an_attribute_of_another_type_has_no_value() {
    let provider = Provider::new();
    let enterprise = scim_core::ENTERPRISE_USER;
    let ada = json!({ "userName": "ada", "displayName": "Ada", enterprise: { "department": "D" } });
    let ada = provider.create("Users", &ada, LONG_AGO)["id"].clone();
    provider.create("Users", &json!({ "userName": "eve" }), LONG_AGO);
    provider.create("Groups", &json!({ "displayName": "G", "members": [{ "value": ada }] }), LONG_AGO);
    provider.create("Groups", &json!({ "displayName": "H" }), LONG_AGO);
    let member = format!("members.value eq {ada}");
    for (filter, found) in [
        ("userName eq \"ada\"", &["ada"][..]),
        ("userName eq \"ada\" or displayName eq \"g\"", &["G", "ada"]),
        ("userName eq \"ada\" and displayName eq \"g\"", &[]),
        ("not (userName pr)", &["G", "H"]),
        ("not (userName eq \"ada\")", &["G", "H", "eve"]),
        ("userName ne \"ada\"", &["G", "H", "eve"]),
        ("userName eq null", &["G", "H"]),
        (&format!("userName eq \"eve\" or {member}"), &["G", "eve"]),
        (&format!("not ({member}) and not (userName pr)"), &["H"]),
        ("emails[type eq \"work\"] or members pr", &["G"]),
        ("not (emails[type eq \"work\"]) and displayName pr", &["G", "H", "ada"]),
        (&format!("{enterprise}:department eq \"d\" or displayName eq \"H\""), &["H", "ada"]),
        ("department eq \"D\" or members pr", &["G", "ada"]),
        (
            "urn:ietf:params:scim:schemas:core:2.0:Group:displayName pr or userName eq \"eve\"",
            &["G", "H", "eve"],
        ),
        ("schemas co \"enterprise\" or members pr", &["G", "ada"]),
        ("meta.resourceType eq \"Group\" or userName sw \"e\"", &["G", "H", "eve"]),
    ] {
        assert_eq!(filtered(&provider, &["Users", "Groups"], filter), found, "{filter}");
    }
    for filter in ["nobodyHasIt pr", "userName eq \"ada\" or nobodyHasIt pr", "members pr and (name.nope pr)"]
    {
        let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
        let refused = provider.list(&["Users", "Groups"], &request).unwrap_err();
        assert_eq!(refused.kind, Some(ScimType::InvalidFilter), "{filter}");
    }
    let request = ListRequest { filter: Some("members pr".into()), ..ListRequest::default() };
    assert_eq!(provider.list(&["Users"], &request).unwrap_err().kind, Some(ScimType::InvalidFilter));
}

/// RFC 7644 §3.4.2.2 as errata 4690, 7319 and 7322 read it.
#[test]
fn a_filter_is_written_as_the_errata_say() {
    let provider = Provider::new();
    let email = |kind: &str, value: &str| json!({ "type": kind, "value": value });
    let emails = json!([email("home", "ada@example.com"), email("work", "ada@example.org")]);
    provider.create("Users", &json!({ "userName": "ada", "emails": emails }), LONG_AGO);
    provider.create("Users", &json!({ "userName": "eve", "emails": [email("home", "eve@x")] }), LONG_AGO);
    let either = "emails[type eq \"work\" or (type eq \"home\" and value ew \"@example.com\")]";
    for (filter, found) in [
        (either, &["ada"][..]),
        ("emails[not (type eq \"home\") and value pr]", &["ada"]),
        ("emails[not(type eq \"home\")]", &["ada"]),
        ("not(userName eq \"ada\")", &["eve"]),
        ("not (userName eq \"ada\")", &["eve"]),
        ("NOT  ( not(userName eq \"ada\") )", &["ada"]),
    ] {
        assert_eq!(filtered(&provider, &["Users"], filter), found, "{filter}");
    }
    for nested in [
        "emails[type eq \"work\" and emails[value pr]]",
        "emails[value pr] [type pr]",
        "emails[emails.value pr]",
    ] {
        let request = ListRequest { filter: Some(nested.into()), ..ListRequest::default() };
        let refused = provider.list(&["Users"], &request).unwrap_err();
        assert_eq!(refused.kind, Some(ScimType::InvalidFilter), "{nested}");
    }
}
