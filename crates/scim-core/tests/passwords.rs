//! Passwords go to the host and nowhere else (RFC 7643 §4.1.1).

mod acme;

use std::sync::{Arc, LazyLock, Mutex};

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use scim_core::{
    BulkRequest, DirectoryId, EventDetail, EventKind, Filter, ListRequest, MemoryStore, PatchRequest, Place,
    Profile, Projection, Registry, Related, ResourceId, Scim, ScimError, ScimType, ServiceError,
    StoredPassword, TenantId, TypeSchema, filterable,
};
use serde_json::{Value, json};
use store_contract::block_on;

const MARK: &str = "correct-horse";

static TENANT: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("acme").unwrap());

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

struct Provider {
    scim: Scim<MemoryStore>,
    directory: DirectoryId,
    /// Whose, and what the host keeps.
    kept: Arc<Mutex<Vec<(ResourceId, String)>>>,
    events: Arc<Mutex<Vec<Value>>>,
}

/// What the host of these tests keeps, which does not hold the password itself.
fn kept(clear: &str) -> String {
    format!("kept:{}", clear.chars().rev().collect::<String>())
}

fn provider(profile: Profile) -> Provider {
    let (passwords, events) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let (keep, tell) = (passwords.clone(), events.clone());
    let store = MemoryStore::new()
        .with_passwords(move |tenant, id, password| {
            assert_eq!(tenant, &*TENANT);
            keep.lock().unwrap().push((id.clone(), password.as_str().to_owned()));
        })
        .with_events(move |_, _, event| tell.lock().unwrap().push(event.claims()));
    let scim = Scim::new(store, Registry::standard())
        .with_profile(profile)
        .with_events(EventDetail::Full)
        .with_passwords(|tenant, clear| async move {
            assert_eq!(tenant, *TENANT);
            assert_eq!(format!("{clear:?}"), "ClearPassword(..)");
            if clear.reveal().chars().count() < 4 {
                return Err(ScimError::bad(ScimType::InvalidValue, "a password must have 4 characters"));
            }
            Ok(StoredPassword::new(&kept(clear.reveal())))
        });
    let directory = directory(&scim);
    Provider { scim, directory, kept: passwords, events }
}

fn directory(scim: &Scim<MemoryStore>) -> DirectoryId {
    acme::directory(scim, &TENANT, now()).id.clone()
}

