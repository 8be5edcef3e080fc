//! Events of changes (RFC 9967).

mod acme;

use std::sync::{Arc, LazyLock, Mutex};

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use scim_core::{
    Asynchronous, BulkRequest, Call, DirectoryId, EventDetail, EventKind, MemoryStore, PatchRequest, Place,
    Precondition, Projection, Registry, ResourceId, Scim, ScimError, ServiceError, TenantId, TransactionId,
    TypeSchema,
};
use serde_json::{Value, json};
use store_contract::block_on;

const ENTERPRISE: &str = scim_core::ENTERPRISE_USER;

static TENANT: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("acme").unwrap());

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

struct Provider {
    scim: Scim<MemoryStore>,
    directory: DirectoryId,
    outbox: Arc<Mutex<Vec<Value>>>,
}

fn provider(detail: Option<EventDetail>) -> Provider {
    let outbox = Arc::new(Mutex::new(Vec::new()));
    let told = outbox.clone();
    let store = MemoryStore::new().with_events(move |tenant, _, event| {
        assert_eq!(tenant, &*TENANT);
        told.lock().unwrap().push(event.claims());
    });
    let badges = json!([
        { "id": "urn:example:Badge", "name": "Badge", "attributes": [
            { "name": "number", "required": true }, { "name": "pin", "returned": "never" },
        ] },
        { "name": "Badge", "endpoint": "/Badges", "schema": "urn:example:Badge" },
    ]);
    let scim = Scim::new(store, Registry::standard().with([badges]).unwrap());
    let scim = match detail {
        Some(detail) => scim.with_events(detail),
        None => scim,
    };
    let directory = acme::directory(&scim, &TENANT, now()).id.clone();
    Provider { scim, directory, outbox }
}

impl Provider {
    fn call(&self) -> Call<'_> {
        Place { tenant: &TENANT, directory: &self.directory, base_url: "https://example.com/v2" }.into()
    }

    fn kind(&self, kind: &str) -> Arc<TypeSchema> {
        self.scim.registry().resource_type(kind).unwrap().clone()
    }

    fn create(&self, call: Call<'_>, kind: &str, body: &Value) -> ResourceId {
        let created = block_on(self.scim.create(call, &self.kind(kind), body, now(), &mut UnwrapErr(SysRng)));
        ResourceId::named(created.unwrap().body["id"].as_str().unwrap())
    }

    fn put(&self, call: Call<'_>, kind: &str, id: &ResourceId, body: &Value) -> Result<(), ScimError> {
        refusal(block_on(self.scim.replace(call, &self.kind(kind), id, body, now())).map(drop))
    }

    fn patch(
        &self,
        call: Call<'_>,
        kind: &str,
        id: &ResourceId,
        operations: &Value,
    ) -> Result<(), ScimError> {
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        refusal(block_on(self.scim.modify(call, &self.kind(kind), id, &request, now())).map(drop))
    }

    fn delete(&self, call: Call<'_>, kind: &str, id: &ResourceId) -> Result<(), ScimError> {
        refusal(block_on(self.scim.delete(call, &self.kind(kind), id, now())))
    }

    fn read(&self, kind: &str, id: &ResourceId) -> Value {
        let place = self.call().place;
        let mut body =
            block_on(self.scim.read(place, &self.kind(kind), id, &Projection::default())).unwrap().body;
        body.as_object_mut().unwrap().remove("meta");
        body
    }

    /// What was told since the last time.
    fn told(&self) -> Vec<Value> {
        std::mem::take(&mut self.outbox.lock().unwrap())
    }

    fn one(&self) -> Value {
        let mut told = self.told();
        assert_eq!(told.len(), 1, "{told:#?}");
        told.remove(0)
    }
}

