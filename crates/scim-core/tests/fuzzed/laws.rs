//! What holds for any bytes: each function panics where it does not. The fuzz targets and the tests run the same.

use std::{
    pin::pin,
    str,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
};

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    AttributePath, BulkRequest, Filter, FilterError, MemoryStore, NewDirectory, PatchRequest, Place,
    Registry, Scim, TenantId, TypeSchema, create, patch,
};
use serde_json::{Map, Value, json};

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::standard);

static USER: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let user = json!({
        "id": "2819c223", "userName": "ada@example.com", "externalId": "701984", "displayName": "Ada", "active": true,
        "title": "Countess", "name": { "familyName": "King", "givenName": "Ada" },
        "emails": [
            { "type": "work", "value": "ada@example.com", "primary": true },
            { "type": "home", "value": "ADA@example.org" },
        ],
        "phoneNumbers": [{ "value": "+1", "type": "mobile" }],
        scim_core::ENTERPRISE_USER: { "department": "Engines", "manager": { "value": "26118915" } },
        "meta": { "resourceType": "User", "created": "2026-01-02T03:04:05.000Z", "lastModified": "2026-05-13T04:42:34.000Z" },
    });
    user.as_object().unwrap().clone()
});

fn kinds() -> [&'static Arc<TypeSchema>; 2] {
    ["User", "Group"].map(|name| REGISTRY.resource_type(name).unwrap())
}

/// A filter is refused at a place within it, or has an answer that follows the laws of logic.
pub(crate) fn filter(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    for kind in kinds() {
        match Filter::parse(kind, text) {
            Ok(filter) => understood(kind, text, &filter),
            Err(error) => well_placed(text, &error),
        }
    }
}

fn understood(kind: &TypeSchema, text: &str, filter: &Filter) {
    let holds = filter.matches(&USER);
    // One level of the budget of depth is needed for what is put around it.
    for (around, expected) in [(format!("({text})"), holds), (format!("not ({text})"), !holds)] {
        match Filter::parse(kind, &around) {
            Ok(filter) => assert_eq!(filter.matches(&USER), expected, "{around}"),
            Err(error) => assert_eq!(error, FilterError::TooLarge, "{around}"),
        }
    }
    if let (true, Some(required)) = (holds, filter.required_value("userName", None)) {
        assert!(USER["userName"].as_str().unwrap().eq_ignore_ascii_case(required), "{text}");
    }
    if filter.required_value("userName", None).is_some() {
        assert!(filter.mentions("userName"), "{text}");
    }
}

fn well_placed(text: &str, error: &FilterError) {
    let at = match error {
        FilterError::Unexpected { at, .. }
        | FilterError::UnknownAttribute { at, .. }
        | FilterError::Mismatch { at, .. } => *at,
        _ => 0,
    };
    assert!(text.is_char_boundary(at), "{error:?} in {text}");
    assert!(error.to_string().len() < 600, "{error}");
}

/// A path that is understood has one full form, which is understood as the same.
pub(crate) fn path(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    for kind in kinds() {
        let Some(path) = AttributePath::parse(kind, text) else { continue };
        let urn = path.extension.as_deref().unwrap_or(&kind.schema.id);
        let sub = path.sub.as_ref().map(|sub| format!(".{}", sub.name)).unwrap_or_default();
        let full = format!("{urn}:{}{sub}", path.attribute.name);
        assert_eq!(AttributePath::parse(kind, &full).as_ref(), Some(&path), "{text} is {full}");
        assert_eq!(AttributePath::parse(kind, &text.to_ascii_uppercase()), Some(path), "{text}");
    }
}

/// A PATCH is refused as the client's fault, or leaves what a POST of the result would store.
pub(crate) fn patched(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let body = serde_json::from_str(text).unwrap_or_else(|_| operations(text));
    let request = match PatchRequest::parse(&body) {
        Ok(request) => request,
        Err(error) => return assert!(matches!(error.status, 400 | 413), "{error}"),
    };
    let users = kinds()[0];
    let stored = stored(users, &Value::Object(USER.clone())).unwrap();
    match patch(users, &stored, &request) {
        Err(error) => assert!(matches!(error.status, 400 | 413), "{error}"),
        Ok(patched) => {
            let again = self::stored(users, &Value::Object(patched.attributes.clone()));
            assert_eq!(again.as_ref(), Ok(&patched.attributes), "{text}");
            assert!(patched.members.is_empty(), "{text}");
        }
    }
    let group = json!({ "displayName": "Staff" });
    if let Err(error) = patch(kinds()[1], group.as_object().unwrap(), &request) {
        assert!(matches!(error.status, 400 | 413), "{error}");
    }
}

fn stored(kind: &TypeSchema, body: &Value) -> Result<Map<String, Value>, scim_core::ScimError> {
    let created = create(kind, body, DateTime::UNIX_EPOCH, &mut UnwrapErr(SysRng))?;
    Ok(created.0.attributes.clone())
}

/// What a fuzzer finds sooner than JSON: an operation on each line, `add`, `replace` or `remove`, a path, a tab and a value.
fn operations(text: &str) -> Value {
    let operation = |line: &str| {
        let (op, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (path, value) = rest.split_once('\t').unwrap_or((rest, "null"));
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        json!({ "op": op, "path": path, "value": value })
    };
    json!({ "Operations": text.lines().map(operation).collect::<Vec<_>>() })
}

/// A bulk request is refused as the client's fault, or each of its operations is answered, and the store still works.
pub(crate) fn bulk(bytes: &[u8]) {
    let request = match BulkRequest::read(bytes) {
        Ok(request) => request,
        Err(error) => return assert!(matches!(error.status, 400 | 413), "{error}"),
    };
    let scim = Scim::new(MemoryStore::new(), REGISTRY.clone());
    let (tenant, mut rng, now) = (TenantId::new("acme").unwrap(), UnwrapErr(SysRng), DateTime::UNIX_EPOCH);
    let new = NewDirectory {
        name: "Acme".into(),
        enterprise_connection_id: "ent".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    let (directory, _) = ready(scim.create_directory(&tenant, new, now, &mut rng)).unwrap().unwrap();
    let place = Place { tenant: &tenant, directory: &directory.id, base_url: "https://example.com/v2" };
    let answered = ready(scim.bulk(place, &request, now, &mut rng));
    assert_eq!(answered.failure, None);
    for answer in answered.body["Operations"].as_array().unwrap() {
        let status: u16 = answer["status"].as_str().unwrap().parse().unwrap();
        assert!((200..500).contains(&status), "{answer}");
        assert_eq!(status >= 300, answer.get("response").is_some(), "{answer}");
        assert!(status >= 300 || answer["location"].is_string(), "{answer}");
    }
    let probe = json!({ "userName": "a name that no seed has" });
    ready(scim.create(place, kinds()[0], &probe, now, &mut rng)).unwrap();
}

/// The store in memory never waits.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}