fn refusal<T, E: std::error::Error>(outcome: Result<T, ServiceError<ScimError, E>>) -> Result<T, ScimError> {
    match outcome {
        Ok(done) => Ok(done),
        Err(ServiceError::Refused(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

impl Provider {
    fn place(&self) -> Place<'_> {
        Place { tenant: &TENANT, directory: &self.directory, base_url: "https://example.com/v2" }
    }

    fn users(&self) -> Arc<TypeSchema> {
        self.scim.registry().resource_type("User").unwrap().clone()
    }

    fn create(&self, body: &Value) -> Result<Value, ScimError> {
        let (users, mut rng) = (self.users(), UnwrapErr(SysRng));
        Ok(refusal(block_on(self.scim.create(self.place(), &users, body, now(), &mut rng)))?.body)
    }

    fn ada(&self) -> ResourceId {
        ResourceId::named(self.create(&json!({ "userName": "ada" })).unwrap()["id"].as_str().unwrap())
    }

    fn put(&self, id: &ResourceId, body: &Value) -> Result<Value, ScimError> {
        Ok(refusal(block_on(self.scim.replace(self.place(), &self.users(), id, body, now())))?.body)
    }

    fn patch(&self, id: &ResourceId, operations: &Value) -> Result<(), ScimError> {
        let request = PatchRequest::parse(&json!({ "Operations": operations }))?;
        refusal(block_on(self.scim.modify(self.place(), &self.users(), id, &request, now()))).map(drop)
    }

    fn read(&self, id: &ResourceId) -> Value {
        let all = Projection::parse(&self.users(), Some("password,userName,meta"), None);
        block_on(self.scim.read(self.place(), &self.users(), id, &all)).unwrap().body
    }

    fn kept(&self) -> Vec<(ResourceId, String)> {
        std::mem::take(&mut self.kept.lock().unwrap())
    }
}

#[test]
fn every_way_to_set_a_password_hands_it_to_the_host_once() {
    let provider = provider(Profile::default());
    let created = provider.create(&json!({ "userName": "eve", "Password": MARK })).unwrap();
    let eve = ResourceId::named(created["id"].as_str().unwrap());
    assert_eq!(provider.kept(), [(eve, kept(MARK))]);
    let ada = provider.ada();
    provider.put(&ada, &json!({ "userName": "ada", "password": MARK })).unwrap();
    assert_eq!(provider.kept(), [(ada.clone(), kept(MARK))]);
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:password";
    for operation in [
        json!({ "op": "add", "path": "password", "value": MARK }),
        json!({ "op": "Replace", "path": "PASSWORD", "value": MARK }),
        json!({ "op": "replace", "path": urn, "value": MARK }),
        json!({ "op": "replace", "value": { "password": MARK, "title": "T" } }),
        json!({ "op": "add", "value": { urn: MARK } }),
    ] {
        provider.patch(&ada, &json!([operation])).unwrap();
        assert_eq!(provider.kept(), [(ada.clone(), kept(MARK))], "{operation}");
    }
    let twice = json!([
        { "op": "replace", "path": "password", "value": "first" },
        { "op": "replace", "value": { "password": MARK } },
        { "op": "remove", "path": "password" },
    ]);
    provider.patch(&ada, &twice).unwrap();
    assert_eq!(provider.kept(), [(ada.clone(), kept(MARK))], "the last one counts");
    let bulk = json!({ "Operations": [
        { "method": "POST", "path": "/Users", "bulkId": "x", "data": { "userName": "x", "password": MARK } },
        { "method": "PUT", "path": "/Users/bulkId:x", "data": { "userName": "x", "password": "second" } },
        { "method": "PATCH", "path": "/Users/bulkId:x", "data": [{ "op": "add", "path": "password", "value": "third" }] },
    ] });
    let bulk = BulkRequest::parse(bulk).unwrap();
    let answered = block_on(provider.scim.bulk(provider.place(), &bulk, now(), &mut UnwrapErr(SysRng)));
    let expected = [MARK, "second", "third"].map(kept);
    let handed: Vec<_> = provider.kept().into_iter().map(|(_, password)| password).collect();
    assert_eq!(handed, expected, "{}", answered.body);
}

#[test]
fn a_password_alone_is_a_change_that_is_named_and_not_said() {
    let provider = provider(Profile::default());
    let ada = provider.ada();
    provider.events.lock().unwrap().clear();
    provider.patch(&ada, &json!([{ "op": "replace", "path": "password", "value": MARK }])).unwrap();
    provider.put(&ada, &json!({ "userName": "ada", "password": MARK })).unwrap();
    assert_eq!(provider.read(&ada)["meta"]["version"], "W/\"3\"", "nobody compares passwords");
    let events = provider.events.lock().unwrap();
    let notice = &events[0]["events"][EventKind::PatchNotice.uri()];
    assert_eq!(notice, &json!({ "attributes": ["password"], "version": "W/\"2\"" }));
}

#[test]
fn what_sets_no_password_hands_none_over() {
    let provider = provider(Profile::default());
    let ada = provider.ada();
    for body in [json!({ "userName": "ada", "password": null }), json!({ "userName": "ada", "password": "" })]
    {
        provider.put(&ada, &body).unwrap();
    }
    for operation in [
        json!({ "op": "remove", "path": "password" }),
        json!({ "op": "replace", "path": "password", "value": null }),
        json!({ "op": "replace", "path": "title", "value": "password" }),
    ] {
        provider.patch(&ada, &json!([operation])).unwrap();
    }
    assert_eq!(provider.kept(), []);
}

#[test]
fn a_password_that_is_refused_or_whose_change_fails_is_not_kept() {
    let provider = provider(Profile::default());
    let ada = provider.ada();
    provider.create(&json!({ "userName": "eve" })).unwrap();
    let before = provider.read(&ada);
    let set = |value: Value| json!([{ "op": "add", "value": { "title": "T", "password": value } }]);
    for wrong in [json!("abc"), json!(7), json!({}), json!([MARK])] {
        let refused = provider.patch(&ada, &set(wrong.clone())).unwrap_err();
        assert_eq!((refused.status, refused.kind), (400, Some(ScimType::InvalidValue)), "{wrong}");
        let refused = provider.put(&ada, &json!({ "userName": "a", "password": wrong })).unwrap_err();
        assert_eq!(refused.status, 400, "{wrong}");
        assert_eq!(provider.create(&json!({ "userName": "b", "password": wrong })).unwrap_err().status, 400);
    }
    let taken = provider.put(&ada, &json!({ "userName": "EVE", "password": MARK })).unwrap_err();
    assert_eq!(taken.status, 409);
    assert_eq!((provider.read(&ada), provider.kept()), (before, Vec::new()));
}

#[test]
fn without_a_host_that_keeps_them_passwords_are_dropped() {
    let scim = Scim::new(MemoryStore::new(), Registry::standard());
    let directory = directory(&scim);
    let config = scim.service_provider_config("x");
    assert_eq!(config["changePassword"]["supported"], false);
    let place = Place { tenant: &TENANT, directory: &directory, base_url: "x" };
    let users = scim.registry().resource_type("User").unwrap();
    let body = json!({ "userName": "ada", "password": MARK });
    let ada = block_on(scim.create(place, users, &body, now(), &mut UnwrapErr(SysRng))).unwrap();
    let id = ResourceId::named(ada.body["id"].as_str().unwrap());
    let again = block_on(scim.replace(place, users, &id, &body, now())).unwrap();
    assert_eq!(again.body, ada.body, "nothing changes");
    assert_eq!(
        provider(Profile::default()).scim.service_provider_config("x")["changePassword"]["supported"],
        true
    );
}

#[test]
fn a_password_that_looks_like_json_is_a_text() {
    let provider = provider(Profile { reads_json_in_texts: true, ..Profile::default() });
    let ada = provider.ada();
    let password = "{\"password\":\"x\"}";
    provider.patch(&ada, &json!([{ "op": "replace", "path": "password", "value": password }])).unwrap();
    assert_eq!(provider.kept(), [(ada.clone(), kept(password))]);
    let text = json!({ "password": MARK }).to_string();
    provider.patch(&ada, &json!([{ "op": "replace", "value": text }])).unwrap();
    assert_eq!(provider.kept(), [(ada, kept(MARK))]);
}

#[test]
fn nobody_finds_a_user_by_its_password() {
    let provider = provider(Profile::default());
    provider.create(&json!({ "userName": "ada", "password": MARK })).unwrap();
    for filter in [
        format!("password eq \"{MARK}\""),
        format!("userName eq \"ada\" and PASSWORD sw \"{MARK}\""),
        "password pr".to_owned(),
        format!("urn:ietf:params:scim:schemas:core:2.0:User:password co \"{MARK}\""),
    ] {
        let refused = Filter::parse(&provider.users(), &filter).unwrap_err();
        assert!(!refused.to_string().contains(MARK), "{refused}");
        let request = ListRequest { filter: Some(filter), ..ListRequest::default() };
        let now = DateTime::UNIX_EPOCH;
        let listed = block_on(provider.scim.list(provider.place(), &[provider.users()], &request, now));
        assert_eq!(refusal(listed).unwrap_err().status, 400);
    }
}

fn request() -> impl Strategy<Value = Value> {
    let path = prop::sample::select(vec![
        "password",
        "password.value",
        "password[type eq \"correct-horse\"]",
        "PassWord",
        "passwords",
        "emails",
        "urn:ietf:params:scim:schemas:core:2.0:User:password",
        "urn:ietf:params:scim:schemas:core:2.0:User",
    ]);
    let value = prop::sample::select(vec![
        json!(MARK),
        json!({ "password": MARK }),
        json!([MARK]),
        json!({ "value": MARK }),
        json!({ "password": { "value": MARK } }),
        json!({ "password": [MARK] }),
        json!({ "Password": MARK, "password": MARK }),
    ]);
    let operation = ("(add|replace|remove)", prop::option::of(path), value)
        .prop_map(|(op, path, value)| json!({ "op": op, "path": path, "value": value }));
    prop::collection::vec(operation, 1..4).prop_map(Value::from)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// In no answer, error, event, resource or text for developers; `emails` alone may hold what is sent as such.
    #[test]
    fn a_password_is_nowhere_else(operations in request()) {
        let provider = provider(Profile::default());
        let ada = provider.ada();
        let request = PatchRequest::parse(&json!({ "Operations": operations })).unwrap();
        let outcome = refusal(block_on(provider.scim.modify(provider.place(), &provider.users(), &ada, &request, now())));
        let bulk = json!({ "Operations": [{ "method": "PATCH", "path": format!("/Users/{ada}"), "data": operations }] });
        let bulk = BulkRequest::parse(bulk).unwrap();
        let answered = block_on(provider.scim.bulk(provider.place(), &bulk, now(), &mut UnwrapErr(SysRng)));
        let mut texts = vec![answered.body.to_string(), provider.read(&ada).to_string()];
        let emails = operations.as_array().unwrap().iter().any(|operation| operation["path"] == "emails");
        match outcome {
            Err(error) => texts.push(error.detail.replace("password[type eq \"correct-horse\"]", "")),
            Ok(stored) if !emails => {
                texts.push(format!("{stored:?}"));
                texts.push(Value::Object(filterable(&stored, &Related::default())).to_string());
                texts.push(format!("{:?}", provider.events.lock().unwrap()));
            }
            Ok(_) => {}
        }
        let paths = texts.iter().map(|text| text.replace("password[type eq \\\"correct-horse\\\"]", ""));
        for text in paths {
            prop_assert!(!text.contains(MARK), "{}", text);
        }
        let values = format!("{request:?} {bulk:?}").replace("password[type eq \\\"correct-horse\\\"]", "");
        prop_assert!(!values.contains(MARK), "{}", values);
    }
}
