//! What a service provider says about itself (RFC 7644 §4).

use serde_json::{Value, json};

use crate::{MAX_BULK_OPERATIONS, MAX_BULK_PAYLOAD, Registry, registry::TypeSchema, schema::Schema};

/// The most resources of one answer.
pub const MAX_RESULTS: u64 = 1_000;
/// How many resources an answer has that nobody asked a number of.
pub const DEFAULT_RESULTS: u64 = 100;

/// `/ServiceProviderConfig` (RFC 7643 §5).
pub fn service_provider_config(base_url: &str) -> Value {
    let off = json!({ "supported": false });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": MAX_BULK_OPERATIONS, "maxPayloadSize": MAX_BULK_PAYLOAD },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": off,
        "sort": { "supported": true },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of the directory, shown when it was created.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base_url}/ServiceProviderConfig") },
    })
}

/// One entry of `/Schemas` (RFC 7643 §7).
pub fn schema(schema: &Schema, base_url: &str) -> Value {
    let meta = json!({ "resourceType": "Schema", "location": format!("{base_url}/Schemas/{}", schema.id) });
    described_as(schema, "urn:ietf:params:scim:schemas:core:2.0:Schema", meta)
}

/// One entry of `/ResourceTypes` (RFC 7643 §6).
pub fn resource_type(kind: &TypeSchema, base_url: &str) -> Value {
    let location = format!("{base_url}/ResourceTypes/{}", kind.name());
    let meta = json!({ "resourceType": "ResourceType", "location": location });
    let mut described =
        described_as(&kind.definition, "urn:ietf:params:scim:schemas:core:2.0:ResourceType", meta);
    if let Value::Object(object) = &mut described {
        object.insert("id".into(), kind.name().to_string().into());
    }
    described
}

/// Every entry of `/Schemas`.
pub fn schemas(registry: &Registry, base_url: &str) -> Vec<Value> {
    registry.schemas().iter().map(|schema| self::schema(schema, base_url)).collect()
}

/// Every entry of `/ResourceTypes`.
pub fn resource_types(registry: &Registry, base_url: &str) -> Vec<Value> {
    registry.resource_types().iter().map(|kind| resource_type(kind, base_url)).collect()
}

/// A ListResponse (RFC 7644 §3.4.2).
pub fn list(resources: &[Value], total: u64, start_index: u64) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// A ListResponse between cursors (RFC 9865 §2); the cursors of the page behind it and the one before it.
pub fn list_at_cursor(
    resources: &[Value],
    total: u64,
    next: Option<String>,
    previous: Option<String>,
) -> Value {
    let mut list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    for (name, cursor) in [("nextCursor", next), ("previousCursor", previous)] {
        if let (Some(cursor), Value::Object(list)) = (cursor, &mut list) {
            list.insert(name.into(), cursor.into());
        }
    }
    list
}

fn described_as(value: &impl serde::Serialize, urn: &str, meta: Value) -> Value {
    let mut described = serde_json::to_value(value).unwrap_or_default();
    if let Value::Object(object) = &mut described {
        object.insert("schemas".into(), json!([urn]));
        object.insert("meta".into(), meta);
    }
    described
}
