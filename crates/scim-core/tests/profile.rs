//! Each switch of a profile, and the default beside it.

mod acme;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    DirectoryId, MemoryStore, PatchRequest, Place, Profile, Projection, Registry, ResourceId, Scim,
    ScimError, ServiceError, TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;

struct Provider {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: DirectoryId,
}

fn provider(profile: Profile) -> Provider {
    let scim = Scim::new(MemoryStore::new(), Registry::standard()).with_profile(profile);
    let tenant = TenantId::new("acme").unwrap();
    let directory = acme::directory(&scim, &tenant, now()).id.clone();
    Provider { scim, tenant, directory }
}

fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

impl Provider {
    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "https://example.com/v2" }
    }

    fn create(&self, kind: &str, body: &Value) -> String {
        let kind = self.scim.registry().resource_type(kind).unwrap();
        let created = block_on(self.scim.create(self.place(), kind, body, now(), &mut UnwrapErr(SysRng)));
        created.unwrap().body["id"].as_str().unwrap().to_owned()
    }

    fn patch(&self, kind: &str, id: &str, operation: &Value) -> Result<Value, ScimError> {
        let kind = self.scim.registry().resource_type(kind).unwrap();
        let request = PatchRequest::parse(&json!({ "Operations": [operation] })).unwrap();
        let id = ResourceId::named(id);
        match block_on(self.scim.modify(self.place(), kind, &id, &request, now())) {
            Ok(_) => {
                let read = block_on(self.scim.read(self.place(), kind, &id, &Projection::default()));
                Ok(read.unwrap().body)
            }
            Err(ServiceError::Refused(error)) => Err(error),
            Err(error) => panic!("{error}"),
        }
    }
}

/// RFC 7644 §3.5.2.3.
#[test]
fn a_replace_that_selects_nothing_creates_or_is_refused() {
    let operation =
        json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "ada@example.com" });
    let entra = provider(Profile::default());
    let ada = entra.create("User", &json!({ "userName": "ada" }));
    let expected = json!([{ "type": "work", "value": "ada@example.com" }]);
    assert_eq!(entra.patch("User", &ada, &operation).unwrap()["emails"], expected);

    let strict = provider(Profile { refuses_unmatched_replace: true, ..Profile::default() });
    let ada = strict.create("User", &json!({ "userName": "ada" }));
    let refused = strict.patch("User", &ada, &operation).unwrap_err();
    assert_eq!((refused.status, refused.kind.map(scim_core::ScimType::as_str)), (400, Some("noTarget")));
    let add = json!({ "op": "add", "path": "emails[type eq \"work\"].value", "value": "ada@example.com" });
    assert_eq!(strict.patch("User", &ada, &add).unwrap()["emails"], expected, "an `add` may create");
    let operation = json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@b" });
    assert_eq!(strict.patch("User", &ada, &operation).unwrap()["emails"][0]["value"], "a@b");
}

#[test]
fn replaced_members_are_the_only_ones_or_join() {
    for (adds_replaced_members, count) in [(false, 1), (true, 2)] {
        let provider = provider(Profile { adds_replaced_members, ..Profile::default() });
        let [ada, eve] = ["ada", "eve"].map(|name| provider.create("User", &json!({ "userName": name })));
        let group = provider.create("Group", &json!({ "displayName": "G", "members": [{ "value": ada }] }));
        let value = json!([{ "value": eve }]);
        for operation in [
            json!({ "op": "replace", "path": "members", "value": value }),
            json!({ "op": "replace", "value": { "members": value } }),
        ] {
            let patched = provider.patch("Group", &group, &operation).unwrap();
            assert_eq!(patched["members"].as_array().unwrap().len(), count, "{operation}");
        }
    }
}

#[test]
fn a_text_that_holds_json_is_kept_or_read() {
    let role = json!({ "value": "admin", "display": "Admin" });
    let complex = json!({ "op": "add", "path": "roles", "value": role.to_string() });
    let partial = json!({ "op": "replace", "value": json!({ "title": "Countess" }).to_string() });

    let kept = provider(Profile::default());
    let ada = kept.create("User", &json!({ "userName": "ada" }));
    assert_eq!(kept.patch("User", &ada, &complex).unwrap()["roles"], json!([{ "value": role.to_string() }]));
    assert_eq!(kept.patch("User", &ada, &partial).unwrap_err().status, 400);

    let read = provider(Profile { reads_json_in_texts: true, ..Profile::default() });
    let ada = read.create("User", &json!({ "userName": "ada" }));
    assert_eq!(read.patch("User", &ada, &complex).unwrap()["roles"], json!([role]));
    assert_eq!(read.patch("User", &ada, &partial).unwrap()["title"], "Countess");
    for text in ["{", "1", "plain", "\"quoted\"", "[1]", "{\"a\":1}"] {
        let title = json!({ "op": "add", "path": "title", "value": text });
        assert_eq!(read.patch("User", &ada, &title).unwrap()["title"], text);
    }
}
