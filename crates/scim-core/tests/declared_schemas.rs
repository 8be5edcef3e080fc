//! What a body may say in `schemas` (RFC 7643 §3, RFC 7644 §3.1), where nobody looks and where the profile insists.

mod acme;

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    BulkRequest, DirectoryId, ENTERPRISE_USER, ListRequest, MemoryStore, PatchRequest, Place, Profile,
    Registry, ResourceId, Scim, ScimError, ScimType, ServiceError, TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const STRICT: Profile = Profile {
    answers_patched_groups: false,
    leaves_out_unknown_members: false,
    refuses_unmatched_replace: false,
    adds_replaced_members: false,
    reads_json_in_texts: false,
    requires_schemas: true,
};

fn message(name: &str) -> String {
    format!("urn:ietf:params:scim:api:messages:2.0:{name}")
}

struct Provider {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: DirectoryId,
}

fn provider(profile: Profile) -> Provider {
    let scim = Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile);
    let tenant = TenantId::new("acme").unwrap();
    let directory = acme::directory(&scim, &tenant, DateTime::UNIX_EPOCH).id.clone();
    Provider { scim, tenant, directory }
}

fn refused<T>(outcome: Result<T, ServiceError<ScimError, std::convert::Infallible>>) -> Result<T, ScimError> {
    outcome.map_err(|error| match error {
        ServiceError::Refused(error) => error,
        error => panic!("{error}"),
    })
}

impl Provider {
    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "https://example.com/v2" }
    }

    fn create(&self, body: &Value) -> Result<Value, ScimError> {
        let kind = self.scim.registry().resource_type("User").unwrap();
        let (now, mut rng) = (DateTime::UNIX_EPOCH, UnwrapErr(SysRng));
        refused(block_on(self.scim.create(self.place(), kind, body, now, &mut rng))).map(|answer| answer.body)
    }

    fn replace(&self, id: &Value, body: &Value) -> Result<Value, ScimError> {
        let kind = self.scim.registry().resource_type("User").unwrap();
        let id = ResourceId::named(id.as_str().unwrap());
        refused(block_on(self.scim.replace(self.place(), kind, &id, body, DateTime::UNIX_EPOCH)))
            .map(|answer| answer.body)
    }

    fn patch(&self, id: &Value, body: &Value) -> Result<(), ScimError> {
        let kind = self.scim.registry().resource_type("User").unwrap();
        let id = ResourceId::named(id.as_str().unwrap());
        let request = PatchRequest::parse(body)?;
        let patched = self.scim.modify(self.place(), kind, &id, &request, DateTime::UNIX_EPOCH);
        refused(block_on(patched)).map(|_| ())
    }

    fn bulk(&self, body: Value) -> Result<Value, ScimError> {
        let request = BulkRequest::parse(body)?.under(self.scim.profile())?;
        let (now, mut rng) = (DateTime::UNIX_EPOCH, UnwrapErr(SysRng));
        Ok(block_on(self.scim.bulk(self.place(), &request, now, &mut rng)).body)
    }
}

fn with(mut body: Value, schemas: &Value) -> Value {
    body.as_object_mut().unwrap().insert("schemas".into(), schemas.clone());
    body
}

fn ada() -> Value {
    json!({ "userName": "ada" })
}