fn refusal<E: std::error::Error>(outcome: Result<(), ServiceError<ScimError, E>>) -> Result<(), ScimError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(ServiceError::Refused(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn payload(event: &Value, kind: EventKind) -> &Value {
    event["events"].get(kind.uri()).unwrap_or_else(|| panic!("no {kind:?} in {event:#}"))
}

fn kinds(event: &Value) -> Vec<&str> {
    let prefix = "urn:ietf:params:scim:event:";
    event["events"].as_object().unwrap().keys().map(|uri| uri.strip_prefix(prefix).unwrap()).collect()
}

#[test]
fn a_creation_is_told_with_the_representation() {
    let provider = provider(Some(EventDetail::Full));
    let body = json!({ "userName": "ada", "externalId": "00u1", "password": "secret",
        ENTERPRISE: { "department": "D" } });
    let ada = provider.create(provider.call(), "User", &body);
    let event = provider.one();
    assert_eq!(
        event["sub_id"],
        json!({ "format": "scim", "uri": format!("/Users/{ada}"), "externalId": "00u1" })
    );
    assert_eq!((&event["txn"], &event["toe"]), (&json!(format!("{ada}.1")), &json!(1_780_000_000)));
    assert_eq!(kinds(&event), ["prov:create:full"]);
    let created = payload(&event, EventKind::CreateFull);
    assert_eq!((&created["version"], &created["data"]), (&json!("W/\"1\""), &provider.read("User", &ada)));
    assert!(created.get("attributes").is_none() && !event.to_string().contains("secret"));

    let members = json!([{ "value": ada.as_str(), "display": "Ada" }]);
    provider.create(provider.call(), "Group", &json!({ "displayName": "G", "members": members }));
    assert_eq!(payload(&provider.one(), EventKind::CreateFull)["data"]["members"], members);
}

#[test]
fn notices_name_what_changed() {
    let provider = provider(Some(EventDetail::Notice));
    let ada = provider.create(provider.call(), "User", &json!({ "userName": "ada", "title": "T" }));
    let named = |event: &Value, kind| {
        let payload = payload(event, kind);
        assert!(payload.get("data").is_none(), "{payload}");
        payload["attributes"].clone()
    };
    assert_eq!(named(&provider.one(), EventKind::CreateNotice), json!(["id", "title", "userName"]));
    let operations = json!([
        { "op": "remove", "path": "title" },
        { "op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "D" },
        { "op": "replace", "path": "userName", "value": "ada" },
    ]);
    provider.patch(provider.call(), "User", &ada, &operations).unwrap();
    let event = provider.one();
    assert_eq!(named(&event, EventKind::PatchNotice), json!(["title", format!("{ENTERPRISE}:department")]));
    assert_eq!(payload(&event, EventKind::PatchNotice)["version"], "W/\"2\"");
    provider.put(provider.call(), "User", &ada, &json!({ "userName": "Ada" })).unwrap();
    let expected = json!([format!("{ENTERPRISE}:department"), "userName"]);
    assert_eq!(named(&provider.one(), EventKind::PutNotice), expected);
    let group = json!({ "displayName": "G", "members": [{ "value": ada.as_str() }] });
    let group = provider.create(provider.call(), "Group", &group);
    assert_eq!(named(&provider.one(), EventKind::CreateNotice), json!(["id", "displayName", "members"]));
    provider
        .patch(provider.call(), "Group", &group, &json!([{ "op": "remove", "path": "members" }]))
        .unwrap();
    let event = provider.one();
    assert_eq!(named(&event, EventKind::PatchNotice), json!(["members"]));
    assert_eq!(
        (&event["txn"], &payload(&event, EventKind::PatchNotice)["version"]),
        (&json!(format!("{group}.2")), &json!("W/\"2\"")),
        "the version that the commit gives"
    );
}

#[test]
fn changes_of_members_are_told_as_a_patch_of_them() {
    let provider = provider(Some(EventDetail::Full));
    let [ada, eve] =
        ["ada", "eve"].map(|name| provider.create(provider.call(), "User", &json!({ "userName": name })));
    let group = provider.create(provider.call(), "Group", &json!({ "displayName": "G", "externalId": "x" }));
    provider.told();
    let value = json!([{ "value": ada.as_str(), "display": "Ada" }]);
    for (operation, expected) in [
        (
            json!({ "op": "Add", "path": "members", "value": value }),
            json!({ "op": "add", "path": "members", "value": value }),
        ),
        (
            json!({ "op": "replace", "path": "members", "value": [{ "value": eve.as_str() }] }),
            json!({ "op": "replace", "path": "members", "value": [{ "value": eve.as_str() }] }),
        ),
        (
            json!({ "op": "remove", "path": "members", "value": [{ "value": eve.as_str() }] }),
            json!({ "op": "remove", "path": format!("members[value eq \"{eve}\"]") }),
        ),
    ] {
        provider.patch(provider.call(), "Group", &group, &json!([operation])).unwrap();
        let event = provider.one();
        assert_eq!(event["sub_id"]["externalId"], "x");
        let patched = &payload(&event, EventKind::PatchFull)["data"];
        assert_eq!(patched["Operations"], json!([expected]));
        provider.patch(provider.call(), "Group", &group, &json!([operation])).unwrap();
        assert_eq!(provider.told(), Vec::<Value>::new(), "what changes nothing is not told");
    }
    provider
        .put(
            provider.call(),
            "Group",
            &group,
            &json!({ "displayName": "G", "externalId": "x", "members": value }),
        )
        .unwrap();
    assert_eq!(payload(&provider.one(), EventKind::PutFull)["data"], {
        json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": group.as_str(),
            "displayName": "G", "externalId": "x", "members": value })
    });
}

#[test]
fn who_may_sign_in_no_more_or_again_is_told_with_the_change() {
    for (detail, changed) in [(EventDetail::Full, "full"), (EventDetail::Notice, "notice")] {
        let provider = provider(Some(detail));
        let ada = provider.create(provider.call(), "User", &json!({ "userName": "ada", "active": true }));
        provider.told();
        let active = |active: bool| json!([{ "op": "replace", "path": "active", "value": active }]);
        provider.patch(provider.call(), "User", &ada, &active(false)).unwrap();
        let patched = format!("prov:patch:{changed}");
        assert_eq!(kinds(&provider.one()), ["prov:deactivate", &patched]);
        provider.patch(provider.call(), "User", &ada, &active(true)).unwrap();
        assert_eq!(kinds(&provider.one()), ["prov:activate", &patched]);
        provider.put(provider.call(), "User", &ada, &json!({ "userName": "ada", "active": false })).unwrap();
        assert_eq!(kinds(&provider.one()), ["prov:deactivate", &format!("prov:put:{changed}")]);
    }
}

#[test]
fn a_deletion_is_told_without_a_payload() {
    let provider = provider(Some(EventDetail::Full));
    let ada = provider.create(provider.call(), "User", &json!({ "userName": "ada", "externalId": "00u1" }));
    provider.told();
    provider.delete(provider.call(), "User", &ada).unwrap();
    let event = provider.one();
    assert_eq!(event["events"], json!({ EventKind::Delete.uri(): {} }));
    assert_eq!((&event["sub_id"]["externalId"], &event["txn"]), (&json!("00u1"), &json!(format!("{ada}.2"))));
    assert_eq!(provider.delete(provider.call(), "User", &ada).unwrap_err().status, 404);
    assert_eq!(provider.told(), Vec::<Value>::new());
}

#[test]
fn what_is_refused_is_not_told_and_without_events_nothing_is() {
    let provider = provider(Some(EventDetail::Full));
    let ada = provider.create(provider.call(), "User", &json!({ "userName": "ada" }));
    let eve = provider.create(provider.call(), "User", &json!({ "userName": "eve" }));
    provider.told();
    let taken = json!({ "userName": "ADA" });
    assert_eq!(provider.put(provider.call(), "User", &eve, &taken).unwrap_err().status, 409);
    let stale = || Call { precondition: Precondition::parse(Some("W/\"9\""), None), ..provider.call() };
    assert_eq!(provider.put(stale(), "User", &ada, &json!({ "userName": "a" })).unwrap_err().status, 412);
    assert_eq!(provider.delete(stale(), "User", &ada).unwrap_err().status, 412);
    let unknown = json!([{ "op": "add", "path": "members", "value": [{ "value": "nobody" }] }]);
    let group = provider.create(provider.call(), "Group", &json!({ "displayName": "G" }));
    provider.told();
    assert_eq!(provider.patch(provider.call(), "Group", &group, &unknown).unwrap_err().status, 400);
    assert_eq!(provider.told(), Vec::<Value>::new());

    let quiet = self::provider(None);
    let ada = quiet.create(quiet.call(), "User", &json!({ "userName": "ada" }));
    quiet.delete(quiet.call(), "User", &ada).unwrap();
    assert_eq!(quiet.told(), Vec::<Value>::new());
    assert!(quiet.scim.service_provider_config("x").get("securityEvents").is_none());
}

#[test]
fn what_no_answer_has_is_named_and_not_said() {
    let provider = provider(Some(EventDetail::Full));
    let badge = provider.create(provider.call(), "Badge", &json!({ "number": "7", "pin": "1234" }));
    let pin = json!([{ "op": "replace", "path": "pin", "value": "5678" }]);
    provider.patch(provider.call(), "Badge", &badge, &pin).unwrap();
    let both = json!([{ "op": "replace", "value": { "pin": "9999", "number": "8" } }]);
    provider.patch(provider.call(), "Badge", &badge, &both).unwrap();
    let told = provider.told();
    assert_eq!(kinds(&told[1]), ["prov:patch:notice"]);
    assert_eq!(payload(&told[1], EventKind::PatchNotice)["attributes"], json!(["pin"]));
    let operations = json!([{ "op": "replace", "path": "number", "value": "8" }]);
    assert_eq!(payload(&told[2], EventKind::PatchFull)["data"]["Operations"], operations);
    for event in told {
        let text = event.to_string();
        assert!(!["1234", "5678", "9999"].iter().any(|pin| text.contains(pin)), "{text}");
    }
}

/// RFC 9967 §7.4.
#[test]
fn events_are_named_as_they_are_registered() {
    use EventKind::*;
    let all = [
        (FeedAdd, "feed:add"),
        (FeedRemove, "feed:remove"),
        (CreateNotice, "prov:create:notice"),
        (CreateFull, "prov:create:full"),
        (PatchNotice, "prov:patch:notice"),
        (PatchFull, "prov:patch:full"),
        (PutNotice, "prov:put:notice"),
        (PutFull, "prov:put:full"),
        (Delete, "prov:delete"),
        (Activate, "prov:activate"),
        (Deactivate, "prov:deactivate"),
        (AsyncResponse, "misc:asyncresp"),
    ];
    for (kind, name) in all {
        assert_eq!(kind.uri(), format!("urn:ietf:params:scim:event:{name}"));
    }
}

/// RFC 9967 §2.1 and §2.4, whatever happens to a resource.
#[test]
fn a_change_is_told_by_names_or_by_values_and_never_by_both() {
    for detail in [EventDetail::Full, EventDetail::Notice] {
        let provider = provider(Some(detail));
        let ada = provider.create(provider.call(), "User", &json!({ "userName": "ada", "password": "p" }));
        let title = json!([{ "op": "add", "path": "title", "value": "T" }]);
        provider.patch(provider.call(), "User", &ada, &title).unwrap();
        provider.put(provider.call(), "User", &ada, &json!({ "userName": "eve", "active": false })).unwrap();
        provider.delete(provider.call(), "User", &ada).unwrap();
        let told = provider.told();
        assert_eq!(told.len(), 4);
        for event in told {
            assert!(event.get("sub").is_none() && event["txn"].is_string(), "{event}");
            assert_eq!(event["sub_id"], json!({ "format": "scim", "uri": format!("/Users/{ada}") }));
            for (uri, payload) in event["events"].as_object().unwrap() {
                assert!(detail.kinds().iter().any(|kind| kind.uri() == uri), "{uri} is not announced");
                let expected = match uri.rsplit(':').next().unwrap() {
                    "full" => (true, false),
                    "notice" => (false, true),
                    _ => (false, false),
                };
                let has = |name| payload.get(name).is_some();
                assert_eq!((has("data"), has("attributes")), expected, "{event}");
                assert!(!has("sub_id"), "{event}");
            }
        }
    }
}

/// RFC 9967 §4.
#[test]
fn discovery_says_what_is_told() {
    for detail in [EventDetail::Full, EventDetail::Notice] {
        let config = provider(Some(detail)).scim.service_provider_config("x");
        assert_eq!(config["securityEvents"]["asyncRequest"], "request");
        let uris: Vec<_> = detail.kinds().iter().map(|kind| kind.uri()).collect();
        assert_eq!(config["securityEvents"]["eventUris"], json!(uris));
    }
}

#[test]
fn a_host_tells_of_its_own_feeds() {
    let provider = provider(Some(EventDetail::Full));
    let (user, _) = scim_core::create(
        &provider.kind("User"),
        &json!({ "userName": "ada" }),
        now(),
        &mut UnwrapErr(SysRng),
    )
    .unwrap();
    let named = TransactionId::named;
    let joined = scim_core::Event::joined_feed(&provider.kind("User"), &user, named("t1"), now()).claims();
    let left = scim_core::Event::left_feed(&provider.kind("User"), &user, named("t2"), now()).claims();
    assert_eq!(joined["events"], json!({ "urn:ietf:params:scim:event:feed:add": {} }));
    assert_eq!(left["events"], json!({ "urn:ietf:params:scim:event:feed:remove": {} }));
    assert_eq!(joined["sub_id"]["uri"], format!("/Users/{}", user.id));
    // §2.2: what happened at the same version of the resource is not the same.
    assert_eq!((&joined["txn"], &left["txn"]), (&json!("t1"), &json!("t2")));
}

fn asynchronously<'a>(provider: &'a Provider, transaction: &str) -> Call<'a> {
    let transaction = TransactionId::named(transaction);
    provider.call().asynchronous(Asynchronous { transaction, bulk_id: None })
}

