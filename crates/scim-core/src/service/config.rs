//! What the service provider says of itself.

use serde_json::{Value, json};

use super::Scim;
use crate::{
    EventKind, ScimStore,
    discovery::{self, DEFAULT_RESULTS, MAX_RESULTS},
};

impl<S: ScimStore> Scim<S> {
    /// `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4, RFC 9967 §4).
    pub fn service_provider_config(&self, base_url: &str) -> Value {
        let mut config = discovery::service_provider_config(base_url);
        let Value::Object(entries) = &mut config else { return config };
        entries.insert("changePassword".to_owned(), json!({ "supported": self.passwords.are_kept() }));
        entries.insert("pagination".to_owned(), self.pagination());
        if let Some(detail) = self.events {
            let uris: Vec<_> = detail.kinds().iter().map(|kind| EventKind::uri(*kind)).collect();
            let events = json!({ "asyncRequest": "request", "eventUris": uris });
            entries.insert("securityEvents".to_owned(), events);
        }
        config
    }

    fn pagination(&self) -> Value {
        let mut pagination = json!({
            "cursor": self.cursors.is_some(),
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_RESULTS,
            "maxPageSize": MAX_RESULTS,
        });
        if let (Some(cursors), Value::Object(pagination)) = (&self.cursors, &mut pagination) {
            pagination.insert("cursorTimeout".into(), cursors.timeout().num_seconds().into());
        }
        pagination
    }
}