#[test]
fn what_is_sent_in_schemas_is_nobodys_concern_unless_the_profile_insists() {
    for schemas in [
        Value::Null,
        json!([]),
        json!([GROUP]),
        json!(["urn:scim:schemas:core:1.0"]),
        json!([USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User", "x", "x"]),
    ] {
        let provider = provider(Profile::default());
        let body = with(json!({ "userName": "ada", ENTERPRISE_USER: { "department": "Engines" } }), &schemas);
        let created = provider.create(&body).unwrap();
        assert_eq!(created["schemas"], json!([USER, ENTERPRISE_USER]), "of {schemas}");
        provider.replace(&created["id"], &body).unwrap();
        let patch =
            with(json!({ "Operations": [{ "op": "add", "path": "title", "value": "Dr" }] }), &schemas);
        provider.patch(&created["id"], &patch).unwrap();
        provider.bulk(with(json!({ "Operations": [] }), &schemas)).unwrap();
        ListRequest::parse_under(Profile::default(), &with(json!({}), &schemas)).unwrap();
    }
}

#[test]
fn what_is_no_list_of_texts_is_refused_in_any_case() {
    for profile in [Profile::default(), Profile::ACCOMMODATING, STRICT] {
        let provider = provider(profile);
        let ada_id = provider.create(&with(ada(), &json!([USER]))).unwrap()["id"].clone();
        for schemas in
            [json!(5), json!(true), json!(USER), json!({ "0": USER }), json!([USER, 5]), json!([null])]
        {
            let operations = json!({ "Operations": [] });
            let outcomes = [
                provider.create(&with(json!({ "userName": "eve" }), &schemas)).map(|_| ()),
                provider.replace(&ada_id, &with(ada(), &schemas)).map(|_| ()),
                provider.patch(&ada_id, &with(operations.clone(), &schemas)),
                provider.bulk(with(operations.clone(), &schemas)).map(|_| ()),
                ListRequest::parse_under(profile, &with(json!({}), &schemas)).map(|_| ()),
                ListRequest::parse(&with(json!({}), &schemas)).map(|_| ()),
                provider.create(&json!({ "userName": "eve", "SCHEMAS": schemas })).map(|_| ()),
            ];
            for outcome in outcomes {
                let refused = outcome.unwrap_err();
                assert_eq!((refused.status, refused.kind), (400, Some(ScimType::InvalidValue)), "{schemas}");
                assert_eq!(refused.detail, "`schemas` must be a list of URNs");
            }
        }
    }
}

#[test]
fn a_resource_names_its_own_schemas_if_the_profile_insists() {
    let provider = provider(STRICT);
    let extended = |inner: Value| json!({ "userName": "ada", ENTERPRISE_USER: inner });
    let department = || extended(json!({ "department": "Engines" }));
    let id = provider.create(&with(ada(), &json!([USER]))).unwrap()["id"].clone();
    for body in [
        with(ada(), &json!([USER])),
        with(ada(), &json!([USER.to_uppercase()])),
        with(ada(), &json!([ENTERPRISE_USER, USER])),
        with(department(), &json!([USER, ENTERPRISE_USER])),
        with(extended(Value::Null), &json!([USER])),
        with(extended(json!({})), &json!([USER])),
    ] {
        provider.replace(&id, &body).unwrap();
    }
    let all: Vec<String> = (0..100_000).map(|n| format!("urn:example:{n}")).collect();
    for (body, named) in [
        (ada(), USER),
        (with(ada(), &Value::Null), USER),
        (with(ada(), &json!([])), USER),
        (with(ada(), &json!([GROUP])), USER),
        (with(ada(), &json!([ENTERPRISE_USER])), USER),
        (with(ada(), &json!([USER, GROUP])), GROUP),
        (with(ada(), &json!([USER, "urn:example:Unknown"])), "urn:example:Unknown"),
        (with(ada(), &json!([USER, USER])), "once"),
        (with(ada(), &json!([USER, USER.to_lowercase()])), "once"),
        (with(department(), &json!([USER])), ENTERPRISE_USER),
        (
            with(json!({ "userName": "a", ENTERPRISE_USER.to_uppercase(): { "x": 1 } }), &json!([USER])),
            ENTERPRISE_USER,
        ),
        (with(ada(), &json!([[USER.to_owned()].as_slice(), &all].concat())), "urn:example:0"),
    ] {
        for refused in [provider.create(&body).unwrap_err(), provider.replace(&id, &body).unwrap_err()] {
            assert_eq!((refused.status, refused.kind), (400, Some(ScimType::InvalidValue)), "{refused}");
            assert!(refused.detail.contains(named), "{refused} names `{named}`");
        }
    }
}

#[test]
fn a_message_names_itself_if_the_profile_insists() {
    let strict = provider(STRICT);
    let id = strict.create(&with(ada(), &json!([USER]))).unwrap()["id"].clone();
    let operations = json!({ "Operations": [{ "op": "add", "path": "title", "value": "Dr" }] });
    let none = json!({ "Operations": [] });
    for schemas in [Value::Null, json!([]), json!([USER]), json!([message("Error")])] {
        let outcomes = [
            ("PatchOp", strict.patch(&id, &with(operations.clone(), &schemas))),
            ("BulkRequest", strict.bulk(with(none.clone(), &schemas)).map(|_| ())),
            ("SearchRequest", ListRequest::parse_under(STRICT, &with(json!({}), &schemas)).map(|_| ())),
        ];
        for (name, outcome) in outcomes {
            let refused = outcome.unwrap_err();
            assert_eq!((refused.status, refused.kind), (400, Some(ScimType::InvalidSyntax)), "{refused}");
            assert!(refused.detail.contains(&message(name)), "{refused}");
        }
    }
    strict.patch(&id, &with(operations, &json!([message("PatchOp")]))).unwrap();
    strict.bulk(with(none, &json!([message("BulkRequest")]))).unwrap();
    ListRequest::parse_under(STRICT, &with(json!({}), &json!([message("SEARCHREQUEST")]))).unwrap();
    ListRequest::parse_under(STRICT, &json!({ "Schemas": [message("SearchRequest")] })).unwrap();
}

/// Each operation is held to what its request alone would be; operations without a body around them have no place for it,
/// as in the example of RFC 7644 §3.7.3.
#[test]
fn the_bodies_in_a_bulk_request_are_held_to_the_same() {
    let strict = provider(STRICT);
    let id = strict.create(&with(ada(), &json!([USER]))).unwrap()["id"].clone();
    let path = format!("/Users/{}", id.as_str().unwrap());
    let operations = json!([{ "op": "add", "path": "title", "value": "Dr" }]);
    let answered = strict
        .bulk(json!({ "schemas": [message("BulkRequest")], "Operations": [
            { "method": "POST", "path": "/Users", "bulkId": "1", "data": { "userName": "eve" } },
            { "method": "POST", "path": "/Users", "bulkId": "2", "data": { "schemas": [USER], "userName": "eve" } },
            { "method": "PUT", "path": path, "data": ada() },
            { "method": "PATCH", "path": path, "data": { "Operations": operations } },
            { "method": "PATCH", "path": path, "data": { "schemas": [message("PatchOp")], "Operations": operations } },
            { "method": "PATCH", "path": path, "data": operations },
        ] }))
        .unwrap();
    let statuses: Vec<_> =
        answered["Operations"].as_array().unwrap().iter().map(|done| &done["status"]).collect();
    assert_eq!(statuses, ["400", "201", "400", "400", "200", "200"]);
}
