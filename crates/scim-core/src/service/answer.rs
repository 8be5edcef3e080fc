//! What is answered about a resource.

use serde_json::Value;

use crate::{
    Resource, TypeSchema,
    render::{location, version},
};

/// A resource in its wire form.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The body.
    pub body: Value,
    /// What its headers say.
    pub head: Head,
}

/// What the headers of an answer say about a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its URL.
    pub location: String,
    /// Its entity tag (RFC 7644 §3.14).
    pub version: String,
}

impl Head {
    /// Of a resource below `base_url`.
    pub fn of(kind: &TypeSchema, resource: &Resource, base_url: &str) -> Self {
        Self { location: location(kind, resource, base_url), version: version(resource) }
    }
}

/// What a client gets of a resource that it may know already.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// The resource.
    Changed(Answer),
    /// Nothing, since its version is one that the client knows.
    Unchanged(Head),
}
