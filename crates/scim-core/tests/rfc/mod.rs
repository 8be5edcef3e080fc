//! A service provider in memory, at the base URL of the RFCs' examples.

use std::sync::Arc;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    DirectoryId, ListRequest, MemoryStore, NewDirectory, PatchRequest, Place, Projection, Registry,
    ResourceId, Scim, ScimError, ServiceError, TenantId, TypeSchema,
};
use serde_json::{Value, json};
use store_contract::block_on;

pub(crate) struct Provider {
    scim: Scim<MemoryStore>,
    tenant: TenantId,
    directory: DirectoryId,
}

impl Provider {
    pub(crate) fn new() -> Self {
        let (scim, tenant) =
            (Scim::new(MemoryStore::new(), Registry::standard()), TenantId::new("t").unwrap());
        let new = NewDirectory {
            name: "d".into(),
            enterprise_connection_id: "ec".into(),
            provider: "okta".into(),
            custom_attributes: Vec::new(),
        };
        let now = chrono::DateTime::UNIX_EPOCH;
        let created = block_on(scim.create_directory(&tenant, new, now, &mut UnwrapErr(SysRng))).unwrap();
        let directory = created.unwrap().0.id.clone();
        Self { scim, tenant, directory }
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &self.tenant, directory: &self.directory, base_url: "https://example.com/v2" }
    }

    fn kind(&self, endpoint: &str) -> Arc<TypeSchema> {
        self.scim.registry().at_endpoint(endpoint).unwrap().clone()
    }

    pub(crate) fn create(&self, endpoint: &str, body: &Value, at: &str) -> Value {
        let (kind, now) = (self.kind(endpoint), at.parse().unwrap());
        let created = block_on(self.scim.create(self.place(), &kind, body, now, &mut UnwrapErr(SysRng)));
        created.unwrap_or_else(|error| panic!("{body}: {error}")).body
    }

    pub(crate) fn read(&self, endpoint: &str, id: &str) -> Value {
        let (kind, id) = (self.kind(endpoint), ResourceId::named(id));
        block_on(self.scim.read(self.place(), &kind, &id, &Projection::default())).unwrap().body
    }

    pub(crate) fn list(&self, endpoints: &[&str], request: &ListRequest) -> Result<Value, ScimError> {
        let kinds: Vec<_> = endpoints.iter().map(|endpoint| self.kind(endpoint)).collect();
        let now = chrono::DateTime::UNIX_EPOCH;
        block_on(self.scim.list(self.place(), &kinds, request, now)).map_err(refused)
    }

    /// The resource after the operations.
    pub(crate) fn patch(&self, endpoint: &str, id: &str, operations: &Value) -> Result<Value, ScimError> {
        let body =
            json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
        let (kind, request, named) =
            (self.kind(endpoint), PatchRequest::parse(&body)?, ResourceId::named(id));
        let now = "2012-01-01T00:00:00Z".parse().unwrap();
        block_on(self.scim.modify(self.place(), &kind, &named, &request, now)).map_err(refused)?;
        Ok(self.read(endpoint, id))
    }
}

fn refused<E: std::error::Error>(error: ServiceError<ScimError, E>) -> ScimError {
    match error {
        ServiceError::Refused(refused) => refused,
        other => panic!("{other}"),
    }
}

pub(crate) fn data(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub(crate) fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