/// RFC 9967 §2.5.1.3.
#[test]
fn a_request_that_is_not_waited_for_is_told_of_with_its_change() {
    let provider = provider(Some(EventDetail::Notice));
    let ada = provider.create(
        asynchronously(&provider, "t1"),
        "User",
        &json!({ "userName": "ada", "externalId": "00u1" }),
    );
    let event = provider.one();
    assert_eq!((&event["txn"], kinds(&event)), (&json!("t1"), vec!["misc:asyncresp", "prov:create:notice"]));
    let location = format!("https://example.com/v2/Users/{ada}");
    let expected = json!({ "method": "POST", "status": "201", "version": "W/\"1\"", "location": location });
    assert_eq!(payload(&event, EventKind::AsyncResponse), &expected);

    let title = json!([{ "op": "add", "path": "title", "value": "T" }]);
    provider.patch(asynchronously(&provider, "t2"), "User", &ada, &title).unwrap();
    assert_eq!(kinds(&provider.one()), ["misc:asyncresp", "prov:patch:notice"]);
    provider.patch(asynchronously(&provider, "t3"), "User", &ada, &title).unwrap();
    let event = provider.one();
    let subject = json!({ "format": "scim", "uri": format!("/Users/{ada}"), "externalId": "00u1" });
    assert_eq!((&event["txn"], &event["sub_id"]), (&json!("t3"), &subject));
    let expected = json!({ "method": "PATCH", "status": "200", "version": "W/\"2\"", "location": location });
    assert_eq!(event["events"], json!({ EventKind::AsyncResponse.uri(): expected }), "nothing was changed");

    provider.delete(asynchronously(&provider, "t4"), "User", &ada).unwrap();
    let event = provider.one();
    assert_eq!(kinds(&event), ["misc:asyncresp", "prov:delete"]);
    let expected = json!({ "method": "DELETE", "status": "204", "location": location });
    assert_eq!(payload(&event, EventKind::AsyncResponse), &expected);
}

/// RFC 9967 §2.5.1.2.
#[test]
fn each_operation_of_a_bulk_request_is_told_of_once() {
    let provider = provider(Some(EventDetail::Notice));
    let group = |id: &str, member: &str| {
        json!({ "method": "POST", "path": "/Groups", "bulkId": id,
            "data": { "displayName": id, "members": [{ "value": format!("bulkId:{member}") }] } })
    };
    let user = json!({ "method": "POST", "path": "/Users", "bulkId": "u", "data": { "userName": "u" } });
    let operations = json!([
        { "method": "DELETE", "path": "/Users/nobody" },
        group("a", "b"), group("b", "a"), group("c", "u"), user,
        { "method": "PUT" }, { "method": "DELETE", "path": "/Users/never" },
    ]);
    let request = BulkRequest::parse(json!({ "failOnErrors": 2, "Operations": operations })).unwrap();
    let call = asynchronously(&provider, "t");
    let answered = block_on(provider.scim.bulk(call, &request, now(), &mut UnwrapErr(SysRng)));
    assert_eq!(answered.failure, None);
    assert_eq!(answered.body["Operations"].as_array().unwrap().len(), 6);
    let mut completed: Vec<_> = provider
        .told()
        .iter()
        .filter_map(|event| {
            let payload = event["events"].get(EventKind::AsyncResponse.uri())?;
            let failed = payload["response"].get("detail").is_some();
            assert_eq!(payload["response"].get("status"), failed.then_some(&payload["status"]));
            // RFC 7644 §3.7: where it is, unless a POST failed or nothing can be told apart.
            let found = payload.get("location").and_then(Value::as_str);
            assert_eq!(found.is_some(), !failed || payload["method"] == "DELETE", "{payload}");
            let uri = found.and_then(|location| location.strip_prefix("https://example.com/v2"));
            assert!(uri.is_none_or(|uri| event["sub_id"]["uri"] == uri), "{event}");
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            Some((text(&event["txn"]), text(&payload["bulkId"]), text(&payload["status"]), failed))
        })
        .collect();
    completed.sort();
    let expected = [
        ("t:0", "-", "404", true),
        ("t:1", "a", "201", false),
        ("t:2", "b", "201", false),
        ("t:3", "c", "201", false),
        ("t:4", "u", "201", false),
        ("t:5", "-", "400", true),
        ("t:6", "-", "409", true),
    ];
    let expected = expected.map(|(txn, id, status, failed)| (txn.into(), id.into(), status.into(), failed));
    assert_eq!(completed, expected);
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
        prop::collection::vec(("[a-c]{1,2}", "(work|home)"), 0..3).prop_map(|emails| {
            emails.iter().map(|(value, kind)| json!({ "value": value, "type": kind })).collect()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever does what full events say has the same resource.
    #[test]
    fn a_replica_that_follows_the_events_is_the_same(
        operations in prop::collection::vec((
            "(add|replace|remove)",
            prop::sample::select(vec![
                "title", "emails", "emails[type eq \"work\"].value", "active", "name.givenName",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "nickName",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
            ]),
            value(),
        ), 1..8),
    ) {
        let [origin, replica] = [provider(Some(EventDetail::Full)), provider(None)];
        let body = json!({ "userName": "ada", "emails": [{ "value": "x", "type": "work", "primary": true }] });
        let [there, here] = [&origin, &replica].map(|of| of.create(of.call(), "User", &body));
        origin.told();
        for (op, path, value) in operations {
            let operation = json!([{ "op": op, "path": path, "value": value }]);
            let _ = origin.patch(origin.call(), "User", &there, &operation);
            for event in origin.told() {
                let data = &payload(&event, EventKind::PatchFull)["data"];
                replica.patch(replica.call(), "User", &here, &data["Operations"]).unwrap();
            }
            let without_id = |of: &Provider, id| {
                let mut body = of.read("User", id);
                body.as_object_mut().unwrap().remove("id");
                body
            };
            prop_assert_eq!(without_id(&origin, &there), without_id(&replica, &here), "{}", operation);
        }
    }
}
